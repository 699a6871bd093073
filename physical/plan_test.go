package physical_test

import (
	"context"
	"fmt"
	"iter"
	"sort"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/functions"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/physical"
	"github.com/gosql-engine/gosql/rdd"
)

// call is a resolved call of a built-in function, with the casts that the function asks for.
func call(t testing.TB, name string, args ...logical.Expr) *logical.Call {
	t.Helper()
	fn := functions.Lookup(name)
	if fn == nil {
		t.Fatalf("no function %q", name)
	}
	types := make([]columnar.Type, len(args))
	for i, a := range args {
		types[i] = a.Type()
	}
	var coerced []columnar.Type
	var result columnar.Type
	var err error
	if fn.TypeExprs != nil {
		coerced, result, err = fn.TypeExprs(args)
	} else {
		coerced, result, err = fn.Type(types)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	out := make([]logical.Expr, len(args))
	for i, a := range args {
		out[i] = a
		if coerced[i] != types[i] {
			out[i] = &logical.Cast{Child: a, To: coerced[i], Implicit: true}
		}
	}
	return &logical.Call{Fn: fn, Args: out, T: result, Null: true}
}

func as(e logical.Expr, name string) *logical.Alias { return logical.NewAlias(e, name) }

// table is a table in memory that gives its batches in as many splits.
type table struct {
	schema  *columnar.Schema
	batches []columnar.Batch
}

type split int

func (s split) Bytes() int64   { return 1 }
func (s split) String() string { return fmt.Sprint(int(s)) }

func (t *table) Schema() *columnar.Schema       { return t.schema }
func (t *table) Statistics() logical.Statistics { return logical.UnknownStatistics }
func (t *table) String() string                 { return "test" }
func (t *table) Residual() []logical.Expr       { return nil }
func (t *table) Splits() []logical.Split {
	out := make([]logical.Split, len(t.batches))
	for i := range out {
		out[i] = split(i)
	}
	return out
}

type scan struct {
	*table
	req logical.ScanRequest
}

func (s scan) Residual() []logical.Expr { return s.req.Filters }

func (t *table) Scan(_ context.Context, req logical.ScanRequest) (logical.Scan, error) {
	return scan{t, req}, nil
}

func (s scan) Read(_ logical.ReadContext, sp logical.Split) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		b := s.batches[sp.(split)]
		cols := make([]columnar.Vector, len(s.req.Columns))
		for i, c := range s.req.Columns {
			cols[i] = b.Cols[c]
		}
		yield(columnar.Batch{Cols: cols, Len: b.Len, Sel: b.Sel}, nil)
	}
}

// numbersTable has n rows in batches of size: k = i%keys (NULL where i%nulls is 0), s = "name-" and k, v = i, d = i/10 as DECIMAL(10,1).
func numbersTable(n, size, keys, nulls int) *table {
	schema := columnar.NewSchema(
		columnar.Field{Name: "k", Type: columnar.IntType, Nullable: true}, columnar.Field{Name: "s", Type: columnar.StringType, Nullable: true},
		columnar.Field{Name: "v", Type: columnar.BigIntType}, columnar.Field{Name: "d", Type: columnar.DecimalType(10, 1)})
	t := &table{schema: schema}
	for lo := 0; lo < n; lo += size {
		m := min(size, n-lo)
		k, v, d := make([]int32, m), make([]int64, m), make([]int64, m)
		valid := columnar.FullBitmap(m)
		s := columnar.NewStringsBuilder(nil, columnar.StringType, m)
		for i := range m {
			x := lo + i
			k[i], v[i], d[i] = int32(x%keys), int64(x), int64(x)
			if nulls > 0 && x%nulls == 0 {
				valid.Clear(i)
				s.AppendNull()
			} else {
				s.AppendString(fmt.Sprintf("a-rather-long-name-%d", x%keys))
			}
		}
		t.batches = append(t.batches, columnar.NewBatch(schema, m, columnar.NewFixed(columnar.IntType, k, valid), s.Build(),
			columnar.NewFixed(columnar.BigIntType, v, nil), columnar.NewFixed(columnar.DecimalType(10, 1), d, nil)))
	}
	return t
}

