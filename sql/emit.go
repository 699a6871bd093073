package sql

import (
	"slices"
	"sort"
	"strconv"
	"strings"
)

// piece is a bit of the text for the TiDB parser and the offset in the source
// that errors about it point to.
type piece struct {
	text string
	pos  int
}

// emitter collects the normalised text of a statement, in order, and the notes
// its markers refer to.
type emitter struct {
	out   []piece
	notes []entry
}

// entry is a note and the source offset of its construct.
type entry struct {
	note note
	pos  int
}

// emit adds texts that all come from the same place in the source.
func (e *emitter) emit(pos int, texts ...string) {
	for _, t := range texts {
		e.out = append(e.out, piece{t, pos})
	}
}

// add stores a note and returns its index as text.
func (e *emitter) add(pos int, n note) string {
	e.notes = append(e.notes, entry{n, pos})
	return strconv.Itoa(len(e.notes) - 1)
}

// open begins a marker call; the caller emits a comma before each argument
// (see arg), and close at the end.
func (e *emitter) open(pos int, m marker, n note) {
	e.emit(pos, markerText(m, e.add(pos, n)))
}

// markerText is the beginning of a marker call, up to its note's index.
func markerText(m marker, index string) string {
	return "`" + markerSchema + "`.`" + string(m) + "`(" + index
}

func (e *emitter) arg(pos int)   { e.emit(pos, ",") }
func (e *emitter) close(pos int) { e.emit(pos, ")") }

// leaf emits a marker call without arguments.
func (e *emitter) leaf(pos int, m marker, n note) {
	e.open(pos, m, n)
	e.close(pos)
}

// mark returns the place of the next piece, for wrap, parens and cut.
func (e *emitter) mark() int { return len(e.out) }

// wrap makes all since mark the first argument of a marker call. The call stays
// open: the caller may add arguments and has to close it.
func (e *emitter) wrap(mark, pos int, m marker, n note) {
	e.insert(mark, piece{markerText(m, e.add(pos, n)), pos}, piece{",", pos})
}

// parens puts all since mark in parentheses.
func (e *emitter) parens(mark int) {
	pos := 0
	if mark < len(e.out) {
		pos = e.out[mark].pos
	}
	e.insert(mark, piece{"(", pos})
	e.emit(pos, ")")
}

func (e *emitter) insert(mark int, ps ...piece) { e.out = slices.Insert(e.out, mark, ps...) }

// cut takes back all since mark.
func (e *emitter) cut(mark int) []piece {
	ps := slices.Clone(e.out[mark:])
	e.out = e.out[:mark]
	return ps
}

// sandwich emits an infix operator that TiDB's grammar lacks at the precedence
// of one that it has: a + `$`.`op ||` + b. As + associates to the left the
// result is Plus(Plus(a, marker), b), which no other text can give.
func (e *emitter) sandwich(pos int, level, operator string) {
	e.emit(pos, level, "`"+markerSchema+"`.`"+operatorPrefix+operator+"`", level)
}

// rendered is the text for the TiDB parser with its way back to the source.
type rendered struct {
	text  string
	start []int // offset in text of each piece
	pos   []int // its offset in the source
}

// render joins the pieces with blanks, which no token of the text minds.
func (e *emitter) render() rendered {
	var b strings.Builder
	r := rendered{start: make([]int, len(e.out)), pos: make([]int, len(e.out))}
	for i, p := range e.out {
		if i > 0 {
			b.WriteByte(' ')
		}
		r.start[i], r.pos[i] = b.Len(), p.pos
		b.WriteString(p.text)
	}
	r.text = b.String()
	return r
}

// source maps an offset in the rendered text to one in the source.
func (r rendered) source(offset int) int {
	i := sort.SearchInts(r.start, offset+1) - 1
	if i < 0 {
		return 0
	}
	return r.pos[i]
}

// quote makes any name an identifier of the TiDB grammar. Unquoted words are
// then only syntax, so that no name can be mistaken for a keyword.
func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
