package analyzer

import (
	"fmt"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// groupingRef is grouping(e) or grouping_id(…) until the Aggregate is built.
type groupingRef struct {
	args []logical.Expr // of grouping_id() without arguments: none, all groups are meant
	id   bool
	pos  columnar.Pos
}

func (e *groupingRef) Type() columnar.Type {
	if e.id {
		return columnar.BigIntType
	}
	return columnar.TinyIntType
}
func (e *groupingRef) Nullable() bool           { return false }
func (e *groupingRef) Children() []logical.Expr { return e.args }
func (e *groupingRef) Position() columnar.Pos   { return e.pos }
func (e *groupingRef) String() string {
	if e.id {
		return "grouping_id(" + logical.JoinStrings(e.args) + ")"
	}
	return "grouping(" + logical.JoinStrings(e.args) + ")"
}
func (e *groupingRef) WithChildren(c []logical.Expr) logical.Expr {
	return &groupingRef{c, e.id, e.pos}
}

// groupingCall resolves grouping() and grouping_id().
func (q *query) groupingCall(e *logical.UnresolvedCall, name string, s *scope) (logical.Expr, error) {
	args, err := q.exprs(e.Args, s)
	if err != nil {
		return nil, err
	}
	if name == "grouping" && len(args) != 1 {
		return nil, columnar.Errorf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "The `grouping` requires 1 parameters but the actual number is %d.", len(args)).At(e.Pos)
	}
	return &groupingRef{plainAll(args), name == "grouping_id", e.Pos}, nil
}

// groupingSets is what GROUPING SETS, ROLLUP and CUBE make of GROUP BY: an Expand below the Aggregate gives each row once for each set, with the
// grouping expressions that the set leaves out as NULL.
type groupingSets struct {
	exprs   []logical.Expr // all grouping expressions
	sets    [][]logical.Expr
	cols    []*logical.Attr // the copies of exprs that Expand makes
	id      *logical.Attr   // which are left out: one bit each, the last expression's the lowest
	ordinal *logical.Attr   // tells equal sets apart; nil if there are none
}

// maxGroupingColumns is as many bits as a grouping id has.
const maxGroupingColumns = 64

// groupingSets combines the sets of all items of GROUP BY; rest are expressions that may be in no set.
func (b *block) groupingSets(items [][][]logical.Expr, rest []logical.Expr) error {
	sets := [][]logical.Expr{nil}
	for _, item := range items {
		var next [][]logical.Expr
		for _, s := range sets {
			for _, t := range item {
				next = append(next, append(s[:len(s):len(s)], t...))
			}
		}
		if sets = next; len(sets) > 1<<16 {
			return columnar.Errorf("GROUPING_SIZE_LIMIT_EXCEEDED", "Grouping sets size cannot be greater than %d.", 1<<16)
		}
	}
	g := &groupingSets{sets: sets}
	for _, item := range append([][][]logical.Expr{{rest}}, items...) {
		for _, s := range item {
			for _, e := range s {
				if indexOf(g.exprs, e) < 0 {
					g.exprs = append(g.exprs, e)
				}
			}
		}
	}
	if len(g.exprs) > maxGroupingColumns {
		return columnar.Errorf("GROUPING_SIZE_LIMIT_EXCEEDED", "Grouping sets size cannot be greater than %d.", maxGroupingColumns)
	}
	for _, e := range g.exprs {
		name, qualifier := e.String(), []string(nil)
		if a, ok := e.(*logical.Attr); ok {
			name, qualifier = a.Name, a.Qualifier
		}
		g.cols = append(g.cols, logical.NewAttr(name, e.Type(), true, qualifier...))
	}
	g.id = logical.NewAttr("spark_grouping_id", columnar.BigIntType, false)
	if g.repeated() {
		g.ordinal = logical.NewAttr("_gen_grouping_pos", columnar.IntType, false)
	}
	b.sets, b.group = g, g.exprs
	for i, e := range b.items { // the output is another column than the input's: it may be NULL where a set leaves it out
		if a, ok := e.(*logical.Attr); ok {
			b.items[i] = &logical.Alias{Child: a, Name: a.Name, ID: logical.NewID(), Pos: a.Pos}
		}
	}
	return nil
}

// repeated says whether two sets are equal.
func (g *groupingSets) repeated() bool {
	seen := map[int64]bool{}
	for _, s := range g.sets {
		id := g.mask(s)
		if seen[id] {
			return true
		}
		seen[id] = true
	}
	return false
}

// mask has a bit for each expression that the set leaves out.
func (g *groupingSets) mask(set []logical.Expr) int64 {
	var m int64
	for i, e := range g.exprs {
		if indexOf(set, e) < 0 {
			m |= 1 << (len(g.exprs) - 1 - i)
		}
	}
	return m
}

func indexOf(es []logical.Expr, e logical.Expr) int {
	for i, x := range es {
		if logical.Equal(x, e) {
			return i
		}
	}
	return -1
}

