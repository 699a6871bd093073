package csv

import (
	"bytes"
	"fmt"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
)

// malformed is the error of mode FAILFAST for the first record of the batch that does not fit, with its place in the file.
func (r *reader) malformed() error {
	w := &r.rows
	i := 0
	for !w.bad[i] {
		i++
	}
	p := r.places[i]
	text := r.records.block[p.start:p.stop]
	line := r.lineNumber(p.start)
	what := fmt.Sprintf("it has not the %d fields that the schema has", len(r.fields))
	column := 1
	if slot := w.badSlot[i]; slot >= 0 {
		f := r.schema.Fields[r.fields[r.wanted[slot]]]
		what = fmt.Sprintf("its field %q is no %s", f.Name, f.Type.SQL())
		if s := w.spans[i*w.width+slot]; s != nullSpan && s.off&inArena == 0 {
			column = int(s.off) - p.start + 1
		}
	}
	return columnar.Errorf("FAILED_READ_FILE.NO_HINT", "Reading the file %q failed: %w", r.split.Of.Path,
		columnar.Errorf("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "%s:%d:%d: the record %q does not fit: %s. (Mode FAILFAST.)",
			r.split.Of.Path, line, column, clip(text), what))
}

func clip(b []byte) []byte {
	if len(b) > 200 {
		return append(b[:200:200], "…"...)
	}
	return b
}

// lineNumber counts the lines of the file up to a place in the current block. It reads the file once more, which only an error does.
func (r *reader) lineNumber(pos int) int {
	lines := 1 + bytes.Count(r.records.block[:pos], []byte{'\n'})
	if r.records.offset == 0 {
		return lines
	}
	l, err := datasources.OpenLines(r.split.Of, 0, r.records.offset, r.lineSep, r.charset)
	if err != nil {
		return lines
	}
	defer l.Close()
	for {
		b, _, err := l.Next()
		if err != nil {
			return lines
		}
		lines += bytes.Count(b, []byte{'\n'})
	}
}
