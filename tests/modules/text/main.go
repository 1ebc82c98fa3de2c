package main

import (
	"fmt"

	"golang.org/x/text/cases"
	"golang.org/x/text/collate"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/unicode/norm"
)

func main() {
	p := message.NewPrinter(language.German)
	fmt.Println(p.Sprintf("%d %.2f", 1234567, 1234.5))
	fmt.Println(cases.Title(language.Turkish).String("istanbul ılık"), cases.Upper(language.German).String("straße"))
	fmt.Println(norm.NFD.String("é") == "e\u0301", len(norm.NFKC.String("ﬁ")))
	words := []string{"zebra", "Äpfel", "apfel", "Öl", "ohne"}
	collate.New(language.German).SortStrings(words)
	fmt.Println(words)
	out, err := charmap.ISO8859_1.NewEncoder().String("Grüße")
	fmt.Println([]byte(out), err)
	tag, _, confidence := language.NewMatcher([]language.Tag{language.English, language.French}).Match(language.MustParse("en-GB"))
	fmt.Println(tag, confidence)
}
