package gosql

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// Schema is the columns of the result. It analyzes the query and runs nothing.
func (df *DataFrame) Schema() (*columnar.Schema, error) {
	if df.err != nil {
		return nil, df.err
	}
	plan, err := df.session.analyze(context.Background(), df.plan)
	if err != nil {
		return nil, withSource(err, df.text)
	}
	return logical.Schema(plan), nil
}

// Columns is the names of the result's columns.
func (df *DataFrame) Columns() ([]string, error) {
	schema, err := df.Schema()
	if err != nil {
		return nil, err
	}
	names := make([]string, schema.Len())
	for i, f := range schema.Fields {
		names[i] = f.Name
	}
	return names, nil
}

// Batches runs the query and yields its rows as columnar batches, in order where the query has one. A batch is lent until the loop's body ends: keep
// it with Retain. The sequence ends after an error; leaving the loop cancels the query.
func (df *DataFrame) Batches(ctx context.Context) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		if df.err != nil {
			yield(columnar.Batch{}, df.err)
			return
		}
		q, err := df.session.compile(ctx, df.plan)
		if err != nil {
			yield(columnar.Batch{}, withSource(err, df.text))
			return
		}
		for b, err := range q.run(ctx) {
			if !yield(b, withSource(err, df.text)) || err != nil {
				return
			}
		}
	}
}

// Collect runs the query and returns all its rows.
func (df *DataFrame) Collect(ctx context.Context) ([]Row, error) {
	var out []Row
	for r, err := range Rows[Row](ctx, df) {
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// Take runs the query for its first n rows.
func (df *DataFrame) Take(ctx context.Context, n int) ([]Row, error) {
	return df.Limit(n).Collect(ctx)
}

// First is the first row; ok is false if there is none.
func (df *DataFrame) First(ctx context.Context) (row Row, ok bool, err error) {
	rows, err := df.Take(ctx, 1)
	if err != nil || len(rows) == 0 {
		return Row{}, false, err
	}
	return rows[0], true, nil
}

// Count runs the query and returns the number of its rows.
func (df *DataFrame) Count(ctx context.Context) (int64, error) {
	rows, err := df.Agg(Count("*").As("count")).Collect(ctx)
	if err != nil {
		return 0, err
	}
	return rows[0].At(0).(int64), nil
}

// IsEmpty says whether the query has no rows.
func (df *DataFrame) IsEmpty(ctx context.Context) (bool, error) {
	_, ok, err := df.First(ctx)
	return !ok, err
}

// Show runs the query and prints its first n rows as a table on standard output, text longer than 20 characters cut.
func (df *DataFrame) Show(ctx context.Context, n int) error { return df.Fshow(ctx, os.Stdout, n, 20) }

// Fshow is Show to a writer; truncate is the greatest number of characters of a cell, 0 for all.
func (df *DataFrame) Fshow(ctx context.Context, w io.Writer, n, truncate int) error {
	names, err := df.Columns()
	if err != nil {
		return err
	}
	var cells [][]string
	zone := df.session.zone()
	for b, err := range df.Limit(n + 1).Batches(ctx) {
		if err != nil {
			return err
		}
		for k := range b.Live() {
			row := make([]string, len(b.Cols))
			for i, c := range b.Cols {
				row[i] = showCell(c, b.LiveRows().Row(k), zone)
			}
			cells = append(cells, row)
		}
	}
	more := len(cells) > n
	if more {
		cells = cells[:n]
	}
	_, err = io.WriteString(w, showTable(names, cells, truncate))
	if err == nil && more {
		_, err = fmt.Fprintf(w, "only showing top %d rows\n", n)
	}
	return err
}

// PrintSchema prints the columns with their types, as a tree, on standard output.
func (df *DataFrame) PrintSchema() error {
	schema, err := df.Schema()
	if err != nil {
		return err
	}
	_, err = io.WriteString(os.Stdout, schemaTree(schema))
	return err
}

// Explain is the text of EXPLAIN of the query; mode is "", "extended", "formatted", "cost" or "analyze" (which runs it).
func (df *DataFrame) Explain(ctx context.Context, mode string) (string, error) {
	if df.err != nil {
		return "", df.err
	}
	m, ok := explainModes[mode]
	if !ok {
		return "", fmt.Errorf("gosql: unknown mode %q of Explain; there are extended, formatted, cost and analyze", mode)
	}
	text, err := df.session.explain(ctx, df.plan, m)
	return text, withSource(err, df.text)
}

var explainModes = map[string]logical.ExplainMode{
	"": logical.ExplainSimple, "simple": logical.ExplainSimple, "extended": logical.ExplainExtended, "formatted": logical.ExplainFormatted,
	"cost": logical.ExplainCost, "analyze": logical.ExplainAnalyze,
}
