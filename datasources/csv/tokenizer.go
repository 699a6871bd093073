package csv

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strings"

	"github.com/gosql-engine/gosql/datasources"
)

// span is a field of a record: bytes of the block, or of the tokenizer's arena if it had to be put together.
type span struct {
	off, n uint32
}

// The flag of spans in the arena, and the span of a field that is not there or empty without quotes: NULL.
const inArena = 1 << 31

var nullSpan = span{off: 1<<32 - 1}

// tokenizer finds the fields of records. Not safe for concurrent use.
type tokenizer struct {
	*config
	word  uint64 // the delimiter in each byte
	block []byte // with datasources.Slack readable bytes behind it
	arena []byte
	slots []int // by field: its place among the wanted ones, -1 if it is not wanted
	exact bool  // all fields are to be counted, and extra ones noticed
}

// newTokenizer prepares for records of n fields, of which those in wanted are looked for. With exact, the rest of a record is
// looked at too, so that its fields can be counted.
func newTokenizer(c *config, wanted []int, exact bool) *tokenizer {
	t := &tokenizer{config: c, exact: exact}
	t.word = 0x0101010101010101 * uint64(c.delim[0])
	last := -1
	for _, w := range wanted {
		last = max(last, w)
	}
	t.slots = make([]int, last+1)
	for i := range t.slots {
		t.slots[i] = -1
	}
	for i, w := range wanted {
		t.slots[w] = i
	}
	return t
}

// reset starts on another block.
func (t *tokenizer) reset(block []byte) {
	t.block = block[: len(block) : len(block)+datasources.Slack]
	t.arena = t.arena[:0]
}

// bytes returns what a span stands for; nil is NULL.
func (t *tokenizer) bytes(s span) []byte {
	switch {
	case s == nullSpan:
		return nil
	case s.off&inArena != 0:
		off := s.off &^ inArena
		return t.arena[off : off+s.n : off+s.n]
	}
	return t.block[s.off : s.off+s.n : s.off+s.n]
}

// record finds the wanted fields of the record at pos, which ends at end or, in multi-line mode, at the first line end outside of
// quotes. It puts their spans into out, and returns the position behind the record's last character and the number of fields seen.
func (t *tokenizer) record(pos, end int, out []span) (stop, fields int) {
	for i := range out {
		out[i] = nullSpan
	}
	for {
		wanted := fields < len(t.slots)
		if !wanted && !t.exact && !t.multiLine {
			return end, fields
		}
		s, next := t.field(pos, end)
		if wanted {
			if k := t.slots[fields]; k >= 0 {
				out[k] = s
			}
		}
		fields++
		if next >= end || t.multiLine && !t.atDelimiter(next, end) {
			return next, fields
		}
		pos = next + len(t.delim)
	}
}

func (t *tokenizer) atDelimiter(pos, end int) bool {
	return bytes.HasPrefix(t.block[pos:end], []byte(t.delim))
}

// field reads the field at pos and returns the position of the delimiter behind it, or the record's end.
func (t *tokenizer) field(pos, end int) (span, int) {
	start := pos
	if t.trimLeft {
		for start < end && isSpace(t.block[start]) && !t.atDelimiter(start, end) {
			start++
		}
	}
	if start < end && t.block[start] == t.quote && t.quote != 0 {
		return t.quoted(start, end)
	}
	next := t.find(start, end)
	return t.plain(start, next), next
}

func (t *tokenizer) plain(start, end int) span {
	if t.trimRight {
		for end > start && isSpace(t.block[end-1]) {
			end--
		}
	}
	if start == end {
		return nullSpan
	}
	return span{uint32(start), uint32(end - start)}
}

// isSpace is Java's notion in String.trim, which the univocity parser shares.
func isSpace(c byte) bool { return c <= ' ' }

