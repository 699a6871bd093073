package gosql_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosql-engine/gosql"
)

// newSession is a session of two workers and little memory, in UTC, that ends with the test.
func newSession(t *testing.T, opts ...gosql.SessionOption) *gosql.Session {
	t.Helper()
	s, err := gosql.NewSession(append([]gosql.SessionOption{gosql.WithWorkers(2), gosql.WithMemoryLimit("256MB"), gosql.WithSetting("spark.sql.session.timeZone", "UTC")}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// wantError checks the condition of an error.
func wantError(t *testing.T, err error, condition string) *gosql.Error {
	t.Helper()
	var e *gosql.Error
	if !errors.As(err, &e) {
		t.Fatalf("got error %v, want one of condition %s", err, condition)
	}
	if e.Condition != condition {
		t.Fatalf("got condition %s (%s), want %s", e.Condition, e.Message, condition)
	}
	return e
}

// TestConcurrentUse runs queries, views, settings and functions on one session at once; the race detector watches in CI.
func TestConcurrentUse(t *testing.T) {
	s := newSession(t)
	ctx := context.Background()
	shared := s.SQL("SELECT id % 7 AS k, sum(id) AS total FROM range(10000) GROUP BY k ORDER BY k")
	if err := s.Register("plus", func(a, b int64) int64 { return a + b }); err != nil {
		t.Fatal(err)
	}
	work := []func(i int) error{
		func(int) error {
			rows, err := shared.Collect(ctx)
			if err == nil && (len(rows) != 7 || rows[6].At(1) != int64(7140714)) {
				err = fmt.Errorf("wrong rows %v", rows)
			}
			return err
		},
		func(i int) error {
			name := fmt.Sprintf("v%d", i)
			if err := s.Range(0, int64(i), 1).CreateTempView(name); err != nil {
				return err
			}
			n, err := s.Table(name).Count(ctx)
			if err == nil && n != int64(i) {
				err = fmt.Errorf("view %s has %d rows, want %d", name, n, i)
			}
			return err
		},
		func(i int) error {
			n, err := s.SQL("SELECT plus(id, ?) AS n FROM range(10) ORDER BY n DESC", int64(i)).Take(ctx, 1)
			if err == nil && n[0].At(0) != int64(9+i) {
				err = fmt.Errorf("plus gave %v", n)
			}
			return err
		},
		func(i int) error { return s.Set("my.key", fmt.Sprint(i)) },
		func(int) error {
			_, err := s.SQL("SELECT 1 / (id - 5) FROM range(10)").Collect(ctx)
			if err == nil {
				return errors.New("no error for division by zero")
			}
			return nil
		},
		func(int) error { s.Names(ctx); s.Usage(); s.Progress(); return nil },
	}
	var wait sync.WaitGroup
	for i := range 60 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			if err := work[i%len(work)](i); err != nil {
				t.Error(err)
			}
		}()
	}
	wait.Wait()
}

// TestCloseLeavesNothing counts goroutines and files before a session and after it, when a query was running as it closed.
func TestCloseLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	before := runtime.NumGoroutine()
	s, err := gosql.NewSession(gosql.WithWorkers(4), gosql.WithMemoryLimit("256MB"), gosql.WithSpillDir(dir))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.SQL("SELECT id % 1000 AS k, count(*) FROM range(100000) GROUP BY k").Collect(context.Background()); err != nil {
		t.Fatal(err)
	}
	running := make(chan error)
	go func() {
		_, err := s.SQL("SELECT count(*) FROM range(1000000000000) WHERE hash(id) = 1").Collect(context.Background())
		running <- err
	}()
	for s.Progress().Stages < 2 {
		time.Sleep(time.Millisecond)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-running; err == nil {
		t.Error("a query ended without error although its session was closed")
	}
	deadline := time.Now().Add(2 * time.Second)
	for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before {
		stacks := make([]byte, 1<<20)
		t.Errorf("%d goroutines before, %d after Close:\n%s", before, n, stacks[:runtime.Stack(stacks, true)])
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("Close left %v", left)
	}
}

func TestClosedSession(t *testing.T) {
	s := newSession(t)
	df := s.Range(0, 3, 1)
	for range 2 { // closing twice is no error
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	ctx := context.Background()
	_, collect := df.Collect(ctx)
	_, rdd := gosql.AsRDD[int64](df)
	for name, err := range map[string]error{
		"SQL": s.SQL("SELECT 1").Err(), "Collect": collect, "Write": df.Write().Parquet(ctx, t.TempDir()+"/x"), "AsRDD": rdd, "Cache": df.Cache(ctx).Err(),
	} {
		if !errors.Is(err, gosql.ErrClosed) {
			t.Errorf("%s of a closed session: %v, want ErrClosed", name, err)
		}
	}
}

// TestCancel measures how long a query goes on after its context is done. What it promises is 100 ms; a loaded machine gets some more.
func TestCancel(t *testing.T) {
	s := newSession(t)
	for _, text := range []string{
		"SELECT count(*) FROM range(1000000000000) WHERE hash(id) = 1",
		"SELECT a.id FROM range(1000000) a JOIN range(1000000) b ON a.id + b.id = -1",
		"SELECT id % 10000000 AS k, count(*) FROM range(1000000000) GROUP BY k",
		"SELECT id FROM range(1000000000) ORDER BY hash(id)",
		"SELECT sum(x) FROM (SELECT count(*) OVER (PARTITION BY id % 3) AS x FROM range(50000000))",
	} {
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error)
		go func() {
			_, err := s.SQL(text).Collect(ctx)
			ended <- err
		}()
		time.Sleep(100 * time.Millisecond)
		start := time.Now()
		cancel()
		err := <-ended
		if took := time.Since(start); took > 400*time.Millisecond {
			t.Errorf("%s: went on for %s after being cancelled", text, took)
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want context.Canceled", text, err)
		}
	}
}

func TestLeavingTheLoopEndsTheQuery(t *testing.T) {
	s := newSession(t)
	n := 0
	for _, err := range gosql.Rows[int64](context.Background(), s.Range(0, 10_000_000, 1)) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d rows", n)
	}
}

