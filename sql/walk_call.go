package sql

import (
	"strings"

	"github.com/gosql-engine/gosql/logical"
)

// call walks the arguments of a function and returns the index of the call's
// note, to which callSuffix adds.
func (w *walker) call(c *cursor, pos int, name []string) int {
	in := w.group(c, "(")
	index := len(w.notes)
	w.open(pos, markCall, nil)
	n := callNote{name: name}
	if in.peek().isWord("DISTINCT") && in.at(1).kind != eof && !in.at(1).isPunct(",") {
		in.i++
		n.distinct = true
	} else if in.peek().isWord("ALL") && startsOperand(in.at(1)) {
		in.i++
	}
	if isQuery(in) && !in.words("TABLE") {
		w.arg(pos)
		w.emit(pos, "(")
		w.query(in)
		w.emit(pos, ")")
		n.args = 1
	} else {
		n.args = w.callArguments(in)
	}
	n.ignoreNulls = w.nullTreatment(in)
	if in.accept("ORDER", "BY") {
		w.list(in, func() {
			w.arg(in.peek().beg)
			w.sortItem(in)
		})
	}
	w.finish(in)
	w.close(pos)
	w.notes[index].note = n
	return index
}

// callArguments emits each argument after a comma.
func (w *walker) callArguments(in *cursor) (n int) {
	for !in.done() && !in.words("ORDER", "BY") && !atNullTreatment(in) {
		if n > 0 && !in.acceptPunct(",") {
			break
		}
		w.arg(in.peek().beg)
		w.argument(in)
		n++
	}
	return n
}

// arguments emits expressions with commas between them.
func (w *walker) arguments(in *cursor) (n int) {
	if in.done() {
		return 0
	}
	w.emitList(in, func() {
		w.argument(in)
		n++
	})
	return n
}

// argument walks a lambda, a named argument, a table argument, or an
// expression with an optional alias, as struct(a AS b) has it.
func (w *walker) argument(c *cursor) {
	t := c.peek()
	switch {
	case t.isIdent() && c.at(1).isOp("=>"):
		c.i += 2
		w.open(t.beg, markNamed, nameNote{[]string{t.text}})
		w.arg(t.beg)
		w.argument(c)
		w.close(t.beg)
	case t.isIdent() && c.at(1).isOp("->"):
		c.i += 2
		w.lambda(c, t.beg, []string{t.text})
	case t.isGroup("(") && c.at(1).isOp("->"):
		params := w.identList(c)
		c.i++
		w.lambda(c, t.beg, params)
	case t.isWord("TABLE") && (c.at(1).isGroup("(") || c.at(1).isIdent()):
		w.tableArgument(c)
	default:
		w.namedExpr(c)
	}
}

// lambda walks the body behind the arrow.
func (w *walker) lambda(c *cursor, pos int, params []string) {
	w.open(pos, markLambda, nameNote{params})
	w.arg(pos)
	w.expr(c)
	w.close(pos)
}

// tableArgument walks TABLE(query), TABLE(name) and TABLE name.
func (w *walker) tableArgument(c *cursor) {
	t := c.next()
	if c.peek().isWord("PARTITION", "ORDER", "WITH") {
		w.unexpected(c.peek(), "")
	}
	w.open(t.beg, markTableArg, noNote{})
	w.arg(t.beg)
	w.emit(t.beg, "(")
	in := c
	if c.peek().isGroup("(") {
		in = w.group(c, "(")
	}
	if isQuery(in) {
		w.query(in)
	} else {
		w.wholeTable(in)
	}
	if in != c {
		w.finish(in)
	}
	w.emit(t.beg, ")")
	w.close(t.beg)
	if c.peek().isWord("PARTITION", "DISTRIBUTE", "ORDER", "SORT", "WITH") {
		w.fail(errorAt(c.peek().beg, condFeature, "The feature is not supported: partitioning of table arguments."))
	}
}

// atNullTreatment and nullTreatment look for and skip IGNORE NULLS and RESPECT
// NULLS, which may stand inside the brackets of a call or behind them.
func atNullTreatment(c *cursor) bool {
	return c.peek().isWord("IGNORE", "RESPECT") && c.at(1).isWord("NULLS")
}

func (w *walker) nullTreatment(c *cursor) (ignore bool) {
	if !atNullTreatment(c) {
		return false
	}
	c.i += 2
	return c.at(-2).isWord("IGNORE")
}

// callSuffix walks what may follow a call that was emitted from start on and
// whose note is at index. It says whether there was anything.
func (w *walker) callSuffix(c *cursor, start int, index *int) bool {
	t := c.peek()
	n := w.notes[*index].note.(callNote)
	switch {
	case t.isWord("WITHIN") && c.at(1).isWord("GROUP") && c.at(2).isGroup("("):
		in := inside(c.at(2))
		c.i += 3
		w.expect(in, "ORDER", "BY")
		w.reopen()
		w.list(in, func() {
			w.arg(in.peek().beg)
			w.sortItem(in)
		})
		w.finish(in)
		w.close(t.beg)
	case t.isWord("FILTER") && c.at(1).isGroup("("):
		in := inside(c.at(1))
		c.i += 2
		w.expect(in, "WHERE")
		w.reopen()
		w.arg(t.beg)
		w.only(in)
		w.close(t.beg)
		n.filter = true
	case atNullTreatment(c):
		n.ignoreNulls = w.nullTreatment(c)
	case t.isWord("OVER") && (c.at(1).isGroup("(") || c.at(1).isIdent()):
		c.i++
		w.over(c, start, t.beg)
		*index = -1
		return true
	default:
		return false
	}
	w.notes[*index].note = n
	return true
}

