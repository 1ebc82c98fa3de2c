package p

type reader interface{ Read([]byte) (int, error) }
type closer interface{ Close() error }
type both interface {
	reader
	closer
}
type private interface{ hidden() }

type value struct{}
type pointer struct{}
type wrong struct{}
type lower struct{}
type field struct{ Close func() error }
type left struct{}
type right struct{}
type ambiguous struct {
	left
	right
}
type promoted struct{ *pointer }
type unpromoted struct{ pointer }

func (value) Close() error    { return nil }
func (*pointer) Close() error { return nil }
func (wrong) Close() int      { return 0 }
func (lower) close() error    { return nil }
func (left) Close() error     { return nil }
func (right) Close() error    { return nil }

var (
	_ closer = value{}
	_ closer = &value{}
	_ closer = pointer{} // want `cannot use pointer\{\} \(value of struct type pointer\) as closer value in variable declaration: pointer does not implement closer \(method Close has pointer receiver\)`
	_ closer = &pointer{}
	_ closer = wrong{} // want `cannot use wrong\{\} \(value of struct type wrong\) as closer value in variable declaration: wrong does not implement closer \(wrong type for method Close\)\n\t\thave Close\(\) int\n\t\twant Close\(\) error`
	_ closer = lower{} // want `cannot use lower\{\} \(value of struct type lower\) as closer value in variable declaration: lower does not implement closer \(missing method Close\)\n\t\thave close\(\) error\n\t\twant Close\(\) error`
	_ closer = field{} // want `cannot use field\{\} \(value of struct type field\) as closer value in variable declaration: field does not implement closer \(field\.Close is a field, not a method\)`
	_ closer = ambiguous{} // want `cannot use ambiguous\{\} \(value of struct type ambiguous\) as closer value in variable declaration: ambiguous does not implement closer \(ambiguous selector ambiguous\.Close\)`
	_ closer = promoted{}
	_ closer = unpromoted{} // want `cannot use unpromoted\{\} \(value of struct type unpromoted\) as closer value in variable declaration: unpromoted does not implement closer \(method Close has pointer receiver\)`
	_ closer = &unpromoted{}
	_ both   = value{} // want `cannot use value\{\} \(value of struct type value\) as both value in variable declaration: value does not implement both \(missing method Read\)`
	_ reader = both(nil)
	_ both   = reader(nil) // want `cannot use reader\(nil\) \(value of interface type reader\) as both value in variable declaration: reader does not implement both \(missing method Close\)`
	_ closer = reader(nil) // want `cannot use reader\(nil\) \(value of interface type reader\) as closer value in variable declaration: reader does not implement closer \(missing method Close\)`
	_ *closer = closer(nil) // want `cannot use closer\(nil\) \(value of interface type closer\) as \*closer value in variable declaration: closer does not implement \*closer \(type \*closer is pointer to interface, not interface\)`
	_ closer = (*closer)(nil) // want `cannot use \(\*closer\)\(nil\) \(value of type \*closer\) as closer value in variable declaration: \*closer does not implement closer \(type \*closer is pointer to interface, not interface\)`
	_ private = value{} // want `cannot use value\{\} \(value of struct type value\) as private value in variable declaration: value does not implement private \(missing method hidden\)`
	_ error  = value{} // want `cannot use value\{\} \(value of struct type value\) as error value in variable declaration: value does not implement error \(missing method Error\)`
	_ error  = 1 // want `cannot use 1 \(constant of type int\) as error value in variable declaration: int does not implement error \(missing method Error\)`
	_ value  = closer(nil) // want `cannot use closer\(nil\) \(value of interface type closer\) as value value in variable declaration: need type assertion`
	_ any    = func() {}
)

type generic[T any] struct{}

func (generic[T]) Get(T) T { panic(0) }

var (
	_ interface{ Get(int) int }       = generic[int]{}
	_ interface{ Get(int) int }       = generic[string]{} // want `cannot use generic\[string\]\{\} \(value of struct type generic\[string\]\) as interface\{Get\(int\) int\} value in variable declaration: generic\[string\] does not implement interface\{Get\(int\) int\} \(wrong type for method Get\)\n\t\thave Get\(string\) string\n\t\twant Get\(int\) int`
	_ interface{ Get(string) string } = &generic[string]{}
)

func constrained[T closer](T) {}

func _[P closer, Q any](p P, q Q, pp *P) {
	var _ closer = p
	var _ closer = q // want `cannot use q \(variable of type Q constrained by any\) as closer value in variable declaration`
	var _ closer = pp // want `cannot use pp \(variable of type \*P\) as closer value in variable declaration: \*P does not implement closer \(type \*P is pointer to type parameter, not type parameter\)`
	constrained(p)
	constrained(q) // want `in call to constrained, T \(type Q\) does not satisfy closer \(missing method Close\)`
	constrained(value{})
	constrained(pointer{}) // want `in call to constrained, T \(type pointer\) does not satisfy closer \(method Close has pointer receiver\)`
	constrained[closer](nil)
}

func _(c closer) {
	_ = c.(value)
	_ = c.(pointer) // want `impossible type assertion: c\.\(pointer\)\n\tpointer does not implement closer \(method Close has pointer receiver\)`
	_ = c.(*pointer)
	_ = c.(wrong) // want `impossible type assertion: c\.\(wrong\)\n\twrong does not implement closer \(wrong type for method Close\)\n\t\thave Close\(\) int\n\t\twant Close\(\) error`
	_ = c.(reader)
	_ = c.(int) // want `impossible type assertion: c\.\(int\)\n\tint does not implement closer \(missing method Close\)`
}
