package main

import (
	"fmt"
	"io"

	"github.com/gosql-engine/gosql/datasources"
)

// writeParquet and writeArrow write the result as one file of the format, as its batches come. The footer is written last: what failed half-way is no file
// of the format, and no reader takes it for one.
func writeParquet(w io.Writer, r result) error { return writeFile(w, r, "parquet") }

func writeArrow(w io.Writer, r result) error { return writeFile(w, r, "arrow") }

func writeFile(w io.Writer, r result, name string) error {
	f, err := datasources.Lookup(name)
	if err != nil {
		return err
	}
	created, err := f.Create("", nil, nil)
	if err != nil {
		return err
	}
	sink, ok := created.(*datasources.FileSink)
	if !ok {
		return fmt.Errorf("the format %s does not write files", name)
	}
	enc, err := sink.NewEncoder(w, r.schema)
	if err != nil {
		return err
	}
	for b, err := range r.batches {
		if err == nil && b.Live() > 0 {
			err = enc.Write(b)
		}
		if err != nil {
			return err
		}
	}
	return enc.Close()
}