func TestPanicInFunction(t *testing.T) {
	s := newSession(t)
	if err := s.Register("explode_now", func(n int64) int64 {
		if n == 3 {
			panic("no threes")
		}
		return n
	}); err != nil {
		t.Fatal(err)
	}
	_, err := s.SQL("SELECT explode_now(id) FROM range(5)").Collect(context.Background())
	if err == nil || !strings.Contains(err.Error(), "no threes") {
		t.Fatalf("got %v, want the panic as an error", err)
	}
	if strings.Contains(err.Error(), "goroutine ") {
		t.Errorf("the message holds a stack trace: %v", err)
	}
	if rows, err := s.SQL("SELECT explode_now(1) AS n").Collect(context.Background()); err != nil || rows[0].At(0) != int64(1) {
		t.Errorf("after a panic the session gives %v, %v", rows, err)
	}
}

func TestFunctionErrors(t *testing.T) {
	s := newSession(t)
	sentinel := errors.New("out of stock")
	if err := s.Register("stock", func(n int64) (int64, error) { return n, sentinel }); err != nil {
		t.Fatal(err)
	}
	_, err := s.SQL("SELECT stock(1)").Collect(context.Background())
	wantError(t, err, "FAILED_EXECUTE_UDF")
	if !errors.Is(err, sentinel) {
		t.Errorf("the function's error is lost: %v", err)
	}
	for _, f := range []any{1, func() {}, func(...int64) int64 { return 0 }, func(chan int) int64 { return 0 }, func() (int, int) { return 0, 0 }} {
		if err := s.Register("bad", f); err == nil {
			t.Errorf("%T was registered", f)
		}
	}
	wantError(t, s.SQL("SELECT stock(1, 2)").Err(), "WRONG_NUM_ARGS.WITHOUT_SUGGESTION")
}

