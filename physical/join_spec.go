package physical

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// joinSpec is what a join means, cut into the parts that the algorithms want.
type joinSpec struct {
	kind logical.JoinType
	// leftKeys[i] = rightKeys[i] are the equalities of the condition, <=> where nullSafe[i].
	leftKeys, rightKeys []logical.Expr
	nullSafe            []bool
	residual            []logical.Expr // the other conjuncts, over the columns of both sides
	nullAware           bool           // see logical.Join
	mark                *logical.Attr
	// out is the join's columns: those of the logical join, or the ones that are wanted above it.
	out []*logical.Attr
}

// newJoinSpec splits the condition of a join of inputs with these columns.
func newJoinSpec(n *logical.Join, left, right []*logical.Attr) *joinSpec {
	s := &joinSpec{kind: n.Type, nullAware: n.NullAware, mark: n.Mark, out: n.Output()}
	if n.Type == logical.Cross {
		s.kind = logical.Inner
	}
	if n.Cond == nil {
		return s
	}
	l, r := idSet(left), idSet(right)
	for _, c := range conjuncts(n.Cond, nil) {
		if !s.addKey(c, l, r) {
			s.residual = append(s.residual, c)
		}
	}
	return s
}

// addKey takes a conjunct for a key if it equates a value of one side with one of the other.
func (s *joinSpec) addKey(e logical.Expr, l, r map[logical.ID]bool) bool {
	c, ok := e.(*logical.Call)
	if !ok || c.Fn.Name != "=" && c.Fn.Name != "<=>" || !deterministic(e) {
		return false
	}
	a, b := c.Args[0], c.Args[1]
	switch {
	case readsOnly(a, l) && readsOnly(b, r):
	case readsOnly(a, r) && readsOnly(b, l):
		a, b = b, a
	default:
		return false
	}
	s.leftKeys, s.rightKeys = append(s.leftKeys, a), append(s.rightKeys, b)
	s.nullSafe = append(s.nullSafe, c.Fn.Name == "<=>")
	return true
}

func idSet(attrs []*logical.Attr) map[logical.ID]bool {
	m := make(map[logical.ID]bool, len(attrs))
	for _, a := range attrs {
		m[a.ID] = true
	}
	return m
}

// readsOnly says whether an expression reads columns, and only such as are in the set.
func readsOnly(e logical.Expr, set map[logical.ID]bool) bool {
	reads, only := false, true
	for id := range columnsOf(e) {
		reads, only = true, only && set[id]
	}
	return reads && only
}

// columnsOf is the columns that the expressions read.
func columnsOf(es ...logical.Expr) map[logical.ID]bool {
	m := map[logical.ID]bool{}
	for _, e := range es {
		logical.Walk(e, func(e logical.Expr) bool {
			if a, ok := e.(*logical.Attr); ok {
				m[a.ID] = true
			}
			return true
		})
	}
	return m
}

// text is the join as EXPLAIN shows it, behind the algorithm's name.
func (s *joinSpec) text() string {
	t := s.kind.String()
	if s.nullAware {
		t += " (null-aware)"
	}
	for i, l := range s.leftKeys {
		op := " = "
		if s.nullSafe[i] {
			op = " <=> "
		}
		if i == 0 {
			t += " ["
		} else {
			t += ", "
		}
		t += l.String() + op + s.rightKeys[i].String()
	}
	if len(s.leftKeys) > 0 {
		t += "]"
	}
	if len(s.residual) > 0 {
		t += " where " + joinExprs(s.residual)
	}
	return t
}

// narrowed is a spec that gives only the wanted columns.
func (s *joinSpec) narrowed(wanted map[logical.ID]bool) *joinSpec {
	c := *s
	c.out = nil
	for _, a := range s.out {
		if wanted[a.ID] {
			c.out = append(c.out, a)
		}
	}
	if len(c.out) == len(s.out) {
		return s
	}
	return &c
}

