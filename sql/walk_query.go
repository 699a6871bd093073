package sql

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gosql-engine/gosql/logical"
)

// isQuery says whether the tokens at c are a query rather than an expression.
func isQuery(c *cursor) bool {
	t, next := c.peek(), c.at(1)
	switch {
	case t.isGroup("("):
		return isQuery(inside(t)) && (next.kind == eof || next.isOp("|>") || next.isWord("UNION", "EXCEPT", "INTERSECT", "MINUS", "SETMINUS", "ORDER", "SORT", "CLUSTER", "DISTRIBUTE", "LIMIT", "OFFSET"))
	case t.isWord("SELECT", "WITH", "FROM"):
		return next.kind != eof && !next.isPunct(",") && !next.isPunct(".") && !next.isOp("=>", "->")
	case t.isWord("MAP", "REDUCE"):
		return next.isIdent() && c.find("USING") > 0
	case t.isWord("TABLE"):
		return next.isIdent()
	case t.isWord("VALUES"):
		return next.isGroup("(") || next.kind == str || next.kind == num || next.isOp("-") || next.isIdent() && !next.isWord("AS", "FROM")
	}
	return false
}

// query walks a whole query up to the end of its level or to a token that
// cannot belong to it.
func (w *walker) query(c *cursor) {
	if c.peek().isWord("WITH") {
		w.with(c)
	}
	start := w.mark()
	scope := w.terms(c, start)
	w.organization(c, start, scope)
	if !c.peek().isOp("|>") {
		return
	}
	for c.acceptOp("|>") {
		w.pipe(c, start)
	}
	w.organization(c, start, nil) // of the whole, behind that of the last operator
}

// with walks WITH a AS (…), b (x) AS (…). A CTE's name travels as an alias.
func (w *walker) with(c *cursor) {
	w.emit(c.next().beg, "WITH")
	if t := c.peek(); c.accept("RECURSIVE") {
		w.emit(t.beg, "RECURSIVE")
	}
	seen := map[string]bool{}
	w.emitList(c, func() {
		t := c.peek()
		n := relationNote{alias: w.ident(c)}
		if seen[strings.ToLower(n.alias)] {
			w.fail(errorAt(t.beg, condDuplicateCTE, "CTE definition can't have duplicate names: `%s`.", n.alias))
		}
		seen[strings.ToLower(n.alias)] = true
		if c.peek().isGroup("(") && c.at(1).isWord("AS", "MAX") {
			n.columns = w.identList(c)
		}
		if c.accept("MAX", "RECURSION", "LEVEL") {
			level := c.next()
			n.rounds, _ = strconv.Atoi(level.text)
			if level.kind != num || n.rounds <= 0 {
				w.unexpected(level, "expecting a positive number")
			}
		}
		c.accept("AS")
		w.emit(t.beg, quote(aliasPrefix+w.add(t.beg, n)), "AS", "(")
		in := w.group(c, "(")
		w.query(in)
		w.finish(in)
		w.emit(in.end.beg, ")")
	})
}

// selectScope is the SELECT being walked: where its list begins, and what its
// marker has to carry.
type selectScope struct {
	mark    int // before the first select item
	pos     int
	note    selectNote
	windows []piece
	qualify []piece
	closed  bool
}

// seal inserts the SELECT's marker as its first field, if there is anything to
// carry. Nothing before the mark may change until then.
func (w *walker) seal(s *selectScope) {
	if s == nil || s.closed {
		return
	}
	s.closed = true
	if !s.note.same && len(s.note.hints) == 0 && len(s.windows) == 0 && len(s.qualify) == 0 {
		return
	}
	ps := append([]piece{{markerText(markSelect, w.add(s.pos, s.note)), s.pos}}, s.windows...)
	ps = append(ps, s.qualify...)
	ps = append(ps, piece{")", s.pos})
	if !s.note.same {
		ps = append(ps, piece{",", s.pos})
	}
	w.insert(s.mark, ps...)
}

// hidden wraps all since start as a derived table that adds no name:
//
//	SELECT same FROM ( … ) AS hidden
//
// What is walked next belongs to the new SELECT.
func (w *walker) hidden(start, pos int) { w.passOn(start, pos, relationNote{}) }

// passOn is hidden with a relation's alias.
func (w *walker) passOn(start, pos int, n relationNote) {
	w.derived(start, pos, n)
	w.insert(start, append(w.selectSame(pos), piece{"FROM", pos})...)
}

// derived turns all since start into a derived table, without a SELECT around it.
func (w *walker) derived(start, pos int, n relationNote) {
	w.parens(start)
	w.alias(pos, n)
}

