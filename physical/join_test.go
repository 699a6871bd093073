package physical

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// compareFunction is an operator of comparison, for tests.
func compareFunction(name string, op columnar.CmpOp) *logical.Function {
	return &logical.Function{Name: name, Kind: logical.Scalar(
		func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			if name == "<=>" {
				return columnar.EqNullSafe(ec.Pool, args[0], args[1], rows), nil
			}
			return columnar.Compare(ec.Pool, op, args[0], args[1], rows), nil
		})}
}

func testCall(name string, a, b logical.Expr) logical.Expr {
	fn := map[string]*logical.Function{
		"=": compareFunction("=", columnar.Eq), "<=>": compareFunction("<=>", columnar.Eq), "<": compareFunction("<", columnar.Lt),
		"and": {Name: "and", Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.And(ec.Pool, args[0], args[1], rows), nil
		})},
	}[name]
	return &logical.Call{Fn: fn, Args: []logical.Expr{a, b}, T: columnar.BooleanType, Null: true}
}

// side is a random table: an integer key, a string key, and a value.
type side struct {
	attrs   []*logical.Attr
	batches []columnar.Batch
	rows    [][3]*int // k, s, v; nil: NULL
}

// randomSide makes n rows with keys below span, times step, in batches of size rows.
func randomSide(r *rand.Rand, n, span, step, size int, nulls float64) *side {
	s := &side{attrs: []*logical.Attr{
		logical.NewAttr("k", columnar.BigIntType, true), logical.NewAttr("s", columnar.StringType, true), logical.NewAttr("v", columnar.IntType, true)}}
	schema := schemaOf(s.attrs)
	for lo := 0; lo < n; lo += size {
		bs := []columnar.Builder{columnar.NewBuilder(columnar.BigIntType, size), columnar.NewBuilder(columnar.StringType, size), columnar.NewBuilder(columnar.IntType, size)}
		m := min(size, n-lo)
		for range m {
			var row [3]*int
			for c := range row {
				if r.Float64() < nulls {
					bs[c].AppendNull()
					continue
				}
				x := r.IntN(span)
				switch c {
				case 0:
					x *= step
					bs[c].Append(columnar.ScalarOf(int64(x)), 0)
				case 1:
					bs[c].Append(columnar.ScalarOf(longText(x)), 0)
				case 2:
					bs[c].Append(columnar.ScalarOf(int32(x)), 0)
				}
				row[c] = &x
			}
			s.rows = append(s.rows, row)
		}
		s.batches = append(s.batches, columnar.NewBatch(schema, m, bs[0].Build(), bs[1].Build(), bs[2].Build()))
	}
	return s
}

func longText(x int) string { return fmt.Sprintf("a key that is long enough %d", x) }

func (s *side) op() Operator         { return &local{cols: s.attrs, batches: s.batches} }
func (s *side) node() *logical.Local { return &logical.Local{Cols: s.attrs, Batches: s.batches} }

func cell(row *[3]*int, c int) string {
	switch {
	case row == nil || row[c] == nil:
		return "NULL"
	case c == 1:
		return longText(*row[c])
	}
	return fmt.Sprint(*row[c])
}

// joinCase is a condition, with what it means.
type joinCase struct {
	name  string
	cond  func(l, r *side) logical.Expr
	holds func(l, r [3]*int) (match, unknown bool)
}

func equalInts(a, b *int) (match, unknown bool) {
	if a == nil || b == nil {
		return false, true
	}
	return *a == *b, false
}

var joinCases = []joinCase{
	{"one integer", func(l, r *side) logical.Expr { return testCall("=", l.attrs[0], r.attrs[0]) },
		func(l, r [3]*int) (bool, bool) { return equalInts(l[0], r[0]) }},
	{"one string", func(l, r *side) logical.Expr { return testCall("=", r.attrs[1], l.attrs[1]) },
		func(l, r [3]*int) (bool, bool) { return equalInts(l[1], r[1]) }},
	{"null-safe", func(l, r *side) logical.Expr { return testCall("<=>", l.attrs[0], r.attrs[0]) },
		func(l, r [3]*int) (bool, bool) {
			m, u := equalInts(l[0], r[0])
			return m || u && l[0] == r[0], false
		}},
	{"two keys and a residual", func(l, r *side) logical.Expr {
		return testCall("and", testCall("and", testCall("=", l.attrs[0], r.attrs[0]), testCall("<=>", l.attrs[1], r.attrs[1])), testCall("<", l.attrs[2], r.attrs[2]))
	}, func(l, r [3]*int) (bool, bool) {
		a, _ := equalInts(l[0], r[0])
		b, u := equalInts(l[1], r[1])
		return a && (b || u && l[1] == r[1]) && l[2] != nil && r[2] != nil && *l[2] < *r[2], false
	}},
}

var joinKinds = []logical.JoinType{logical.Inner, logical.LeftOuter, logical.RightOuter, logical.FullOuter, logical.LeftSemi, logical.LeftAnti, logical.LeftMark}

