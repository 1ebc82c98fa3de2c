module example.com/pongo2

go 1.26

require github.com/flosch/pongo2/v6 v6.0.0
