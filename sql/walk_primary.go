package sql

import (
	"strings"

	"github.com/gosql-engine/gosql/logical"
)

// primary walks a primary expression with its postfix operators. negative
// means that a minus before a numeric literal has been skipped.
func (w *walker) primary(c *cursor, negative bool) {
	start := w.mark()
	t := c.peek()
	call := -1
	switch t.kind {
	case num:
		w.number(c, negative)
	case str:
		w.value(t.beg, w.text(t.beg, w.adjacentStrings(c)))
	case param:
		c.i++
		w.parameter(t)
	case group:
		w.bracketed(c)
	case quoted:
		call = w.name(c)
	case word:
		if form, ok := forms[t.upper]; !ok || !form(w, c) {
			call = w.name(c)
		}
	case op:
		if !t.isOp("*") {
			w.unexpected(t, "")
		}
		w.star(c)
	default:
		w.unexpected(t, "")
	}
	w.postfix(c, start, call)
}

// forms are the primaries that begin with a keyword. A form that returns false
// has not moved: the word is an ordinary name there.
var forms map[string]func(w *walker, c *cursor) bool

func init() {
	forms = map[string]func(w *walker, c *cursor) bool{
		"CAST": (*walker).cast, "TRY_CAST": (*walker).cast,
		"CASE": (*walker).caseWhen, "EXISTS": (*walker).exists, "INTERVAL": (*walker).interval,
		"NULL": (*walker).constant, "TRUE": (*walker).constant, "FALSE": (*walker).constant,
		"DATE": (*walker).typedLiteral, "TIMESTAMP": (*walker).typedLiteral, "TIMESTAMP_NTZ": (*walker).typedLiteral,
		"TIMESTAMP_LTZ": (*walker).typedLiteral, "TIME": (*walker).typedLiteral, "X": (*walker).typedLiteral,
		"EXTRACT": (*walker).extract, "TRIM": (*walker).trim, "SUBSTRING": (*walker).substring, "SUBSTR": (*walker).substring,
		"POSITION": (*walker).positionIn, "OVERLAY": (*walker).overlay,
		"TIMESTAMPADD": (*walker).unitCall, "TIMESTAMPDIFF": (*walker).unitCall, "DATEADD": (*walker).unitCall,
		"DATEDIFF": (*walker).unitCall, "DATE_ADD": (*walker).unitCall, "DATE_DIFF": (*walker).unitCall,
		"TIMEDIFF": (*walker).unitCall,
	}
}

// notNames are words that begin no expression unless what follows shows that
// they are names, so that a missing expression is reported at its place:
// SELECT FROM t. Spark reserves no words: start, end and order may be columns.
var notNames = map[string]bool{
	"FROM": true, "WHERE": true, "AS": true, "ON": true, "USING": true, "WHEN": true, "THEN": true, "ELSE": true, "SELECT": true,
	"UNION": true, "AND": true, "OR": true, "IN": true, "JOIN": true, "BETWEEN": true, "IS": true, "NOT": true, "GROUP": true, "ORDER": true,
}

// beginsNothing says whether the word at c is syntax where a value should be.
func beginsNothing(c *cursor) bool {
	t, next := c.peek(), c.at(1)
	switch {
	case t.kind != word || !notNames[t.upper]:
		return false
	case t.isWord("GROUP", "ORDER"):
		return next.isWord("BY")
	}
	return !nameFollows(next) && !next.isWord("FROM", "AS") && !next.isOp("=", "==", "<>", "!=", "<", ">", "<=", ">=", "<=>", "+", "/", "||", "%")
}

// name walks a column or a function call; for a call it returns the index of
// its note, otherwise -1.
func (w *walker) name(c *cursor) int {
	t := c.peek()
	if beginsNothing(c) {
		w.unexpected(t, "")
	}
	if t.kind == word && c.at(1).kind == str {
		w.unknownLiteral(t)
	}
	parts := w.dotted(c)
	if c.peek().isGroup("(") && !t.isWord("IN") {
		return w.call(c, t.beg, parts)
	}
	if c.peek().isPunct(".") && c.at(1).isOp("*") {
		c.i += 2
		w.leaf(t.beg, markStar, starNote{parts, w.starExcept(c)})
		return -1
	}
	w.column(t.beg, parts)
	return -1
}

// nameFollows: a word that is usually syntax is a column when it stands alone.
func nameFollows(t token) bool {
	return t.isPunct(".") || t.isPunct(",") || t.kind == eof
}

