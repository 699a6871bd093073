package gosql

import (
	"context"
	"fmt"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// Writer collects how a DataFrame is to be written: df.Write().Mode("overwrite").PartitionBy("d").Parquet(ctx, dir). Nothing of a write can be seen before all of
// it has succeeded.
type Writer struct {
	df          *DataFrame
	format      string
	mode        logical.SaveMode
	options     map[string]string
	partitionBy []string
	err         error
}

// Write starts writing the result.
func (df *DataFrame) Write() *Writer { return &Writer{df: df, options: map[string]string{}} }

// Format sets the data source; the default is that of spark.sql.sources.default.
func (w *Writer) Format(name string) *Writer { w.format = name; return w }

// Option sets an option of the data source.
func (w *Writer) Option(name string, v Value) *Writer {
	setOption(w.options, name, fmt.Sprint(v))
	return w
}

// PartitionBy writes one folder for each combination of the columns' values.
func (w *Writer) PartitionBy(names ...string) *Writer { w.partitionBy = names; return w }

var saveModes = map[string]logical.SaveMode{
	"error": logical.SaveError, "errorifexists": logical.SaveError, "default": logical.SaveError, "append": logical.SaveAppend,
	"overwrite": logical.SaveOverwrite, "ignore": logical.SaveIgnore,
}

// Mode says what happens if there are data at the path already: "error" (the default), "append", "overwrite" or "ignore".
func (w *Writer) Mode(name string) *Writer {
	m, ok := saveModes[name]
	if !ok {
		w.err = columnar.Errorf("INVALID_SAVE_MODE", "The specified save mode \"%s\" is invalid. Valid save modes include \"append\", \"overwrite\", \"ignore\", \"error\", \"errorifexists\", and \"default\".", name)
	}
	w.mode = m
	return w
}

// Save runs the query and writes its rows to a folder.
func (w *Writer) Save(ctx context.Context, path string) error {
	if w.err != nil {
		return w.err
	}
	if w.df.err != nil {
		return w.df.err
	}
	s := w.df.session
	format := w.format
	if format == "" {
		format = s.Get("spark.sql.sources.default")
	}
	plan, err := s.analyze(ctx, w.df.plan)
	if err != nil {
		return withSource(err, w.df.text)
	}
	return withSource(s.writePlan(ctx, plan, format, path, w.partitionBy, w.options, w.mode), w.df.text)
}

// Parquet writes Parquet files.
func (w *Writer) Parquet(ctx context.Context, path string) error {
	return w.Format("parquet").Save(ctx, path)
}

// CSV writes CSV files.
func (w *Writer) CSV(ctx context.Context, path string) error { return w.Format("csv").Save(ctx, path) }

// JSON writes files of one JSON object a line.
func (w *Writer) JSON(ctx context.Context, path string) error {
	return w.Format("json").Save(ctx, path)
}

// Text writes the one column, of text, line by line.
func (w *Writer) Text(ctx context.Context, path string) error {
	return w.Format("text").Save(ctx, path)
}
