package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/gosql-engine/gosql/columnar"
)

// format is a way to print results.
type format struct {
	write  func(w io.Writer, r result) error
	binary bool // not for a terminal
	always bool // prints something for statements without columns too
}

// formats are the values of --format.
var formats = map[string]format{
	"table":      {write: writeTable},
	"csv":        {write: writeCSV},
	"tsv":        {write: writeTSV},
	"json":       {write: writeJSON},
	"jsonl":      {write: writeJSONLines},
	"markdown":   {write: writeMarkdown},
	"vertical":   {write: writeVertical},
	"hive":       {write: writeHive},
	"parquet":    {write: writeParquet, binary: true},
	"arrow":      {write: writeArrow, binary: true},
	"jsonresult": {write: writeJSONResult, always: true},
}

func formatNames() []string {
	var names []string
	for n := range formats {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// eachRow calls f for each row of a result, in order.
func eachRow(r result, f func(b columnar.Batch, row int) error) error {
	for b, err := range r.batches {
		if err != nil {
			return err
		}
		rows := b.LiveRows()
		for k := range rows.Count() {
			if err := f(b, rows.Row(k)); err != nil {
				return err
			}
		}
	}
	return nil
}

// readable is cell for people: BINARY as Spark's show prints it, [0A FF].
func readable(v columnar.Vector, row int, r result) (text string, ok bool) {
	b, ok := cell(nil, v, row, r)
	if ok && v.Type().Kind == columnar.Binary {
		return fmt.Sprintf("[% X]", b), true
	}
	return string(b), ok
}

// cell is a value as CAST to STRING gives it; ok is false for NULL.
func cell(dst []byte, v columnar.Vector, row int, r result) (text []byte, ok bool) {
	if v.IsNull(row) {
		return dst, false
	}
	return columnar.AppendString(dst, v, row, r.zone), true
}