// star walks * where it is an argument or a select item.
func (w *walker) star(c *cursor) {
	pos := c.next().beg
	w.leaf(pos, markStar, starNote{nil, w.starExcept(c)})
}

// starExcept reads the EXCEPT (a, b.c) behind a star.
func (w *walker) starExcept(c *cursor) [][]string {
	if !c.peek().isWord("EXCEPT") || !c.at(1).isGroup("(") || isQuery(inside(c.at(1))) {
		return nil
	}
	c.i++
	in := w.group(c, "(")
	var names [][]string
	w.list(in, func() { names = append(names, w.dotted(in)) })
	w.finish(in)
	return names
}

// bracketed walks (query), (expression) and (row, of, expressions).
func (w *walker) bracketed(c *cursor) {
	t := c.peek()
	in := w.group(c, "(")
	w.emit(t.beg, "(")
	if isQuery(in) {
		w.query(in)
	} else if n := w.arguments(in); n == 0 {
		w.unexpected(in.end, "")
	}
	w.finish(in)
	w.emit(t.end, ")")
}

// postfix walks what may follow a primary expression that was emitted from
// start on: subscripts, fields, casts and, after a call, its window and filter.
func (w *walker) postfix(c *cursor, start, call int) {
	for n := 0; ; n++ {
		w.limit(c, n)
		t := c.peek()
		switch {
		case t.isGroup("["):
			w.wrap(start, t.beg, markAt, noNote{})
			w.arg(t.beg)
			w.only(inside(t))
			w.close(t.end)
			c.i++
		case t.isPunct(".") && c.at(1).isIdent():
			c.i++
			w.wrap(start, t.beg, markField, nameNote{[]string{w.ident(c)}})
			w.close(t.beg)
		case t.isOp("::"):
			c.i++
			w.castTo(c, start, t.beg, false)
		case t.isWord("COLLATE") && c.at(1).isIdent():
			c.i++
			w.collate(start, t.beg, w.dotted(c))
		case call >= 0 && w.callSuffix(c, start, &call):
			continue
		default:
			return
		}
		call = -1
	}
}

// collate makes x COLLATE name the call collate(x, 'name'), as Spark does.
func (w *walker) collate(start, pos int, name []string) {
	w.wrap(start, pos, markCall, callNote{name: []string{"collate"}, args: 2})
	w.arg(pos)
	w.value(pos, w.text(pos, strings.Join(name, ".")))
	w.close(pos)
}

// parameter emits ? or :name.
func (w *walker) parameter(t token) {
	p := &logical.Parameter{Name: t.text, Pos: position(t.beg)}
	if t.text == "" {
		p.Index = w.params
		w.params++
	}
	w.value(t.beg, p)
}

// cast walks CAST(x AS type) and TRY_CAST.
func (w *walker) cast(c *cursor) bool {
	t, g := c.peek(), c.at(1)
	if !g.isGroup("(") {
		return false
	}
	c.i += 2
	in := inside(g)
	start := w.mark()
	w.expr(in)
	w.expect(in, "AS")
	w.castTo(in, start, t.beg, t.upper == "TRY_CAST")
	w.finish(in)
	return true
}

// caseWhen walks CASE [value] WHEN … END. A column may be called case, too.
func (w *walker) caseWhen(c *cursor) bool {
	if nameFollows(c.at(1)) || c.at(1).isWord("FROM", "AS") {
		return false
	}
	w.emit(c.next().beg, "CASE")
	if !c.peek().isWord("WHEN") {
		w.expr(c)
	}
	if !c.peek().isWord("WHEN") {
		w.unexpected(c.peek(), "expecting WHEN")
	}
	for c.peek().isWord("WHEN") {
		w.emit(c.next().beg, "WHEN")
		w.expr(c)
		w.emit(c.peek().beg, "THEN")
		w.expect(c, "THEN")
		w.expr(c)
	}
	if t := c.peek(); c.accept("ELSE") {
		w.emit(t.beg, "ELSE")
		w.expr(c)
	}
	w.emit(c.peek().beg, "END")
	w.expect(c, "END")
	return true
}

// exists walks EXISTS (query); exists(array, lambda) is a function.
func (w *walker) exists(c *cursor) bool {
	t, g := c.peek(), c.at(1)
	if !g.isGroup("(") || !isQuery(inside(g)) {
		return false
	}
	c.i += 2
	w.emit(t.beg, "EXISTS", "(")
	in := inside(g)
	w.query(in)
	w.finish(in)
	w.emit(t.beg, ")")
	return true
}
