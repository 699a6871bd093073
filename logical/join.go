package logical

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
)

// JoinType says which rows a join gives.
type JoinType uint8

// The join types. LeftSemi and LeftAnti give columns of the left side only. LeftMark (made by the optimizer) gives all left rows and Mark, a boolean
// column that says whether there is a match (NULL where IN would be). LeftSingle is LeftOuter that fails when a row has several matches.
const (
	Inner JoinType = iota
	LeftOuter
	RightOuter
	FullOuter
	LeftSemi
	LeftAnti
	Cross
	LeftMark
	LeftSingle
)

var joinNames = [...]string{"Inner", "LeftOuter", "RightOuter", "FullOuter", "LeftSemi", "LeftAnti", "Cross", "LeftMark", "LeftSingle"}

// String implements fmt.Stringer.
func (t JoinType) String() string { return joinNames[t] }

// Join pairs the rows of two inputs. Using and Natural are resolved into Cond and a Project by the analyzer; in a Lateral join the right side may refer
// to columns of the left as OuterRef.
type Join struct {
	Type        JoinType
	Left, Right Node
	Cond        Expr // nil: none
	Using       []string
	Natural     bool
	Lateral     bool
	NullAware   bool   // LeftAnti for NOT IN: a NULL on either side of Cond's equalities matches everything
	Mark        *Attr  // of LeftMark
	Hint        string // "broadcastleft", "broadcastright", "merge", "shuffle_hash", …, or ""
	Pos         columnar.Pos
}

// Output is the columns of both sides, nullable where the join type makes them so.
func (n *Join) Output() []*Attr {
	l, r := n.Left.Output(), n.Right.Output()
	switch n.Type {
	case LeftSemi, LeftAnti:
		return l
	case LeftMark:
		return append(l[:len(l):len(l)], n.Mark)
	}
	out := make([]*Attr, 0, len(l)+len(r))
	for _, a := range l {
		if n.Type == RightOuter || n.Type == FullOuter {
			a = a.AsNullable()
		}
		out = append(out, a)
	}
	for _, a := range r {
		if n.Type == LeftOuter || n.Type == FullOuter || n.Type == LeftSingle {
			a = a.AsNullable()
		}
		out = append(out, a)
	}
	return out
}

// Children implements Node.
func (n *Join) Children() []Node { return []Node{n.Left, n.Right} }

// WithChildren implements Node.
func (n *Join) WithChildren(c []Node) Node { j := *n; j.Left, j.Right = c[0], c[1]; return &j }

// Exprs implements Node.
func (n *Join) Exprs() []Expr {
	if n.Cond == nil {
		return nil
	}
	return []Expr{n.Cond}
}

// WithExprs implements Node.
func (n *Join) WithExprs(e []Expr) Node {
	j := *n
	if len(e) > 0 {
		j.Cond = e[0]
	}
	return &j
}

// String implements Node.
func (n *Join) String() string {
	s := "Join " + n.Type.String()
	if n.Lateral {
		s = "LateralJoin " + n.Type.String()
	}
	if len(n.Using) > 0 {
		s += " USING (" + strings.Join(n.Using, ", ") + ")"
	}
	if n.Cond != nil {
		s += ", " + n.Cond.String()
	}
	return s
}
