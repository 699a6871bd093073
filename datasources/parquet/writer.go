package parquet

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
	"github.com/gosql-engine/gosql/logical"
)

// Create implements datasources.Format. The option compression is snappy if it is not set.
func (Format) Create(path string, partitionBy []string, options map[string]string) (logical.Sink, error) {
	o := datasources.NewOptions(options)
	codec, extension, err := writeCodec(o.Text("snappy", "compression", "parquet.compression"))
	if err != nil {
		return nil, err
	}
	return &datasources.FileSink{
		Name: "parquet", Path: path, PartitionBy: partitionBy, Options: o, Extension: extension + ".parquet", EmptyFile: true,
		NewEncoder: func(w io.Writer, schema *columnar.Schema) (datasources.Encoder, error) {
			return newEncoder(w, schema, codec)
		},
	}, nil
}

func writeCodec(name string) (format.CompressionCodec, string, error) {
	switch strings.ToLower(name) {
	case "none", "uncompressed":
		return format.Uncompressed, "", nil
	case "snappy":
		return format.Snappy, ".snappy", nil
	case "gzip":
		return format.Gzip, ".gz", nil
	case "zstd":
		return format.Zstd, ".zstd", nil
	case "brotli":
		return format.Brotli, ".br", nil
	case "lz4_raw", "lz4raw":
		return format.Lz4Raw, ".lz4raw", nil
	}
	return 0, "", columnar.Errorf("CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION",
		"The Parquet compression %q is not available; available are none, snappy, gzip, zstd, brotli and lz4_raw.", name)
}

// The size of a row group: whichever is reached first. The rows are as many as DuckDB writes, so that files split well.
const (
	groupRows  = 122_880
	groupBytes = 64 << 20
)

// encoder writes one Parquet file. Rows gather in the leaves' buffers until a row group is full.
type encoder struct {
	w      io.Writer
	pos    int64
	codec  format.CompressionCodec
	meta   format.FileMetaData
	shreds []*shredder // by column
	leaves []*leafBuffer
	rows   int
}

func newEncoder(w io.Writer, schema *columnar.Schema, codec format.CompressionCodec) (*encoder, error) {
	e := &encoder{w: w, codec: codec}
	e.meta.Version = 1
	e.meta.CreatedBy = "gosql"
	root := format.SchemaElement{Name: "spark_schema", NumChildren: thrift.New(int32(schema.Len()))}
	e.meta.Schema = append(e.meta.Schema, root)
	for _, f := range schema.Fields {
		s, err := e.addColumn(f.Name, f.Type, format.Optional, 0, 0, []string{f.Name})
		if err != nil {
			return nil, err
		}
		e.shreds = append(e.shreds, s)
	}
	for range e.leaves {
		e.meta.ColumnOrders = append(e.meta.ColumnOrders, format.ColumnOrder{Value: &format.TypeDefinedOrder{}})
	}
	return e, e.write([]byte(magic))
}

func (e *encoder) write(b []byte) error {
	n, err := e.w.Write(b)
	e.pos += int64(n)
	return err
}

// Write implements datasources.Encoder.
func (e *encoder) Write(b columnar.Batch) error {
	b = b.Compact(nil)
	for lo := 0; lo < b.Len; {
		hi := min(b.Len, lo+groupRows-e.rows)
		e.append(b.Slice(lo, hi))
		lo = hi
		if e.rows >= groupRows || e.size() >= groupBytes {
			if err := e.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *encoder) append(b columnar.Batch) {
	for i, v := range b.Cols {
		e.shreds[i].shred(v, nil)
	}
	e.rows += b.Len
}

func (e *encoder) size() int {
	n := 0
	for _, l := range e.leaves {
		n += l.size()
	}
	return n
}

// flush writes a row group.
func (e *encoder) flush() error {
	if e.rows == 0 {
		return nil
	}
	rg := format.RowGroup{NumRows: int64(e.rows), FileOffset: e.pos, Ordinal: int16(len(e.meta.RowGroups))}
	for _, l := range e.leaves {
		cc, err := e.writeChunk(l)
		if err != nil {
			return err
		}
		rg.Columns = append(rg.Columns, cc)
		rg.TotalByteSize += cc.MetaData.TotalUncompressedSize
		rg.TotalCompressedSize += cc.MetaData.TotalCompressedSize
		l.reset()
	}
	e.meta.RowGroups = append(e.meta.RowGroups, rg)
	e.meta.NumRows += int64(e.rows)
	e.rows = 0
	return nil
}

// Close implements datasources.Encoder: it writes the last row group and the footer.
func (e *encoder) Close() error {
	if err := e.flush(); err != nil {
		return err
	}
	footer, err := thrift.Marshal(new(thrift.CompactProtocol), &e.meta)
	if err != nil {
		return err
	}
	footer = binary.LittleEndian.AppendUint32(footer, uint32(len(footer)))
	return e.write(append(footer, magic...))
}

// pageEntries is the number of values, NULLs and empty lists included, of a page.
const pageEntries = 32 << 10

// writeChunk writes a leaf's column chunk: the dictionary if it has one, then data pages.
func (e *encoder) writeChunk(l *leafBuffer) (format.ColumnChunk, error) {
	start, dict := e.pos, l.dictionary()
	cc := format.ColumnChunk{FileOffset: start, MetaData: format.ColumnMetaData{
		Type: l.physical, PathInSchema: l.path, Codec: e.codec, NumValues: int64(l.entries), Statistics: dict.different(l).statistics(),
		Encoding: []format.Encoding{format.Plain, format.RLE},
	}}
	m := &cc.MetaData
	if dict != nil {
		m.DictionaryPageOffset = start
		m.Encoding = append(m.Encoding, format.RLEDictionary)
		h := format.PageHeader{Type: format.DictionaryPage}
		h.DictionaryPageHeader = thrift.New(format.DictionaryPageHeader{NumValues: int32(len(dict.first)), Encoding: format.Plain})
		if err := e.writePage(&h, dict.plain, m); err != nil {
			return cc, err
		}
	}
	m.DataPageOffset = e.pos
	value := 0
	for lo := 0; lo < l.entries; {
		hi := min(lo+pageEntries, l.entries)
		for l.maxRep > 0 && hi < l.entries && l.rep[hi] != 0 { // a row does not part
			hi++
		}
		body, values := l.page(lo, hi, value, dict)
		h := format.PageHeader{Type: format.DataPage}
		data := format.DataPageHeader{NumValues: int32(hi - lo), Encoding: format.Plain,
			DefinitionLevelEncoding: format.RLE, RepetitionLevelEncoding: format.RLE}
		if dict != nil {
			data.Encoding = format.RLEDictionary
		}
		h.DataPageHeader = thrift.New(data)
		if err := e.writePage(&h, body, m); err != nil {
			return cc, err
		}
		lo, value = hi, value+values
	}
	m.TotalCompressedSize = e.pos - start
	return cc, nil
}

func (e *encoder) writePage(h *format.PageHeader, body []byte, m *format.ColumnMetaData) error {
	packed, err := compress(e.codec, body)
	if err != nil {
		return err
	}
	h.UncompressedPageSize, h.CompressedPageSize = int32(len(body)), int32(len(packed))
	var header bytes.Buffer
	if err := thrift.NewEncoder(new(thrift.CompactProtocol).NewWriter(&header)).Encode(h); err != nil {
		return err
	}
	m.TotalUncompressedSize += int64(header.Len() + len(body))
	if err := e.write(header.Bytes()); err != nil {
		return err
	}
	return e.write(packed)
}
