package sourcetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
	"github.com/gosql-engine/gosql/logical"
)

// Suite is what every format has to pass.
type Suite struct {
	Format datasources.Format
	Schema *columnar.Schema  // the types to try; its first column is BIGINT or STRING, made distinct
	Read   map[string]string // options
	Write  map[string]string
}

// Run runs the suite.
func (s Suite) Run(t *testing.T) {
	for name, f := range map[string]func(*testing.T){
		"round trip": s.roundTrip, "modes": s.modes, "invisible before commit": s.invisible, "attempts": s.attempts,
		"partitions": s.partitions, "missing": s.missing, "changed": s.changed, "interrupted append": s.interruptedAppend,
		"cancelled": s.cancelled, "stopped": s.stopped, "empty": s.empty,
	} {
		t.Run(name, f)
	}
}

// Batch makes rows from to to of the schema: a NULL in every column but the first now and then, the first column distinct.
func Batch(schema *columnar.Schema, from, to int) columnar.Batch {
	cols := make([]columnar.Vector, schema.Len())
	for c, f := range schema.Fields {
		b := columnar.NewBuilder(f.Type, to-from)
		for i := from; i < to; i++ {
			if c > 0 && (i+c)%7 == 0 {
				b.AppendNull()
			} else {
				b.Append(value(f.Type, i), 0)
			}
		}
		cols[c] = b.Build()
	}
	return columnar.NewBatch(schema, to-from, cols...)
}

// value is the i-th test value of a type.
func value(t columnar.Type, i int) columnar.Vector {
	text := map[columnar.Kind]string{
		columnar.Boolean: fmt.Sprint(i%3 == 0), columnar.TinyInt: fmt.Sprint(i%100 - 50), columnar.SmallInt: fmt.Sprint(i%1000 - 500),
		columnar.Int: fmt.Sprint(i*7 - 100), columnar.BigInt: fmt.Sprint(i), columnar.Float: fmt.Sprint(float32(i) / 4),
		columnar.Double: fmt.Sprint(float64(i) / 8), columnar.Decimal: fmt.Sprintf("%d.%02d", i-50, i%100),
		columnar.String: fmt.Sprintf("row \"%d\", %s\\", i, strings.Repeat("é", i%9)), columnar.Binary: "b" + strings.Repeat("z", i%20),
		columnar.Date: fmt.Sprintf("20%02d-02-%02d", i%50, i%28+1), columnar.Timestamp: fmt.Sprintf("2024-03-%02d 10:00:%02d.125", i%28+1, i%60),
		columnar.TimestampNTZ: fmt.Sprintf("1999-03-%02d 10:00:%02d", i%28+1, i%60),
	}[t.Kind]
	if !t.IsNested() {
		v, err := columnar.Cast(columnar.CastContext{}, columnar.NewStrings(text), t, columnar.AllRows(1))
		if err != nil {
			panic(fmt.Sprintf("no test value for %s: %v", t, err))
		}
		return v
	}
	return nestedValue(t, i)
}

func nestedValue(t columnar.Type, i int) columnar.Vector {
	list := func(e columnar.Type) (columnar.Vector, []int32) {
		b := columnar.NewBuilder(e, 3)
		for k := range i % 4 {
			if k == 1 {
				b.AppendNull()
			} else {
				b.Append(value(e, i+k), 0)
			}
		}
		return b.Build(), []int32{0, int32(i % 4)}
	}
	switch t.Kind {
	case columnar.Array:
		e, offsets := list(t.Elem())
		return &columnar.List{Typ: t, Elems: e, Offsets: offsets}
	case columnar.Map:
		v, offsets := list(t.Elem())
		keys := columnar.NewBuilder(t.Key(), 3)
		for k := range i % 4 {
			keys.Append(value(t.Key(), 10*k), 0)
		}
		return &columnar.MapVector{Typ: t, Keys: keys.Build(), Values: v, Offsets: offsets}
	}
	out := &columnar.StructVector{Typ: t, N: 1}
	for k, f := range t.Fields() {
		v := value(f.Type, i+k)
		if (i+k)%5 == 0 {
			v = columnar.NullVector(f.Type, 1)
		}
		out.Fields = append(out.Fields, v)
	}
	return out
}

// WriteBatches writes batches, one a partition, and commits.
func WriteBatches(ctx context.Context, sink logical.Sink, mode logical.SaveMode, schema *columnar.Schema, batches ...columnar.Batch) error {
	job, err := sink.Write(ctx, schema, mode)
	if err != nil || job.Skip() {
		return err
	}
	var done []logical.TaskResult
	for i, b := range batches {
		r, err := writeTask(ctx, job, i, 0, b)
		if err != nil {
			return err
		}
		done = append(done, r)
	}
	return job.Commit(ctx, done)
}

func writeTask(ctx context.Context, job logical.WriteJob, partition, attempt int, b columnar.Batch) (logical.TaskResult, error) {
	w, err := job.Task(ctx, partition, attempt)
	if err != nil {
		return logical.TaskResult{}, err
	}
	if err := w.Write(b); err != nil {
		return logical.TaskResult{}, err
	}
	return w.Close()
}

