package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"text/template"
)

type Address struct {
	Street string `json:"street"`
	Zip    int    `json:"zip,omitempty"`
}
type Person struct {
	Name    string            `json:"name"`
	Age     int               `json:"age"`
	Tags    []string          `json:"tags"`
	Addr    *Address          `json:"addr,omitempty"`
	Meta    map[string]any    `json:"meta"`
	private int
}

func (p Person) Hello(greeting string, n int) string { return fmt.Sprint(greeting, " ", p.Name, n) }

func add(a, b int) int { return a + b }

func main() {
	p := Person{Name: "Ann", Age: 30, Tags: []string{"a", "b"}, Addr: &Address{"Main", 0}, Meta: map[string]any{"k": 1.5, "a": nil}}
	b, err := json.Marshal(p)
	fmt.Println(string(b), err)
	var q Person
	err = json.Unmarshal([]byte(`{"name":"Bob","age":41,"tags":["x"],"addr":{"street":"S","zip":9},"meta":{"z":[1,"two",true]}}`), &q)
	fmt.Printf("%+v %v %v\n", q.Addr, q.Meta, err)
	err = json.Unmarshal([]byte(`{"age":"x"}`), &q)
	fmt.Println(err)
	t := reflect.TypeOf(p)
	for i := range t.NumField() {
		fmt.Println(t.Field(i).Name, t.Field(i).Type, t.Field(i).Tag.Get("json"))
	}
	fmt.Println(t.NumMethod(), t.Method(0).Name, t.Method(0).Type)
	fmt.Println(reflect.DeepEqual(p, p), reflect.TypeOf([]int{}) == reflect.SliceOf(reflect.TypeOf(0)))
	fmt.Println(reflect.ValueOf(add).Call([]reflect.Value{reflect.ValueOf(1), reflect.ValueOf(2)})[0].Int())
	fmt.Println(reflect.ValueOf(p).MethodByName("Hello").Call([]reflect.Value{reflect.ValueOf("hi"), reflect.ValueOf(2)})[0])
	template.Must(template.New("x").Parse("{{.Name}} {{range .Tags}}[{{.}}]{{end}}\n")).Execute(os.Stdout, p)
}
