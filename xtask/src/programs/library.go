
// describe walks a value by reflection, and shows what the standard library makes of its parts.
func describe(x any) {
	v := reflect.ValueOf(x)
	fmt.Println(v.Type(), v.Kind(), v.Type().Size(), v.Type().Comparable(), v.Type().NumMethod())
	for i := range v.NumMethod() {
		fmt.Println(v.Type().Method(i).Name, v.Method(i).Type())
	}
	mix(walk(v, 0))
}

func walk(v reflect.Value, depth int) uint64 {
	if depth > 6 || !v.IsValid() {
		return 3
	}
	h := uint64(v.Kind())
	switch v.Kind() {
	case reflect.Bool:
		h += hashBool(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		h += hashString(strconv.FormatInt(v.Int(), 7))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		h += hashString(strconv.FormatUint(v.Uint(), 36))
	case reflect.Float32, reflect.Float64:
		s := strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits())
		f, err := strconv.ParseFloat(s, v.Type().Bits())
		h += hashString(s) + hashBool(f == v.Float() && err == nil)
	case reflect.Complex64, reflect.Complex128:
		h += hashString(fmt.Sprint(v.Complex()))
	case reflect.String:
		parts := strings.FieldsFunc(v.String(), func(r rune) bool { return r%3 == 0 })
		sort.Strings(parts)
		h += hashString(strconv.Quote(strings.Join(parts, "|")) + strings.ToUpper(v.String()))
	case reflect.Array, reflect.Slice:
		for i := range v.Len() {
			h = h*31 + walk(v.Index(i), depth+1)
		}
	case reflect.Map:
		for iter := v.MapRange(); iter.Next(); {
			h += walk(iter.Key(), depth+1) * (walk(iter.Value(), depth+1) | 1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			h = h*37 + walk(v.Field(i), depth+1) + hashString(f.Name+f.Type.String()) + uint64(f.Offset)
		}
	case reflect.Pointer, reflect.Interface:
		h = h*41 + walk(v.Elem(), depth+1)
	case reflect.Func:
		h += hashBool(v.IsNil()) + uint64(v.Type().NumIn())
	}
	return h
}