// narrower is an operator that can leave out columns which nobody above wants: a join gathers each column that it gives.
type narrower interface {
	narrow(wanted map[logical.ID]bool) Operator
}

// narrowChild is the child giving no more columns than the expressions above it read, if it is a join (perhaps below filters).
func narrowChild(child Operator, readers []logical.Expr) Operator {
	switch c := child.(type) {
	case narrower:
		return c.narrow(columnsOf(readers...))
	case *Filter:
		if below := narrowChild(c.Child, append(readers[:len(readers):len(readers)], c.Conds...)); below != c.Child {
			return c.WithChildren([]Operator{below})
		}
	}
	return child
}

// joinMode is what becomes of rows and pairs of rows, once it is known which side is looked up in (build) and which is streamed (probe).
type joinMode struct {
	pairs     bool // the rows of the result are pairs
	keepProbe bool // with NULLs for probe rows without a match
	keepBuild bool // and for build rows
	single    bool // a second match of a probe row is an error
	// Of at most one side only rows are given: those that have (semi) or lack (anti) a match.
	probeSemi, probeAnti, probeMark bool
	buildSemi, buildAnti            bool
	nullAware                       bool
}

// modeOf is the mode of a join whose build side is the left or the right one. ok is false where the algorithms with a build side cannot.
func modeOf(s *joinSpec, buildLeft bool) (m joinMode, ok bool) {
	m.nullAware = s.nullAware
	switch s.kind {
	case logical.Inner, logical.Cross:
		m.pairs = true
	case logical.LeftOuter:
		m.pairs, m.keepProbe, m.keepBuild = true, !buildLeft, buildLeft
	case logical.RightOuter:
		m.pairs, m.keepProbe, m.keepBuild = true, buildLeft, !buildLeft
	case logical.FullOuter:
		m.pairs, m.keepProbe, m.keepBuild = true, true, true
	case logical.LeftSemi:
		m.probeSemi, m.buildSemi = !buildLeft, buildLeft
	case logical.LeftAnti:
		m.probeAnti, m.buildAnti = !buildLeft, buildLeft
	case logical.LeftMark:
		m.probeMark = true
	case logical.LeftSingle:
		m.pairs, m.keepProbe, m.single = true, true, true
	}
	if buildLeft && (m.single || m.probeMark || m.nullAware) {
		return m, false
	}
	return m, true
}

// tracksBuild says whether the result depends on which build rows had a match anywhere: then all probe rows that might match one must
// come to one place.
func (m joinMode) tracksBuild() bool { return m.keepBuild || m.buildSemi || m.buildAnti }

// joinColumn says where a column of the result comes from.
type joinColumn struct {
	build   bool
	ordinal int
}

// joinColumns locates the columns of a result among those of the two sides. The mark, which comes from neither, is left out.
func joinColumns(out, probe, build []*logical.Attr) []joinColumn {
	at := map[logical.ID]joinColumn{}
	for i, a := range build {
		at[a.ID] = joinColumn{true, i}
	}
	for i, a := range probe {
		at[a.ID] = joinColumn{false, i}
	}
	var cols []joinColumn
	for _, a := range out {
		if c, ok := at[a.ID]; ok {
			cols = append(cols, c)
		}
	}
	return cols
}

// pickAttrs is the attributes that are in the set, with their ordinals.
func pickAttrs(attrs []*logical.Attr, set map[logical.ID]bool) (picked []*logical.Attr, ordinals []int) {
	for i, a := range attrs {
		if set[a.ID] {
			picked, ordinals = append(picked, a), append(ordinals, i)
		}
	}
	return picked, ordinals
}

// pickColumns is the batch with just these columns.
func pickColumns(b columnar.Batch, schema *columnar.Schema, ordinals []int) columnar.Batch {
	cols := make([]columnar.Vector, len(ordinals))
	for i, o := range ordinals {
		cols[i] = b.Cols[o]
	}
	return columnar.Batch{Schema: schema, Cols: cols, Len: b.Len, Sel: b.Sel}
}
