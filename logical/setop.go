package logical

// SetOpKind is UNION, INTERSECT or EXCEPT.
type SetOpKind uint8

// The set operations.
const (
	Union SetOpKind = iota
	Intersect
	Except
)

var setOpNames = [...]string{"Union", "Intersect", "Except"}

// SetOp combines inputs of equal column counts. Union takes two or more inputs, the others two. The columns of the result have IDs of their own (Cols,
// set by the analyzer), since the inputs may share columns.
type SetOp struct {
	Kind         SetOpKind
	All          bool
	ByName       bool // UNION BY NAME, before resolution
	AllowMissing bool
	Inputs       []Node
	Cols         []*Attr
}

// Output implements Node.
func (n *SetOp) Output() []*Attr { return n.Cols }

// Children implements Node.
func (n *SetOp) Children() []Node { return n.Inputs }

// Exprs implements Node.
func (n *SetOp) Exprs() []Expr { return nil }

// WithExprs implements Node.
func (n *SetOp) WithExprs([]Expr) Node { return n }

// WithChildren implements Node.
func (n *SetOp) WithChildren(c []Node) Node { s := *n; s.Inputs = c; return &s }

// String implements Node.
func (n *SetOp) String() string {
	if n.All {
		return setOpNames[n.Kind] + " All"
	}
	return setOpNames[n.Kind]
}
