// Package parquet reads and writes Apache Parquet files.
//
// The thrift structures, the delta and byte-stream-split encodings come from parquet-go; the rest is here, because the loops over
// pages decide the speed of most queries: a column is decoded batch by batch straight into vectors of a pool, dictionary codes
// stay codes (columnar.Dict), strings become views into the page, and NULLs cost nothing where a page has none.
//
// The pieces, from the file inwards: footer.go reads the metadata, schema.go turns the schema into a tree of nodes with Spark's
// types, bind.go lays a requested schema over a file's, rowgroup.go reads a row group batch by batch, chunk.go walks the pages of
// a column chunk, flat.go and nested.go make vectors of their levels and values, convert.go gives these their SQL types.
package parquet
