package logical

import (
	"fmt"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
)

// Node is a relational operator of a query: what it means, not how it runs. Nodes are immutable and shared.
type Node interface {
	Output() []*Attr // the columns, once resolved
	Children() []Node
	WithChildren(children []Node) Node
	Exprs() []Expr               // the expressions that the node itself holds, not those of its children
	WithExprs(exprs []Expr) Node // takes as many as Exprs gave
	String() string              // one line, for EXPLAIN
}

// Schema is the schema of a node's output.
func Schema(n Node) *columnar.Schema {
	out := n.Output()
	fields := make([]columnar.Field, len(out))
	for i, a := range out {
		fields[i] = columnar.Field{Name: a.Name, Type: a.T, Nullable: a.Null}
	}
	return &columnar.Schema{Fields: fields}
}

// Source is embedded by nodes without children.
type Source struct{}

// Children returns nil.
func (Source) Children() []Node { return nil }

// NoExprs is embedded by nodes without expressions.
type NoExprs struct{}

// Exprs returns nil.
func (NoExprs) Exprs() []Expr { return nil }

// Relation is a table in a plan. Cols are its columns that are read: the one at Ordinals[i] of the table's schema is Cols[i].
type Relation struct {
	Source
	Table    Table
	Name     string // as the query calls it, for plans
	Cols     []*Attr
	Ordinals []int
	Filters  []Expr // pushed down: the table may use them to skip rows; they remain in a Filter above unless decided exactly
	Limit    int64  // -1: none
}

// NewRelation reads all columns of a table.
func NewRelation(t Table, name string) *Relation {
	r := &Relation{Table: t, Name: name, Limit: -1}
	for i, f := range t.Schema().Fields {
		r.Cols = append(r.Cols, NewAttr(f.Name, f.Type, f.Nullable))
		r.Ordinals = append(r.Ordinals, i)
	}
	return r
}

// Output implements Node.
func (n *Relation) Output() []*Attr { return n.Cols }

// WithChildren implements Node.
func (n *Relation) WithChildren([]Node) Node { return n }

// Exprs implements Node.
func (n *Relation) Exprs() []Expr { return n.Filters }

// WithExprs implements Node.
func (n *Relation) WithExprs(e []Expr) Node { c := *n; c.Filters = e; return &c }

// String implements Node.
func (n *Relation) String() string {
	s := "Relation " + n.Name + "[" + attrList(n.Cols) + "] " + n.Table.String()
	if len(n.Filters) > 0 {
		s += ", PushedFilters: [" + JoinStrings(n.Filters) + "]"
	}
	return s
}

// Local is a table in the plan itself: VALUES, small results. Batches are dense and owned.
type Local struct {
	Source
	NoExprs
	Cols    []*Attr
	Batches []columnar.Batch
}

// Output implements Node.
func (n *Local) Output() []*Attr { return n.Cols }

// WithChildren implements Node.
func (n *Local) WithChildren([]Node) Node { return n }

// WithExprs implements Node.
func (n *Local) WithExprs([]Expr) Node { return n }

// String implements Node.
func (n *Local) String() string { return "LocalRelation [" + attrList(n.Cols) + "]" }

// OneRow is one row without columns: SELECT without FROM.
type OneRow struct {
	Source
	NoExprs
}

// Output implements Node.
func (n *OneRow) Output() []*Attr { return nil }

// WithChildren implements Node.
func (n *OneRow) WithChildren([]Node) Node { return n }

// WithExprs implements Node.
func (n *OneRow) WithExprs([]Expr) Node { return n }

// String implements Node.
func (n *OneRow) String() string { return "OneRowRelation" }

// Range is the numbers Start, Start+Step, … before End, in Slices partitions (0: the default).
type Range struct {
	Source
	NoExprs
	Start, End, Step int64
	Slices           int
	Col              *Attr
}

// Output implements Node.
func (n *Range) Output() []*Attr { return []*Attr{n.Col} }

// WithChildren implements Node.
func (n *Range) WithChildren([]Node) Node { return n }

// WithExprs implements Node.
func (n *Range) WithExprs([]Expr) Node { return n }

// String implements Node.
func (n *Range) String() string {
	return fmt.Sprintf("Range (%d, %d, step=%d)", n.Start, n.End, n.Step)
}

