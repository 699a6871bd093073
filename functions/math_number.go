package functions

import (
	"math"
	"math/bits"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// numberFunctions are those of whole numbers, and abs.
var numberFunctions = []*logical.Function{
	{
		Name: "abs", Usage: "abs(expr): the distance of a number or interval from zero.",
		Examples: []logical.Example{{SQL: "SELECT abs(-1)", Result: "1"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if len(args) == 1 && args[0].Kind == columnar.CalendarInterval {
				return nil, args[0], unexpectedRaw(0, `("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")`, args[0])
			}
			return numeric("abs", true)(args)
		},
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.Abs(ec.Pool, ec.ANSI, args[0], rows)
		}),
	},
	{
		Name: "factorial", Usage: "factorial(expr): expr!, for 0 to 20; NULL for other numbers.",
		Examples: []logical.Example{{SQL: "SELECT factorial(5)", Result: "120"}},
		Type:     fixed("factorial", columnar.BigIntType, columnar.IntType), Nullable: alwaysNullable,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.UnaryErr(ec.Pool, args[0], columnar.BigIntType, rows, func(n int32) (int64, bool, error) {
				if n < 0 || n > 20 {
					return 0, false, nil
				}
				f := int64(1)
				for i := int64(2); i <= int64(n); i++ {
					f *= i
				}
				return f, true, nil
			})
		}),
	},
	{
		Name:     "width_bucket",
		Usage:    "width_bucket(value, min, max, n): the number of the bucket of value, when min to max is cut into n equal ones; 0 below, n + 1 above.",
		Examples: []logical.Example{{SQL: "SELECT width_bucket(5.3, 0.2, 10.6, 5)", Result: "3"}},
		Type:     widthBucketTypes, Nullable: alwaysNullable, Kind: logical.Scalar(evalWidthBucket),
	},
}

func widthBucketTypes(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	const name = "width_bucket"
	if len(args) > 0 && (args[0].Kind == columnar.YearMonthInterval || args[0].Kind == columnar.DayTimeInterval) {
		t := args[0]
		return fixed(name, columnar.BigIntType, t, t, t, columnar.BigIntType)(args)
	}
	d := columnar.DoubleType
	return fixed(name, columnar.BigIntType, d, d, d, columnar.BigIntType)(args)
}

func evalWidthBucket(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	out := columnar.MakeFixed[int64](ec.Pool, columnar.BigIntType, rows.N)
	out.Valid = columnar.AllocBitmap(ec.Pool, rows.N)
	for i := range rows.Count() {
		r := rows.Row(i)
		if args[0].IsNull(r) || args[1].IsNull(r) || args[2].IsNull(r) || args[3].IsNull(r) {
			continue
		}
		b, ok := widthBucket(columnar.Float64At(args[0], r), columnar.Float64At(args[1], r), columnar.Float64At(args[2], r), columnar.Int64At(args[3], r))
		if ok {
			out.Values[r] = b
			out.Valid.Set(r)
		}
	}
	return out, nil
}

// widthBucket is NULL where there are no buckets, and for bounds or values that are not finite.
func widthBucket(v, lo, hi float64, n int64) (int64, bool) {
	if n <= 0 || n == math.MaxInt64 || v != v || lo == hi || lo-lo != 0 || hi-hi != 0 {
		return 0, false
	}
	low, high := min(lo, hi), max(lo, hi)
	if lo < hi {
		switch {
		case v < low:
			return 0, true
		case v >= high:
			return n + 1, true
		}
		return int64(float64(n)*(v-low)/(high-low)) + 1, true
	}
	switch {
	case v > high:
		return 0, true
	case v <= low:
		return n + 1, true
	}
	return int64(float64(n)*(high-v)/(high-low)) + 1, true
}