// find returns the position of the next delimiter at or after pos, or end. In multi-line mode a line end stops it too.
func (t *tokenizer) find(pos, end int) int {
	if t.multiLine || len(t.delim) > 1 {
		return t.findSlow(pos, end)
	}
	const low = 0x7f7f7f7f7f7f7f7f
	b := t.block[:cap(t.block)]
	for i := pos; i < end; i += 8 {
		x := binary.LittleEndian.Uint64(b[i:]) ^ t.word
		if m := ^((x & low) + low | x | low); m != 0 {
			return min(i+bits.TrailingZeros64(m)>>3, end)
		}
	}
	return end
}

func (t *tokenizer) findSlow(pos, end int) int {
	if t.multiLine {
		stops := "\r\n"
		if t.lineSep != "" {
			if i := bytes.Index(t.block[pos:end], []byte(t.lineSep)); i >= 0 {
				end = pos + i
			}
			stops = ""
		}
		if i := bytes.IndexAny(t.block[pos:end], stops+t.delim[:1]); i >= 0 && strings.IndexByte(stops, t.block[pos+i]) >= 0 {
			return pos + i
		} else if i >= 0 && len(t.delim) == 1 {
			return pos + i
		} else if i < 0 {
			return end
		}
		if i := bytes.IndexAny(t.block[pos:end], stops); i >= 0 && stops != "" {
			end = pos + i
		}
	}
	if i := bytes.Index(t.block[pos:end], []byte(t.delim)); i >= 0 {
		return pos + i
	}
	return end
}

// quoted reads a field that begins with a quote at pos.
func (t *tokenizer) quoted(pos, end int) (span, int) {
	start, base := pos+1, -1 // base: where the arena holds the field so far, if it does
	for i := start; ; {
		k := t.special(i, end)
		if k >= end { // never closed: all of the rest
			return t.finish(start, end, base), end
		}
		c := t.block[k]
		escaped := k+1 < end && (c == t.escape && t.block[k+1] == t.quote || c == t.escapeEscape && c != 0 && t.block[k+1] == t.escape)
		switch {
		case escaped:
			if base < 0 {
				base = len(t.arena)
			}
			t.arena = append(append(t.arena, t.block[start:k]...), t.block[k+1])
			start, i = k+2, k+2
		case c == t.quote:
			last := k // of a run of quotes, all but the last of which belong to the field
			for last+1 < end && t.block[last+1] == t.quote {
				last++
			}
			after := last + 1
			for after < end && isSpace(t.block[after]) && !t.recordEnds(after, end) && !t.atDelimiter(after, end) {
				after++
			}
			if t.recordEnds(after, end) || t.atDelimiter(after, end) {
				return t.finish(start, last, base), after
			}
			next := t.find(k+1, end) // text after the closing quote: the field stands for itself
			return t.plain(pos, next), next
		default:
			i = k + 1
		}
	}
}

func (t *tokenizer) recordEnds(pos, end int) bool {
	if pos >= end {
		return true
	}
	if !t.multiLine {
		return false
	}
	if t.lineSep != "" {
		return bytes.HasPrefix(t.block[pos:end], []byte(t.lineSep))
	}
	return t.block[pos] == '\n' || t.block[pos] == '\r'
}

// special finds the next quote or escape character.
func (t *tokenizer) special(pos, end int) int {
	b := t.block[pos:end]
	q := bytes.IndexByte(b, t.quote)
	if q < 0 {
		q = len(b)
	}
	if t.escape != t.quote && t.escape != 0 {
		if e := bytes.IndexByte(b[:q], t.escape); e >= 0 {
			q = e
		}
	}
	return pos + q
}

// finish makes the span of a quoted field whose last piece is block[start:end].
func (t *tokenizer) finish(start, end, base int) span {
	if base >= 0 {
		t.arena = append(t.arena, t.block[start:end]...)
		return span{inArena | uint32(base), uint32(len(t.arena) - base)}
	}
	if start == end { // "" in quotes is the empty value, not NULL
		base = len(t.arena)
		t.arena = append(t.arena, t.emptyValue...)
		return span{inArena | uint32(base), uint32(len(t.emptyValue))}
	}
	return span{uint32(start), uint32(end - start)}
}