// expand is the Expand over an input, and the expressions to group by.
func (g *groupingSets) expand(input logical.Node) (logical.Node, []logical.Expr) {
	in := input.Output()
	if len(g.exprs) == 0 && len(g.sets) == 1 {
		return input, nil // GROUPING SETS (()) is the grand total, which is a row even of no rows
	}
	n := &logical.Expand{Input: input, Cols: append(in[:len(in):len(in)], g.cols...)}
	n.Cols = append(n.Cols, g.id)
	if g.ordinal != nil {
		n.Cols = append(n.Cols, g.ordinal)
	}
	for i, s := range g.sets {
		p := attrExprs(in)
		for _, e := range g.exprs {
			if indexOf(s, e) < 0 {
				e = logical.Null(e.Type())
			}
			p = append(p, e)
		}
		p = append(p, logical.Lit(g.mask(s)))
		if g.ordinal != nil {
			p = append(p, logical.Lit(int32(i)))
		}
		n.Projections = append(n.Projections, p)
	}
	group := append(attrExprs(g.cols), g.id)
	if g.ordinal != nil {
		group = append(group, g.ordinal)
	}
	return n, group
}

// analytics resolves ROLLUP, CUBE or GROUPING SETS to its sets.
func (b *block) analytics(g *logical.GroupingAnalytics) ([][]logical.Expr, error) {
	if g.Kind == logical.GroupingSets {
		return b.listedSets(g)
	}
	steps := make([][]logical.Expr, len(g.Sets))
	for i, s := range g.Sets {
		for _, e := range s {
			r, err := b.groupItem(e)
			if err != nil {
				return nil, err
			}
			steps[i] = append(steps[i], r)
		}
	}
	var out [][]logical.Expr
	if g.Kind == logical.Rollup {
		for n := len(steps); n >= 0; n-- {
			var s []logical.Expr
			for _, step := range steps[:n] {
				s = append(s, step...)
			}
			out = append(out, s)
		}
		return out, nil
	}
	if len(steps) > 16 {
		return nil, columnar.Errorf("GROUPING_SIZE_LIMIT_EXCEEDED", "Grouping sets size cannot be greater than %d.", 16).At(g.Pos)
	}
	for mask := 1<<len(steps) - 1; mask >= 0; mask-- {
		var s []logical.Expr
		for i, step := range steps {
			if mask>>(len(steps)-1-i)&1 == 1 {
				s = append(s, step...)
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// listedSets are the sets of GROUPING SETS; a ROLLUP or CUBE among them stands for its own.
func (b *block) listedSets(g *logical.GroupingAnalytics) ([][]logical.Expr, error) {
	var out [][]logical.Expr
	for _, s := range g.Sets {
		if len(s) == 1 {
			if inner, ok := s[0].(*logical.GroupingAnalytics); ok {
				sets, err := b.analytics(inner)
				if err != nil {
					return nil, err
				}
				out = append(out, sets...)
				continue
			}
		}
		var set []logical.Expr
		for _, e := range s {
			r, err := b.groupItem(e)
			if err != nil {
				return nil, err
			}
			set = append(set, r)
		}
		out = append(out, set)
	}
	return out, nil
}

// grouping computes grouping() and grouping_id() from the grouping id.
func (b *block) grouping(l *lifter, e *groupingRef) (logical.Expr, error) {
	if b.sets == nil {
		return nil, columnar.Errorf("UNSUPPORTED_GROUPING_EXPRESSION", "grouping()/grouping_id() can only be used with GroupingSets/Cube/Rollup.").At(e.pos)
	}
	id := l.column(b.sets.id, "")
	if e.id && (len(e.args) == 0 || equalAll(e.args, b.sets.exprs)) {
		return id, nil
	}
	if e.id {
		return nil, columnar.Errorf("GROUPING_ID_COLUMN_MISMATCH", "Columns of grouping_id (%s) does not match grouping columns (%s).", logical.JoinStrings(e.args), logical.JoinStrings(b.sets.exprs)).At(e.pos)
	}
	i := indexOf(b.sets.exprs, e.args[0])
	if i < 0 {
		return nil, columnar.Errorf("GROUPING_COLUMN_MISMATCH", "Column of grouping (%s) can't be found in grouping columns %s.", e.args[0], logical.JoinStrings(b.sets.exprs)).At(e.pos)
	}
	shift := logical.Lit(int32(len(b.sets.exprs) - 1 - i))
	bit := logical.NewCall("&", logical.NewCall("shiftright", id, shift), logical.Lit(int64(1)))
	out, err := b.q.expr(bit, &scope{q: b.q})
	if err != nil {
		return nil, fmt.Errorf("grouping: %w", err)
	}
	return &logical.Cast{Child: plain(out), To: columnar.TinyIntType, Mode: b.q.a.castMode(), Implicit: true}, nil
}