// Project computes List for each row; the items are Attrs and Aliases once resolved.
type Project struct {
	List  []Expr
	Input Node
}

// Output implements Node.
func (n *Project) Output() []*Attr { return AttrsOf(n.List) }

// Children implements Node.
func (n *Project) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *Project) WithChildren(c []Node) Node { return &Project{n.List, c[0]} }

// Exprs implements Node.
func (n *Project) Exprs() []Expr { return n.List }

// WithExprs implements Node.
func (n *Project) WithExprs(e []Expr) Node { return &Project{e, n.Input} }

// String implements Node.
func (n *Project) String() string { return "Project [" + JoinStrings(n.List) + "]" }

// Filter keeps the rows for which Cond is TRUE.
type Filter struct {
	Cond  Expr
	Input Node
}

// Output implements Node.
func (n *Filter) Output() []*Attr { return n.Input.Output() }

// Children implements Node.
func (n *Filter) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *Filter) WithChildren(c []Node) Node { return &Filter{n.Cond, c[0]} }

// Exprs implements Node.
func (n *Filter) Exprs() []Expr { return []Expr{n.Cond} }

// WithExprs implements Node.
func (n *Filter) WithExprs(e []Expr) Node { return &Filter{e[0], n.Input} }

// String implements Node.
func (n *Filter) String() string { return "Filter " + n.Cond.String() }

// Aggregate groups by Group and computes List (Attrs and Aliases, over group expressions and aggregate calls). Without Group there is
// one group even of no rows; with GroupAll (before resolution) the groups are the items of List without aggregates.
type Aggregate struct {
	Group    []Expr
	List     []Expr
	GroupAll bool
	Input    Node
}

// Output implements Node.
func (n *Aggregate) Output() []*Attr { return AttrsOf(n.List) }

// Children implements Node.
func (n *Aggregate) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *Aggregate) WithChildren(c []Node) Node {
	return &Aggregate{n.Group, n.List, n.GroupAll, c[0]}
}

// Exprs implements Node.
func (n *Aggregate) Exprs() []Expr { return append(n.Group[:len(n.Group):len(n.Group)], n.List...) }

// WithExprs implements Node.
func (n *Aggregate) WithExprs(e []Expr) Node {
	k := len(n.Group)
	return &Aggregate{e[:k:k], e[k:], n.GroupAll, n.Input}
}

// String implements Node.
func (n *Aggregate) String() string {
	return "Aggregate [" + JoinStrings(n.Group) + "], [" + JoinStrings(n.List) + "]"
}

// Sort orders the rows: all of them if Global, otherwise within each partition.
type Sort struct {
	Keys   []*SortKey
	Global bool
	All    bool // ORDER BY ALL, before resolution; Keys has one key for the direction
	Input  Node
}

// Output implements Node.
func (n *Sort) Output() []*Attr { return n.Input.Output() }

// Children implements Node.
func (n *Sort) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *Sort) WithChildren(c []Node) Node { return &Sort{n.Keys, n.Global, n.All, c[0]} }

// Exprs implements Node.
func (n *Sort) Exprs() []Expr {
	out := make([]Expr, len(n.Keys))
	for i, k := range n.Keys {
		out[i] = k
	}
	return out
}

// WithExprs implements Node.
func (n *Sort) WithExprs(e []Expr) Node {
	keys := make([]*SortKey, len(e))
	for i := range e {
		keys[i] = e[i].(*SortKey)
	}
	return &Sort{keys, n.Global, n.All, n.Input}
}

// String implements Node.
func (n *Sort) String() string { return "Sort [" + JoinStrings(n.Keys) + "]" }

// Limit gives the first Count rows after the first Offset; either may be nil. They are constant expressions.
type Limit struct {
	Count, Offset Expr
	Input         Node
}

// Output implements Node.
func (n *Limit) Output() []*Attr { return n.Input.Output() }

// Children implements Node.
func (n *Limit) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *Limit) WithChildren(c []Node) Node { return &Limit{n.Count, n.Offset, c[0]} }

// Exprs implements Node.
func (n *Limit) Exprs() []Expr {
	var out []Expr
	for _, e := range []Expr{n.Count, n.Offset} {
		if e != nil {
			out = append(out, e)
		}
	}
	return out
}

