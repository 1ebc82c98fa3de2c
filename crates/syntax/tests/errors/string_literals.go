package p
var _ = "\z"
var _ = "\x1"
var _ = "\400"
var _ = "\ud800 \z"
var _ = "\'"
var _ = "abc
var _ = "\U00110000"
var _ = "\
"
