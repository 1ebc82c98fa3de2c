//! Small programs, each for a part of the host; what they print is Go's definition, or gc's texts.

use ssa::interp::Stop;

use crate::{interpret, program};

/// Interprets the body of `main`, with and without optimisation, and compares.
fn check(name: &str, declarations: &str, body: &str, want: &str) {
    let text = format!("package main\n\n{declarations}\n\nfunc main() {{\n{body}\n}}\n");
    let path = std::env::temp_dir().join(format!("rigo-interpret-{}-{name}.go", std::process::id()));
    std::fs::write(&path, text).unwrap();
    for no_opt in [false, true] {
        let program = program(vec![path.display().to_string()], no_opt).unwrap();
        let (output, end) = interpret(&program);
        assert_eq!(String::from_utf8_lossy(&output), want, "{name}, no_opt {no_opt}, {end:?}");
        assert_eq!(end, Ok(Vec::new()), "{name}, no_opt {no_opt}");
    }
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn panics_and_recovery() {
    let declarations = r#"
func guard(name string, f func()) {
	defer func() {
		switch r := recover().(type) {
		case nil:
			println(name, "nothing")
		case error:
			println(name, r.Error())
		case string:
			println(name, r)
		}
	}()
	f()
}

func deep() { println("below a deferred function", recover() == nil) }
"#;
    let body = r#"
	var s []int
	var p *int
	zero := len(s)
	guard("bounds", func() { s[zero]++ })
	guard("nil", func() { *p = 1 })
	guard("divide", func() { println(1 / zero) })
	guard("panic(nil)", func() { panic(nil) })
	guard("none", func() {})
	guard("again", func() {
		defer func() { panic(recover().(string) + "+") }()
		defer func() { deep() }()
		panic("a")
	})
	guard("replaced", func() {
		defer func() {
			defer func() { recover() }()
			panic("inner")
		}()
		panic("outer")
	})
	guard("second", func() {
		defer func() { recover() }()
		defer func() { panic("2") }()
		panic("1")
	})
"#;
    check(
        "panics",
        declarations,
        body,
        "bounds runtime error: index out of range [0] with length 0\n\
         nil runtime error: invalid memory address or nil pointer dereference\n\
         divide runtime error: integer divide by zero\n\
         panic(nil) panic called with nil argument\n\
         none nothing\n\
         below a deferred function true\n\
         again a+\n\
         replaced outer\n\
         second nothing\n",
    );
}

#[test]
fn values() {
    let declarations = r#"
type shape interface{ area() int }
type square struct{ a, b int }
func (s square) area() int { return s.a * s.a }
"#;
    let body = r#"
	m := map[any]int{}
	for i := range 50 {
		m[i%7]++
		m[square{i % 3, 0}] += i
	}
	println(len(m), m[3], m[square{2, 0}])
	var x any = square{4, 5}
	println(x.(shape).area(), x == any(square{4, 5}), x == any(4))
	s := "h\u00e9\xff" + string(rune(8364))
	for i, r := range s {
		print(i, ":", r, " ")
	}
	println(len([]rune(s)), string([]rune(s)[1:2]), s < "i")
	t := append([]byte("ab"), s...)
	println(len(t), string(t[:2]), 1.5, 1e100, float32(0.1), complex(1, -2), true, -7)
	a, b := complex(3, 4), complex(1, -2)
	println(real(a/b), imag(a/b))
"#;
    check(
        "values",
        declarations,
        body,
        "10 7 392\n16 true false\n0:104 1:233 3:65533 4:8364 4 \u{e9} true\n\
         9 ab 1.5 1e+100 0.1 (1-2i) true -7\n-1 2\n",
    );
}

#[test]
fn goroutines_are_named() {
    let path = std::env::temp_dir().join(format!("rigo-interpret-{}-go.go", std::process::id()));
    std::fs::write(&path, "package main\n\nfunc main() { println(1); go main() }\n").unwrap();
    let program = program(vec![path.display().to_string()], false).unwrap();
    std::fs::remove_file(&path).unwrap();
    let (output, end) = interpret(&program);
    assert_eq!(output, b"1\n");
    assert_eq!(end, Err(Stop::Fault("not interpreted: runtime.newproc".into())));
}
