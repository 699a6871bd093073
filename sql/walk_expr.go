package sql

import "strings"

// Spark's precedence, from loose to tight: OR; AND; NOT; one predicate (BETWEEN,
// IN, LIKE, IS) over comparisons; |; ^; &; << >> >>>; + - ||; * / % DIV; unary
// + - ~; postfix. TiDB's (MySQL's) differs in four places, which the functions
// below correct: NOT written as !, predicates over comparisons, ^, and the
// operators it does not have.

// expr walks a boolean expression.
func (w *walker) expr(c *cursor) {
	w.deeper(c)
	for {
		for n := 0; c.peek().isOp("!") || c.peek().isWord("NOT") && !c.at(1).isPunct("."); n++ {
			w.limit(c, n)
			w.emit(c.next().beg, "NOT")
		}
		w.predicated(c)
		t := c.peek()
		if !t.isWord("AND", "OR") {
			w.depth--
			return
		}
		w.emit(t.beg, t.upper)
		c.i++
	}
}

// deeper counts the levels of expressions within expressions. Brackets are
// bounded already, but CASE nests without them.
func (w *walker) deeper(c *cursor) {
	w.depth++
	w.limit(c, w.depth/2)
}

// limit fails if n levels are too many for those who walk the tree later.
func (w *walker) limit(c *cursor, n int) {
	if n > maxNesting {
		w.fail(errorAt(c.peek().beg, condStatement, "The expression is nested too deeply."))
	}
}

// only walks an expression that fills the whole level.
func (w *walker) only(c *cursor) {
	w.expr(c)
	w.finish(c)
}

// predicated walks comparisons with at most one predicate behind them. In
// Spark the predicate applies to all of them, a = b IN (c) being (a = b) IN (c).
func (w *walker) predicated(c *cursor) {
	start := w.mark()
	compared := w.comparison(c)
	predicate, skip, not := predicateAt(c)
	if predicate == "" {
		return
	}
	if compared {
		w.parens(start)
	}
	pos := c.peek().beg
	c.i += skip
	switch predicate {
	case "IN":
		w.in(c, pos, not)
	case "BETWEEN":
		w.emit(pos, not+"BETWEEN")
		w.operand(c)
		w.emit(c.peek().beg, "AND")
		w.expect(c, "AND")
		w.operand(c)
	case "IS":
		w.is(c, start, pos)
	default:
		w.match(c, start, pos, predicate, not != "")
	}
}

// predicateAt says which predicate is next, how many tokens its keywords are,
// and "NOT " if it is negated.
func predicateAt(c *cursor) (predicate string, skip int, not string) {
	t := c.peek()
	if t.isWord("NOT") || t.isOp("!") {
		skip, not = 1, "NOT "
		t = c.at(1)
	}
	switch {
	case t.isWord("IN") && c.at(skip+1).isGroup("("), t.isWord("BETWEEN", "LIKE", "ILIKE", "RLIKE", "REGEXP"):
		return t.upper, skip + 1, not
	case t.isWord("IS") && not == "":
		return t.upper, 1, ""
	}
	return "", 0, ""
}

// operand walks comparisons and puts them in parentheses if there are any:
// the bounds of BETWEEN and patterns are such in Spark but not in TiDB.
func (w *walker) operand(c *cursor) {
	start := w.mark()
	if w.comparison(c) {
		w.parens(start)
	}
}

// in walks the list or query of IN.
func (w *walker) in(c *cursor, pos int, not string) {
	w.emit(pos, not+"IN", "(")
	in := w.group(c, "(")
	if isQuery(in) {
		w.query(in)
	} else {
		w.emitList(in, func() { w.expr(in) })
	}
	w.finish(in)
	w.emit(pos, ")")
}

// is walks IS [NOT] NULL, TRUE, FALSE, UNKNOWN and DISTINCT FROM.
func (w *walker) is(c *cursor, start, pos int) {
	not := ""
	if c.accept("NOT") || c.acceptOp("!") {
		not = "NOT "
	}
	if c.accept("DISTINCT", "FROM") {
		w.wrap(start, pos, markDistinct, notNote{not != ""})
		w.arg(pos)
		w.comparison(c)
		w.close(pos)
		return
	}
	what := c.acceptAny("NULL", "TRUE", "FALSE", "UNKNOWN")
	if what == "" {
		w.unexpected(c.peek(), "")
	}
	w.emit(pos, "IS "+not+what)
}

