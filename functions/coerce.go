package functions

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// typing is the form of Function.Type: from the types of the arguments, those to cast them to and that of the result.
type typing = func(args []columnar.Type) (coerced []columnar.Type, result columnar.Type, err error)

// fixed is the typing of a function of exactly these parameters; arguments are cast to them as Spark does unasked.
func fixed(name string, result columnar.Type, params ...columnar.Type) typing {
	return optional(name, len(params), result, params...)
}

// optional is fixed where only the first so many parameters must be given.
func optional(name string, required int, result columnar.Type, params ...columnar.Type) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), required, len(params)); err != nil {
			return nil, result, err
		}
		for i, a := range args {
			if !logical.ImplicitCast(a, params[i]) {
				return nil, result, unexpectedType(i, params[i].SQL(), a)
			}
		}
		return params[:len(args):len(args)], result, nil
	}
}

// anyTypes is the typing of a function of lo to hi arguments (-1: no limit) of whatever types, taken as they are.
func anyTypes(name string, lo, hi int, result columnar.Type) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		return args, result, arity(name, len(args), lo, hi)
	}
}

// numeric is the typing of a function of one number that keeps its type; strings are taken for DOUBLE. It may keep intervals too.
func numeric(name string, intervals bool) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 1, 1); err != nil {
			return nil, columnar.VoidType, err
		}
		t, want := args[0], `("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")`
		if !intervals {
			want = `"NUMERIC"`
		}
		switch {
		case t.Kind == columnar.Void || t.Kind == columnar.String:
			t = columnar.DoubleType
		case !t.IsNumeric() && !(intervals && t.IsInterval()):
			return nil, t, unexpectedRaw(0, want, t)
		}
		return []columnar.Type{t}, t, nil
	}
}

// commonOf is the type in which all arguments meet; name is for the error.
func commonOf(name string, args []columnar.Type) (columnar.Type, error) {
	t, ok := logical.CommonTypeOf(args)
	if !ok {
		return t, differentTypes(name, args)
	}
	return t, nil
}

// repeatType is n times t.
func repeatType(t columnar.Type, n int) []columnar.Type {
	out := make([]columnar.Type, n)
	for i := range out {
		out[i] = t
	}
	return out
}

// arity checks the number of arguments against lo to hi (-1: no limit).
func arity(name string, got, lo, hi int) error {
	if got >= lo && (hi < 0 || got <= hi) {
		return nil
	}
	want := fmt.Sprint(lo)
	switch {
	case hi < 0:
		want = fmt.Sprintf("> %d", lo-1)
	case hi > lo:
		parts := make([]string, 0, hi-lo+1)
		for n := lo; n <= hi; n++ {
			parts = append(parts, fmt.Sprint(n))
		}
		want = "[" + strings.Join(parts, ", ") + "]"
	}
	return columnar.Errorf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "The `%s` requires %s parameters but the actual number is %d.", name, want, got)
}

var ordinals = [...]string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh"}

func ordinal(i int) string {
	if i < len(ordinals) {
		return ordinals[i]
	}
	return fmt.Sprintf("%dth", i+1)
}

// unexpectedType is the error of argument i (from 0) not being of the type wanted, which is written as in SQL.
func unexpectedType(i int, want string, got columnar.Type) error {
	return unexpectedRaw(i, `"`+want+`"`, got)
}

// unexpectedRaw is unexpectedType where want is quoted already: ("INT" or "STRING").
func unexpectedRaw(i int, want string, got columnar.Type) error {
	return columnar.Errorf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "The %s parameter requires the %s type, however it has the type %q.",
		ordinal(i), want, got.SQL())
}

// differentTypes is the error of arguments that should meet in one type and do not.
func differentTypes(name string, args []columnar.Type) error {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = `"` + a.SQL() + `"`
	}
	return columnar.Errorf("DATATYPE_MISMATCH.DATA_DIFF_TYPES", "Input to `%s` should all be the same type, but it's [%s].", name, strings.Join(parts, ", "))
}

// foldable says whether an expression is the same for all rows and can be computed before them.
func foldable(e logical.Expr) bool {
	switch e := e.(type) {
	case *logical.Literal:
		return true
	case *logical.Cast:
		return foldable(e.Child)
	case *logical.Call:
		switch e.Fn.Kind.(type) {
		case logical.Scalar, logical.Lazy:
			return !e.Fn.NonDeterministic && !slices.ContainsFunc(e.Args, func(a logical.Expr) bool { return !foldable(a) })
		}
	}
	return false
}

// constantOf is the only value of an argument that is the same for all rows, as one row; nil for other arguments.
func constantOf(v columnar.Vector) columnar.Vector {
	if c, ok := v.(*columnar.Const); ok {
		return c.Value
	}
	return nil
}
