package sql

import "github.com/gosql-engine/gosql/logical"

// selectQuery walks SELECT … up to HAVING and WINDOW. The scope it returns is
// not sealed yet.
func (w *walker) selectQuery(c *cursor) *selectScope {
	s := w.selectList(c)
	if t := c.peek(); c.accept("FROM") {
		w.emit(t.beg, "FROM")
		w.from(c)
	} else {
		w.noFrom(t.beg)
	}
	w.clauses(c, s)
	return s
}

// fromFirst walks FROM … [SELECT …], whose clauses TiDB wants the other way round.
func (w *walker) fromFirst(c *cursor) *selectScope {
	t := c.next()
	start := w.mark()
	w.emit(t.beg, "FROM")
	w.from(c)
	from := w.cut(start)
	if !c.peek().isWord("SELECT") {
		w.out = append(w.out, w.selectSame(t.beg)...)
		w.out = append(w.out, from...)
		return &selectScope{closed: true}
	}
	s := w.selectList(c)
	w.out = append(w.out, from...)
	w.lateralViews(c)
	w.clauses(c, s)
	return s
}

// noFrom emits the one row of a SELECT without FROM.
func (w *walker) noFrom(pos int) {
	w.emit(pos, "FROM", quote(tableSchema), ".", quote(w.add(pos, tableNote{})))
}

// selectList walks from SELECT to the end of the list.
func (w *walker) selectList(c *cursor) *selectScope {
	t := c.next()
	s := &selectScope{pos: t.beg}
	for c.peek().kind == hint {
		s.note.hints = append(s.note.hints, w.hints(c.next())...)
	}
	w.emit(t.beg, "SELECT")
	if d := c.peek(); d.isWord("DISTINCT") && !nameFollows(c.at(1)) {
		c.i++
		w.emit(d.beg, "DISTINCT")
	} else if d.isWord("ALL") && (startsOperand(c.at(1)) || c.at(1).isOp("*")) {
		c.i++
	}
	s.mark = w.mark()
	if c.peek().isWord("TRANSFORM") && c.at(1).isGroup("(") && c.at(2).isWord("USING", "ROW") {
		w.transform(c.peek())
	}
	w.emitList(c, func() { w.namedExpr(c) })
	return s
}

// namedExpr walks an expression and its alias or aliases.
func (w *walker) namedExpr(c *cursor) {
	start := w.mark()
	w.expr(c)
	t := c.peek()
	var names []string
	switch {
	case c.accept("AS"):
		if c.peek().isGroup("(") {
			names = w.identList(c)
		} else {
			names = []string{w.ident(c)}
		}
	case t.isIdent() && !endsItem(c):
		names = []string{w.ident(c)}
	default:
		return
	}
	w.wrap(start, t.beg, markAs, aliasNote{names})
	w.close(t.beg)
}

// endsItem says whether the word at c begins what follows a select item, an
// argument or a relation, rather than being an alias without AS.
func endsItem(c *cursor) bool {
	t, next := c.peek(), c.at(1)
	if t.kind != word {
		return false
	}
	switch t.upper {
	case "FROM", "WHERE", "HAVING", "ON", "USING", "WHEN", "THEN", "ELSE", "FOR", "AND", "OR":
		return true
	case "GROUP", "ORDER", "SORT", "CLUSTER", "DISTRIBUTE", "PARTITION":
		return next.isWord("BY")
	case "LATERAL":
		return true
	case "IGNORE", "RESPECT":
		return next.isWord("NULLS")
	case "UNION", "EXCEPT", "MINUS", "SETMINUS", "INTERSECT":
		return next.isGroup("(") || next.isWord("ALL", "DISTINCT", "BY", "SELECT", "VALUES", "TABLE", "FROM", "WITH")
	}
	return atOrganization(c) || atQualify(c)
}

