package logical

// Shared is a named query whose rows must be the same wherever the statement names it, because computing it twice would give others: it calls rand() or the
// like. The copies in a plan have the same Name. A session computes it once, if it is named more than once, before it optimizes the plan.
type Shared struct {
	NoExprs
	Name  ID
	Input Node
}

// Output is the columns of the query.
func (n *Shared) Output() []*Attr { return n.Input.Output() }

// Children implements Node.
func (n *Shared) Children() []Node { return []Node{n.Input} }

// WithChildren implements Node.
func (n *Shared) WithChildren(c []Node) Node { return &Shared{Name: n.Name, Input: c[0]} }

// WithExprs implements Node.
func (n *Shared) WithExprs([]Expr) Node { return n }

// String implements Node.
func (n *Shared) String() string { return "Shared" }
