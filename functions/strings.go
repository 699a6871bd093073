package functions

import (
	"slices"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// stringGroup are the functions of strings.
var stringGroup = slices.Concat(stringBasics, stringParts, stringSearch, stringFormats, numberFormats, utf8Functions, regexps)

// textRow computes a row's text: it appends to dst, which is empty; false makes a NULL. The arguments of the row are not NULL.
type textRow func(ec *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error)

// text is a Scalar of rows of text, NULL where an argument is.
func text(t columnar.Type, f textRow) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		return columnar.BuildStrings(ec.Pool, t, rows, func(dst []byte, r int) ([]byte, bool, error) {
			if anyNull(args, r) {
				return dst, false, nil
			}
			return f(ec, dst, args, r)
		})
	}
}

func anyNull(args []columnar.Vector, r int) bool {
	for _, a := range args {
		if a.IsNull(r) {
			return true
		}
	}
	return false
}

// mapText is a Scalar of a function of one text.
func mapText(f func(dst, s []byte) ([]byte, bool)) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		return columnar.StringsToStrings(ec.Pool, args[0], columnar.StringType, rows, f), nil
	}
}

// measureText is a Scalar of a function from one text to an INT.
func measureText(f func(s []byte) int32) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		return columnar.StringsTo(ec.Pool, args[0], columnar.IntType, rows, func(s []byte) (int32, bool) { return f(s), true }), nil
	}
}

// numberRow computes a row's number from arguments that are not NULL; false makes a NULL.
type numberRow[R columnar.Native] func(args []columnar.Vector, r int) (R, bool, error)

// number is a Scalar of rows of numbers, NULL where an argument is.
func number[R columnar.Native](t columnar.Type, f numberRow[R]) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		out := columnar.MakeFixed[R](ec.Pool, t, rows.N)
		for k := range rows.Count() {
			r := rows.Row(k)
			var v R
			ok := !anyNull(args, r)
			if ok {
				var err error
				if v, ok, err = f(args, r); err != nil {
					return nil, err
				}
			}
			out.Values[r] = v
			if !ok {
				if out.Valid == nil {
					out.Valid = columnar.AllocBitmap(ec.Pool, rows.N)
					out.Valid.SetAll(rows.N)
				}
				out.Valid.Clear(r)
			}
		}
		return out, nil
	}
}

// stringOrBinary is the typing of a function whose first argument is BINARY or text and whose result is of the same type; the others are of the types given.
func stringOrBinary(name string, required int, rest ...columnar.Type) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), required, len(rest)+1); err != nil {
			return nil, columnar.StringType, err
		}
		first := columnar.StringType
		if args[0].Kind == columnar.Binary {
			first = columnar.BinaryType
		} else if !logical.ImplicitCast(args[0], columnar.StringType) {
			return nil, first, unexpectedRaw(0, `("STRING" or "BINARY")`, args[0])
		}
		coerced := append([]columnar.Type{first}, rest[:len(args)-1]...)
		for i := range coerced {
			if rest := coerced[i]; i > 0 && rest.Kind == columnar.Void {
				coerced[i] = first // of the type of the first argument
			}
			if !logical.ImplicitCast(args[i], coerced[i]) {
				return nil, first, unexpectedType(i, coerced[i].SQL(), args[i])
			}
		}
		return coerced, first, nil
	}
}

// measured is the typing of a function from STRING or BINARY to INT.
func measured(name string) typing {
	base := stringOrBinary(name, 1)
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		coerced, _, err := base(args)
		return coerced, columnar.IntType, err
	}
}
