package logical

// Recursion is a recursive query of WITH RECURSIVE: the rows of Anchor, then those that Step makes of the rows of the round before, until a round makes none.
// It is resolved but cannot be planned: a session runs the rounds and puts a Local in its place before the plan around it is optimized.
type Recursion struct {
	NoExprs
	Name         string
	Work         ID   // of the WorkTables in Step that stand for it
	Anchor, Step Node // of equal types
	Cols         []*Attr
	MaxRounds    int // 0: the session's limit
}

// Output is the columns of the recursive query.
func (n *Recursion) Output() []*Attr { return n.Cols }

// Children implements Node.
func (n *Recursion) Children() []Node { return []Node{n.Anchor, n.Step} }

// WithChildren implements Node.
func (n *Recursion) WithChildren(c []Node) Node {
	r := *n
	r.Anchor, r.Step = c[0], c[1]
	return &r
}

// WithExprs implements Node.
func (n *Recursion) WithExprs([]Expr) Node { return n }

// String implements Node.
func (n *Recursion) String() string { return "UnionLoop " + n.Name }

// WorkTable is the rows of the last round, as the Step of a Recursion reads them.
type WorkTable struct {
	Source
	NoExprs
	Name string
	Work ID
	Cols []*Attr
}

// Output is the columns of the recursive query, under IDs of their own.
func (n *WorkTable) Output() []*Attr { return n.Cols }

// WithChildren implements Node.
func (n *WorkTable) WithChildren([]Node) Node { return n }

// WithExprs implements Node.
func (n *WorkTable) WithExprs([]Expr) Node { return n }

// String implements Node.
func (n *WorkTable) String() string { return "UnionLoopRef " + n.Name }
