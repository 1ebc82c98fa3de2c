package main

import (
	"fmt"

	"github.com/google/uuid"
)

func main() {
	id := uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://go.dev"))
	fmt.Println(id, id.Version(), id.Variant(), uuid.NewMD5(uuid.NameSpaceDNS, []byte("go.dev")))
	parsed, err := uuid.Parse("{6ba7b810-9dad-11d1-80b4-00c04fd430c8}")
	fmt.Println(parsed, err, parsed == uuid.NameSpaceDNS)
	_, err = uuid.Parse("nothing")
	fmt.Println(err)
	a, b := uuid.New(), uuid.New()
	v7, err := uuid.NewV7()
	fmt.Println(a != b, a.Version(), len(a.String()), v7.Version(), err)
}
