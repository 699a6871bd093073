package sql

// pipe walks the operator behind |>. What was emitted from start on is its
// input; each operator makes a SELECT of its own around it, except that set
// operators put it beside another query. Names of tables stay visible, since
// the hidden alias of the input adds none.
func (w *walker) pipe(c *cursor, start int) {
	t := c.peek()
	switch t.upper {
	case "SELECT":
		w.pipeSelect(c, start)
	case "EXTEND", "SET", "DROP":
		w.pipeList(c, start)
	case "AGGREGATE":
		w.pipeAggregate(c, start)
	case "WHERE":
		c.i++
		w.hidden(start, t.beg)
		w.emit(t.beg, "WHERE")
		w.expr(c)
		if atWindowClause(c) {
			w.unexpected(c.peek(), "")
		}
	case "AS":
		c.i++
		w.passOn(start, t.beg, relationNote{alias: w.ident(c)})
	case "UNION", "EXCEPT", "MINUS", "SETMINUS", "INTERSECT":
		w.hidden(start, t.beg)
		w.parens(start)
		c.i++
		w.emit(t.beg, setOperators[t.upper])
		if q := c.acceptAny("ALL", "DISTINCT"); q != "" {
			w.emit(t.beg, q)
		}
		w.setOperand(c, t)
	default:
		w.pipeRelation(c, start)
	}
}

// pipeSelect walks |> SELECT, whose list comes before its input in TiDB's text.
func (w *walker) pipeSelect(c *cursor, start int) {
	w.derived(start, c.peek().beg, relationNote{})
	input := w.cut(start)
	s := w.selectList(c)
	w.emit(s.pos, "FROM")
	w.out = append(w.out, input...)
	if atWindowClause(c) {
		w.trailingWindows(c, s)
	}
	w.seal(s)
}

var pipeMarkers = map[string]marker{"EXTEND": markPipeExtend, "SET": markPipeSet, "DROP": markPipeDrop}

// pipeList walks EXTEND e AS a, …; SET a = e, …; DROP a, ….
func (w *walker) pipeList(c *cursor, start int) {
	w.derived(start, c.peek().beg, relationNote{})
	input := w.cut(start)
	t := c.next()
	w.emit(t.beg, "SELECT")
	s := &selectScope{pos: t.beg, mark: w.mark()}
	w.leaf(t.beg, pipeMarkers[t.upper], noNote{})
	w.arg(t.beg)
	w.emitList(c, func() {
		switch t.upper {
		case "SET":
			w.pipeAssignment(c)
		case "DROP":
			pos := c.peek().beg
			w.column(pos, []string{w.ident(c)})
		default:
			w.namedExpr(c)
		}
	})
	w.emit(t.beg, "FROM")
	w.out = append(w.out, input...)
	if atWindowClause(c) {
		w.trailingWindows(c, s)
	}
	w.seal(s)
}

// pipeAssignment walks name = expression, which travels as an alias.
func (w *walker) pipeAssignment(c *cursor) {
	pos := c.peek().beg
	name := w.ident(c)
	if c.peek().isPunct(".") {
		w.fail(errorAt(c.peek().beg, condFeature, "The feature is not supported: SQL pipe syntax |> SET operator with multi-part assignment key (only single-part keys are allowed)."))
	}
	if !c.acceptOp("=", "==") {
		w.unexpected(c.peek(), "expecting '='")
	}
	w.open(pos, markAs, aliasNote{[]string{name}})
	w.arg(pos)
	w.expr(c)
	w.close(pos)
}

// pipeAggregate walks AGGREGATE [expressions] [GROUP BY items].
func (w *walker) pipeAggregate(c *cursor, start int) {
	w.derived(start, c.peek().beg, relationNote{})
	input := w.cut(start)
	t := c.next()
	w.emit(t.beg, "SELECT")
	w.leaf(t.beg, markPipeAgg, noNote{})
	if !c.words("GROUP", "BY") {
		w.arg(t.beg)
		w.emitList(c, func() { w.namedExpr(c) })
	}
	w.emit(t.beg, "FROM")
	w.out = append(w.out, input...)
	if g := c.peek(); c.accept("GROUP", "BY") {
		if c.words("ALL") && !c.at(1).isPunct(".") && !c.at(1).isPunct(",") {
			w.fail(errorAt(g.beg, condFeature+".PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE", "The feature is not supported: The SQL pipe operator syntax with aggregation (using |> AGGREGATE) does not support GROUP BY ALL."))
		}
		w.emit(g.beg, "GROUP BY")
		w.groupBy(c, w.namedExpr)
	}
}

// pipeRelation walks the operators that continue a FROM clause (joins, pivots,
// samples, lateral views) and those of the organization.
func (w *walker) pipeRelation(c *cursor, start int) {
	t := c.peek()
	if atOrganization(c) && !t.isWord("WINDOW") {
		w.organization(c, start, nil)
		return
	}
	var n relationNote
	if t.isWord("TABLESAMPLE") {
		n.sample = w.sample(c)
	}
	w.derived(start, t.beg, n)
	switch {
	case n.sample != nil:
	case c.words("LATERAL", "VIEW"):
		w.lateralViews(c)
	case !w.join(c) && !w.pivot(c, start) && !w.unpivot(c, start):
		w.unexpected(t, "")
	}
	w.insert(start, append(w.selectSame(t.beg), piece{"FROM", t.beg})...)
}