// baseFunctions write and read numbers in other bases.
var baseFunctions = []*logical.Function{
	{
		Name: "bin", Usage: "bin(expr): a BIGINT in binary, a negative one in two's complement.",
		Examples: []logical.Example{{SQL: "SELECT bin(13)", Result: "1101"}},
		Type:     fixed("bin", columnar.StringType, columnar.BigIntType),
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return integersToStrings(ec, rows, args[0], func(dst []byte, x int64) []byte { return appendUint(dst, uint64(x), 2) })
		}),
	},
	{
		Name: "hex", Usage: "hex(expr): a BIGINT, or the bytes of a string or binary, in hexadecimal.",
		Examples: []logical.Example{{SQL: "SELECT hex(17)", Result: "11"}, {SQL: "SELECT hex('Spark SQL')", Result: "537061726B2053514C"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("hex", len(args), 1, 1); err != nil {
				return nil, columnar.StringType, err
			}
			switch t := args[0]; {
			case t.Kind == columnar.String || t.Kind == columnar.Binary:
				return args, columnar.StringType, nil
			case logical.ImplicitCast(t, columnar.BigIntType):
				return []columnar.Type{columnar.BigIntType}, columnar.StringType, nil
			}
			return nil, columnar.StringType, unexpectedRaw(0, `("BIGINT" or "BINARY" or "STRING")`, args[0])
		},
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			if args[0].Type().Layout() == columnar.LayoutBytes {
				return columnar.StringsToStrings(ec.Pool, args[0], columnar.StringType, rows, appendHex), nil
			}
			return integersToStrings(ec, rows, args[0], func(dst []byte, x int64) []byte { return appendUint(dst, uint64(x), 16) })
		}),
	},
	{
		Name: "unhex", Usage: "unhex(expr): the bytes that hexadecimal digits stand for; NULL of other text.",
		Examples: []logical.Example{{SQL: "SELECT decode(unhex('537061726B2053514C'), 'UTF-8')", Result: "Spark SQL"}},
		Type:     fixed("unhex", columnar.BinaryType, columnar.StringType), Nullable: alwaysNullable,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.StringsToStrings(ec.Pool, args[0], columnar.BinaryType, rows, appendUnhex), nil
		}),
	},
	{
		Name: "conv", Usage: "conv(num, from_base, to_base): a number written in one base, from 2 to 36, in another; a negative to_base makes it signed.",
		Examples: []logical.Example{{SQL: "SELECT conv('100', 2, 10)", Result: "4"}, {SQL: "SELECT conv(-10, 16, -10)", Result: "-16"}},
		Type:     fixed("conv", columnar.StringType, columnar.StringType, columnar.IntType, columnar.IntType), Nullable: alwaysNullable,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.BuildStrings(ec.Pool, columnar.StringType, rows, func(dst []byte, r int) ([]byte, bool, error) {
				if args[0].IsNull(r) || args[1].IsNull(r) || args[2].IsNull(r) {
					return dst, false, nil
				}
				return convert(ec, dst, columnar.StringAt(args[0], r), columnar.Int64At(args[1], r), columnar.Int64At(args[2], r))
			})
		}),
	},
}

func integersToStrings(ec *logical.EvalContext, rows columnar.Rows, v columnar.Vector, f func(dst []byte, x int64) []byte) (columnar.Vector, error) {
	return columnar.BuildStrings(ec.Pool, columnar.StringType, rows, func(dst []byte, r int) ([]byte, bool, error) {
		if v.IsNull(r) {
			return dst, false, nil
		}
		return f(dst, columnar.Int64At(v, r)), true, nil
	})
}

const upperDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// appendUint writes x in a base from 2 to 36, in capitals.
func appendUint(dst []byte, x, base uint64) []byte {
	var buf [64]byte
	i := len(buf)
	for {
		i--
		buf[i] = upperDigits[x%base]
		x /= base
		if x == 0 {
			return append(dst, buf[i:]...)
		}
	}
}

func appendHex(dst, s []byte) ([]byte, bool) {
	for _, c := range s {
		dst = append(dst, upperDigits[c>>4], upperDigits[c&15])
	}
	return dst, true
}

// appendUnhex reads pairs of digits; an odd first one counts as if a 0 stood before it.
func appendUnhex(dst, s []byte) ([]byte, bool) {
	high, odd := 0, len(s)%2 == 1
	for _, c := range s {
		d := strings.IndexByte(upperDigits[:16], upperByte(c))
		if d < 0 {
			return dst, false
		}
		if odd {
			dst = append(dst, byte(high<<4|d))
			high = 0
		} else {
			high = d
		}
		odd = !odd
	}
	return dst, true
}

func upperByte(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 32
	}
	return c
}

