package datasources

import (
	"strconv"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
)

// Options are the options of a read or a write, by Spark's names in any case.
type Options struct {
	values map[string]string
}

// NewOptions copies the options given.
func NewOptions(m map[string]string) Options {
	o := Options{make(map[string]string, len(m))}
	for k, v := range m {
		o.values[strings.ToLower(k)] = v
	}
	return o
}

// Get returns the option that goes by one of the names, the first name being the strongest.
func (o Options) Get(names ...string) (string, bool) {
	for _, n := range names {
		if v, ok := o.values[strings.ToLower(n)]; ok {
			return v, true
		}
	}
	return "", false
}

// Text returns the option, or def if it is not set.
func (o Options) Text(def string, names ...string) string {
	if v, ok := o.Get(names...); ok {
		return v
	}
	return def
}

// Bool returns the option, which must be true or false; def if it is not set.
func (o Options) Bool(name string, def bool) (bool, error) {
	v, ok := o.Get(name)
	if !ok {
		return def, nil
	}
	switch strings.ToLower(v) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return def, InvalidOption(name, v, "true or false")
}

// Int returns the option, which must be an integer; def if it is not set.
func (o Options) Int(name string, def int) (int, error) {
	v, ok := o.Get(name)
	if !ok {
		return def, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		return def, InvalidOption(name, v, "an integer")
	}
	return n, nil
}

// Float returns the option, which must be a number; def if it is not set.
func (o Options) Float(name string, def float64) (float64, error) {
	v, ok := o.Get(name)
	if !ok {
		return def, nil
	}
	n, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return def, InvalidOption(name, v, "a number")
	}
	return n, nil
}

// InvalidOption is the error for an option with a value that it cannot have.
func InvalidOption(name, value, want string) error {
	return columnar.Errorf("INVALID_PARAMETER_VALUE", "The option %s must be %s, but is %q.", name, want, value)
}
