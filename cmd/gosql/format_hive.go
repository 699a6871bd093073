package main

import (
	"io"

	"github.com/gosql-engine/gosql/columnar"
)

// writeHive prints rows as the spark-sql shell does (Spark's HiveResult): cells parted by tabs, nested values in a form like JSON.
func writeHive(w io.Writer, r result) error {
	var line []byte
	return eachRow(r, func(b columnar.Batch, row int) error {
		line = append(appendHiveRow(line[:0], b, row, r), '\n')
		_, err := w.Write(line)
		return err
	})
}

func appendHiveRow(dst []byte, b columnar.Batch, row int, r result) []byte {
	for i, c := range b.Cols {
		if i > 0 {
			dst = append(dst, '\t')
		}
		dst = columnar.AppendHive(dst, c, row, r.zone, r.binary)
	}
	return dst
}
