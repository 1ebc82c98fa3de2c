module example.com/chroma

go 1.26

require github.com/alecthomas/chroma/v2 v2.20.0

require github.com/dlclark/regexp2 v1.11.5 // indirect
