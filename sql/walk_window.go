package sql

import (
	"strings"

	"github.com/gosql-engine/gosql/logical"
)

// over walks what follows OVER; the call was emitted from start on.
func (w *walker) over(c *cursor, start, pos int) {
	index := len(w.notes)
	w.wrap(start, pos, markOver, nil)
	var n windowNote
	if c.peek().isIdent() {
		n.ref = w.ident(c)
	} else {
		n = w.windowSpec(w.group(c, "("))
	}
	w.close(pos)
	w.notes[index].note = n
}

// windowClause walks WINDOW a AS (…), b AS (…) into pieces for the select marker.
func (w *walker) windowClause(c *cursor) []piece {
	start, seen := w.mark(), map[string]bool{}
	w.list(c, func() {
		pos := c.peek().beg
		name := w.ident(c)
		if seen[strings.ToLower(name)] {
			w.fail(errorAt(pos, condStatement+".REPETITIVE_WINDOW_DEFINITION", "The SQL syntax is invalid: The definition of window `%s` is repetitive.", name))
		}
		seen[strings.ToLower(name)] = true
		w.expect(c, "AS")
		index := len(w.notes)
		w.arg(pos)
		w.open(pos, markWindow, nil)
		var n windowNote
		if c.peek().isIdent() {
			n.ref = w.ident(c)
		} else {
			n = w.windowSpec(w.group(c, "("))
		}
		n.name = name
		w.close(pos)
		w.notes[index].note = n
	})
	return w.cut(start)
}

// qualifyClause walks QUALIFY condition into pieces for the select marker.
func (w *walker) qualifyClause(c *cursor) []piece {
	t := c.next()
	start := w.mark()
	w.arg(t.beg)
	w.open(t.beg, markQualify, noNote{})
	w.arg(t.beg)
	w.expr(c)
	w.close(t.beg)
	return w.cut(start)
}

// atQualify says whether a QUALIFY clause begins here, rather than a name.
func atQualify(c *cursor) bool {
	next := c.at(1)
	if !c.peek().isWord("QUALIFY") {
		return false
	}
	if next.kind == word && (next.isWord("JOIN", "WHERE", "GROUP", "HAVING", "TABLESAMPLE", "PIVOT", "UNPIVOT") || joinWord(&cursor{toks: c.toks, i: c.i + 1, end: c.end}) || endsItem(&cursor{toks: c.toks, i: c.i + 1, end: c.end})) {
		return false
	}
	return startsOperand(next) || next.isWord("CASE", "NOT", "EXISTS")
}

// windowSpec walks the inside of OVER (…): each partition key, sort key and
// frame offset becomes an argument of the open marker.
func (w *walker) windowSpec(in *cursor) (n windowNote) {
	if in.peek().isIdent() && !in.at(1).isWord("BY") && !atFrame(in) {
		n.ref = w.ident(in)
	}
	cluster := in.peek().isWord("CLUSTER")
	if in.accept("PARTITION", "BY") || in.accept("DISTRIBUTE", "BY") || in.accept("CLUSTER", "BY") {
		w.list(in, func() {
			w.arg(in.peek().beg)
			w.expr(in)
			n.keys++
		})
	}
	if !cluster && (in.accept("ORDER", "BY") || in.accept("SORT", "BY")) {
		w.list(in, func() {
			w.arg(in.peek().beg)
			w.sortItem(in)
			n.sorts++
		})
	}
	if atFrame(in) {
		w.frame(in, &n)
	}
	w.finish(in)
	return n
}

// atFrame tells a frame from a window called rows or range.
func atFrame(c *cursor) bool {
	return c.peek().isWord("ROWS", "RANGE") && c.at(1).kind != eof && !c.at(1).isWord("BY")
}

// frame reads ROWS or RANGE with one or two bounds; with one, the other is the
// current row.
func (w *walker) frame(in *cursor, n *windowNote) {
	n.frame = true
	n.unit = logical.FrameRows
	if in.next().isWord("RANGE") {
		n.unit = logical.FrameRange
	}
	if !in.accept("BETWEEN") {
		n.start, n.end = w.frameBound(in), logical.CurrentRow
		return
	}
	n.start = w.frameBound(in)
	w.expect(in, "AND")
	n.end = w.frameBound(in)
}

// frameBound reads a bound; an offset becomes an argument of the marker.
func (w *walker) frameBound(in *cursor) logical.BoundKind {
	switch {
	case in.accept("UNBOUNDED", "PRECEDING"):
		return logical.UnboundedPreceding
	case in.accept("UNBOUNDED", "FOLLOWING"):
		return logical.UnboundedFollowing
	case in.accept("CURRENT", "ROW"):
		return logical.CurrentRow
	}
	w.arg(in.peek().beg)
	w.operand(in)
	switch {
	case in.accept("PRECEDING"):
		return logical.Preceding
	case in.accept("FOLLOWING"):
		return logical.Following
	}
	w.unexpected(in.peek(), "expecting PRECEDING or FOLLOWING")
	return 0
}

// sortItem walks an item of ORDER BY.
func (w *walker) sortItem(c *cursor) {
	t := c.peek()
	start := w.mark()
	all := t.isWord("ALL") && (c.at(1).kind == eof || c.at(1).isWord("ASC", "DESC", "NULLS", "LIMIT", "OFFSET") || c.at(1).isOp("|>"))
	if all {
		c.i++
		w.leaf(t.beg, markAll, noNote{})
	} else {
		w.expr(c)
	}
	n := byNote{desc: c.acceptAny("ASC", "DESC") == "DESC"}
	n.nullsFirst = !n.desc
	if c.accept("NULLS") {
		switch c.acceptAny("FIRST", "LAST") {
		case "FIRST":
			n.nullsFirst = true
		case "LAST":
			n.nullsFirst = false
		default:
			w.unexpected(c.peek(), "expecting FIRST or LAST")
		}
	}
	w.wrap(start, t.beg, markBy, n)
	w.close(t.beg)
}
