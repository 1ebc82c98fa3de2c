package main

import (
	"fmt"

	"github.com/flosch/pongo2/v6"
)

func main() {
	tpl := pongo2.Must(pongo2.FromString("Hello {{ name|capfirst }}!{% for x in list %} {{ forloop.Counter }}:{{ x.Name|upper }}{% endfor %} {% if n > 2 %}many{% else %}few{% endif %} {{ html }}\n"))
	out, err := tpl.Execute(pongo2.Context{"name": "florian", "list": []struct{ Name string }{{"a"}, {"b"}}, "n": 3, "html": "<b>"})
	fmt.Print(out, err, "\n")
	_, err = pongo2.FromString("{% for %}")
	fmt.Println(err)
}
