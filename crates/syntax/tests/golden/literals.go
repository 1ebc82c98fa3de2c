package p

var _ = []any{1_0, 0x1.8p-2, 0b1, 0o7, 017, 1e3i, .5, 'a', '\'', "\"", `a
b`}
