package functions

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// bitTypes is the typing of &, | and ^: two integers, which meet in the wider type.
func bitTypes(symbol string) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(symbol, len(args), 2, 2); err != nil {
			return nil, columnar.VoidType, err
		}
		t, ok := logical.CommonType(args[0], args[1])
		switch {
		case ok && t.Kind == columnar.Void:
			t = columnar.IntType
		case !ok || !t.IsInteger():
			return nil, t, operandMismatch(`"INTEGRAL"`, args[0], args[1])
		}
		return repeatType(t, 2), t, nil
	}
}

type integer interface{ int8 | int16 | int32 | int64 }

func bitwise[T integer](op string, x, y T) T {
	switch op {
	case "&":
		return x & y
	case "|":
		return x | y
	}
	return x ^ y
}

func evalBits(op string) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		a, b, t := args[0], args[1], args[0].Type()
		switch t.Kind {
		case columnar.TinyInt:
			return columnar.Pairwise(ec.Pool, a, b, t, rows, func(x, y int8) int8 { return bitwise(op, x, y) }), nil
		case columnar.SmallInt:
			return columnar.Pairwise(ec.Pool, a, b, t, rows, func(x, y int16) int16 { return bitwise(op, x, y) }), nil
		case columnar.Int:
			return columnar.Pairwise(ec.Pool, a, b, t, rows, func(x, y int32) int32 { return bitwise(op, x, y) }), nil
		}
		return columnar.Pairwise(ec.Pool, a, b, t, rows, func(x, y int64) int64 { return bitwise(op, x, y) }), nil
	}
}

func bitOperator(symbol, usage string, examples ...logical.Example) *logical.Function {
	return &logical.Function{Name: symbol, Usage: usage, Examples: examples, Type: bitTypes(symbol), Pretty: infix(symbol), Kind: evalBits(symbol)}
}

// bitShiftTypes is the typing of the shifts: an INT or BIGINT, which keeps its type, by an INT.
func bitShiftTypes(name string) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 2, 2); err != nil {
			return nil, columnar.VoidType, err
		}
		t := columnar.IntType
		if args[0].Kind == columnar.BigInt {
			t = columnar.BigIntType
		}
		for i, a := range args {
			if !logical.ImplicitCast(a, columnar.IntType) {
				return nil, t, unexpectedRaw(i, `("INT" or "BIGINT")`, a)
			}
		}
		return []columnar.Type{t, columnar.IntType}, t, nil
	}
}

// bitShift is a shift by symbol and by name. As in Java, only as many low bits of the distance count as the type has room for.
func bitShift(symbol, name, usage, example string, narrow func(x int32, n uint) int32, wide func(x int64, n uint) int64) *logical.Function {
	return &logical.Function{
		Name: name, Aliases: []string{symbol}, Usage: usage, Examples: []logical.Example{{SQL: "SELECT " + name + "(4, 1)", Result: example}},
		Type: bitShiftTypes(name),
		Pretty: func(as string, args []string) string {
			if as == symbol {
				return infix(symbol)(as, args)
			}
			return as + "(" + args[0] + ", " + args[1] + ")"
		},
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			t := args[0].Type()
			if t.Kind == columnar.BigInt {
				return columnar.Pairwise(ec.Pool, args[0], args[1], t, rows, func(x int64, n int32) int64 { return wide(x, uint(n)&63) }), nil
			}
			return columnar.Pairwise(ec.Pool, args[0], args[1], t, rows, func(x, n int32) int32 { return narrow(x, uint(n)&31) }), nil
		}),
	}
}

var bitOperators = []*logical.Function{
	bitOperator("&", "expr1 & expr2: the bits set in both.", logical.Example{SQL: "SELECT 3 & 5", Result: "1"}),
	bitOperator("|", "expr1 | expr2: the bits set in either.", logical.Example{SQL: "SELECT 3 | 5", Result: "7"}),
	bitOperator("^", "expr1 ^ expr2: the bits set in exactly one.", logical.Example{SQL: "SELECT 3 ^ 5", Result: "6"}),
	{
		Name: "~", Usage: "~ expr: all bits turned over.", Examples: []logical.Example{{SQL: "SELECT ~ 0", Result: "-1"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("~", len(args), 1, 1); err != nil {
				return nil, columnar.VoidType, err
			}
			t := args[0]
			switch {
			case t.Kind == columnar.Void:
				t = columnar.IntType
			case t.Kind == columnar.String:
				t = columnar.BigIntType
			case !t.IsInteger():
				return nil, t, unexpectedType(0, "INTEGRAL", t)
			}
			return []columnar.Type{t}, t, nil
		},
		Pretty: func(_ string, args []string) string { return "~" + args[0] },
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			v, t := args[0], args[0].Type()
			switch t.Kind {
			case columnar.TinyInt:
				return columnar.Unary(ec.Pool, v, t, rows, func(x int8) int8 { return ^x }), nil
			case columnar.SmallInt:
				return columnar.Unary(ec.Pool, v, t, rows, func(x int16) int16 { return ^x }), nil
			case columnar.Int:
				return columnar.Unary(ec.Pool, v, t, rows, func(x int32) int32 { return ^x }), nil
			}
			return columnar.Unary(ec.Pool, v, t, rows, func(x int64) int64 { return ^x }), nil
		}),
	},
	bitShift("<<", "shiftleft", "expr << n, or shiftleft(expr, n): the bits moved n places up.", "8",
		func(x int32, n uint) int32 { return x << n }, func(x int64, n uint) int64 { return x << n }),
	bitShift(">>", "shiftright", "expr >> n, or shiftright(expr, n): the bits moved n places down, the sign filling in.", "2",
		func(x int32, n uint) int32 { return x >> n }, func(x int64, n uint) int64 { return x >> n }),
	bitShift(">>>", "shiftrightunsigned", "expr >>> n, or shiftrightunsigned(expr, n): the bits moved n places down, zeros filling in.", "2",
		func(x int32, n uint) int32 { return int32(uint32(x) >> n) }, func(x int64, n uint) int64 { return int64(uint64(x) >> n) }),
}
