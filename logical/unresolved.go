package logical

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
)

// noOutput is embedded by nodes that the analyzer replaces, so that they have no columns yet.
type noOutput struct{}

// Output returns nil.
func (noOutput) Output() []*Attr { return nil }

// UnresolvedRelation is the name of a table or view, or a format and a path (csv.`path`).
type UnresolvedRelation struct {
	noOutput
	Source
	NoExprs
	Name    []string
	Options map[string]string
	Pos     columnar.Pos
}

// WithChildren implements Node.
func (n *UnresolvedRelation) WithChildren([]Node) Node { return n }

// WithExprs implements Node.
func (n *UnresolvedRelation) WithExprs([]Expr) Node { return n }

// String implements Node.
func (n *UnresolvedRelation) String() string {
	return "UnresolvedRelation [" + strings.Join(n.Name, ".") + "]"
}

// UnresolvedTableFunction is f(args) in FROM; arguments may be NamedArgs. A generator function works too.
type UnresolvedTableFunction struct {
	noOutput
	Source
	Name []string
	Args []Expr
	Pos  columnar.Pos
}

// WithChildren implements Node.
func (n *UnresolvedTableFunction) WithChildren([]Node) Node { return n }

// Exprs implements Node.
func (n *UnresolvedTableFunction) Exprs() []Expr { return n.Args }

// WithExprs implements Node.
func (n *UnresolvedTableFunction) WithExprs(e []Expr) Node { c := *n; c.Args = e; return &c }

// String implements Node.
func (n *UnresolvedTableFunction) String() string {
	return "UnresolvedTableFunction " + strings.Join(n.Name, ".") + "(" + JoinStrings(n.Args) + ")"
}

// Values is an inline table: rows of expressions, all of one length. Its columns are col1, col2, … unless an alias renames them.
type Values struct {
	noOutput
	Source
	Rows [][]Expr
	Pos  columnar.Pos
}

// WithChildren implements Node.
func (n *Values) WithChildren([]Node) Node { return n }

// Exprs implements Node.
func (n *Values) Exprs() []Expr {
	var out []Expr
	for _, r := range n.Rows {
		out = append(out, r...)
	}
	return out
}

// WithExprs implements Node.
func (n *Values) WithExprs(e []Expr) Node {
	rows := make([][]Expr, len(n.Rows))
	for i, r := range n.Rows {
		rows[i], e = e[:len(r):len(r)], e[len(r):]
	}
	return &Values{Rows: rows, Pos: n.Pos}
}

// String implements Node.
func (n *Values) String() string { return "UnresolvedInlineTable" }

// CTE is one of WITH's named queries.
type CTE struct {
	Name      string
	Cols      []string
	Plan      Node
	MaxRounds int // MAX RECURSION LEVEL; 0 if it is not given
	Pos       columnar.Pos
}

// With makes its CTEs known by name to each other (in order; all of them to themselves if Recursive) and to Input.
type With struct {
	noOutput
	NoExprs
	CTEs      []CTE
	Recursive bool
	Input     Node
}

// Children implements Node.
func (n *With) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *With) WithChildren(c []Node) Node {
	return &With{CTEs: n.CTEs, Recursive: n.Recursive, Input: c[0]}
}

// WithExprs implements Node.
func (n *With) WithExprs([]Expr) Node { return n }

// String implements Node.
func (n *With) String() string { return "CTE" }

// WithWindows makes the windows of a WINDOW clause known to the expressions of Input.
type WithWindows struct {
	noOutput
	NoExprs
	Names []string
	Specs []WindowSpec
	Input Node
}

// Children implements Node.
func (n *WithWindows) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *WithWindows) WithChildren(c []Node) Node {
	return &WithWindows{Names: n.Names, Specs: n.Specs, Input: c[0]}
}

// WithExprs implements Node.
func (n *WithWindows) WithExprs([]Expr) Node { return n }

// String implements Node.
func (n *WithWindows) String() string {
	return "WithWindowDefinition [" + strings.Join(n.Names, ", ") + "]"
}

// Having is a filter that may name aggregates and the columns of the Aggregate below it.
type Having struct {
	noOutput
	Cond  Expr
	Input Node
}

// Children implements Node.
func (n *Having) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *Having) WithChildren(c []Node) Node { return &Having{Cond: n.Cond, Input: c[0]} }

// Exprs implements Node.
func (n *Having) Exprs() []Expr { return []Expr{n.Cond} }

// WithExprs implements Node.
func (n *Having) WithExprs(e []Expr) Node { return &Having{Cond: e[0], Input: n.Input} }

// String implements Node.
func (n *Having) String() string { return "UnresolvedHaving " + n.Cond.String() }

// Qualify is a filter that may name window functions and the columns of the select list below it.
type Qualify struct {
	noOutput
	Cond  Expr
	Input Node
}

// Children implements Node.
func (n *Qualify) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *Qualify) WithChildren(c []Node) Node { return &Qualify{Cond: n.Cond, Input: c[0]} }

// Exprs implements Node.
func (n *Qualify) Exprs() []Expr { return []Expr{n.Cond} }

// WithExprs implements Node.
func (n *Qualify) WithExprs(e []Expr) Node { return &Qualify{Cond: e[0], Input: n.Input} }

// String implements Node.
func (n *Qualify) String() string { return "UnresolvedQualify " + n.Cond.String() }

// LateralView is LATERAL VIEW [OUTER] f(x) Table AS Cols.
type LateralView struct {
	noOutput
	Gen   Expr
	Outer bool
	Alias string
	Cols  []string
	Input Node
	Pos   columnar.Pos
}

// Children implements Node.
func (n *LateralView) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *LateralView) WithChildren(c []Node) Node { v := *n; v.Input = c[0]; return &v }