func TestRowsTypes(t *testing.T) {
	s := newSession(t)
	ctx := context.Background()
	type inner struct {
		A int32
		B *string
	}
	type all struct {
		Flag  bool
		Small int8
		Wide  uint64
		Real  float32
		Price float64
		Exact gosql.Decimal
		Text  string
		Bytes []byte
		Day   time.Time
		Span  time.Duration
		List  []*int64
		Map   map[string]int
		In    inner
		Maybe *inner
	}
	df := s.SQL(`SELECT true AS flag, 1Y AS small, 5 AS wide, CAST(1.5 AS FLOAT) AS real, 2.50 AS price, 2.50 AS exact, 'x' AS text, X'01' AS bytes,
		DATE '2024-02-29' AS day, INTERVAL '1' HOUR AS span, array(1L, NULL) AS list, map('k', 2) AS map, named_struct('a', 1, 'b', NULL) AS in,
		CAST(NULL AS STRUCT<a: INT, b: STRING>) AS maybe`)
	for got, err := range gosql.Rows[all](ctx, df) {
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf("%v %d %d %v %v %s %s %v %s %s %d %v %v %v", got.Flag, got.Small, got.Wide, got.Real, got.Price, got.Exact, got.Text, got.Bytes,
			got.Day.Format(time.DateOnly), got.Span, len(got.List), got.Map, got.In, got.Maybe)
		if want := "true 1 5 1.5 2.5 2.50 x [1] 2024-02-29 1h0m0s 2 map[k:2] {1 <nil>} <nil>"; text != want {
			t.Errorf("got  %s\nwant %s", text, want)
		}
		if *got.List[0] != 1 || got.List[1] != nil {
			t.Errorf("list %v", got.List)
		}
	}
}

func TestRowsMismatches(t *testing.T) {
	s := newSession(t)
	ctx := context.Background()
	first := func(err error) string {
		if err == nil {
			return ""
		}
		return err.Error()
	}
	type n8 struct{ N int8 }
	type n64 struct{ N int64 }
	type other struct{ Missing int }
	null, big, text, two := s.SQL("SELECT CAST(NULL AS INT) AS n"), s.SQL("SELECT 300 AS n"), s.SQL("SELECT 'x' AS n"), s.SQL("SELECT 1 AS a, 2 AS b")
	tests := []struct{ name, got, want string }{
		{"NULL into int", first(one[n64](ctx, null)), "is NULL"},
		{"overflow", first(one[n8](ctx, big)), "300 does not fit int8"},
		{"type", first(one[n64](ctx, text)), "cannot be read as int64"},
		{"no column", first(one[other](ctx, big)), `no column "Missing"`},
		{"two columns as a value", first(one[int64](ctx, two)), "use a struct"},
		{"plain NULL", first(one[int64](ctx, null)), "is NULL"},
		{"plain pointer", first(one[*int64](ctx, null)), ""},
	}
	for _, c := range tests {
		if c.want == "" && c.got != "" || !strings.Contains(c.got, c.want) {
			t.Errorf("%s: got error %q, want %q", c.name, c.got, c.want)
		}
	}
}

