package gosql

import (
	"fmt"
	"strings"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/sql"
)

// Column is an expression over the columns of a DataFrame. Columns are immutable. A mistake made while building one (a value of a Go type that SQL has no
// counterpart for, text that does not parse) is kept and returned by the action that runs the query.
type Column struct {
	expr logical.Expr
	err  error
}

// Value is what Lit and the operators of Column take: a Column, or a Go value that becomes a literal (nil, bool, integers, floats, string, []byte, time.Time,
// time.Duration).
type Value = interface{}

// Col is the column of that name; dots part a qualifier from the name and a struct from its field. "*" and "t.*" stand for all columns.
func Col(name string) Column {
	parts := splitName(name)
	if parts[len(parts)-1] == "*" {
		return Column{expr: &logical.UnresolvedStar{Target: parts[:len(parts)-1]}}
	}
	return Column{expr: &logical.UnresolvedAttr{Parts: parts}}
}

// splitName parts a dotted name; backquotes protect dots.
func splitName(name string) []string {
	var parts []string
	var cur strings.Builder
	quoted := false
	for _, r := range name {
		switch {
		case r == '`':
			quoted = !quoted
		case r == '.' && !quoted:
			parts = append(parts, cur.String())
			cur.Reset()
		default:
			cur.WriteRune(r)
		}
	}
	return append(parts, cur.String())
}

// Expr is an expression in SQL: Expr("amount * 2 AS twice").
func Expr(text string) Column {
	e, err := sql.ParseExpr(text)
	if err != nil {
		return Column{err: withSource(err, text)}
	}
	e, err = logical.TransformExpr(e, forgetPlace)
	return Column{e, err}
}

// Lit is a literal of a Go value; a Column is returned as it is.
func Lit(v Value) Column {
	if c, ok := v.(Column); ok {
		return c
	}
	l, err := literal(v)
	if err != nil {
		return Column{err: err}
	}
	return Column{expr: l}
}

// literal turns a Go value into a SQL literal.
func literal(v Value) (*logical.Literal, error) {
	switch v := v.(type) {
	case nil:
		return logical.Null(columnar.VoidType), nil
	case bool:
		return logical.Lit(v), nil
	case int8:
		return logical.Lit(v), nil
	case int16:
		return logical.Lit(v), nil
	case int32:
		return logical.Lit(v), nil
	case int:
		if int(int32(v)) == v {
			return logical.Lit(int32(v)), nil
		}
		return logical.Lit(int64(v)), nil
	case int64:
		return logical.Lit(v), nil
	case uint8:
		return logical.Lit(int16(v)), nil
	case uint16:
		return logical.Lit(int32(v)), nil
	case uint32:
		return logical.Lit(int64(v)), nil
	case float32:
		return logical.Lit(v), nil
	case float64:
		return logical.Lit(v), nil
	case string:
		return logical.Lit(v), nil
	case []byte:
		b := columnar.NewStringsBuilder(nil, columnar.BinaryType, 1)
		b.Append(v)
		return logical.NewLiteral(b.Build()), nil
	case time.Time:
		return logical.NewLiteral(columnar.NewFixed(columnar.TimestampType, []int64{v.UnixMicro()}, nil)), nil
	case time.Duration:
		return logical.NewLiteral(columnar.NewFixed(columnar.DayTimeType(0, 3), []int64{v.Microseconds()}, nil)), nil
	}
	return nil, columnar.Errorf("UNSUPPORTED_FEATURE.LITERAL_TYPE", "Literal for '%v' of %T is not supported.", v, v)
}

// call is a function of columns, by name.
func call(name string, args ...Column) Column {
	es := make([]logical.Expr, len(args))
	for i, a := range args {
		if a.err != nil {
			return a
		}
		es[i] = a.expr
	}
	return Column{expr: logical.NewCall(name, es...)}
}

// with applies a function to c's expression, unless c carries a mistake.
func (c Column) with(f func(logical.Expr) logical.Expr) Column {
	if c.err != nil {
		return c
	}
	return Column{expr: f(c.expr)}
}

// String is the expression in Spark's pretty form.
func (c Column) String() string {
	if c.err != nil {
		return "error: " + c.err.Error()
	}
	return c.expr.String()
}

// As names the column.
func (c Column) As(name string) Column {
	return c.with(func(e logical.Expr) logical.Expr { return logical.NewAlias(e, name) })
}

// Eq is c = v; NULL if either is NULL.
func (c Column) Eq(v Value) Column { return call("=", c, Lit(v)) }

// Ne is c <> v.
func (c Column) Ne(v Value) Column { return call("not", call("=", c, Lit(v))) }

// EqNullSafe is c <=> v: TRUE also if both are NULL, never NULL.
func (c Column) EqNullSafe(v Value) Column { return call("<=>", c, Lit(v)) }

// Lt is c < v.
func (c Column) Lt(v Value) Column { return call("<", c, Lit(v)) }

// Le is c <= v.
func (c Column) Le(v Value) Column { return call("<=", c, Lit(v)) }

// Gt is c > v.
func (c Column) Gt(v Value) Column { return call(">", c, Lit(v)) }

// Ge is c >= v.
func (c Column) Ge(v Value) Column { return call(">=", c, Lit(v)) }

// And is c AND v.
func (c Column) And(v Value) Column { return call("and", c, Lit(v)) }

// Or is c OR v.
func (c Column) Or(v Value) Column { return call("or", c, Lit(v)) }

// Not is NOT c.
func (c Column) Not() Column { return call("not", c) }

// Add is c + v.
func (c Column) Add(v Value) Column { return call("+", c, Lit(v)) }

// Sub is c - v.
func (c Column) Sub(v Value) Column { return call("-", c, Lit(v)) }

