package physical

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// textAccumulator joins values in order, so that it shows in which order states are merged.
type textAccumulator struct{ groups []string }

func (a *textAccumulator) Resize(n int) {
	a.groups = append(a.groups, make([]string, n-len(a.groups))...)
}
func (a *textAccumulator) Update(_ *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	for i, g := range group {
		if r := rows.Row(i); !args[0].IsNull(r) {
			a.groups[g] += columnar.FormatValue(args[0], r) + ","
		}
	}
	return nil
}
func (a *textAccumulator) StateTypes() []columnar.Type { return []columnar.Type{columnar.StringType} }
func (a *textAccumulator) State() ([]columnar.Vector, error) {
	return []columnar.Vector{columnar.NewStrings(a.groups...)}, nil
}
func (a *textAccumulator) Merge(_ *logical.EvalContext, group []uint32, state []columnar.Vector) error {
	for i, g := range group {
		a.groups[g] += strings.Clone(columnar.StringAt(state[0], i))
	}
	return nil
}
func (a *textAccumulator) Result(*logical.EvalContext) (columnar.Vector, error) {
	return columnar.NewStrings(a.groups...), nil
}
func (a *textAccumulator) Bytes() int64 { return 0 }

func joinText(arg logical.Expr) *logical.Call {
	return &logical.Call{T: columnar.StringType, Args: []logical.Expr{arg}, Fn: &logical.Function{Name: "join_text",
		Kind: logical.Aggregator(func([]columnar.Type) (logical.Accumulator, error) { return &textAccumulator{}, nil })}}
}

func TestWindowFrames(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	bound := func(k logical.BoundKind, n int32) logical.Bound {
		if k == logical.Preceding || k == logical.Following {
			return logical.Bound{Kind: k, Offset: logical.Lit(n)}
		}
		return logical.Bound{Kind: k}
	}
	for _, shape := range [][2]int{{300, 20}, {300, 300}, {40, 2}} {
		s := randomSide(r, shape[0], shape[1], 1, 37, 0.1)
		for range 60 {
			f := &logical.Frame{Unit: logical.FrameUnit(r.IntN(2)), Start: bound(logical.BoundKind(r.IntN(4)), int32(r.IntN(4))),
				End: bound(logical.BoundKind(1+r.IntN(4)), int32(r.IntN(4)))}
			key := &logical.SortKey{Child: s.attrs[2], Desc: r.IntN(2) == 0, NullsFirst: r.IntN(2) == 0}
			w := &logical.WindowExpr{Func: joinText(s.attrs[0]), Spec: logical.WindowSpec{Frame: f}}
			first := *joinText(s.attrs[0])
			first.Fn, first.IgnoreNulls, first.T = &logical.Function{Name: "first", Kind: first.Fn.Kind}, r.IntN(2) == 0, columnar.BigIntType
			node := &logical.Window{List: []logical.Expr{logical.NewAlias(w, "w"), logical.NewAlias(&logical.WindowExpr{Func: &first, Spec: w.Spec}, "f")},
				PartitionBy: []logical.Expr{s.attrs[1]}, OrderBy: []*logical.SortKey{key}}
			if r.IntN(3) == 0 {
				node.PartitionBy = nil
			}
			rows, err := testRows(t, newWindow(node, s.op()), Conf{ShufflePartitions: 2})
			if err != nil {
				t.Fatal(err)
			}
			checkFrames(t, rows, node, f, key, first.IgnoreNulls)
			if t.Failed() {
				return
			}
		}
	}
}

// checkFrames computes the frames of the rows, which come partition by partition in order, by their definition.
func checkFrames(t *testing.T, rows []string, node *logical.Window, f *logical.Frame, key *logical.SortKey, ignoreNulls bool) {
	t.Helper()
	split := make([][]string, len(rows)) // k, s, v, w, f
	for i, row := range rows {
		split[i] = strings.Split(row, "|")
	}
	same := func(i, j int) bool { return node.PartitionBy == nil || split[i][1] == split[j][1] }
	for i := range split {
		lo, hi := i, i
		for lo > 0 && same(lo-1, i) {
			lo--
		}
		for hi < len(split) && same(hi, i) {
			hi++
		}
		want, first := "", "NULL"
		seen := false
		for j := lo; j < hi; j++ {
			if !inFrame(split, f.Unit, f.Start, key, i, j, 1) || !inFrame(split, f.Unit, f.End, key, i, j, -1) {
				continue
			}
			if split[j][0] != "NULL" {
				want += split[j][0] + ","
			}
			if !seen && (!ignoreNulls || split[j][0] != "NULL") {
				first, seen = split[j][0], true
			}
		}
		if split[i][3] != want || split[i][4] != first {
			t.Errorf("%s over %s ordered by %s: row %d of %d..%d has %q and first %s, want %q and %s", f, node.PartitionBy, key, i, lo, hi, split[i][3], split[i][4], want, first)
			return
		}
	}
}

// inFrame says whether row j is on the inner side of a bound of row i's frame: side 1 for the start, -1 for the end.
func inFrame(rows [][]string, unit logical.FrameUnit, b logical.Bound, key *logical.SortKey, i, j, side int) bool {
	if b.Kind == logical.UnboundedPreceding || b.Kind == logical.UnboundedFollowing {
		return true
	}
	offset := 0
	if b.Offset != nil {
		fmt.Sscan(b.Offset.String(), &offset)
	}
	if b.Kind == logical.Preceding {
		offset = -offset
	}
	if unit == logical.FrameRows {
		return (j-i-offset)*side >= 0
	}
	if rows[i][2] == "NULL" || rows[j][2] == "NULL" {
		if rows[i][2] == rows[j][2] {
			return true
		}
		return (rows[j][2] == "NULL") != key.NullsFirst == (side > 0)
	}
	var x, y int
	fmt.Sscan(rows[i][2], &x)
	fmt.Sscan(rows[j][2], &y)
	if key.Desc {
		return (x-y-offset)*side >= 0
	}
	return (y-x-offset)*side >= 0
}

func TestWholePartitions(t *testing.T) {
	s := randomSide(rand.New(rand.NewPCG(11, 12)), 100, 5, 1, 10, 0)
	frame := &logical.Frame{End: logical.Bound{Kind: logical.UnboundedFollowing}}
	w := &logical.WindowExpr{Func: joinText(s.attrs[0]), Spec: logical.WindowSpec{Frame: frame}}
	node := &logical.Window{List: []logical.Expr{logical.NewAlias(w, "w")}, PartitionBy: []logical.Expr{s.attrs[0]}}
	rows, err := testRows(t, newWindow(node, s.op()), Conf{})
	if err != nil || len(rows) != 100 {
		t.Fatal(err, len(rows))
	}
	for _, row := range rows {
		cells := strings.Split(row, "|")
		n := 0
		for _, other := range rows {
			if strings.HasPrefix(other, cells[0]+"|") {
				n++
			}
		}
		if want := slices.Repeat([]string{cells[0] + ","}, n); cells[3] != strings.Join(want, "") {
			t.Errorf("row %s, want %d values", row, n)
		}
	}
}