// match walks LIKE, ILIKE and RLIKE, with ANY or ALL of several patterns.
func (w *walker) match(c *cursor, start, pos int, operator string, not bool) {
	n := matchNote{operator: strings.ToLower(operator), not: not}
	if n.operator == "regexp" {
		n.operator = "rlike"
	}
	if c.peek().isWord("ANY", "SOME", "ALL") && c.at(1).isGroup("(") {
		n.quantifier = c.next().upper
		if n.quantifier == "SOME" {
			n.quantifier = "ANY"
		}
	}
	index := len(w.notes)
	w.wrap(start, pos, markMatch, n)
	w.arg(pos)
	if n.quantifier != "" {
		in := w.group(c, "(")
		if in.done() {
			w.fail(errorAt(in.end.beg, "_LEGACY_ERROR_TEMP_0064", "Expected something between '(' and ')'."))
		}
		w.emitList(in, func() { w.expr(in) })
		w.finish(in)
	} else {
		w.comparison(c)
	}
	w.close(pos)
	if c.accept("ESCAPE") {
		t := c.next()
		if t.kind != str {
			w.unexpected(t, "expecting a string")
		}
		if len([]rune(t.text)) != 1 {
			w.fail(errorAt(t.beg, "INVALID_ESC", "Found an invalid escape string: '%s'. The escape string must contain only one character.", t.text))
		}
		n.escape = t.text
		w.notes[index].note = n
	}
}

var comparisons = map[string]string{
	"=": "=", "==": "=", "<=>": "<=>", "<>": "!=", "!=": "!=",
	"<": "<", "<=": "<=", "!>": "<=", ">": ">", ">=": ">=", "!<": ">=",
}

// comparison walks a chain of comparisons and says whether it has any.
func (w *walker) comparison(c *cursor) (compared bool) {
	w.bitOr(c)
	for c.peek().kind == op {
		o, ok := comparisons[c.peek().text]
		if !ok {
			break
		}
		w.emit(c.next().beg, o)
		w.bitOr(c)
		compared = true
	}
	return compared
}

// bitOr walks a chain of |. Since ^ travels at the level of | (TiDB has no
// level between | and &), an operand that holds ^ gets parentheses.
func (w *walker) bitOr(c *cursor) {
	w.bitXor(c)
	for c.peek().isOp("|") {
		w.emit(c.next().beg, "|")
		start := w.mark()
		if w.bitXor(c) {
			w.parens(start)
		}
	}
}

// bitXor walks a chain of ^ and says whether it has any.
func (w *walker) bitXor(c *cursor) (found bool) {
	w.arithmetic(c)
	for c.peek().isOp("^") {
		w.sandwich(c.next().beg, "|", opXor)
		w.arithmetic(c)
		found = true
	}
	return found
}

// arithmetic walks a chain of the operators that bind tighter than ^. Their
// precedence among each other is the same in both grammars.
func (w *walker) arithmetic(c *cursor) {
	for {
		w.unary(c)
		t := c.peek()
		switch {
		case t.isOp("+", "-", "*", "/", "%", "&", "<<", ">>"):
			w.emit(t.beg, t.text)
		case t.isOp("||"):
			w.sandwich(t.beg, "+", opConcat)
		case t.isOp(">>>"):
			w.sandwich(t.beg, "<<", opShiftUnsigned)
		case t.isWord("DIV") && startsOperand(c.at(1)):
			w.emit(t.beg, "DIV")
		default:
			return
		}
		c.i++
	}
}

// startsOperand tells a DIV b from the column called div.
func startsOperand(t token) bool {
	return t.isIdent() && !t.isWord("FROM", "AS") || t.kind == num || t.kind == str || t.kind == param || t.kind == group || t.isOp("+", "-", "~")
}

// unary walks the prefix operators of a primary expression.
func (w *walker) unary(c *cursor) {
	for n := 0; c.peek().isOp("+", "-", "~"); n++ {
		w.limit(c, n)
		t := c.next()
		if t.isOp("-") && c.peek().kind == num { // the sign belongs to the literal: -9223372036854775808L
			w.primary(c, true)
			return
		}
		w.emit(t.beg, t.text)
	}
	w.primary(c, false)
}
