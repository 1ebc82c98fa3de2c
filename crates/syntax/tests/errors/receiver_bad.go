package p
func (*T) (x int) {}
func (t T, ) ok() {}
func (t T) .m() {}