// WithExprs implements Node.
func (n *Limit) WithExprs(e []Expr) Node {
	c := *n
	if c.Count != nil {
		c.Count, e = e[0], e[1:]
	}
	if c.Offset != nil {
		c.Offset = e[0]
	}
	return &c
}

// String implements Node.
func (n *Limit) String() string { return "Limit [" + JoinStrings(n.Exprs()) + "]" }

// Distinct gives each row once; with On, one row (any) for each combination of those columns (DataFrame.DropDuplicates).
type Distinct struct {
	On    []Expr
	Input Node
}

// Output implements Node.
func (n *Distinct) Output() []*Attr { return n.Input.Output() }

// Children implements Node.
func (n *Distinct) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *Distinct) WithChildren(c []Node) Node { return &Distinct{n.On, c[0]} }

// Exprs implements Node.
func (n *Distinct) Exprs() []Expr { return n.On }

// WithExprs implements Node.
func (n *Distinct) WithExprs(e []Expr) Node { return &Distinct{e, n.Input} }

// String implements Node.
func (n *Distinct) String() string { return "Distinct [" + JoinStrings(n.On) + "]" }

// Window adds columns computed over windows of one partitioning and ordering; each of List is an Alias of a WindowExpr.
type Window struct {
	List        []Expr
	PartitionBy []Expr
	OrderBy     []*SortKey
	Input       Node
}

// Output implements Node.
func (n *Window) Output() []*Attr {
	in := n.Input.Output()
	return append(in[:len(in):len(in)], AttrsOf(n.List)...)
}

// Children implements Node.
func (n *Window) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *Window) WithChildren(c []Node) Node {
	return &Window{n.List, n.PartitionBy, n.OrderBy, c[0]}
}

// Exprs implements Node.
func (n *Window) Exprs() []Expr {
	out := append(append([]Expr(nil), n.List...), n.PartitionBy...)
	for _, k := range n.OrderBy {
		out = append(out, k)
	}
	return out
}

// WithExprs implements Node.
func (n *Window) WithExprs(e []Expr) Node {
	a, b := len(n.List), len(n.List)+len(n.PartitionBy)
	keys := make([]*SortKey, len(n.OrderBy))
	for i := range keys {
		keys[i] = e[b+i].(*SortKey)
	}
	return &Window{e[:a:a], e[a:b:b], keys, n.Input}
}

// String implements Node.
func (n *Window) String() string { return "Window [" + JoinStrings(n.List) + "]" }

// SubqueryAlias gives a relation a name (and its columns, if Cols is set). It vanishes in the optimizer.
type SubqueryAlias struct {
	NoExprs
	Alias string
	Cols  []string // new column names, before resolution
	Attrs []*Attr  // the columns with the new qualifier; set by the analyzer
	Input Node
	Pos   columnar.Pos
}

// Output implements Node.
func (n *SubqueryAlias) Output() []*Attr { return n.Attrs }

// Children implements Node.
func (n *SubqueryAlias) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *SubqueryAlias) WithChildren(c []Node) Node { s := *n; s.Input = c[0]; return &s }

// WithExprs implements Node.
func (n *SubqueryAlias) WithExprs([]Expr) Node { return n }

// String implements Node.
func (n *SubqueryAlias) String() string { return "SubqueryAlias " + n.Alias }

func attrList(as []*Attr) string {
	names := make([]string, len(as))
	for i, a := range as {
		names[i] = a.Name
	}
	return strings.Join(names, ", ")
}

// AttrsOf is the columns that a list of Attrs and Aliases makes; other expressions, not resolved yet, are left out.
func AttrsOf(list []Expr) []*Attr {
	out := make([]*Attr, 0, len(list))
	for _, e := range list {
		switch e := e.(type) {
		case *Attr:
			out = append(out, e)
		case *Alias:
			out = append(out, e.Attr())
		}
	}
	return out
}

// Select is the table with just the columns at these positions.
func (n *Local) Select(cols []int) *Local {
	out := &Local{}
	for _, i := range cols {
		out.Cols = append(out.Cols, n.Cols[i])
	}
	schema := Schema(out)
	for _, b := range n.Batches {
		picked := make([]columnar.Vector, len(cols))
		for k, i := range cols {
			picked[k] = b.Cols[i]
		}
		out.Batches = append(out.Batches, columnar.Batch{Schema: schema, Cols: picked, Len: b.Len, Sel: b.Sel})
	}
	return out
}
