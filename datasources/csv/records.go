package csv

import (
	"bytes"
	"io"

	"github.com/gosql-engine/gosql/datasources"
)

// records walks the records of a split, a block at a time.
type records struct {
	*tokenizer
	lines  *datasources.Lines
	offset int64 // of the block in the file
	pos    int   // in the block: the next record
	simple bool  // the block's lines end with LF alone
	first  bool  // no record of the file's first block has been taken
	line   int64 // records and skipped lines before pos, counted from where the split begins
}

func openRecords(t *tokenizer, s *datasources.LineSplit) (*records, error) {
	end := s.End
	if t.multiLine {
		end = -1
	}
	l, err := datasources.OpenLines(s.Of, s.Start, end, t.lineSep, t.charset)
	if err != nil {
		return nil, err
	}
	return &records{tokenizer: t, lines: l, first: s.Start == 0}, nil
}

// nextBlock goes on to the next block; io.EOF if there is none. In multi-line mode the whole file is one block.
func (r *records) nextBlock() error {
	if r.multiLine {
		if r.block != nil {
			return io.EOF
		}
		b, err := r.lines.All()
		if err != nil {
			return err
		}
		r.reset(b)
		return nil
	}
	b, offset, err := r.lines.Next()
	if err != nil {
		return err
	}
	r.reset(b)
	r.pos, r.offset = 0, offset
	r.simple = r.lineSep == "" && bytes.IndexByte(b, '\r') < 0
	return nil
}

// bounds finds the next record that is neither empty nor a comment: where it begins and, but in multi-line mode, where it ends
// and the one after it begins. ok is false at the end of the block.
func (r *records) bounds() (start, end, next int, ok bool) {
	for r.pos < len(r.block) {
		start = r.pos
		n, skip := r.lineLength()
		r.line++
		if !r.multiLine {
			r.pos += skip
		}
		text := r.block[start : start+n]
		if blank(text) || r.comment != 0 && text[0] == r.comment {
			if r.multiLine {
				r.pos += skip
			}
			continue
		}
		if r.multiLine {
			return start, len(r.block), 0, true
		}
		return start, start + n, r.pos, true
	}
	return 0, 0, 0, false
}

func (r *records) lineLength() (n, skip int) {
	b := r.block[r.pos:]
	if r.simple {
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			return i, i + 1
		}
		return len(b), len(b)
	}
	return r.lines.LineEnd(b)
}

func blank(b []byte) bool {
	for _, c := range b {
		if c > ' ' {
			return false
		}
	}
	return true
}

// next reads the next record of the block.
func (r *records) next(out []span) (start, stop, fields int, ok bool) {
	start, end, _, ok := r.bounds()
	if !ok {
		return 0, 0, 0, false
	}
	stop, fields = r.record(start, end, out)
	if r.multiLine {
		r.pos = stop
		if stop < len(r.block) {
			_, skip := r.lines.LineEnd(r.block[stop:])
			r.pos += skip
		}
	}
	return start, stop, fields, true
}

// skipHeader leaves out the first record of a file with a header, and returns its fields.
func (r *records) skipHeader() ([]string, bool) {
	if !r.first {
		return nil, true
	}
	start, end, _, ok := r.bounds()
	if !ok {
		return nil, false
	}
	r.first = false
	return r.all(start, end), true
}

// all returns the texts of all fields of the record at start; NULL is "".
func (r *records) all(start, end int) []string {
	var out []string
	for {
		s, next := r.field(start, end)
		out = append(out, string(r.bytes(s)))
		if next >= end || r.multiLine && !r.atDelimiter(next, end) {
			if r.multiLine {
				_, skip := r.lines.LineEnd(r.block[min(next, len(r.block)):])
				r.pos = next + skip
			}
			return out
		}
		start = next + len(r.delim)
	}
}