// one reads a query's rows and returns the first error.
func one[T any](ctx context.Context, df *gosql.DataFrame) error {
	for _, err := range gosql.Rows[T](ctx, df) {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestParameters(t *testing.T) {
	s := newSession(t)
	ctx := context.Background()
	rows, err := s.SQL("WITH t AS (SELECT :a AS x) SELECT x, ?, (SELECT max(x) FROM t WHERE x <> :b) FROM t WHERE x IN (SELECT :A)", "it's; --", gosql.Named("a", 1), gosql.Named("b", nil)).Collect(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(rows[0].Values()), "[1 it's; -- <nil>]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	e := wantError(t, s.SQL("SELECT ?,\n  :missing", 1).Err(), "UNBOUND_SQL_PARAMETER")
	if e.Line != 2 || e.Column != 3 {
		t.Errorf("the place is %d:%d, want 2:3", e.Line, e.Column)
	}
}

// TestPlaces: errors that come up while a query runs know their place too, but only in the text of their own statement.
func TestPlaces(t *testing.T) {
	s := newSession(t)
	ctx := context.Background()
	_, err := s.SQL("SELECT 1,\n  cast(t AS INT) FROM VALUES ('x') AS v(t)").Filter("true").Collect(ctx)
	if e := wantError(t, err, "CAST_INVALID_INPUT"); e.Line != 2 || e.Column != 3 {
		t.Errorf("the place is %d:%d, want 2:3", e.Line, e.Column)
	}
	if err := s.SQL("CREATE TEMP VIEW bad AS\n\n   SELECT cast(t AS INT) AS n FROM VALUES ('x') AS v(t)").Err(); err != nil {
		t.Fatal(err)
	}
	_, err = s.SQL("SELECT max(n) FROM bad").Collect(ctx)
	if e := wantError(t, err, "CAST_INVALID_INPUT"); e.Line != 0 {
		t.Errorf("the place is %d:%d, which is of the view's text", e.Line, e.Column)
	}
	_, err = s.Range(0, 3, 1).Select(gosql.Expr("1 / id")).Collect(ctx)
	if e := wantError(t, err, "DIVIDE_BY_ZERO"); e.Line != 0 || strings.Contains(err.Error(), "^") {
		t.Errorf("the place of %v is known without a text", err)
	}
}

func TestStickyErrors(t *testing.T) {
	s := newSession(t)
	df := s.Range(0, 3, 1)
	for name, bad := range map[string]*gosql.DataFrame{
		"no column":        df.Select("nope").Filter("id > 1"),
		"bad text":         df.Filter("id >").OrderBy("id"),
		"bad literal":      df.Filter(gosql.Col("id").Eq(make(chan int))),
		"bad type":         df.Select(gosql.Col("id").Cast("numbr")),
		"bad join":         df.Join(df, gosql.Lit(true), "sideways"),
		"other session":    df.Join(newSession(t).Range(0, 1, 1), gosql.Lit(true), "inner"),
		"union of session": df.Union(newSession(t).Range(0, 1, 1)),
		"columns of union": df.Union(df.Select("id", "id")),
		"bad schema":       s.Read().Schema("a INT,,").Format("csv").Load("x.csv"),
		"no file":          s.Read().CSV("no/such/file.csv"),
		"bad format":       s.Read().Format("nope").Load("x"),
		"bad weights":      df.RandomSplit([]float64{-1, 2}, 1)[0],
		"negative limit":   df.Limit(-1),
	} {
		if _, err := bad.Collect(context.Background()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestChangedFile(t *testing.T) {
	s := newSession(t)
	path := filepath.Join(t.TempDir(), "a.csv")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a,b\n1,2\n")
	df := s.Read().Option("header", true).CSV(path)
	if n, err := df.Count(context.Background()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	write("a,b,c\n1,2,3\n4,5,6\n")
	_, err := df.Collect(context.Background())
	var e *gosql.Error
	if !errors.As(err, &e) || !strings.HasPrefix(e.Condition, "FAILED_READ_FILE") || !strings.Contains(e.Message, path) {
		t.Errorf("reading a file that changed: %v", err)
	}
}

func TestSettings(t *testing.T) {
	s := newSession(t)
	if err := s.Set("spark.sql.session.timeZone", "Nowhere/Land"); err == nil {
		t.Error("a time zone that does not exist was set")
	}
	if _, err := gosql.NewSession(gosql.WithSetting("spark.sql.ansi.enabled", "maybe")); err == nil {
		t.Error("a session began with a bad setting")
	}
	if _, err := gosql.NewSession(gosql.WithMemoryLimit("lots")); err == nil {
		t.Error("a session began with a bad memory limit")
	}
	for text, want := range map[string]int64{"1024": 1024, "1k": 1024, "2 GB": 2 << 30, "0.5m": 1 << 19, "-1": -1} {
		if n, err := gosql.ParseBytes(text); err != nil || n != want {
			t.Errorf("ParseBytes(%q) = %d, %v; want %d", text, n, err, want)
		}
	}
}

func TestDataFrameMethods(t *testing.T) {
	s := newSession(t)
	ctx := context.Background()
	abc := s.SQL("SELECT * FROM VALUES (1, 'x', 1.5D), (2, NULL, NULL), (2, NULL, NULL) AS t(a, b, c)")
	tests := []struct {
		name, want string
		df         *gosql.DataFrame
	}{
		{"Distinct", "[[1 x 1.5] [2 <nil> <nil>]]", abc.Distinct().OrderBy("a")},
		{"DropDuplicates", "[[1] [2]]", abc.DropDuplicates("a").Select("a").OrderBy("a")},
		{"Drop", "[[1 1.5] [2 <nil>] [2 <nil>]]", abc.Drop("B", "nope").OrderBy("a")},
		{"WithColumnRenamed", "[[1]]", abc.WithColumnRenamed("a", "z").Filter("z = 1").Select("z")},
		{"ToDF", "[[x]]", abc.ToDF("p", "q", "r").Filter("p = 1").Select("q")},
		{"NA.Drop", "[[1 x 1.5]]", abc.NA().Drop()},
		{"NA.Fill text", "[[1 x 1.5] [2 ? <nil>] [2 ? <nil>]]", abc.NA().Fill("?").OrderBy("a")},
		{"NA.Fill number", "[[1 x 1.5] [2 <nil> 0] [2 <nil> 0]]", abc.NA().Fill(0).OrderBy("a")},
		{"Union", "[[6]]", abc.Union(abc).Agg(gosql.Count("*"))},
		{"UnionByName", "[[1 <nil>] [<nil> 2]]", s.SQL("SELECT 1 AS a").UnionByName(s.SQL("SELECT 2 AS b"), true).OrderBy(gosql.Col("a").AscNullsLast())},
		{"Intersect", "[[2]]", abc.Select("a").Intersect(s.SQL("SELECT 2"))},
		{"IntersectAll", "[[2] [2]]", abc.Select("a").IntersectAll(abc.Filter("a = 2").Select("a"))},
		{"Subtract", "[[1]]", abc.Select("a").Subtract(s.SQL("SELECT 2"))},
		{"ExceptAll", "[[1] [2]]", abc.Select("a").ExceptAll(s.SQL("SELECT 2")).OrderBy("a")},
		{"CrossJoin", "[[9]]", abc.CrossJoin(abc).Agg(gosql.Count("*"))},
		{"semi", "[[1]]", abc.Select("a").JoinUsing(s.SQL("SELECT 1 AS a"), []string{"a"}, "semi")},
		{"anti", "[[2] [2]]", abc.Select("a").JoinUsing(s.SQL("SELECT 1 AS a"), []string{"a"}, "left_anti")},
		{"Cube", "[[4]]", s.SQL("SELECT 1 AS a, 2 AS b").Cube("a", "b").Count().Agg(gosql.Count("*"))},
		{"Unpivot", "[[1 p 5] [1 q 6]]", s.SQL("SELECT 1 AS id, 5 AS p, 6 AS q").Unpivot([]string{"id"}, []string{"p", "q"}, "name", "value").OrderBy("name")},
		{"Offset", "[[8] [9]]", s.Range(0, 10, 1).OrderBy("id").Offset(8)},
		{"Repartition", "[[45]]", s.Range(0, 10, 1).Repartition(3, "id").Agg(gosql.Sum("id"))},
		{"RepartitionByRange", "[[45]]", s.Range(0, 10, 1).RepartitionByRange(3, "id").Agg(gosql.Sum("id"))},
		{"Coalesce", "[[45]]", s.Range(0, 10, 1).Coalesce(1).Agg(gosql.Sum("id"))},
		{"Sample all", "[[10]]", s.Range(0, 10, 1).Sample(1, 7).Agg(gosql.Count("*"))},
		{"Cache", "[[3]]", abc.Cache(ctx).Agg(gosql.Count("*"))},
		{"Hint", "[[3]]", abc.Hint("broadcast").Agg(gosql.Count("*"))},
		{"Grouped", "[[1 1.5] [2 <nil>]]", abc.GroupBy("a").Max("c").OrderBy("a")},
		{"Fields", "[[2 7 y]]", s.SQL("SELECT named_struct('a', 2) AS s, array(7) AS l, map('k', 'y') AS m").Select(gosql.Col("s").GetField("a"), gosql.Col("l").GetItem(0), gosql.Col("m").GetItem("k"))},
		{"Column operators", "[[true true false true 3 -1 2 true]]", s.SQL("SELECT 1 AS a, 2 AS b").Select(
			gosql.Col("a").Ne(2), gosql.Col("a").Le(1).Or(false), gosql.Col("a").EqNullSafe(nil), gosql.Col("a").In(1, 2), gosql.Col("a").Add(gosql.Col("b")),
			gosql.Col("a").Sub(2), gosql.Col("b").Mod(3), gosql.Lit("abc").StartsWith("a").And(gosql.Lit("abc").EndsWith("c")))},
	}
	for _, c := range tests {
		rows, err := c.df.Collect(ctx)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		values := make([][]any, len(rows))
		for i, r := range rows {
			values[i] = r.Values()
		}
		if got := fmt.Sprint(values); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
	parts := s.Range(0, 1000, 1).RandomSplit([]float64{1, 3}, 5)
	a, err1 := parts[0].Count(ctx)
	b, err2 := parts[1].Count(ctx)
	if err1 != nil || err2 != nil || a+b != 1000 || a < 150 || a > 350 {
		t.Errorf("RandomSplit gave %d and %d rows (%v, %v)", a, b, err1, err2)
	}
}
