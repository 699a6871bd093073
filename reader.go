package gosql

import (
	"context"
	"fmt"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// Reader collects what is to be read and how: spark.Read().Option("header", true).CSV("a.csv"). Option names are Spark's.
type Reader struct {
	session *Session
	format  string
	schema  *columnar.Schema
	options map[string]string
	err     error
}

func (r *Reader) clone() *Reader {
	out := *r
	out.options = map[string]string{}
	for k, v := range r.options {
		out.options[k] = v
	}
	return &out
}

// Format sets the data source: "csv", "json", "parquet", "text" or a registered one.
func (r *Reader) Format(name string) *Reader {
	out := r.clone()
	out.format = name
	return out
}

// Option sets an option of the data source.
func (r *Reader) Option(name string, value Value) *Reader {
	out := r.clone()
	setOption(out.options, name, fmt.Sprint(value))
	return out
}

// Schema gives the columns in DDL, "a INT, b STRING", in place of having them inferred.
func (r *Reader) Schema(ddl string) *Reader {
	out := r.clone()
	out.schema, out.err = columnar.ParseSchema(ddl)
	return out
}

// Load reads paths: files, folders or globs.
func (r *Reader) Load(paths ...string) *DataFrame {
	df := &DataFrame{session: r.session, err: r.err}
	if df.err != nil {
		return df
	}
	format := r.format
	if format == "" {
		format = r.session.Get("spark.sql.sources.default")
	}
	t, err := r.session.openTable(context.Background(), format, paths, r.options, r.schema)
	if err != nil {
		df.err = withSource(err, "")
		return df
	}
	df.plan = logical.NewRelation(t, format)
	return df
}

// CSV reads CSV files.
func (r *Reader) CSV(paths ...string) *DataFrame { return r.Format("csv").Load(paths...) }

// Parquet reads Parquet files.
func (r *Reader) Parquet(paths ...string) *DataFrame { return r.Format("parquet").Load(paths...) }

// JSON reads files of one JSON object a line, or, with option multiLine, of any JSON.
func (r *Reader) JSON(paths ...string) *DataFrame { return r.Format("json").Load(paths...) }

// Text reads lines into a column called value.
func (r *Reader) Text(paths ...string) *DataFrame { return r.Format("text").Load(paths...) }

// File reads a data file of whatever format its name tells. CSV files are read with a header and inferred types.
func (r *Reader) File(paths ...string) *DataFrame {
	if len(paths) == 0 {
		return &DataFrame{session: r.session, err: fmt.Errorf("gosql: File needs a path")}
	}
	out := r.Format(formatOf(paths[0]))
	if out.format == "csv" {
		for _, k := range []string{"header", "inferSchema"} {
			if !hasOption(out.options, k) {
				out.options[k] = "true"
			}
		}
		if strings.Contains(strings.ToLower(paths[0]), ".tsv") && !hasOption(out.options, "sep") && !hasOption(out.options, "delimiter") {
			out.options["sep"] = "\t"
		}
	}
	return out.Load(paths...)
}

func hasOption(options map[string]string, name string) bool {
	for k := range options {
		if equalFold(k, name) {
			return true
		}
	}
	return false
}
