// Imports.
package p

import . "strings"
import . "os" // want `"os" imported and not used`
import str "strconv" // want `"strconv" imported as str and not used`
import "errors" // want `"errors" imported and not used`
import _ "io"
import "math/rand" // want `"math/rand" imported and not used`
import "path" // want `"path" imported and not used`

var x = ToUpper("a")
func path() {} // want `path already declared through import of package path \("path"\)`
func Getenv() {} // want `Getenv already declared through dot-import of package os \("os"\)`
