package p

var größe, π, 世界, x٣ int
