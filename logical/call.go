package logical

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
)

// UnresolvedCall is a call of a function by name, operators included ("+", "and", "case", "in").
type UnresolvedCall struct {
	Unresolved
	Name        []string
	Args        []Expr
	Distinct    bool
	Filter      Expr       // FILTER (WHERE …), or nil
	OrderBy     []*SortKey // inside the call, or WITHIN GROUP
	IgnoreNulls bool
	Pos         columnar.Pos
}

// NewCall is a plain call, to be resolved.
func NewCall(name string, args ...Expr) *UnresolvedCall {
	return &UnresolvedCall{Name: []string{name}, Args: args}
}

// Position implements Expr.
func (e *UnresolvedCall) Position() columnar.Pos { return e.Pos }

// Children implements Expr.
func (e *UnresolvedCall) Children() []Expr { return callChildren(e.Args, e.Filter, e.OrderBy) }

// String implements Expr.
func (e *UnresolvedCall) String() string {
	return callString(strings.Join(e.Name, "."), nil, e.Args, e.Distinct, e.Filter, e.OrderBy)
}

// WithChildren implements Expr.
func (e *UnresolvedCall) WithChildren(c []Expr) Expr {
	out := *e
	out.Args, out.Filter, out.OrderBy = splitCallChildren(c, len(e.Args), e.Filter != nil, len(e.OrderBy))
	return &out
}

// Call is a resolved call. Args have the types that the function asked for. Distinct, Filter, OrderBy and IgnoreNulls are set only
// for aggregate and window functions.
type Call struct {
	Fn          *Function
	Args        []Expr
	T           columnar.Type
	Null        bool
	Name        string // as written, for the column's name; "" for Fn.Name
	Distinct    bool
	Filter      Expr
	OrderBy     []*SortKey
	IgnoreNulls bool
	Pos         columnar.Pos
}

// Type implements Expr.
func (e *Call) Type() columnar.Type { return e.T }

// Nullable implements Expr.
func (e *Call) Nullable() bool { return e.Null }

// Position implements Expr.
func (e *Call) Position() columnar.Pos { return e.Pos }

// Children implements Expr.
func (e *Call) Children() []Expr { return callChildren(e.Args, e.Filter, e.OrderBy) }

// String implements Expr.
func (e *Call) String() string {
	name := e.Name
	if name == "" {
		name = e.Fn.Name
	}
	if e.Fn.PrettyExprs != nil {
		return e.Fn.PrettyExprs(name, e.Args)
	}
	return callString(name, e.Fn.Pretty, e.Args, e.Distinct, e.Filter, e.OrderBy)
}

// WithChildren implements Expr.
func (e *Call) WithChildren(c []Expr) Expr {
	out := *e
	out.Args, out.Filter, out.OrderBy = splitCallChildren(c, len(e.Args), e.Filter != nil, len(e.OrderBy))
	return &out
}

func callChildren(args []Expr, filter Expr, order []*SortKey) []Expr {
	if filter == nil && len(order) == 0 {
		return args
	}
	out := append([]Expr(nil), args...)
	if filter != nil {
		out = append(out, filter)
	}
	for _, k := range order {
		out = append(out, k)
	}
	return out
}

func splitCallChildren(c []Expr, args int, filter bool, order int) ([]Expr, Expr, []*SortKey) {
	rest := c[args:]
	var f Expr
	if filter {
		f, rest = rest[0], rest[1:]
	}
	var keys []*SortKey
	for _, k := range rest[:order] {
		keys = append(keys, k.(*SortKey))
	}
	return c[:args:args], f, keys
}

func callString(name string, pretty func(name string, args []string) string, args []Expr, distinct bool, filter Expr, order []*SortKey) string {
	texts := make([]string, len(args))
	for i, a := range args {
		texts[i] = a.String()
	}
	if distinct && len(texts) > 0 {
		texts[0] = "DISTINCT " + texts[0]
	}
	s := name + "(" + strings.Join(texts, ", ") + ")"
	if pretty != nil {
		s = pretty(name, texts)
	}
	if len(order) > 0 {
		s += " WITHIN GROUP (ORDER BY " + JoinStrings(order) + ")"
	}
	if filter != nil {
		s += " FILTER (WHERE " + filter.String() + ")"
	}
	return s
}

// JoinStrings is the texts of the expressions, parted by ", ".
func JoinStrings[E Expr](es []E) string {
	parts := make([]string, len(es))
	for i, e := range es {
		parts[i] = e.String()
	}
	return strings.Join(parts, ", ")
}
