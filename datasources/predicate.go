package datasources

import (
	"bytes"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// PredicateOp is what a Predicate asks.
type PredicateOp uint8

// The predicates that bounds can decide.
const (
	All          PredicateOp = iota // every child
	Any                             // one of the children
	Equal                           // the column is one of Values
	Less                            // column < Values[0]
	LessEqual                       // column <= Values[0]
	Greater                         // column > Values[0]
	GreaterEqual                    // column >= Values[0]
	IsNull                          // column IS NULL
	IsNotNull                       // column IS NOT NULL
	StartsWith                      // column LIKE 'prefix%'
)

// Predicate is a condition on the columns of a table, in the form that statistics can decide. A predicate is never FALSE for rows
// for which the filter that it was made from is TRUE.
type Predicate struct {
	Op       PredicateOp
	Column   int               // ordinal in the table's schema
	Values   []columnar.Vector // one row each, of the column's type, not NULL
	Children []Predicate
	Exact    bool // it says the same as the filter, not less
}

// Bounds are what is known of a column in some piece of a table.
type Bounds struct {
	Min, Max columnar.Vector // one row each; nil: unknown. No value that is not NULL lies outside
	AllNull  bool            // certainly no value at all
	NoNull   bool            // certainly no NULL
}

// Predicates translates the filters as far as bounds can decide them; attrs are the table's columns by ordinal. Conjuncts that say
// nothing about bounds are left out. index tells from which filter each came.
func Predicates(filters []logical.Expr, attrs []*logical.Attr) (out []Predicate, index []int) {
	ordinal := make(map[logical.ID]int, len(attrs))
	for i, a := range attrs {
		if a != nil {
			ordinal[a.ID] = i
		}
	}
	for i, f := range filters {
		if p, ok := translate(f, ordinal); ok {
			out, index = append(out, p), append(index, i)
		}
	}
	return out, index
}

func translate(e logical.Expr, ordinal map[logical.ID]int) (Predicate, bool) {
	c, ok := e.(*logical.Call)
	if !ok || c.Fn == nil {
		return Predicate{}, false
	}
	switch c.Fn.Name {
	case "and":
		return translateAll(c.Args, ordinal)
	case "or":
		return translateAny(c.Args, ordinal)
	case "isnull", "isnotnull":
		if k, ok := column(c.Args[0], ordinal); ok {
			op := IsNull
			if c.Fn.Name == "isnotnull" {
				op = IsNotNull
			}
			return Predicate{Op: op, Column: k, Exact: true}, true
		}
	case "in":
		return translateIn(c.Args, ordinal)
	case "=", "<=>", "<", "<=", ">", ">=":
		return translateComparison(c.Fn.Name, c.Args, ordinal)
	case "like", "startswith":
		return translatePrefix(c, ordinal)
	}
	return Predicate{}, false
}

func translateAll(args []logical.Expr, ordinal map[logical.ID]int) (Predicate, bool) {
	p := Predicate{Op: All, Exact: true}
	for _, a := range args {
		if q, ok := translate(a, ordinal); ok {
			p.Children = append(p.Children, q)
			p.Exact = p.Exact && q.Exact
		} else {
			p.Exact = false
		}
	}
	return p, len(p.Children) > 0
}

func translateAny(args []logical.Expr, ordinal map[logical.ID]int) (Predicate, bool) {
	p := Predicate{Op: Any, Exact: true}
	for _, a := range args {
		q, ok := translate(a, ordinal)
		if !ok {
			return p, false
		}
		p.Children = append(p.Children, q)
		p.Exact = p.Exact && q.Exact
	}
	return p, true
}

func column(e logical.Expr, ordinal map[logical.ID]int) (int, bool) {
	a, ok := e.(*logical.Attr)
	if !ok {
		return 0, false
	}
	k, ok := ordinal[a.ID]
	return k, ok
}

// constant is the value of a literal of the type, if it is one and not NULL.
func constant(e logical.Expr, t columnar.Type) (columnar.Vector, bool) {
	l, ok := e.(*logical.Literal)
	if !ok || l.Value.IsNull(0) || l.Value.Type() != t {
		return nil, false
	}
	return columnar.Flatten(nil, l.Value, columnar.AllRows(1)), true
}

func translateIn(args []logical.Expr, ordinal map[logical.ID]int) (Predicate, bool) {
	k, ok := column(args[0], ordinal)
	if !ok {
		return Predicate{}, false
	}
	p := Predicate{Op: Equal, Column: k, Exact: true}
	for _, a := range args[1:] {
		v, ok := constant(a, args[0].Type())
		if !ok {
			return p, false
		}
		p.Values = append(p.Values, v)
	}
	return p, true
}

var mirrored = map[string]string{"=": "=", "<=>": "<=>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

var comparisons = map[string]PredicateOp{
	"=": Equal, "<=>": Equal, "<": Less, "<=": LessEqual, ">": Greater, ">=": GreaterEqual,
}

func translateComparison(op string, args []logical.Expr, ordinal map[logical.ID]int) (Predicate, bool) {
	k, ok := column(args[0], ordinal)
	col, other := args[0], args[1]
	if !ok {
		if k, ok = column(args[1], ordinal); !ok {
			return Predicate{}, false
		}
		col, other, op = args[1], args[0], mirrored[op]
	}
	v, ok := constant(other, col.Type())
	if !ok {
		return Predicate{}, false
	}
	return Predicate{Op: comparisons[op], Column: k, Values: []columnar.Vector{v}, Exact: true}, true
}

func translatePrefix(c *logical.Call, ordinal map[logical.ID]int) (Predicate, bool) {
	k, ok := column(c.Args[0], ordinal)
	if !ok || c.Args[0].Type() != columnar.StringType {
		return Predicate{}, false
	}
	v, ok := constant(c.Args[1], columnar.StringType)
	if !ok {
		return Predicate{}, false
	}
	text := columnar.StringAt(v, 0)
	if c.Fn.Name == "like" {
		for i := range len(text) {
			if text[i] == '%' || text[i] == '_' || text[i] == '\\' {
				text = text[:i]
				break
			}
		}
	}
	if text == "" {
		return Predicate{}, false
	}
	return Predicate{Op: StartsWith, Column: k, Values: []columnar.Vector{columnar.NewStrings(text)}}, true
}

// MayMatch says whether a piece of the table with the bounds given may hold rows for which the predicate is TRUE.
func (p *Predicate) MayMatch(bounds func(column int) Bounds) bool {
	switch p.Op {
	case All:
		for i := range p.Children {
			if !p.Children[i].MayMatch(bounds) {
				return false
			}
		}
		return true
	case Any:
		for i := range p.Children {
			if p.Children[i].MayMatch(bounds) {
				return true
			}
		}
		return false
	}
	b := bounds(p.Column)
	switch {
	case p.Op == IsNull:
		return !b.NoNull
	case b.AllNull:
		return false
	case p.Op == IsNotNull || b.Min == nil || b.Max == nil:
		return true
	case p.Op == StartsWith:
		return prefixWithin(columnar.StringAt(p.Values[0], 0), columnar.StringAt(b.Min, 0), columnar.StringAt(b.Max, 0))
	}
	for _, v := range p.Values {
		if within(p.Op, v, b) {
			return true
		}
	}
	return false
}

func within(op PredicateOp, v columnar.Vector, b Bounds) bool {
	low, high := columnar.CompareAt(b.Min, 0, v, 0), columnar.CompareAt(b.Max, 0, v, 0)
	switch op {
	case Equal:
		return low <= 0 && high >= 0
	case Less:
		return low < 0
	case LessEqual:
		return low <= 0
	case Greater:
		return high > 0
	case GreaterEqual:
		return high >= 0
	}
	return true
}

func prefixWithin(prefix, low, high string) bool {
	cut := func(s string) []byte { return []byte(s[:min(len(s), len(prefix))]) }
	return bytes.Compare(cut(low), []byte(prefix)) <= 0 && bytes.Compare(cut(high), []byte(prefix)) >= 0
}

// Columns calls f for the columns that the predicate looks at.
func (p *Predicate) Columns(f func(column int)) {
	if p.Op == All || p.Op == Any {
		for i := range p.Children {
			p.Children[i].Columns(f)
		}
		return
	}
	f(p.Column)
}
