package main

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

type config struct {
	Name  string            `yaml:"name"`
	Ports []int             `yaml:"ports,flow"`
	Env   map[string]string `yaml:"env"`
	Base  *config           `yaml:"base,omitempty"`
}

func main() {
	text := "name: &n web\nports: [80, 0x1bb]\nenv: {A: \"1\", B: *n}\nbase:\n  name: |\n    two\n    lines\n"
	var c config
	fmt.Println(yaml.Unmarshal([]byte(text), &c))
	out, err := yaml.Marshal(&c)
	fmt.Printf("%s%v\n", out, err)
	fmt.Println(yaml.Unmarshal([]byte("ports: x\n"), &c))
	var node yaml.Node
	fmt.Println(yaml.Unmarshal([]byte("a: [1"), &node))
	decoder := yaml.NewDecoder(strings.NewReader("1\n---\n2.5\n---\n~\n"))
	for {
		var value any
		if decoder.Decode(&value) != nil {
			break
		}
		fmt.Printf("%T %v\n", value, value)
	}
}
