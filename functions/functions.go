// Package functions is the table of SQL functions and operators: one literal of logical.Function each, with its documentation and
// examples, grouped by concern. A function is written once, over vectors; what it means follows Spark 4 with ANSI mode on.
//
// The examples of every function are run as tests. What a call is coerced to is decided by the function's Type, through the helpers
// of coerce.go; the analyzer puts in the casts that Type asks for. Errors of Type say what is wrong with which argument; the analyzer adds the
// text of the call and its place.
package functions

import (
	"strings"
	"sync"

	"github.com/gosql-engine/gosql/logical"
)

// groups are all functions, in the order in which the documentation lists them.
func groups() [][]*logical.Function {
	return [][]*logical.Function{
		operatorGroup, conditionalGroup, mathGroup, stringGroup, datetimeGroup, castGroup, collectionGroup, aggregateGroup, windowGroup,
		generatorGroup, miscGroup,
	}
}

// Builtin is every function that every session has. The slice is the caller's; the functions are shared and must not be changed.
func Builtin() []*logical.Function {
	var out []*logical.Function
	for _, g := range groups() {
		out = append(out, g...)
	}
	return out
}

// byName is every function under its name and aliases.
var byName = sync.OnceValue(func() map[string]*logical.Function {
	m := map[string]*logical.Function{}
	for _, f := range Builtin() {
		m[f.Name] = f
		for _, a := range f.Aliases {
			m[a] = f
		}
	}
	return m
})

// Lookup is the function called name, in any case, or nil.
func Lookup(name string) *logical.Function { return byName()[strings.ToLower(name)] }
