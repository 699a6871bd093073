package rdd

import (
	"os"
	"path"
	"reflect"
	"strconv"
	"strings"
	"unsafe"
)

// estimator gives the in-memory size of a T: exact for flat types, and for strings and slices of flat types; what hides
// behind other pointers is guessed at 16 bytes each. fixed is the size of every T when they are all of one size.
func estimator[T any]() (size func(*T) (bytes, rows int64), fixed int64) {
	self := int64(unsafe.Sizeof(*new(T)))
	extra := extraSize(reflect.TypeFor[T](), 0)
	if extra == nil {
		return func(*T) (int64, int64) { return self, 1 }, self
	}
	return func(v *T) (int64, int64) { return self + extra(unsafe.Pointer(v)), 1 }, 0
}

// valueSize is the in-memory size of a result, by the rules of estimator; only for results, as it looks at the type each
// time.
func valueSize(v any) int64 {
	x := reflect.ValueOf(v)
	if !x.IsValid() {
		return 0
	}
	switch x.Kind() {
	case reflect.Slice:
		return int64(x.Type().Size()) + int64(x.Len())*int64(x.Type().Elem().Size())
	case reflect.String:
		return int64(x.Type().Size()) + int64(x.Len())
	}
	return int64(x.Type().Size())
}

// extraSize is the size of what a value of type t points to; nil when it points to nothing.
func extraSize(t reflect.Type, depth int) func(p unsafe.Pointer) int64 {
	const guess = 16
	switch t.Kind() {
	case reflect.String:
		return func(p unsafe.Pointer) int64 { return int64(len(*(*string)(p))) }
	case reflect.Slice:
		elem := int64(t.Elem().Size())
		return func(p unsafe.Pointer) int64 { return int64(len(*(*[]struct{})(p))) * elem }
	case reflect.Struct:
		return structExtra(t, depth)
	case reflect.Pointer, reflect.Map, reflect.Interface, reflect.Func, reflect.Chan:
		return func(unsafe.Pointer) int64 { return guess }
	}
	return nil
}

// structExtra sums up the fields that point to something.
func structExtra(t reflect.Type, depth int) func(p unsafe.Pointer) int64 {
	type part struct {
		offset uintptr
		size   func(unsafe.Pointer) int64
	}
	var parts []part
	for i := range t.NumField() {
		f := t.Field(i)
		if e := extraSize(f.Type, depth+1); e != nil {
			parts = append(parts, part{f.Offset, e})
		}
	}
	if parts == nil {
		return nil
	}
	return func(p unsafe.Pointer) (n int64) {
		for _, f := range parts {
			n += f.size(unsafe.Add(p, f.offset))
		}
		return n
	}
}

// machineMemory is the memory that this process may use: the machine's, or the cgroup's limit if that is less; 4 GiB
// where neither can be read.
func machineMemory() int64 {
	total := int64(4 << 30)
	if raw, err := os.ReadFile("/proc/meminfo"); err == nil {
		for line := range strings.Lines(string(raw)) {
			f := strings.Fields(line)
			if len(f) >= 2 && f[0] == "MemTotal:" {
				if kb, err := strconv.ParseInt(f[1], 10, 64); err == nil {
					total = kb << 10
				}
			}
		}
	}
	for _, file := range cgroupLimits() {
		raw, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(string(raw)), 10, 64); err == nil && n > 0 {
			total = min(total, n)
		}
	}
	return total
}

// cgroupLimits are the files that may limit the memory: of the process's cgroup and of those around it, in the second and the first version.
func cgroupLimits() []string {
	const root = "/sys/fs/cgroup"
	files := []string{root + "/memory.max", root + "/memory/memory.limit_in_bytes"}
	raw, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return files
	}
	for line := range strings.Lines(string(raw)) {
		_, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, dir, _ := strings.Cut(rest, ":")
		for ; strings.HasPrefix(dir, "/") && dir != "/"; dir = path.Dir(dir) {
			switch controllers {
			case "":
				files = append(files, root+dir+"/memory.max")
			case "memory":
				files = append(files, root+"/memory"+dir+"/memory.limit_in_bytes")
			}
		}
	}
	return files
}

// fileSafe keeps the letters, digits and dashes of s.
func fileSafe(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 128 && (r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return r
		}
		return '-'
	}, s)
}
