// Package memory keeps tables in the memory of the process: what CREATE TABLE makes for the length of a session.
package memory

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// Table is a table of batches. A scan sees the rows that were there when it was planned; writes replace the list of batches as a whole. Safe for concurrent use.
type Table struct {
	schema  *columnar.Schema
	mu      sync.RWMutex
	batches []columnar.Batch
}

// NewTable is an empty table.
func NewTable(schema *columnar.Schema) *Table { return &Table{schema: schema} }

// Append adds rows; the batches are dense and owned, with columns of the table's types.
func (t *Table) Append(batches []columnar.Batch) error {
	if err := t.check(batches); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.batches = append(t.batches[:len(t.batches):len(t.batches)], batches...)
	return nil
}

// Overwrite replaces all rows.
func (t *Table) Overwrite(batches []columnar.Batch) error {
	if err := t.check(batches); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.batches = append([]columnar.Batch(nil), batches...)
	return nil
}

func (t *Table) check(batches []columnar.Batch) error {
	for _, b := range batches {
		if len(b.Cols) != t.schema.Len() {
			return fmt.Errorf("memory: a batch of %d columns for a table of %d", len(b.Cols), t.schema.Len())
		}
		for i, c := range b.Cols {
			if c.Type() != t.schema.Fields[i].Type {
				return fmt.Errorf("memory: column %q is %s, the table's is %s", t.schema.Fields[i].Name, c.Type(), t.schema.Fields[i].Type)
			}
		}
	}
	return nil
}

func (t *Table) snapshot() []columnar.Batch {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.batches
}

// Schema is the table's columns.
func (t *Table) Schema() *columnar.Schema { return t.schema }

// Statistics are exact numbers of rows and bytes.
func (t *Table) Statistics() logical.Statistics {
	var st logical.Statistics
	for _, b := range t.snapshot() {
		st.Rows += b.Rows()
		st.Bytes += b.Bytes()
	}
	return st
}

// String is "memory".
func (t *Table) String() string { return "memory" }

// Scan plans a read of the rows that are there now.
func (t *Table) Scan(_ context.Context, req logical.ScanRequest) (logical.Scan, error) {
	fields := make([]columnar.Field, len(req.Columns))
	for i, c := range req.Columns {
		fields[i] = t.schema.Fields[c]
	}
	return &scan{req: req, schema: columnar.NewSchema(fields...), batches: t.snapshot()}, nil
}

type scan struct {
	req     logical.ScanRequest
	schema  *columnar.Schema
	batches []columnar.Batch
}

// split is a run of batches.
type split struct {
	from, to int
	bytes    int64
}

func (s split) Bytes() int64   { return s.bytes }
func (s split) String() string { return fmt.Sprintf("batches %d to %d", s.from, s.to) }

// splitRows is about how many rows a split has.
const splitRows = 100_000

// Residual are all filters: the table skips nothing.
func (s *scan) Residual() []logical.Expr { return s.req.Filters }

// Splits are runs of batches.
func (s *scan) Splits() []logical.Split {
	var out []logical.Split
	cur, rows := split{}, 0
	for i, b := range s.batches {
		cur.to = i + 1
		cur.bytes += b.Bytes()
		if rows += b.Live(); rows >= splitRows {
			out = append(out, cur)
			cur, rows = split{from: i + 1, to: i + 1}, 0
		}
	}
	if cur.to > cur.from {
		out = append(out, cur)
	}
	return out
}

// Read yields the wanted columns of the split's batches, in pieces of the requested number of rows.
func (s *scan) Read(rc logical.ReadContext, sp logical.Split) iter.Seq2[columnar.Batch, error] {
	step := s.req.Batch
	if step <= 0 {
		step = columnar.BatchRows
	}
	return func(yield func(columnar.Batch, error) bool) {
		for _, b := range s.batches[sp.(split).from:sp.(split).to] {
			cols := make([]columnar.Vector, len(s.req.Columns))
			for i, c := range s.req.Columns {
				cols[i] = b.Cols[c]
			}
			whole := columnar.Batch{Schema: s.schema, Cols: cols, Len: b.Len}
			for lo := 0; lo < b.Len; lo += step {
				if err := rc.Err(); err != nil {
					yield(columnar.Batch{}, err)
					return
				}
				if !yield(whole.Slice(lo, min(lo+step, b.Len)), nil) {
					return
				}
			}
		}
	}
}