// reopen takes back the bracket that closed the last call, so that more
// arguments can follow.
func (w *walker) reopen() { w.out = w.out[:len(w.out)-1] }

// formGroup returns a cursor over the arguments if the word at c is called.
func formGroup(c *cursor) *cursor {
	if !c.at(1).isGroup("(") {
		return nil
	}
	return inside(c.at(1))
}

// callOf emits a plain call of name; each part emits one argument.
func (w *walker) callOf(pos int, name string, parts ...func()) {
	w.open(pos, markCall, callNote{name: []string{name}, args: len(parts)})
	for _, p := range parts {
		w.arg(pos)
		p()
	}
	w.close(pos)
}

// upTo returns a part that walks the expression before one of the keywords, or
// before the end, and skips the keyword.
func (w *walker) upTo(in *cursor, keywords ...string) func() {
	end := in.find(keywords...)
	if end < 0 {
		end = len(in.toks)
	}
	sub := in.until(end)
	in.next()
	return func() { w.only(sub) }
}

// extract walks EXTRACT(field FROM source).
func (w *walker) extract(c *cursor) bool {
	in := formGroup(c)
	if in == nil || !in.peek().isIdent() || !in.at(1).isWord("FROM") {
		return false
	}
	field := in.next()
	in.next()
	w.callOf(c.peek().beg, "extract", func() { w.value(field.beg, logical.Lit(field.text)) }, func() { w.only(in) })
	c.i += 2
	return true
}

// trim walks TRIM([BOTH|LEADING|TRAILING] [chars] FROM s). The calls it becomes
// take the characters first, as Spark's two-argument forms do.
func (w *walker) trim(c *cursor) bool {
	in := formGroup(c)
	if in == nil || in.find("FROM") < 0 {
		return false
	}
	name := map[string]string{"": "trim", "BOTH": "trim", "LEADING": "ltrim", "TRAILING": "rtrim"}[in.acceptAny("BOTH", "LEADING", "TRAILING")]
	parts := []func(){}
	if in.find("FROM") > in.i {
		parts = append(parts, w.upTo(in, "FROM"))
	} else {
		in.next()
	}
	w.callOf(c.peek().beg, name, append(parts, func() { w.only(in) })...)
	c.i += 2
	return true
}

// substring walks SUBSTRING(s FROM a [FOR b]).
func (w *walker) substring(c *cursor) bool {
	in := formGroup(c)
	if in == nil || in.find("FROM") < 0 {
		return false
	}
	parts := []func(){w.upTo(in, "FROM")}
	for !in.done() {
		parts = append(parts, w.upTo(in, "FOR"))
	}
	w.callOf(c.peek().beg, "substring", parts...)
	c.i += 2
	return true
}

// positionIn walks POSITION(a IN b).
func (w *walker) positionIn(c *cursor) bool {
	in := formGroup(c)
	if in == nil || in.find("IN") < 0 {
		return false
	}
	w.callOf(c.peek().beg, "locate", w.upTo(in, "IN"), func() { w.only(in) })
	c.i += 2
	return true
}

// overlay walks OVERLAY(s PLACING r FROM a [FOR b]).
func (w *walker) overlay(c *cursor) bool {
	in := formGroup(c)
	if in == nil || in.find("PLACING") < 0 {
		return false
	}
	parts := []func(){w.upTo(in, "PLACING"), w.upTo(in, "FROM")}
	for !in.done() {
		parts = append(parts, w.upTo(in, "FOR"))
	}
	w.callOf(c.peek().beg, "overlay", parts...)
	c.i += 2
	return true
}

// unitCalls are the functions whose three-argument form begins with the bare
// name of a unit, and the function that Spark makes of it.
var unitCalls = map[string]string{
	"TIMESTAMPADD": "timestampadd", "DATEADD": "timestampadd", "DATE_ADD": "timestampadd",
	"TIMESTAMPDIFF": "timestampdiff", "DATEDIFF": "timestampdiff", "DATE_DIFF": "timestampdiff", "TIMEDIFF": "timestampdiff",
}

// unitCall walks DATEADD(DAY, n, t) and its kin. With other arguments they are
// ordinary functions: date_add(d, 5).
func (w *walker) unitCall(c *cursor) bool {
	in := formGroup(c)
	if in == nil || !in.at(1).isPunct(",") {
		return false
	}
	t, unit := c.peek(), in.next()
	if unit.kind == str && len(splitCommas(in.toks)) == 3 {
		w.fail(errorAt(unit.beg, "INVALID_PARAMETER_VALUE.DATETIME_UNIT", "The value of parameter(s) `unit` in `%s` is invalid: expects one of the units without quotes %s, but got the string literal '%s'.",
			strings.ToLower(t.text), strings.Join(datetimeUnits, ", "), unit.text))
	}
	if !unit.isWord(datetimeUnits...) || len(splitCommas(in.toks)) != 3 {
		return false
	}
	w.open(t.beg, markCall, callNote{name: []string{unitCalls[t.upper]}, args: 3})
	w.arg(unit.beg)
	w.value(unit.beg, logical.Lit(unit.upper))
	w.arg(t.beg)
	in.next()
	w.arguments(in)
	w.finish(in)
	w.close(t.beg)
	c.i += 2
	return true
}

// splitCommas cuts tokens at their commas.
func splitCommas(toks []token) (parts [][]token) {
	from := 0
	for i, t := range toks {
		if t.isPunct(",") {
			parts = append(parts, toks[from:i])
			from = i + 1
		}
	}
	return append(parts, toks[from:])
}

var datetimeUnits = []string{
	"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DAYOFYEAR", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND",
}
