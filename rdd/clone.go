package rdd

import (
	"reflect"
	"sync"
	"unsafe"
)

// Combining functions may change their first argument and give it back. What they are given must therefore never be
// what stays behind: a combined value in a shuffle block that another attempt or another action will read, or the zero
// that every partition begins with. Spark's values are copies because they were serialized; values that travel by
// reference are copied here, if there is anything in them that can be changed.

// clonerOf gives the function that copies a T with all that it refers to; nil when assignment copies all there is. What
// is behind channels, functions and unsafe pointers stays shared.
func clonerOf[T any]() func(T) T {
	deepen := deepenerOf(reflect.TypeFor[T]())
	if deepen == nil {
		return nil
	}
	return func(v T) T {
		deepen(unsafe.Pointer(&v), &cloned{})
		return v
	}
}

// freshCopies gives a copy of v at each call.
func freshCopies[T any](v T) func() T {
	clone := clonerOf[T]()
	if clone == nil {
		return func() T { return v }
	}
	return func() T { return clone(v) }
}

// cloned remembers what the pointers met so far were copied to, so that what is shared within a value stays shared, and
// a value that holds itself has an end.
type cloned struct {
	pointers map[unsafe.Pointer]reflect.Value
}

// deepener makes a value that was copied by assignment refer to copies of what it refers to.
type deepener func(p unsafe.Pointer, seen *cloned)

// deepenerOf compiles the deepener of a type; nil when there is nothing to do.
func deepenerOf(t reflect.Type) deepener { return compileDeepener(t, map[reflect.Type]*lateDeepener{}) }

// lateDeepener stands for the deepener of a type that is being compiled, inside of itself.
type lateDeepener struct{ f deepener }

// compileDeepener is deepenerOf; open are the types that this one is within.
func compileDeepener(t reflect.Type, open map[reflect.Type]*lateDeepener) deepener {
	if late := open[t]; late != nil {
		return func(p unsafe.Pointer, seen *cloned) {
			if late.f != nil {
				late.f(p, seen)
			}
		}
	}
	late := &lateDeepener{}
	open[t] = late
	defer delete(open, t)
	switch t.Kind() {
	case reflect.Slice:
		late.f = deepenSlice(t, compileDeepener(t.Elem(), open))
	case reflect.Map:
		late.f = deepenMap(t, compileDeepener(t.Elem(), open))
	case reflect.Pointer:
		late.f = deepenPointer(t, compileDeepener(t.Elem(), open))
	case reflect.Interface:
		late.f = deepenInterface(t)
	case reflect.Array:
		late.f = deepenArray(t, compileDeepener(t.Elem(), open))
	case reflect.Struct:
		late.f = deepenStruct(t, open)
	}
	return late.f
}

// deepenSlice copies the elements, of which each is deepened.
func deepenSlice(t reflect.Type, elem deepener) deepener {
	size := t.Elem().Size()
	return func(p unsafe.Pointer, seen *cloned) {
		v := reflect.NewAt(t, p).Elem()
		if v.IsNil() {
			return
		}
		fresh := reflect.MakeSlice(t, v.Len(), v.Len())
		reflect.Copy(fresh, v)
		if elem != nil {
			for i, at := 0, fresh.UnsafePointer(); i < fresh.Len(); i++ {
				elem(unsafe.Add(at, uintptr(i)*size), seen)
			}
		}
		v.Set(fresh)
	}
}

// deepenMap makes a map of the same keys and of deepened values.
func deepenMap(t reflect.Type, elem deepener) deepener {
	return func(p unsafe.Pointer, seen *cloned) {
		v := reflect.NewAt(t, p).Elem()
		if v.IsNil() {
			return
		}
		fresh := reflect.MakeMapWithSize(t, v.Len())
		for entries := v.MapRange(); entries.Next(); {
			value := reflect.New(t.Elem())
			value.Elem().Set(entries.Value())
			if elem != nil {
				elem(value.UnsafePointer(), seen)
			}
			fresh.SetMapIndex(entries.Key(), value.Elem())
		}
		v.Set(fresh)
	}
}

// deepenPointer copies what is pointed to, once.
func deepenPointer(t reflect.Type, elem deepener) deepener {
	return func(p unsafe.Pointer, seen *cloned) {
		v := reflect.NewAt(t, p).Elem()
		if v.IsNil() {
			return
		}
		from := v.UnsafePointer()
		if copied, ok := seen.pointers[from]; ok && copied.Type() == t {
			v.Set(copied)
			return
		}
		fresh := reflect.New(t.Elem())
		fresh.Elem().Set(v.Elem())
		fresh = fresh.Convert(t)
		if seen.pointers == nil {
			seen.pointers = map[unsafe.Pointer]reflect.Value{}
		}
		seen.pointers[from] = fresh
		if elem != nil {
			elem(fresh.UnsafePointer(), seen)
		}
		v.Set(fresh)
	}
}

// deepenInterface copies what an interface holds, by the type that it has just now.
func deepenInterface(t reflect.Type) deepener {
	var compiled sync.Map // deepener by reflect.Type
	return func(p unsafe.Pointer, seen *cloned) {
		v := reflect.NewAt(t, p).Elem()
		if v.IsNil() {
			return
		}
		holds := v.Elem().Type()
		f, ok := compiled.Load(holds)
		if !ok {
			f, _ = compiled.LoadOrStore(holds, deepenerOf(holds))
		}
		deepen := f.(deepener)
		if deepen == nil {
			return
		}
		fresh := reflect.New(holds)
		fresh.Elem().Set(v.Elem())
		deepen(fresh.UnsafePointer(), seen)
		v.Set(fresh.Elem())
	}
}

// deepenArray deepens each element; nil when that does nothing.
func deepenArray(t reflect.Type, elem deepener) deepener {
	if elem == nil {
		return nil
	}
	n, size := t.Len(), t.Elem().Size()
	return func(p unsafe.Pointer, seen *cloned) {
		for i := range n {
			elem(unsafe.Add(p, uintptr(i)*size), seen)
		}
	}
}

// deepenStruct deepens each field, exported or not; nil when that does nothing.
func deepenStruct(t reflect.Type, open map[reflect.Type]*lateDeepener) deepener {
	type part struct {
		offset uintptr
		deepen deepener
	}
	var parts []part
	for i := range t.NumField() {
		f := t.Field(i)
		if d := compileDeepener(f.Type, open); d != nil {
			parts = append(parts, part{f.Offset, d})
		}
	}
	if parts == nil {
		return nil
	}
	return func(p unsafe.Pointer, seen *cloned) {
		for _, f := range parts {
			f.deepen(unsafe.Add(p, f.offset), seen)
		}
	}
}