// selectSame is a SELECT whose rows are those of its FROM.
func (w *walker) selectSame(pos int) []piece {
	return []piece{{"SELECT", pos}, {markerText(markSelect, w.add(pos, selectNote{same: true})) + ")", pos}}
}

var setOperators = map[string]string{"UNION": "UNION", "EXCEPT": "EXCEPT", "MINUS": "EXCEPT", "SETMINUS": "EXCEPT", "INTERSECT": "INTERSECT"}

// terms walks query terms joined by set operators. Their precedence is the
// decoder's business: TiDB gives a flat list. A single SELECT returns its scope,
// so that ORDER BY and the like become part of it.
func (w *walker) terms(c *cursor, start int) *selectScope {
	scope := w.term(c)
	for first := true; c.peek().kind == word && setOperators[c.peek().upper] != ""; first = false {
		t := c.next()
		if first {
			w.seal(scope)
			w.parens(start)
			scope = nil
		}
		w.emit(t.beg, setOperators[t.upper])
		if q := c.acceptAny("ALL", "DISTINCT"); q != "" {
			w.emit(t.beg, q)
		}
		w.setOperand(c, t)
	}
	return scope
}

// setOperand walks the right side of a set operator, in brackets of its own.
func (w *walker) setOperand(c *cursor, t token) {
	if c.words("BY", "NAME") {
		w.fail(errorAt(c.peek().beg, condFeature+".SET_OPERATION_BY_NAME", "The feature is not supported: %s BY NAME.", t.upper))
	}
	w.emit(t.beg, "(")
	w.seal(w.term(c))
	w.emit(c.peek().beg, ")")
}

// term walks one operand of a set operation.
func (w *walker) term(c *cursor) *selectScope {
	t := c.peek()
	start := w.mark()
	switch {
	case t.isGroup("("):
		in := w.group(c, "(")
		w.query(in)
		w.finish(in)
		w.hidden(start, t.beg)
		return nil
	case t.isWord("SELECT"):
		return w.selectQuery(c)
	case t.isWord("FROM"):
		return w.fromFirst(c)
	case t.isWord("VALUES"):
		w.inlineTable(c)
		w.alias(t.beg, w.relationSuffix(c, relationNote{}))
		w.insert(start, append(w.selectSame(t.beg), piece{"FROM", t.beg})...)
		return nil
	case t.isWord("TABLE"):
		c.i++
		w.wholeTable(c)
		return nil
	case t.isWord("MAP", "REDUCE"):
		w.transform(t)
	}
	w.unexpected(t, "")
	return nil
}

// wholeTable walks the name in TABLE name, or a table function's call.
func (w *walker) wholeTable(c *cursor) {
	t := c.peek()
	w.out = append(w.out, w.selectSame(t.beg)...)
	w.emit(t.beg, "FROM")
	w.tableName(c, t.beg, w.dotted(c))
}

// transform stops at Hive's scripts, which would run programs.
func (w *walker) transform(t token) {
	w.fail(errorAt(t.beg, condFeature+".TRANSFORM_NON_HIVE", "The feature is not supported: TRANSFORM by a script."))
}

// inlineTable walks VALUES and its rows.
func (w *walker) inlineTable(c *cursor) {
	t := c.next()
	w.emit(t.beg, "(", "VALUES")
	row, width := 0, 0
	w.emitList(c, func() {
		n := w.row(c)
		if row == 0 {
			width = n
		}
		if n != width {
			w.fail(errorAt(t.beg, "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", "Invalid inline table. Inline table expected %d columns but found %d columns in row %d.", width, n, row))
		}
		row++
	})
	w.emit(c.peek().beg, ")")
}

// row walks a row of VALUES, with or without brackets, and returns its width.
func (w *walker) row(c *cursor) (n int) {
	t := c.peek()
	w.emit(t.beg, "ROW", "(")
	if in := inside(t); t.isGroup("(") && !isQuery(in) && rowEnds(c.at(1)) {
		c.i++
		if n = w.arguments(in); n == 0 {
			w.unexpected(in.end, "")
		}
		w.finish(in)
	} else {
		w.expr(c)
		n = 1
	}
	w.emit(t.beg, ")")
	return n
}

// rowEnds tells VALUES (1, 2) from VALUES (1) + 2.
func rowEnds(t token) bool { return t.kind != op && !t.isPunct(".") && !t.isGroup("[") }