// convert reads the digits at the beginning of text; what follows them does not count. Numbers past 64 bits are an error with ANSI, and the
// greatest number without.
func convert(ec *logical.EvalContext, dst []byte, text string, from, to int64) ([]byte, bool, error) {
	if from < 2 || from > 36 || max(to, -to) < 2 || max(to, -to) > 36 {
		return dst, false, nil
	}
	text = strings.Trim(text, " ")
	negative := strings.HasPrefix(text, "-")
	if negative {
		text = text[1:]
	}
	if text == "" {
		return dst, false, nil
	}
	var v uint64
	for _, c := range []byte(text) {
		d := strings.IndexByte(upperDigits[:from], upperByte(c))
		if d < 0 {
			break
		}
		hi, lo := bits.Mul64(v, uint64(from))
		sum, carry := bits.Add64(lo, uint64(d), 0)
		if hi != 0 || carry != 0 {
			if ec.ANSI {
				return dst, false, overflow("Overflow in function conv()")
			}
			v = math.MaxUint64
			break
		}
		v = sum
	}
	if negative {
		if v >= 1<<63 && to > 0 {
			v = math.MaxUint64
		} else {
			v = -v
		}
	}
	if to < 0 {
		if int64(v) < 0 {
			dst, v = append(dst, '-'), -v
		}
		to = -to
	}
	return appendUint(dst, v, uint64(to)), true, nil
}

// bitFunctions look at the bits of integers.
var bitFunctions = []*logical.Function{
	{
		Name: "bit_count", Usage: "bit_count(expr): the number of bits set in a BOOLEAN or integer, taken as 64 bits.",
		Examples: []logical.Example{{SQL: "SELECT bit_count(0)", Result: "0"}, {SQL: "SELECT bit_count(7)", Result: "3"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("bit_count", len(args), 1, 1); err != nil {
				return nil, columnar.IntType, err
			}
			switch t := args[0]; {
			case t.Kind == columnar.Boolean || t.IsInteger():
				return []columnar.Type{columnar.BigIntType}, columnar.IntType, nil
			case t.Kind == columnar.Void:
				return []columnar.Type{columnar.BigIntType}, columnar.IntType, nil
			}
			return nil, columnar.IntType, unexpectedRaw(0, `("INTEGRAL" or "BOOLEAN")`, args[0])
		},
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.Unary(ec.Pool, args[0], columnar.IntType, rows, func(x int64) int32 { return int32(bits.OnesCount64(uint64(x))) }), nil
		}),
	},
	{
		Name: "bit_get", Aliases: []string{"getbit"}, Usage: "bit_get(expr, pos): bit pos of an integer, counted from the lowest, 0.",
		Examples: []logical.Example{{SQL: "SELECT bit_get(11, 0)", Result: "1"}, {SQL: "SELECT bit_get(11, 2)", Result: "0"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("bit_get", len(args), 2, 2); err != nil {
				return nil, columnar.TinyIntType, err
			}
			t := args[0]
			switch {
			case t.Kind == columnar.Void:
				t = columnar.BigIntType
			case !t.IsInteger():
				return nil, columnar.TinyIntType, unexpectedType(0, "INTEGRAL", t)
			}
			if !logical.ImplicitCast(args[1], columnar.IntType) {
				return nil, columnar.TinyIntType, unexpectedType(1, "INT", args[1])
			}
			return []columnar.Type{t, columnar.IntType}, columnar.TinyIntType, nil
		},
		Kind: logical.Scalar(evalBitGet),
	},
}

func evalBitGet(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	size := map[columnar.Kind]int32{columnar.TinyInt: 8, columnar.SmallInt: 16, columnar.Int: 32, columnar.BigInt: 64}[args[0].Type().Kind]
	wide, err := columnar.Cast(columnar.CastContext{Pool: ec.Pool}, args[0], columnar.BigIntType, rows)
	if err != nil {
		return nil, err
	}
	return columnar.PairwiseErr(ec.Pool, wide, args[1], columnar.TinyIntType, rows, func(x int64, pos int32) (int8, bool, error) {
		if pos < 0 || pos >= size {
			return 0, false, columnar.Errorf("INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE",
				"The value of parameter(s) `pos` in `bit_get` is invalid: expects an integer value in [0, %d), but got %d.", size, pos)
		}
		return int8(x >> pos & 1), true, nil
	})
}
