package p
type F func(int, string,) (a, b int)
type G func(a int, b ...string) func() func(x.y, z) (int)
type H func(a, b, c)
type I func(...int) (int,)
type J func(... ) 
type K func(a int b int)
type L func(a int; b int)
type M func(a, b)(c d
