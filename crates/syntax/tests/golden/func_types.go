package p

type F func(int, ...string) (n int, err error)
type G func(a, b int, c ...func()) func() <-chan int

func (r *T[P]) m(_ int) (_ error) { return nil }
func external(x int)
func (T) n() {}
