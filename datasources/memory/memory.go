// Package memory holds tables in this process: those that a session creates without a file format, and the results of tests.
package memory

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// Table is a table of batches. A write appears as a whole or not at all; a scan reads the batches that the table had when it was
// planned, whatever is written meanwhile. Safe for concurrent use.
type Table struct {
	name    string
	schema  *columnar.Schema
	mu      sync.Mutex // serializes writers
	content atomic.Pointer[content]
}

// content is an immutable state of a table.
type content struct {
	batches     []columnar.Batch // owned, dense
	rows, bytes int64
}

var (
	_ logical.Table = (*Table)(nil)
	_ logical.Sink  = (*Table)(nil)
)

// New makes a table with the batches, whose columns must be those of the schema. Borrowed batches are copied.
func New(name string, schema *columnar.Schema, batches ...columnar.Batch) *Table {
	t := &Table{name: name, schema: schema}
	t.content.Store((&content{}).with(batches))
	return t
}

// with is the content with more batches.
func (c *content) with(batches []columnar.Batch) *content {
	out := &content{c.batches[:len(c.batches):len(c.batches)], c.rows, c.bytes}
	for _, b := range batches {
		b = b.Compact(nil).Retain()
		if b.Len == 0 {
			continue
		}
		out.batches = append(out.batches, b)
		out.rows += int64(b.Len)
		out.bytes += b.Bytes()
	}
	return out
}

// Schema implements logical.Table.
func (t *Table) Schema() *columnar.Schema { return t.schema }

// String implements logical.Table and logical.Sink.
func (t *Table) String() string { return "memory [" + t.name + "]" }

// Statistics implements logical.Table.
func (t *Table) Statistics() logical.Statistics {
	c := t.content.Load()
	return logical.Statistics{Rows: c.rows, Bytes: c.bytes}
}

// Scan implements logical.Table.
func (t *Table) Scan(_ context.Context, req logical.ScanRequest) (logical.Scan, error) {
	c := t.content.Load()
	s := &scan{residual: req.Filters, columns: req.Columns, rows: req.Batch, name: t.name}
	if s.rows <= 0 {
		s.rows = columnar.BatchRows
	}
	fields := make([]columnar.Field, len(req.Columns))
	for i, k := range req.Columns {
		fields[i] = t.schema.Fields[k]
	}
	s.schema = columnar.NewSchema(fields...)
	per := max(c.rows/int64(4*max(req.Slots, 1)), int64(s.rows))
	var cur *split
	for _, b := range c.batches {
		if cur == nil || cur.rows >= per {
			cur = &split{name: t.name, index: len(s.splits)}
			s.splits = append(s.splits, cur)
		}
		cur.batches = append(cur.batches, b)
		cur.rows += int64(b.Len)
		cur.bytes += b.Bytes()
	}
	return s, nil
}

// scan is a planned read of the batches that the table had.
type scan struct {
	name     string
	schema   *columnar.Schema
	columns  []int
	rows     int // a batch
	residual []logical.Expr
	splits   []logical.Split
}

// split is a run of batches.
type split struct {
	name        string
	index       int
	batches     []columnar.Batch
	rows, bytes int64
}

func (s *split) Bytes() int64   { return s.bytes }
func (s *split) String() string { return fmt.Sprintf("%s part %d", s.name, s.index) }

func (s *scan) Residual() []logical.Expr { return s.residual }
func (s *scan) Splits() []logical.Split  { return s.splits }

// Read implements logical.Scan.
func (s *scan) Read(rc logical.ReadContext, part logical.Split) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		for _, b := range part.(*split).batches {
			if err := rc.Err(); err != nil {
				yield(columnar.Batch{}, err)
				return
			}
			cols := make([]columnar.Vector, len(s.columns))
			for i, k := range s.columns {
				cols[i] = b.Cols[k]
			}
			out := columnar.NewBatch(s.schema, b.Len, cols...)
			for lo := 0; lo < b.Len; lo += s.rows {
				if !yield(out.Slice(lo, min(b.Len, lo+s.rows)), nil) {
					return
				}
			}
		}
	}
}

// Write implements logical.Sink. The modes error and ignore look at whether the table has rows.
func (t *Table) Write(_ context.Context, schema *columnar.Schema, mode logical.SaveMode) (logical.WriteJob, error) {
	if schema.Len() != t.schema.Len() {
		return nil, columnar.Errorf("INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS",
			"The table %s has %d columns, the data %d.", t.name, t.schema.Len(), schema.Len())
	}
	for i, f := range schema.Fields {
		if f.Type != t.schema.Fields[i].Type {
			return nil, columnar.Errorf("INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST",
				"The column %s of table %s is %s, the data are %s.", t.schema.Fields[i].Name, t.name, t.schema.Fields[i].Type.SQL(), f.Type.SQL())
		}
	}
	full := t.content.Load().rows > 0
	if full && mode == logical.SaveError {
		return nil, columnar.Errorf("TABLE_OR_VIEW_ALREADY_EXISTS", "The table %s has rows already.", t.name)
	}
	return &job{table: t, mode: mode, skip: full && mode == logical.SaveIgnore, done: map[string]*task{}}, nil
}

// job is a write to a table under way.
type job struct {
	table *Table
	mode  logical.SaveMode
	skip  bool
	mu    sync.Mutex
	done  map[string]*task // by name of the attempt
}

// task gathers the batches of one attempt.
type task struct {
	job     *job
	name    string
	batches []columnar.Batch
	result  logical.TaskResult
}

// Skip implements logical.WriteJob.
func (j *job) Skip() bool { return j.skip }

// Task implements logical.WriteJob.
func (j *job) Task(_ context.Context, partition, attempt int) (logical.TaskWriter, error) {
	return &task{job: j, name: fmt.Sprintf("%d.%d", partition, attempt)}, nil
}

// Abort implements logical.WriteJob.
func (j *job) Abort(context.Context) error { return nil }

// Commit implements logical.WriteJob: the batches of the attempts that count appear at once, in the order given.
func (j *job) Commit(ctx context.Context, results []logical.TaskResult) error {
	if j.skip {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	var all []columnar.Batch
	j.mu.Lock()
	for _, r := range results {
		for _, name := range r.Files {
			if t := j.done[name]; t != nil {
				all = append(all, t.batches...)
			}
		}
	}
	j.mu.Unlock()
	t := j.table
	t.mu.Lock()
	defer t.mu.Unlock()
	base := t.content.Load()
	if j.mode == logical.SaveOverwrite {
		base = &content{}
	}
	t.content.Store(base.with(all))
	return nil
}

// Write implements logical.TaskWriter.
func (t *task) Write(b columnar.Batch) error {
	b.Schema = t.job.table.schema
	t.batches = append(t.batches, b.Compact(nil).Retain())
	t.result.Rows += int64(b.Live())
	t.result.Bytes += b.Bytes()
	return nil
}

// Close implements logical.TaskWriter.
func (t *task) Close() (logical.TaskResult, error) {
	t.result.Files = []string{t.name}
	t.job.mu.Lock()
	t.job.done[t.name] = t
	t.job.mu.Unlock()
	return t.result, nil
}

// Abort implements logical.TaskWriter.
func (t *task) Abort() error { t.batches = nil; return nil }
