package p

func _(i int, u uint, s string, fl float64, i8 int8) {
	_ = 1.5 << 2 // want `^invalid operation: shifted operand 1\.5 \(untyped float constant\) must be integer`
	_ = 1.0 << 3
	_ = 1 << fl // want `^invalid operation: shift count fl \(variable of type float64\) must be integer`
	_ = 1 << -1 // want `^invalid operation: negative shift count -1 \(untyped int constant\)`
	_ = 1 << 10000 // want `^invalid operation: invalid shift count 10000 \(untyped int constant\)`
	_ = 1 << 1000 // want `^constant shift overflow`
	_ = i << 1.5 // want `^1\.5 \(untyped float constant\) truncated to uint`
	_ = i << 2.0
	_ = s << 1 // want `^invalid operation: shifted operand s \(variable of type string\) must be integer`
	_ = fl << 1 // want `^invalid operation: shifted operand fl \(variable of type float64\) must be integer`
	_ = 1 << s // want `^invalid operation: shift count s \(variable of type string\) must be integer`
	_ = int8(1) << 8 // want `^int8\(1\) << 8 \(constant 256 of type int8\) overflows int8`
	_ = uint8(1) << 8.0 // want `^uint8\(1\) << 8\.0 \(constant 256 of type uint8\) overflows uint8`
	_ = uint8(1) << 7
	var a float64 = 1 << i // want `^invalid operation: shifted operand 1 \(type float64\) must be integer`
	var b int64 = 1 << i
	var c = 1.0 << i // want `^invalid operation: shifted operand 1\.0 \(type float64\) must be integer`
	var d = uint64(1.0 << i)
	var e = uint64(1.5 << i) // want `^invalid operation: shifted operand 1\.5 \(untyped float constant\) must be integer`
	var f float32 = float32(1 << i) // want `^invalid operation: shifted operand 1 \(type float32\) must be integer`
	var g = 1 << i == 2 << i
	var h = 1 << i == 2.5 // want `^invalid operation: shifted operand 1 \(type float64\) must be integer`
	var j = make([]byte, 1.0<<i)
	var k = "abc"[1.0<<i]
	var l any = 1 << i
	var m = i8 + 1<<i
	var n = fl + 1<<i // want `^invalid operation: shifted operand 1 \(type float64\) must be integer`
	var o = 1<<i + 1.0 // want `^invalid operation: shifted operand 1 \(type float64\) must be integer`
	var p = 1<<i + 1.5 // want `^invalid operation: shifted operand 1 \(type float64\) must be integer`
	var q int = 1.0<<i<<u // want `^invalid operation: shifted operand 1\.0 << i \(untyped float value\) must be integer`
	var r = ^(1 << i)
	var t float64 = -(1 << i) // want `^invalid operation: shifted operand 1 \(type float64\) must be integer`
	var v = complex(1<<i, 0) // want `^invalid operation: shifted operand 1 \(type float64\) must be integer`
	var w = real(1 << i) // want `^invalid operation: shifted operand 1 \(type complex128\) must be integer`
	var x = string(1 << i) // want `^invalid operation: shifted operand 1 \(type string\) must be integer`
	var y = len("x") << i
	var z = i << (1 << u)
	_, _, _, _, _, _, _, _, _, _ = a, b, c, d, e, f, g, h, j, k
	_, _, _, _, _, _, _, _, _, _ = l, m, n, o, p, q, r, t, v, w
	_, _, _ = x, y, z
	i <<= 1.5 // want `^1\.5 \(untyped float constant\) truncated to uint`
	i <<= s // want `^invalid operation: shift count s \(variable of type string\) must be integer`
	fl <<= 1 // want `^invalid operation: shifted operand fl \(variable of type float64\) must be integer`
	i8 <<= 100
	if 1<<i > 1.5 { // want `^invalid operation: shifted operand 1 \(type float64\) must be integer`
	}
	switch 1.0 << i { // want `^invalid operation: shifted operand 1\.0 \(type float64\) must be integer`
	}
	for range 1 << i {
	}
}