// organization walks what stands behind all terms of a query: ORDER BY and its
// kin, LIMIT and OFFSET, each of which travels as an item of ORDER BY.
func (w *walker) organization(c *cursor, start int, scope *selectScope) {
	if !atOrganization(c) {
		w.seal(scope)
		return
	}
	if scope == nil {
		w.hidden(start, c.peek().beg)
	}
	first := true
	item := func(t token) {
		if first {
			w.emit(t.beg, "ORDER BY")
		} else {
			w.arg(t.beg)
		}
		first = false
	}
	for last := 0; atOrganization(c); {
		rank := slices.Index(organizers, c.peek().upper) + 1
		if rank <= last {
			break
		}
		last = rank
		if c.peek().isWord("WINDOW") {
			w.trailingWindows(c, scope)
			continue
		}
		w.organizer(c, item)
	}
	w.seal(scope)
}

// organizers are the clauses behind a query, in the only order they may have.
var organizers = []string{"ORDER", "CLUSTER", "DISTRIBUTE", "SORT", "WINDOW", "LIMIT", "OFFSET"}

// trailingWindows walks a WINDOW clause into the SELECT it belongs to.
func (w *walker) trailingWindows(c *cursor, scope *selectScope) {
	t := c.next()
	if scope == nil || len(scope.windows) > 0 {
		w.unexpected(t, "")
	}
	scope.windows = w.windowClause(c)
}

// atOrganization, atLimit and atWindowClause say whether such a clause begins
// here. All of their words may be names, so what follows decides.
func atOrganization(c *cursor) bool {
	t, next := c.peek(), c.at(1)
	return t.isWord("ORDER", "SORT", "CLUSTER", "DISTRIBUTE") && next.isWord("BY") || atLimit(c) || atWindowClause(c)
}

func atLimit(c *cursor) bool {
	return c.peek().isWord("LIMIT", "OFFSET") && (startsOperand(c.at(1)) || c.at(1).isWord("CASE"))
}

func atWindowClause(c *cursor) bool {
	return c.peek().isWord("WINDOW") && c.at(1).isIdent() && c.at(2).isWord("AS")
}

// organizer walks one clause of the organization.
func (w *walker) organizer(c *cursor, item func(token)) {
	t := c.next()
	if t.isWord("LIMIT") && c.accept("ALL") {
		return
	}
	item(t)
	each := func() {
		w.arg(t.beg)
		w.expr(c)
	}
	switch t.upper {
	case "LIMIT", "OFFSET":
		m := markLimit
		if t.upper == "OFFSET" {
			m = markOffset
		}
		w.open(t.beg, m, noNote{})
		each()
		w.close(t.beg)
		c.acceptAny("ROW", "ROWS")
		if c.peek().isPunct(",") {
			w.unexpected(c.peek(), "")
		}
		return
	case "ORDER":
		c.i++
		w.emitList(c, func() { w.sortItem(c) })
		return
	}
	c.i++
	w.open(t.beg, map[string]marker{"SORT": markSortBy, "CLUSTER": markClusterBy, "DISTRIBUTE": markDistributeBy}[t.upper], noNote{})
	if t.upper == "SORT" {
		each = func() {
			w.arg(t.beg)
			w.sortItem(c)
		}
	}
	w.list(c, each)
	w.close(t.beg)
}

// hints reads the hints of a SELECT: name(arguments), separated by commas or space.
func (w *walker) hints(t token) []hintNote {
	text := w.src[t.beg+3 : t.end-2]
	toks, err := parseTree(text, w.opts)
	if err != nil {
		w.fail(shift(err, t.beg+3))
	}
	var out []hintNote
	c := &cursor{toks: toks, end: token{beg: len(text), end: len(text)}}
	for !c.done() {
		name := c.next()
		if name.isPunct(",") {
			continue
		}
		if !name.isIdent() {
			w.fail(syntaxError(t.beg+3+name.beg, text[name.beg:name.end], ""))
		}
		h := hintNote{name: name.text}
		if c.peek().isGroup("(") {
			h.args = w.hintArguments(inside(c.next()), t.beg+3)
		}
		out = append(out, h)
	}
	return out
}

// hintArguments reads the names, numbers and strings in a hint's brackets.
func (w *walker) hintArguments(c *cursor, offset int) (args []logical.Expr) {
	for !c.done() {
		t := c.next()
		switch {
		case t.isPunct(","):
		case t.kind == num:
			args = append(args, logical.NewLiteral(w.numeric(token{beg: offset + t.beg, end: offset + t.end}, strings.ToUpper(t.text))))
		case t.kind == str:
			args = append(args, logical.Lit(t.text))
		case t.isIdent():
			parts := []string{t.text}
			for c.acceptPunct(".") {
				parts = append(parts, c.next().text)
			}
			args = append(args, &logical.UnresolvedAttr{Parts: parts, Pos: position(offset + t.beg)})
		default:
			w.fail(syntaxError(offset+t.beg, t.text, ""))
		}
	}
	return args
}
