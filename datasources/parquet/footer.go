package parquet

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
)

// footer is the metadata of a file.
type footer struct {
	meta format.FileMetaData
	root *node
	// nullCounts says that the writer is one of those that always write null counts: the thrift structure does not tell a count
	// of 0 from none.
	nullCounts bool
}

const (
	magic          = "PAR1"
	encryptedMagic = "PARE"
	// footerGuess is how much of a file's end is read at first: enough for most footers.
	footerGuess = 64 << 10
)

func badFooter(f *datasources.File, format string, args ...any) error {
	return columnar.Errorf("FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER", "%q is not a readable Parquet file: %w.",
		f.Path, fmt.Errorf(format, args...))
}

// readFooter reads the metadata at the file's end.
func readFooter(f *datasources.File) (ft *footer, err error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	defer func() {
		if p := recover(); p != nil {
			err = badFooter(f, "its metadata is damaged (%v)", p)
		}
	}()
	if f.Size < 12 {
		return nil, badFooter(f, "it has only %d bytes", f.Size)
	}
	tail := make([]byte, min(f.Size, footerGuess))
	if _, err := r.ReadAt(tail, f.Size-int64(len(tail))); err != nil && err != io.EOF {
		return nil, datasources.ReadError(f.Path, err)
	}
	switch end := string(tail[len(tail)-4:]); end {
	case magic:
	case encryptedMagic:
		return nil, badFooter(f, "it is encrypted, which is not supported")
	default:
		return nil, badFooter(f, "it does not end in %s but in %q (a cut file, or another format)", magic, end)
	}
	size := int64(binary.LittleEndian.Uint32(tail[len(tail)-8:]))
	if size > f.Size-12 {
		return nil, badFooter(f, "its footer would be %d bytes of %d", size, f.Size)
	}
	if size+8 > int64(len(tail)) {
		tail = make([]byte, size+8)
		if _, err := r.ReadAt(tail, f.Size-int64(len(tail))); err != nil && err != io.EOF {
			return nil, datasources.ReadError(f.Path, err)
		}
	}
	return decodeFooter(f, tail[int64(len(tail))-8-size:len(tail)-8])
}

func decodeFooter(f *datasources.File, b []byte) (*footer, error) {
	ft := &footer{}
	var protocol thrift.CompactProtocol
	if err := thrift.NewDecoder(protocol.NewReaderFromBytes(b)).Decode(&ft.meta); err != nil {
		return nil, badFooter(f, "its metadata is damaged (%v)", err)
	}
	if len(ft.meta.Schema) == 0 {
		return nil, badFooter(f, "it has no schema")
	}
	var err error
	if ft.root, err = buildSchema(ft.meta.Schema); err != nil {
		return nil, schemaError(f, err)
	}
	leaves := ft.root.countLeaves()
	for i := range ft.meta.RowGroups {
		if n := len(ft.meta.RowGroups[i].Columns); n != leaves {
			return nil, badFooter(f, "row group %d has %d columns, the schema %d", i, n, leaves)
		}
	}
	for _, writer := range []string{"parquet-mr", "parquet-cpp", "DuckDB", "gosql", "parquet-rs", "Polars", "polars", "parquet-go"} {
		ft.nullCounts = ft.nullCounts || strings.HasPrefix(ft.meta.CreatedBy, writer)
	}
	return ft, nil
}

// schemaError names the file in an error about its schema.
func schemaError(f *datasources.File, err error) error {
	if _, ok := err.(*columnar.Error); ok {
		return err
	}
	return badFooter(f, "%v", err)
}

// bytesOf is the size of the given leaves in a row group.
func bytesOf(rg *format.RowGroup, leaves []int) int64 {
	n := int64(0)
	for _, l := range leaves {
		n += rg.Columns[l].MetaData.TotalCompressedSize
	}
	return n
}