// clauses walks WHERE, GROUP BY, HAVING, WINDOW and QUALIFY.
func (w *walker) clauses(c *cursor, s *selectScope) {
	if t := c.peek(); c.accept("WHERE") {
		w.emit(t.beg, "WHERE")
		w.expr(c)
	}
	if t := c.peek(); c.accept("GROUP", "BY") {
		w.emit(t.beg, "GROUP BY")
		w.groupBy(c, w.expr)
	}
	if t := c.peek(); c.accept("HAVING") {
		w.emit(t.beg, "HAVING")
		w.expr(c)
	}
	for atWindowClause(c) || atQualify(c) {
		if atQualify(c) {
			w.qualify(c, s)
		} else {
			w.trailingWindows(c, s)
		}
	}
}

// qualify walks QUALIFY, which stands before or after WINDOW.
func (w *walker) qualify(c *cursor, s *selectScope) {
	if s.qualify != nil {
		w.unexpected(c.peek(), "")
	}
	s.qualify = w.qualifyClause(c)
}

// groupBy walks the list and what may stand behind it. Single expressions are
// walked by item: the pipe operator AGGREGATE allows aliases here.
func (w *walker) groupBy(c *cursor, item func(*cursor)) {
	w.emitList(c, func() { w.groupItem(c, item) })
	t := c.peek()
	switch {
	case c.accept("WITH", "ROLLUP"):
		w.arg(t.beg)
		w.leaf(t.beg, markGrouping, groupNote{logical.Rollup, true})
	case c.accept("WITH", "CUBE"):
		w.arg(t.beg)
		w.leaf(t.beg, markGrouping, groupNote{logical.Cube, true})
	case c.accept("GROUPING", "SETS"):
		w.arg(t.beg)
		w.groupSets(c, t.beg, groupNote{logical.GroupingSets, true})
	}
}

var groupings = map[string]logical.GroupingKind{"ROLLUP": logical.Rollup, "CUBE": logical.Cube}

// groupItem walks an item of GROUP BY or of an analytic's list. ROLLUP and CUBE
// are analytics only before a bracket, and ALL only at the end.
func (w *walker) groupItem(c *cursor, item func(*cursor)) {
	t, next := c.peek(), c.at(1)
	kind, grouping := groupings[t.upper]
	switch {
	case t.kind == word && grouping && next.isGroup("("):
		c.i++
		w.groupSets(c, t.beg, groupNote{kind, false})
	case c.accept("GROUPING", "SETS"):
		w.groupSets(c, t.beg, groupNote{logical.GroupingSets, false})
	case t.isWord("ALL") && (next.kind == eof || next.isWord("HAVING") || endsItem(&cursor{toks: c.toks, i: c.i + 1, end: c.end})):
		c.i++
		w.leaf(t.beg, markAll, noNote{})
	default:
		item(c)
	}
}

// groupSets walks (a, (b, c), ROLLUP (d)).
func (w *walker) groupSets(c *cursor, pos int, n groupNote) {
	in := w.group(c, "(")
	w.open(pos, markGrouping, n)
	for !in.done() {
		w.arg(pos)
		t, next := in.peek(), in.at(1)
		if t.isGroup("(") && (next.kind == eof || next.isPunct(",")) && !isQuery(inside(t)) {
			in.i++
			sub := inside(t)
			if sub.done() && n.kind != logical.GroupingSets {
				w.fail(errorAt(t.beg, "_LEGACY_ERROR_TEMP_0051", "Empty set in %s grouping sets is not supported.", [...]string{"ROLLUP", "CUBE"}[n.kind]))
			}
			w.open(t.beg, markSet, noNote{})
			if !sub.done() {
				w.list(sub, func() {
					w.arg(t.beg)
					w.expr(sub)
				})
			}
			w.finish(sub)
			w.close(t.end)
		} else {
			w.groupItem(in, w.expr)
		}
		if !in.acceptPunct(",") {
			break
		}
	}
	w.finish(in)
	w.close(pos)
}
