package logical

// Generate joins each row with the rows that a generator makes of it; Outer keeps rows for which it makes none. Cols are the generator's columns.
type Generate struct {
	Gen   Expr // a Call of a Generator
	Outer bool
	Cols  []*Attr
	Input Node
}

// Output implements Node.
func (n *Generate) Output() []*Attr {
	in := n.Input.Output()
	return append(in[:len(in):len(in)], n.Cols...)
}

// Children implements Node.
func (n *Generate) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *Generate) WithChildren(c []Node) Node { return &Generate{n.Gen, n.Outer, n.Cols, c[0]} }

// Exprs implements Node.
func (n *Generate) Exprs() []Expr { return []Expr{n.Gen} }

// WithExprs implements Node.
func (n *Generate) WithExprs(e []Expr) Node { return &Generate{e[0], n.Outer, n.Cols, n.Input} }

// String implements Node.
func (n *Generate) String() string { return "Generate " + n.Gen.String() }

// Expand gives, for each row, one row for each of Projections: the ground of grouping sets and UNPIVOT.
type Expand struct {
	Projections [][]Expr
	Cols        []*Attr
	Input       Node
}

// Output implements Node.
func (n *Expand) Output() []*Attr { return n.Cols }

// Children implements Node.
func (n *Expand) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *Expand) WithChildren(c []Node) Node { return &Expand{n.Projections, n.Cols, c[0]} }

// Exprs implements Node.
func (n *Expand) Exprs() []Expr {
	var out []Expr
	for _, p := range n.Projections {
		out = append(out, p...)
	}
	return out
}

// WithExprs implements Node.
func (n *Expand) WithExprs(e []Expr) Node {
	ps := make([][]Expr, len(n.Projections))
	for i, p := range n.Projections {
		ps[i], e = e[:len(p):len(p)], e[len(p):]
	}
	return &Expand{ps, n.Cols, n.Input}
}

// String implements Node.
func (n *Expand) String() string { return "Expand [" + attrList(n.Cols) + "]" }

// Sample keeps each row with probability Upper-Lower, by Seed; with replacement, a row may come several times.
type Sample struct {
	NoExprs
	Lower, Upper    float64
	WithReplacement bool
	Seed            int64
	Input           Node
}

// Output implements Node.
func (n *Sample) Output() []*Attr { return n.Input.Output() }

// Children implements Node.
func (n *Sample) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *Sample) WithChildren(c []Node) Node { s := *n; s.Input = c[0]; return &s }

// WithExprs implements Node.
func (n *Sample) WithExprs([]Expr) Node { return n }

// String implements Node.
func (n *Sample) String() string { return "Sample" }

// Repartition spreads the rows over N partitions (0: the default): by hash of By, by range of Keys, or round robin. Coalesce joins partitions
// without a shuffle.
type Repartition struct {
	N        int
	By       []Expr
	Keys     []*SortKey
	Coalesce bool
	Input    Node
}

// Output implements Node.
func (n *Repartition) Output() []*Attr { return n.Input.Output() }

// Children implements Node.
func (n *Repartition) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *Repartition) WithChildren(c []Node) Node {
	return &Repartition{n.N, n.By, n.Keys, n.Coalesce, c[0]}
}

// Exprs implements Node.
func (n *Repartition) Exprs() []Expr {
	out := append([]Expr(nil), n.By...)
	for _, k := range n.Keys {
		out = append(out, k)
	}
	return out
}

// WithExprs implements Node.
func (n *Repartition) WithExprs(e []Expr) Node {
	k := len(n.By)
	keys := make([]*SortKey, len(n.Keys))
	for i := range keys {
		keys[i] = e[k+i].(*SortKey)
	}
	return &Repartition{n.N, e[:k:k], keys, n.Coalesce, n.Input}
}

// String implements Node.
func (n *Repartition) String() string { return "Repartition" }