// Exprs implements Node.
func (n *LateralView) Exprs() []Expr { return []Expr{n.Gen} }

// WithExprs implements Node.
func (n *LateralView) WithExprs(e []Expr) Node { v := *n; v.Gen = e[0]; return &v }

// String implements Node.
func (n *LateralView) String() string { return "LateralView " + n.Gen.String() }

// Pivot turns values of the For columns into columns: for each of Values (Aliases where named) and each aggregate, one column. The other columns of
// Input are the groups, unless GroupBy is set (DataFrame.GroupBy().Pivot()).
type Pivot struct {
	noOutput
	Aggregates []Expr
	For        []Expr
	Values     []Expr // for several For columns each is a call of "struct"
	GroupBy    []Expr
	Input      Node
	Pos        columnar.Pos
}

// Children implements Node.
func (n *Pivot) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *Pivot) WithChildren(c []Node) Node { p := *n; p.Input = c[0]; return &p }

// Exprs implements Node.
func (n *Pivot) Exprs() []Expr {
	out := append([]Expr(nil), n.Aggregates...)
	out = append(out, n.For...)
	out = append(out, n.Values...)
	return append(out, n.GroupBy...)
}

// WithExprs implements Node.
func (n *Pivot) WithExprs(e []Expr) Node {
	p := *n
	for _, part := range []*[]Expr{&p.Aggregates, &p.For, &p.Values, &p.GroupBy} {
		k := len(*part)
		if k > 0 {
			*part = e[:k:k]
		}
		e = e[k:]
	}
	return &p
}

// String implements Node.
func (n *Pivot) String() string { return "Pivot [" + JoinStrings(n.Aggregates) + "]" }

// UnpivotColumns is one entry of UNPIVOT's IN list: columns that become one row, and the name they go by ("" for their own).
type UnpivotColumns struct {
	Cols []Expr
	Name string
}

// Unpivot turns columns into rows: NameCol says which, ValueCols hold the values.
type Unpivot struct {
	noOutput
	NoExprs
	Columns      []UnpivotColumns
	NameCol      string
	ValueCols    []string
	IncludeNulls bool
	IDs          []Expr // DataFrame.Unpivot: the columns to keep; nil: all others
	Input        Node
	Pos          columnar.Pos
}

// Children implements Node.
func (n *Unpivot) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *Unpivot) WithChildren(c []Node) Node { u := *n; u.Input = c[0]; return &u }

// WithExprs implements Node.
func (n *Unpivot) WithExprs([]Expr) Node { return n }

// String implements Node.
func (n *Unpivot) String() string { return "Unpivot" }

// UnresolvedSample is TABLESAMPLE: exactly one of Percent, RowCount and Buckets is meant, by Kind.
type UnresolvedSample struct {
	noOutput
	NoExprs
	Kind          SampleKind
	Percent       float64
	RowCount      Expr
	Bucket, OutOf int64
	Seed          int64 // REPEATABLE (seed)
	Seeded        bool
	Input         Node
	Pos           columnar.Pos
}

// SampleKind says how TABLESAMPLE counts.
type SampleKind uint8

// The kinds of TABLESAMPLE.
const (
	SamplePercent SampleKind = iota
	SampleRows
	SampleBuckets
)

// Children implements Node.
func (n *UnresolvedSample) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *UnresolvedSample) WithChildren(c []Node) Node { s := *n; s.Input = c[0]; return &s }

// WithExprs implements Node.
func (n *UnresolvedSample) WithExprs([]Expr) Node { return n }

// String implements Node.
func (n *UnresolvedSample) String() string { return "Sample" }

// Hint is a hint of a SELECT: BROADCAST(t), COALESCE(3).
type Hint struct {
	noOutput
	NoExprs
	Name  string
	Args  []Expr
	Input Node
}

// Children implements Node.
func (n *Hint) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *Hint) WithChildren(c []Node) Node { h := *n; h.Input = c[0]; return &h }

// WithExprs implements Node.
func (n *Hint) WithExprs([]Expr) Node { return n }

// String implements Node.
func (n *Hint) String() string { return "UnresolvedHint " + n.Name }

// GroupingKind is ROLLUP, CUBE or GROUPING SETS.
type GroupingKind uint8

// The kinds of grouping analytics.
const (
	Rollup GroupingKind = iota
	Cube
	GroupingSets
)

// GroupingAnalytics is an item of GROUP BY that stands for several sets of grouping expressions. For Rollup and Cube each of Sets is one step, of one
// or several expressions; for GroupingSets each is a set, and Nested holds ROLLUP or CUBE among them at the same position.
type GroupingAnalytics struct {
	Unresolved
	Kind GroupingKind
	Sets [][]Expr
	Rest []Expr // of GROUP BY a, b GROUPING SETS (…): a, b, which are NULL where no set has them
	Pos  columnar.Pos
}

// Children implements Expr.
func (e *GroupingAnalytics) Children() []Expr {
	var out []Expr
	for _, s := range e.Sets {
		out = append(out, s...)
	}
	return out
}

// WithChildren implements Expr.
func (e *GroupingAnalytics) WithChildren(c []Expr) Expr {
	sets := make([][]Expr, len(e.Sets))
	for i, s := range e.Sets {
		sets[i], c = c[:len(s):len(s)], c[len(s):]
	}
	return &GroupingAnalytics{Kind: e.Kind, Sets: sets, Rest: e.Rest, Pos: e.Pos}
}

// Position implements Expr.
func (e *GroupingAnalytics) Position() columnar.Pos { return e.Pos }

// String implements Expr.
func (e *GroupingAnalytics) String() string {
	return [...]string{"rollup", "cube", "grouping sets"}[e.Kind] + "(" + JoinStrings(e.Children()) + ")"
}