func (s Suite) sink(t *testing.T, path string, partitionBy ...string) logical.Sink {
	t.Helper()
	sink, err := s.Format.Create(path, partitionBy, s.Write)
	if err != nil {
		t.Fatal(err)
	}
	return sink
}

func (s Suite) write(t *testing.T, path string, mode logical.SaveMode, batches ...columnar.Batch) {
	t.Helper()
	if err := WriteBatches(t.Context(), s.sink(t, path), mode, s.Schema, batches...); err != nil {
		t.Fatal(err)
	}
}

func (s Suite) open(t *testing.T, path string) logical.Table {
	t.Helper()
	table, err := s.Format.Open(t.Context(), []string{path}, s.Read, s.Schema)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// expect compares the table at path with the rows of batches, in any order.
func (s Suite) expect(t *testing.T, path string, batch int, columns []int, batches ...columnar.Batch) {
	t.Helper()
	got, err := Rows(t.Context(), s.open(t, path), columns, batch)
	if err != nil {
		t.Fatal(err)
	}
	want := texts(batches, columns)
	sortRows(got)
	sortRows(want)
	diff(t, got, want)
}

func texts(batches []columnar.Batch, columns []int) [][]string {
	var out [][]string
	for _, b := range batches {
		for i := range b.Len {
			var row []string
			for c, v := range b.Cols {
				if columns == nil {
					row = append(row, cell(v, i))
				} else if c < len(columns) {
					row = append(row, cell(b.Cols[columns[c]], i))
				}
			}
			out = append(out, row)
		}
	}
	return out
}

func (s Suite) roundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	a, b := Batch(s.Schema, 0, 5000), Batch(s.Schema, 5000, 5010)
	s.write(t, path, logical.SaveError, a, b)
	for _, batch := range []int{0, 1, 3, 2048} {
		s.expect(t, path, batch, nil, a, b)
	}
	var reversed []int
	for i := range s.Schema.Len() {
		reversed = append([]int{i}, reversed...)
	}
	s.expect(t, path, 0, reversed, a, b)
	s.expect(t, path, 0, reversed[:1], a, b)
	s.expect(t, path, 0, []int{}, a, b)
	if _, err := os.Stat(filepath.Join(path, "_SUCCESS")); err != nil {
		t.Error("no _SUCCESS file")
	}
}

func (s Suite) modes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "out")
	a, b := Batch(s.Schema, 0, 10), Batch(s.Schema, 10, 30)
	s.write(t, path, logical.SaveError, a)
	if err := WriteBatches(t.Context(), s.sink(t, path), logical.SaveError, s.Schema, b); Condition(err) != "PATH_ALREADY_EXISTS" {
		t.Errorf("mode error: %v", err)
	}
	s.write(t, path, logical.SaveIgnore, b)
	s.expect(t, path, 0, nil, a)
	s.write(t, path, logical.SaveAppend, b)
	s.expect(t, path, 0, nil, a, b)
	s.write(t, path, logical.SaveOverwrite, b)
	s.expect(t, path, 0, nil, b)
	entries, _ := os.ReadDir(filepath.Dir(path))
	if len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func (s Suite) invisible(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	a, b := Batch(s.Schema, 0, 10), Batch(s.Schema, 10, 30)
	s.write(t, path, logical.SaveError, a)
	for _, mode := range []logical.SaveMode{logical.SaveAppend, logical.SaveOverwrite} {
		job, err := s.sink(t, path).Write(t.Context(), s.Schema, mode)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := writeTask(t.Context(), job, 0, 0, b); err != nil {
			t.Fatal(err)
		}
		s.expect(t, path, 0, nil, a)
		if err := job.Abort(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.expect(t, path, 0, nil, a)
	}
	entries, _ := os.ReadDir(path)
	if len(entries) != 2 {
		t.Errorf("left behind: %v", entries)
	}
}

func (s Suite) attempts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	a := Batch(s.Schema, 0, 10)
	job, err := s.sink(t, path).Write(t.Context(), s.Schema, logical.SaveError)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writeTask(t.Context(), job, 0, 0, Batch(s.Schema, 0, 7)); err != nil {
		t.Fatal(err)
	}
	second, err := writeTask(t.Context(), job, 0, 1, a)
	if err != nil {
		t.Fatal(err)
	}
	third, err := job.Task(t.Context(), 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := third.Write(a); err != nil {
		t.Fatal(err)
	}
	if err := third.Abort(); err != nil {
		t.Fatal(err)
	}
	if err := job.Commit(t.Context(), []logical.TaskResult{second}); err != nil {
		t.Fatal(err)
	}
	s.expect(t, path, 0, nil, a)
}

func (s Suite) missing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nothing")
	_, err := s.Format.Open(t.Context(), []string{path}, s.Read, nil)
	if Condition(err) != "PATH_NOT_FOUND" || !strings.Contains(err.Error(), path) {
		t.Errorf("missing path: %v", err)
	}
	if _, err := s.Format.Open(t.Context(), []string{path + "/*.x"}, s.Read, nil); Condition(err) != "PATH_NOT_FOUND" {
		t.Errorf("glob without a match: %v", err)
	}
}