// naive joins by the definition; the result's rows are sorted.
func naive(n *logical.Join, c joinCase, l, r *side) []string {
	var out []string
	pair := func(a, b *[3]*int) {
		var parts []string
		for _, row := range []*[3]*int{a, b} {
			parts = append(parts, cell(row, 0), cell(row, 1), cell(row, 2))
		}
		out = append(out, strings.Join(parts, "|"))
	}
	single := func(a *[3]*int, more ...string) {
		out = append(out, strings.Join(append([]string{cell(a, 0), cell(a, 1), cell(a, 2)}, more...), "|"))
	}
	rightMatched := make([]bool, len(r.rows))
	pairs := n.Type <= logical.FullOuter
	for i := range l.rows {
		matched, unknown := false, false
		for k := range r.rows {
			m, u := c.holds(l.rows[i], r.rows[k])
			matched, unknown = matched || m, unknown || u
			if m {
				rightMatched[k] = true
				if pairs {
					pair(&l.rows[i], &r.rows[k])
				}
			}
		}
		unknown = unknown && n.NullAware
		switch {
		case n.Type == logical.LeftMark && !matched && unknown:
			single(&l.rows[i], "NULL")
		case n.Type == logical.LeftMark:
			single(&l.rows[i], fmt.Sprint(matched))
		case n.Type == logical.LeftSemi && matched, n.Type == logical.LeftAnti && !matched && !unknown:
			single(&l.rows[i])
		case !matched && (n.Type == logical.LeftOuter || n.Type == logical.FullOuter):
			pair(&l.rows[i], nil)
		}
	}
	for k := range r.rows {
		if !rightMatched[k] && (n.Type == logical.RightOuter || n.Type == logical.FullOuter) {
			pair(nil, &r.rows[k])
		}
	}
	slices.Sort(out)
	return out
}

// testRows runs a plan and formats its rows.
func testRows(t *testing.T, op Operator, conf Conf, opts ...rdd.ContextOption) ([]string, error) {
	t.Helper()
	sc, err := rdd.NewContext(append([]rdd.ContextOption{rdd.WithThreads(2)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	defer sc.Close()
	out := []string{}
	for b, err := range Execute(context.Background(), sc, ensure(op, &conf), conf) {
		if err != nil {
			return nil, err
		}
		rows := b.LiveRows()
		for i := range rows.Count() {
			parts := make([]string, len(b.Cols))
			for c, v := range b.Cols {
				parts[c] = columnar.FormatValue(v, rows.Row(i))
			}
			out = append(out, strings.Join(parts, "|"))
		}
	}
	return out, nil
}

// joinAlgorithms is every way to run a join, by name; nil where the join type excludes it.
func joinAlgorithms(n *logical.Join, l, r *side) map[string]Operator {
	s := newJoinSpec(n, l.attrs, r.attrs)
	ops := map[string]Operator{"nested loop": newNestedLoopJoin(s, n.Cond, l.op(), r.op())}
	if n.NullAware {
		if len(s.leftKeys) == 1 && len(s.residual) == 0 && !s.nullSafe[0] {
			ops["broadcast hash"] = newHashJoin(s, l.op(), r.op(), false, true)
		}
		return ops
	}
	ops["merge"] = newMergeJoin(s, l.op(), r.op())
	for _, left := range []bool{false, true} {
		if _, ok := modeOf(s, left); !ok {
			continue
		}
		if broadcasts(s, left) {
			ops[fmt.Sprint("broadcast hash, build left ", left)] = newHashJoin(s, l.op(), r.op(), left, true)
		}
		ops[fmt.Sprint("shuffled hash, build left ", left)] = newHashJoin(s, l.op(), r.op(), left, false)
	}
	return ops
}

func TestJoins(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	shapes := [][4]int{{60, 40, 30, 1}, {40, 60, 30, 1 << 40}, {1, 30, 20, 1}, {30, 0, 20, 1}, {0, 30, 20, 1}, {200, 50, 400, 7}}
	conf := Conf{Slots: 2, ShufflePartitions: 3}
	for _, sh := range shapes {
		left, right := randomSide(r, sh[0], sh[2], sh[3], 17, 0.15), randomSide(r, sh[1], sh[2], sh[3], 13, 0.1)
		for _, c := range joinCases {
			for _, kind := range joinKinds {
				for _, aware := range []bool{false, true} {
					if aware && (kind != logical.LeftAnti && kind != logical.LeftMark || c.name != "one integer" && c.name != "one string") {
						continue
					}
					n := &logical.Join{Type: kind, Left: left.node(), Right: right.node(), Cond: c.cond(left, right), NullAware: aware,
						Mark: logical.NewAttr("mark", columnar.BooleanType, true)}
					want := naive(n, c, left, right)
					for name, op := range joinAlgorithms(n, left, right) {
						got, err := testRows(t, op, conf)
						slices.Sort(got)
						if err != nil || !slices.Equal(got, want) {
							t.Errorf("%v of %d and %d rows on %s, null-aware %v, by %s: %v\n got %d rows %q\nwant %d rows %q", kind, sh[0], sh[1], c.name, aware, name, err,
								len(got), got[:min(len(got), 8)], len(want), want[:min(len(want), 8)])
						}
					}
				}
			}
		}
		if t.Failed() {
			return
		}
	}
}
