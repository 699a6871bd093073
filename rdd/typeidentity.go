package rdd

import (
	"fmt"
	"reflect"
	"strings"
)

// typeIdentity names a type with all that its encoding depends on: for structs the fields in order, through all the
// types inside. Files that outlive the program carry it, so that a type that has changed is found out.
func typeIdentity[T any]() string {
	var b strings.Builder
	writeIdentity(&b, reflect.TypeFor[T](), map[reflect.Type]bool{})
	return b.String()
}

// writeIdentity writes a type; those in open are being written further out.
func writeIdentity(b *strings.Builder, t reflect.Type, open map[reflect.Type]bool) {
	if t.Name() != "" {
		if t.PkgPath() != "" {
			b.WriteString(t.PkgPath() + ".")
		}
		b.WriteString(t.Name())
		if t.PkgPath() == "" || open[t] || marshalsItself(t) {
			return
		}
		open[t] = true
		defer delete(open, t)
		b.WriteByte('=')
	}
	switch t.Kind() {
	case reflect.Pointer:
		b.WriteByte('*')
		writeIdentity(b, t.Elem(), open)
	case reflect.Slice:
		b.WriteString("[]")
		writeIdentity(b, t.Elem(), open)
	case reflect.Array:
		fmt.Fprintf(b, "[%d]", t.Len())
		writeIdentity(b, t.Elem(), open)
	case reflect.Map:
		b.WriteString("map[")
		writeIdentity(b, t.Key(), open)
		b.WriteByte(']')
		writeIdentity(b, t.Elem(), open)
	case reflect.Struct:
		b.WriteByte('{')
		for i := range t.NumField() {
			if i > 0 {
				b.WriteString("; ")
			}
			b.WriteString(t.Field(i).Name + " ")
			writeIdentity(b, t.Field(i).Type, open)
		}
		b.WriteByte('}')
	default:
		b.WriteString(t.Kind().String())
	}
}