func (s Suite) dataFile(t *testing.T, path string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(path, "part-*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", path, err)
	}
	return files[0]
}

func (s Suite) changed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	s.write(t, path, logical.SaveError, Batch(s.Schema, 0, 10))
	table := s.open(t, path)
	scan, err := table.Scan(t.Context(), logical.ScanRequest{Columns: []int{0}, Limit: -1})
	if err != nil {
		t.Fatal(err)
	}
	file := s.dataFile(t, path)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(content, content...), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Collect(t.Context(), scan); Condition(err) != "FAILED_READ_FILE.FILE_CHANGED" {
		t.Errorf("a file that grew: %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := Collect(t.Context(), scan); Condition(err) != "FAILED_READ_FILE.FILE_NOT_EXIST" {
		t.Errorf("a file that is gone: %v", err)
	}
}

func (s Suite) interruptedAppend(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	a := Batch(s.Schema, 0, 10)
	s.write(t, path, logical.SaveError, a)
	staged := filepath.Join(path, "_gosql_staging_x", "out")
	if err := os.MkdirAll(staged, 0o777); err != nil {
		t.Fatal(err)
	}
	file := s.dataFile(t, path)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(staged, "more-"+filepath.Base(file)), content, 0o666); err != nil {
		t.Fatal(err)
	}
	s.expect(t, path, 0, nil, a) // not committed
	if err := os.WriteFile(filepath.Join(path, "_gosql_append_x"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	s.expect(t, path, 0, nil, a, a)
	s.expect(t, path, 0, nil, a, a)
}

func (s Suite) cancelled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	s.write(t, path, logical.SaveError, Batch(s.Schema, 0, 10))
	table := s.open(t, path)
	scan, err := table.Scan(t.Context(), logical.ScanRequest{Columns: []int{0}, Limit: -1})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Collect(ctx, scan); err == nil || Condition(err) != "" {
		t.Errorf("cancelled read: %v", err)
	}
}

func (s Suite) stopped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	s.write(t, path, logical.SaveError, Batch(s.Schema, 0, 100))
	scan, err := s.open(t, path).Scan(t.Context(), logical.ScanRequest{Columns: []int{0}, Limit: -1, Batch: 2})
	if err != nil {
		t.Fatal(err)
	}
	task := &Task{Context: t.Context()}
	for range scan.Read(task, scan.Splits()[0]) {
		break
	}
	if task.Held != 0 {
		t.Errorf("a stopped read holds %d bytes", task.Held)
	}
}

func (s Suite) empty(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	s.write(t, path, logical.SaveError)
	s.expect(t, path, 0, nil)
}

func (s Suite) partitions(t *testing.T) {
	if s.Schema.Len() < 2 {
		t.Skip("the format has one column")
	}
	path := filepath.Join(t.TempDir(), "out")
	parts := columnar.NewSchema(append(slices.Clone(s.Schema.Fields), columnar.Field{Name: "p", Type: columnar.StringType, Nullable: true})...)
	a := Batch(s.Schema, 0, 50)
	p := columnar.NewBuilder(columnar.StringType, 50)
	for i := range 50 {
		if i%5 == 0 {
			p.AppendNull()
		} else {
			p.Append(columnar.NewStrings(fmt.Sprintf("x/%d=ü", i%5)), 0)
		}
	}
	a = columnar.NewBatch(parts, 50, append(slices.Clone(a.Cols), p.Build())...)
	if err := WriteBatches(t.Context(), s.sink(t, path, "p"), logical.SaveError, parts, a); err != nil {
		t.Fatal(err)
	}
	all := s
	all.Schema = parts
	all.expect(t, path, 0, nil, a)
	table := all.open(t, path)
	if table.Schema().String() != parts.String() {
		t.Errorf("schema %s, want %s", table.Schema(), parts)
	}
	attrs := make([]*logical.Attr, parts.Len())
	for i, f := range parts.Fields {
		attrs[i] = logical.NewAttr(f.Name, f.Type, true)
	}
	filter := &logical.Call{Fn: &logical.Function{Name: "="}, Args: []logical.Expr{attrs[parts.Len()-1], logical.Lit("x/3=ü")}}
	scan, err := table.Scan(t.Context(), logical.ScanRequest{Columns: []int{0}, Limit: -1, Filters: []logical.Expr{filter}, Attrs: attrs})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := Collect(t.Context(), scan)
	if err != nil || len(rows) != 10 || len(scan.Residual()) != 0 {
		t.Errorf("%d rows of the partition, %d filters left, error %v", len(rows), len(scan.Residual()), err)
	}
}
