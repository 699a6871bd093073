// Package csv reads and writes delimited text with Spark's options and Spark's reading of quotes, which is that of the univocity
// parser: a quote means something only at the beginning of a field; a quoted field that goes on after its closing quote is taken as
// it stands, quotes included; without the option multiLine a record ends where its line ends, whatever is open.
//
// A task reads blocks of whole lines. For a batch of rows it first notes where the wanted fields stand (tokenizer.go: eight bytes at
// a time, no further into a line than needed), then converts column by column (convert.go). Strings stay where they are, as views
// into the block.
package csv
