package p
var _ = 1 /* abc