// Mul is c * v.
func (c Column) Mul(v Value) Column { return call("*", c, Lit(v)) }

// Div is c / v.
func (c Column) Div(v Value) Column { return call("/", c, Lit(v)) }

// Mod is c % v.
func (c Column) Mod(v Value) Column { return call("%", c, Lit(v)) }

// Neg is -c.
func (c Column) Neg() Column { return call("negative", c) }

// IsNull is c IS NULL.
func (c Column) IsNull() Column { return call("isnull", c) }

// IsNotNull is c IS NOT NULL.
func (c Column) IsNotNull() Column { return call("isnotnull", c) }

// Between is c >= low AND c <= high.
func (c Column) Between(low, high Value) Column { return c.Ge(low).And(c.Le(high)) }

// In is c IN (values).
func (c Column) In(values ...Value) Column {
	args := []Column{c}
	for _, v := range values {
		args = append(args, Lit(v))
	}
	return call("in", args...)
}

// Like matches a SQL pattern: % any text, _ any character.
func (c Column) Like(pattern string) Column { return call("like", c, Lit(pattern)) }

// RLike matches a regular expression of Java's dialect.
func (c Column) RLike(pattern string) Column { return call("rlike", c, Lit(pattern)) }

// StartsWith says whether c begins with v.
func (c Column) StartsWith(v Value) Column { return call("startswith", c, Lit(v)) }

// EndsWith says whether c ends with v.
func (c Column) EndsWith(v Value) Column { return call("endswith", c, Lit(v)) }

// Contains says whether v occurs in c.
func (c Column) Contains(v Value) Column { return call("contains", c, Lit(v)) }

// Substr is the part of c from position start (counted from 1) of the given length.
func (c Column) Substr(start, length Value) Column {
	return call("substring", c, Lit(start), Lit(length))
}

// Cast converts c to a type in Spark's spelling, such as "bigint" or "decimal(10,2)"; a value without an equal there is an error.
func (c Column) Cast(ddl string) Column { return c.cast(ddl, columnar.CastANSI) }

// TryCast is Cast with NULL in place of an error.
func (c Column) TryCast(ddl string) Column { return c.cast(ddl, columnar.CastTry) }

func (c Column) cast(ddl string, mode columnar.CastMode) Column {
	t, err := columnar.ParseType(ddl)
	if err != nil {
		return Column{err: err}
	}
	return c.with(func(e logical.Expr) logical.Expr { return &logical.Cast{Child: e, To: t, Mode: mode} })
}

// GetField is a field of a struct.
func (c Column) GetField(name string) Column {
	return c.with(func(e logical.Expr) logical.Expr {
		return &logical.UnresolvedExtract{Child: e, Key: logical.Lit(name), Dot: true}
	})
}

// GetItem is element i (from 0) of an array, or the value of a map key.
func (c Column) GetItem(key Value) Column {
	k := Lit(key)
	if k.err != nil {
		return k
	}
	return c.with(func(e logical.Expr) logical.Expr { return &logical.UnresolvedExtract{Child: e, Key: k.expr} })
}

// Asc orders by c upwards, NULLs first.
func (c Column) Asc() Column { return c.order(false, true) }

// Desc orders by c downwards, NULLs last.
func (c Column) Desc() Column { return c.order(true, false) }

// AscNullsLast orders by c upwards, NULLs last.
func (c Column) AscNullsLast() Column { return c.order(false, false) }

// DescNullsFirst orders by c downwards, NULLs first.
func (c Column) DescNullsFirst() Column { return c.order(true, true) }

func (c Column) order(desc, nullsFirst bool) Column {
	return c.with(func(e logical.Expr) logical.Expr {
		return &logical.SortKey{Child: e, Desc: desc, NullsFirst: nullsFirst}
	})
}

// Over computes an aggregate or window function over a window.
func (c Column) Over(w WindowSpec) Column {
	if w.err != nil {
		return Column{err: w.err}
	}
	return c.with(func(e logical.Expr) logical.Expr { return &logical.WindowExpr{Func: e, Spec: w.spec} })
}

// Filter lets an aggregate see only the rows for which cond is TRUE.
func (c Column) Filter(cond Column) Column {
	if cond.err != nil {
		return cond
	}
	if c.err != nil {
		return c
	}
	agg, ok := c.expr.(*logical.UnresolvedCall)
	if !ok {
		return Column{err: fmt.Errorf("gosql: Filter of %s: only a call of an aggregate function can be filtered", c)}
	}
	out := *agg
	out.Filter = cond.expr
	return Column{expr: &out}
}

// columns turns names and Columns into Columns.
func columns(vs []Value) []Column {
	out := make([]Column, len(vs))
	for i, v := range vs {
		switch v := v.(type) {
		case string:
			out[i] = Col(v)
		case Column:
			out[i] = v
		default:
			out[i] = Column{err: fmt.Errorf("gosql: %v (%T) is neither a Column nor a column's name", v, v)}
		}
	}
	return out
}

// exprs is the expressions of columns, or the first mistake among them.
func exprs(cs []Column) ([]logical.Expr, error) {
	out := make([]logical.Expr, len(cs))
	for i, c := range cs {
		if c.err != nil {
			return nil, c.err
		}
		out[i] = c.expr
	}
	return out, nil
}

// sortKeys turns columns into sort keys; a plain column means ascending.
func sortKeys(cs []Column) ([]*logical.SortKey, error) {
	es, err := exprs(cs)
	if err != nil {
		return nil, err
	}
	out := make([]*logical.SortKey, len(es))
	for i, e := range es {
		k, ok := e.(*logical.SortKey)
		if !ok {
			k = &logical.SortKey{Child: e, NullsFirst: true}
		}
		out[i] = k
	}
	return out, nil
}