// runPlan executes a plan and returns its rows as text, sorted unless ordered.
func runPlan(t testing.TB, n logical.Node, conf physical.Conf, ordered bool, opts ...rdd.ContextOption) ([]string, error) {
	t.Helper()
	sc, err := rdd.NewContext(append([]rdd.ContextOption{rdd.WithThreads(2)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	defer sc.Close()
	conf.Slots, conf.ANSI = 2, true
	op, err := physical.Plan(context.Background(), n, conf)
	if err != nil {
		return nil, err
	}
	var rows []string
	for b, err := range physical.Execute(context.Background(), sc, op, conf) {
		if err != nil {
			return nil, err
		}
		for i := range b.Live() {
			var cells []string
			for _, c := range b.Cols {
				cells = append(cells, columnar.FormatValue(c, b.LiveRows().Row(i)))
			}
			rows = append(rows, strings.Join(cells, "|"))
		}
	}
	if !ordered {
		sort.Strings(rows)
	}
	return rows, nil
}

func expectRows(t *testing.T, n logical.Node, want ...string) {
	t.Helper()
	for _, conf := range []physical.Conf{{}, {ShufflePartitions: 1}, {ShufflePartitions: 7, BatchRows: 3}} {
		got, err := runPlan(t, n, conf, false)
		if err != nil {
			t.Fatalf("partitions %d: %v", conf.ShufflePartitions, err)
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("partitions %d:\n got %q\nwant %q", conf.ShufflePartitions, got, want)
		}
	}
}

func TestScanFilterProject(t *testing.T) {
	r := logical.NewRelation(numbersTable(20, 6, 5, 0), "t")
	k, v := r.Cols[0], r.Cols[2]
	f := &logical.Filter{Cond: call(t, "and", call(t, ">", v, logical.Lit(int64(10))), call(t, "=", k, logical.Lit(int32(2)))), Input: r}
	p := &logical.Project{List: []logical.Expr{v, as(call(t, "*", v, logical.Lit(int64(2))), "w")}, Input: f}
	expectRows(t, p, "12|24", "17|34")
}

func TestErrorKeepsItsPlace(t *testing.T) {
	r := logical.NewRelation(numbersTable(20, 6, 5, 0), "t")
	div := call(t, "div", logical.Lit(int64(1)), r.Cols[2])
	div.Pos = 8
	_, err := runPlan(t, &logical.Project{List: []logical.Expr{as(div, "x")}, Input: r}, physical.Conf{}, false)
	e, ok := err.(*columnar.Error)
	if !ok || e.Condition != "DIVIDE_BY_ZERO" || e.Pos != 8 {
		t.Fatalf("got %T %v", err, err)
	}
}

func TestAggregate(t *testing.T) {
	r := logical.NewRelation(numbersTable(1000, 64, 3, 10), "t")
	k, s, v, d := r.Cols[0], r.Cols[1], r.Cols[2], r.Cols[3]
	list := func(group ...logical.Expr) []logical.Expr {
		return append(group, as(call(t, "count", logical.Lit(int32(1))), "n"), as(call(t, "sum", v), "sv"), as(call(t, "sum", d), "sd"),
			as(call(t, "avg", d), "ad"), as(call(t, "min", v), "mi"), as(call(t, "max", s), "ma"))
	}
	expectRows(t, &logical.Aggregate{List: list(), Input: r}, "1000|499500|49950.0|49.95000|0|a-rather-long-name-2")
	want := []string{
		"0|300|150003|15000.3|50.00100|3|a-rather-long-name-0",
		"1|300|149997|14999.7|49.99900|1|a-rather-long-name-1",
		"2|300|150000|15000.0|50.00000|2|a-rather-long-name-2",
		"NULL|100|49500|4950.0|49.50000|0|NULL",
	}
	expectRows(t, &logical.Aggregate{Group: []logical.Expr{k}, List: list(k), Input: r}, want...)
	for i, w := range want {
		_, rest, _ := strings.Cut(w, "|")
		key := fmt.Sprintf("a-rather-long-name-%d|%d", i, i)
		if i == 3 {
			key = "NULL|NULL"
		}
		want[i] = key + "|" + rest
	}
	sort.Strings(want)
	expectRows(t, &logical.Aggregate{Group: []logical.Expr{s, k}, List: list(s, k), Input: r}, want...)
	none := &logical.Filter{Cond: call(t, "<", v, logical.Lit(int64(0))), Input: r}
	expectRows(t, &logical.Aggregate{List: list(), Input: none}, "0|NULL|NULL|NULL|NULL|NULL")
	expectRows(t, &logical.Aggregate{Group: []logical.Expr{k}, List: list(k), Input: none})
}

func TestDistinctAggregates(t *testing.T) {
	r := logical.NewRelation(numbersTable(1000, 64, 7, 0), "t")
	k, s, v := r.Cols[0], r.Cols[1], r.Cols[2]
	distinct := func(name string, args ...logical.Expr) *logical.Call {
		c := call(t, name, args...)
		c.Distinct = true
		return c
	}
	half := call(t, "%", v, logical.Lit(int64(2)))
	expectRows(t, &logical.Aggregate{List: []logical.Expr{as(distinct("count", k), "a"), as(call(t, "count", logical.Lit(int32(1))), "b"), as(distinct("sum", k), "c")}, Input: r},
		"7|1000|21")
	expectRows(t, &logical.Aggregate{Group: []logical.Expr{half}, Input: r,
		List: []logical.Expr{as(half, "h"), as(distinct("count", s), "a"), as(call(t, "sum", v), "b")}}, "0|7|249500", "1|7|250000")
	expectRows(t, &logical.Aggregate{Input: r,
		List: []logical.Expr{as(distinct("count", s), "a"), as(distinct("count", half), "b"), as(distinct("count", k, half), "c")}}, "7|2|14")
	filtered := call(t, "count", logical.Lit(int32(1)))
	filtered.Filter = call(t, "<", v, logical.Lit(int64(10)))
	expectRows(t, &logical.Aggregate{Group: []logical.Expr{half}, Input: r, List: []logical.Expr{as(half, "h"), as(filtered, "a")}}, "0|5", "1|5")
}

// TestManyGroups overflows the partial table, with groups that reduce and groups that do not.
func TestManyGroups(t *testing.T) {
	for _, keys := range []int{100_000, 300_000} {
		r := logical.NewRelation(numbersTable(300_000, 2048, keys, 0), "t")
		inner := &logical.Aggregate{Group: []logical.Expr{r.Cols[1]}, Input: r,
			List: []logical.Expr{as(call(t, "count", logical.Lit(int32(1))), "n"), as(call(t, "sum", r.Cols[2]), "s")}}
		out := inner.Output()
		n := &logical.Aggregate{Input: inner, List: []logical.Expr{as(call(t, "count", logical.Lit(int32(1))), "c"), as(call(t, "sum", out[0]), "n"), as(call(t, "sum", out[1]), "s")}}
		got, err := runPlan(t, n, physical.Conf{}, false)
		if want := fmt.Sprintf("%d|300000|44999850000", keys); err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("got %q %v, want %s", got, err, want)
		}
	}
}

func TestSetOperations(t *testing.T) {
	a := logical.NewRelation(numbersTable(10, 3, 4, 0), "a")
	b := logical.NewRelation(numbersTable(6, 3, 3, 0), "b")
	side := func(r *logical.Relation) logical.Node {
		return &logical.Project{List: []logical.Expr{r.Cols[0]}, Input: r}
	}
	op := func(kind logical.SetOpKind, all bool) logical.Node {
		return &logical.SetOp{Kind: kind, All: all, Inputs: []logical.Node{side(a), side(b)}, Cols: []*logical.Attr{logical.NewAttr("k", columnar.IntType, true)}}
	}
	expectRows(t, op(logical.Union, false), "0", "1", "2", "3")
	expectRows(t, op(logical.Intersect, false), "0", "1", "2")
	expectRows(t, op(logical.Intersect, true), "0", "0", "1", "1", "2", "2")
	expectRows(t, op(logical.Except, false), "3")
	expectRows(t, op(logical.Except, true), "0", "1", "3", "3")
	n, err := runPlan(t, op(logical.Union, true), physical.Conf{}, false)
	if err != nil || len(n) != 16 {
		t.Errorf("got %q %v", n, err)
	}
}

func TestLimit(t *testing.T) {
	r := logical.NewRelation(numbersTable(100, 7, 4, 0), "a")
	p := &logical.Project{List: []logical.Expr{r.Cols[2]}, Input: r}
	for _, c := range []struct {
		n    logical.Node
		want string
	}{
		{&logical.Limit{Count: logical.Lit(int32(3)), Input: p}, "0 1 2"},
		{&logical.Limit{Count: logical.Lit(int32(3)), Offset: logical.Lit(int32(50)), Input: p}, "50 51 52"},
		{&logical.Limit{Offset: logical.Lit(int32(98)), Input: p}, "98 99"},
		{&logical.Limit{Count: logical.Lit(int32(0)), Input: p}, ""},
	} {
		got, err := runPlan(t, c.n, physical.Conf{}, true)
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("got %q %v, want %q", got, err, c.want)
		}
	}
}

func TestRepartitionRange(t *testing.T) {
	r := logical.NewRelation(numbersTable(5000, 700, 4, 0), "a")
	p := &logical.Project{List: []logical.Expr{r.Cols[2]}, Input: r}
	keys := []*logical.SortKey{{Child: r.Cols[2], Desc: true}}
	n := &logical.Sort{Keys: keys, Input: &logical.Repartition{N: 5, Keys: keys, Input: p}}
	got, err := runPlan(t, n, physical.Conf{}, true)
	if err != nil || len(got) != 5000 || got[0] != "4999" || got[2500] != "2499" || got[4999] != "0" {
		t.Errorf("got %d rows, %v", len(got), err)
	}
	for _, n := range []logical.Node{&logical.Repartition{N: 5, Input: p}, &logical.Repartition{By: []logical.Expr{r.Cols[2]}, Input: p}} {
		if got, err := runPlan(t, n, physical.Conf{}, true); err != nil || len(got) != 5000 {
			t.Errorf("got %d rows, %v", len(got), err)
		}
	}
}

// TestAggregateSpills groups more than the budget holds.
func TestAggregateSpills(t *testing.T) {
	r := logical.NewRelation(numbersTable(300_000, 2048, 100_000, 0), "t")
	inner := &logical.Aggregate{Group: []logical.Expr{r.Cols[1]}, Input: r,
		List: []logical.Expr{as(call(t, "count", logical.Lit(int32(1))), "n"), as(call(t, "sum", r.Cols[2]), "s"), as(call(t, "max", r.Cols[1]), "m")}}
	out := inner.Output()
	n := &logical.Aggregate{Input: inner, List: []logical.Expr{as(call(t, "count", logical.Lit(int32(1))), "c"), as(call(t, "sum", out[0]), "n"),
		as(call(t, "sum", out[1]), "s"), as(call(t, "max", out[2]), "m")}}
	var spilled atomic.Int64
	count := rdd.ListenerFunc(func(e rdd.Event) {
		if s, ok := e.(*rdd.StageCompleted); ok {
			spilled.Add(s.Metrics.SpillBytes)
		}
	})
	got, err := runPlan(t, n, physical.Conf{ShufflePartitions: 2}, false, rdd.WithMemory(12<<20), rdd.WithListener(count))
	if err != nil || len(got) != 1 || got[0] != "100000|300000|44999850000|a-rather-long-name-99999" {
		t.Errorf("got %q %v", got, err)
	}
	if spilled.Load() == 0 {
		t.Error("nothing was spilled")
	}
}
