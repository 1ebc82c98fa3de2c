package p

type self interface{ m() interface{ self } } // want `invalid recursive type: anonymous interface refers to itself \(see https://go\.dev/issue/56103\)`

type mutual interface{ m() interface{ other } } // want `invalid recursive type: anonymous interface refers to itself \(see https://go\.dev/issue/56103\)`
type other interface{ m() interface{ mutual } }

type named interface{ m() named }
type pointer interface{ m(*interface{ pointer }) } // want `invalid recursive type: anonymous interface refers to itself \(see https://go\.dev/issue/56103\)`
type harmless interface{ m(interface{ n() harmless }) }

func _() {
	type local interface{ m() map[string]interface{ local } } // want `invalid recursive type: anonymous interface refers to itself \(see https://go\.dev/issue/56103\)`
	var _ local
}
