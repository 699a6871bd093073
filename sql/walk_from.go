package sql

import (
	"strconv"
	"strings"

	"github.com/gosql-engine/gosql/logical"
)

// from walks the relations of a FROM clause, and the lateral views behind them.
// A comma is a join like any other in Spark, of the same precedence: in
// a, b JOIN c ON … the condition may name columns of a.
func (w *walker) from(c *cursor) {
	start := w.mark()
	w.relationPrimary(c)
	w.extensions(c, start)
	for c.peek().isPunct(",") {
		pos := c.next().beg
		w.emit(pos, "JOIN")
		w.relationPrimary(c)
		w.emit(pos, "ON")
		w.leaf(pos, markJoin, joinNote{})
		w.extensions(c, start)
	}
	if c.words("LATERAL", "VIEW") {
		w.lateralViews(c)
		if t := c.peek(); t.isWord("ANTI", "CROSS", "FULL", "INNER", "JOIN", "LEFT", "NATURAL", "RIGHT", "SEMI") {
			w.unexpected(t, "a join cannot follow LATERAL VIEW")
		}
	}
	w.extensions(c, start) // PIVOT behind lateral views
}

// extensions walks joins and pivots. Each applies to all that was emitted from
// start on: in a JOIN b PIVOT (…) the pivot is over the join.
func (w *walker) extensions(c *cursor, start int) {
	for w.join(c) || w.pivot(c, start) || w.unpivot(c, start) {
	}
}

// relationPrimary walks a relation without joins: a table, a query or relation in
// brackets, VALUES, or a table function, each with its sample and alias.
func (w *walker) relationPrimary(c *cursor) {
	var n relationNote
	if c.peek().isWord("LATERAL") && !c.at(1).isWord("VIEW") {
		c.i++
		n.lateral = true
	}
	t := c.peek()
	switch {
	case t.isGroup("("):
		in := w.group(c, "(")
		w.emit(t.beg, "(")
		if isQuery(in) {
			w.query(in)
		} else { // TiDB has no alias for joins in parentheses
			w.out = append(w.out, w.selectSame(t.beg)...)
			w.emit(t.beg, "FROM")
			w.from(in)
		}
		w.finish(in)
		w.emit(t.end, ")")
	case t.isWord("VALUES") && isQuery(c):
		w.inlineTable(c)
	case t.isIdent() && !joinWord(c):
		parts := w.dotted(c)
		if !c.peek().isGroup("(") {
			w.tableName(c, t.beg, parts)
			if n = w.relationSuffix(c, n); n.alias == "" && n.columns == nil && n.sample == nil {
				return
			}
			w.alias(t.beg, n)
			return
		}
		w.tableFunction(c, t.beg, parts)
	default:
		w.unexpected(t, "")
	}
	w.alias(t.beg, w.relationSuffix(c, n))
}

// alias emits the name that carries a relation's note.
func (w *walker) alias(pos int, n relationNote) {
	n.hidden = n.alias == ""
	w.emit(pos, "AS", quote(aliasPrefix+w.add(pos, n)))
}

// tableName emits a table's name, which travels as a note so that it may have
// any number of parts and knows its place (TiDB's table names do not).
func (w *walker) tableName(c *cursor, pos int, parts []string) {
	t := c.peek()
	if t.isWord("TIMESTAMP", "VERSION") && c.at(1).isWord("AS") && c.at(2).isWord("OF") || t.isWord("FOR") && c.at(1).isWord("SYSTEM_TIME", "SYSTEM_VERSION", "TIMESTAMP", "VERSION") {
		w.fail(errorAt(t.beg, condFeature+".TIME_TRAVEL", "The feature is not supported: Time travel on the relation: `%s`.", strings.Join(parts, "`.`")))
	}
	n := tableNote{parts: parts}
	if t.isWord("WITH") && c.at(1).isGroup("(") {
		c.i++
		n.options = w.properties(c)
	}
	w.emit(pos, quote(tableSchema), ".", quote(w.add(pos, n)))
}

// tableFunction walks f(args) in FROM; it travels as a subquery.
func (w *walker) tableFunction(c *cursor, pos int, name []string) {
	w.emit(pos, "(", "SELECT")
	w.open(pos, markTVF, noNote{})
	w.arg(pos)
	index := w.call(c, pos, name)
	if n := w.notes[index].note.(callNote); n.distinct || n.ignoreNulls {
		w.fail(errorAt(pos, condStatement, "The SQL syntax is invalid: DISTINCT and IGNORE NULLS are not for table functions."))
	}
	w.close(pos)
	w.emit(pos, ")")
}

// relationSuffix walks [TABLESAMPLE (…)] [AS] alias [(columns)].
func (w *walker) relationSuffix(c *cursor, n relationNote) relationNote {
	if c.peek().isWord("TABLESAMPLE") {
		n.sample = w.sample(c)
	}
	explicit := c.accept("AS")
	switch t := c.peek(); {
	case explicit || t.kind == quoted || t.kind == word && !endsRelation(c):
		if explicit && t.isGroup("(") {
			break
		}
		n.alias = w.ident(c)
	default:
		return n
	}
	if c.peek().isGroup("(") {
		n.columns = w.identList(c)
	}
	return n
}

// joinWord: words that Spark reserves against being table aliases (its
// strictNonReserved list), unless they are quoted.
func joinWord(c *cursor) bool {
	return c.peek().isWord("ANTI", "CROSS", "EXCEPT", "FULL", "INNER", "INTERSECT", "JOIN", "LATERAL", "LEFT", "NATURAL", "ON", "RIGHT", "SEMI", "SETMINUS", "UNION", "USING", "MINUS")
}

// endsRelation says whether the word at c begins what follows a relation.
func endsRelation(c *cursor) bool {
	t, next := c.peek(), c.at(1)
	switch t.upper {
	case "TABLESAMPLE":
		return true
	case "PIVOT", "UNPIVOT":
		return next.isGroup("(") || next.isWord("INCLUDE", "EXCLUDE")
	case "SELECT", "SET", "WITH", "AS", "INSERT":
		return true
	}
	return joinWord(c) || endsItem(c)
}

// joinKinds are the words before JOIN; OUTER may follow LEFT, RIGHT and FULL.
var joinKinds = []struct {
	words []string
	kind  logical.JoinType
}{
	{[]string{"INNER"}, logical.Inner}, {[]string{"CROSS"}, logical.Cross},
	{[]string{"LEFT", "SEMI"}, logical.LeftSemi}, {[]string{"LEFT", "ANTI"}, logical.LeftAnti},
	{[]string{"SEMI"}, logical.LeftSemi}, {[]string{"ANTI"}, logical.LeftAnti},
	{[]string{"LEFT", "OUTER"}, logical.LeftOuter}, {[]string{"LEFT"}, logical.LeftOuter},
	{[]string{"RIGHT", "OUTER"}, logical.RightOuter}, {[]string{"RIGHT"}, logical.RightOuter},
	{[]string{"FULL", "OUTER"}, logical.FullOuter}, {[]string{"FULL"}, logical.FullOuter},
}

// join walks a join if one is next. Its kind, and USING and NATURAL, travel in
// the ON condition of a plain join, the only place that is always there.
func (w *walker) join(c *cursor) bool {
	t := c.peek()
	sub := *c
	n := joinNote{natural: sub.accept("NATURAL")}
	for _, k := range joinKinds {
		if sub.accept(k.words...) {
			n.kind = k.kind
			break
		}
	}
	if !sub.accept("JOIN") {
		return false
	}
	c.i = sub.i
	lateral := c.peek()
	if n.natural && lateral.isWord("LATERAL") {
		w.fail(errorAt(lateral.beg, "INCOMPATIBLE_JOIN_TYPES", "The join types LATERAL and NATURAL are incompatible."))
	}
	w.emit(t.beg, "JOIN")
	w.relationPrimary(c)
	w.emit(t.beg, "ON")
	if !n.natural && c.peek().isWord("USING") {
		if lateral.isWord("LATERAL") {
			w.fail(errorAt(c.peek().beg, condFeature+".LATERAL_JOIN_USING", "The feature is not supported: JOIN USING with LATERAL correlation."))
		}
		c.i++
		n.using = w.identList(c)
	}
	n.on = !n.natural && n.using == nil && c.peek().isWord("ON")
	w.open(t.beg, markJoin, n)
	if n.on {
		w.arg(c.next().beg)
		w.expr(c)
	}
	w.close(t.beg)
	return true
}

// lateralViews walks LATERAL VIEW [OUTER] f(x) table AS a, b. It applies to all
// of FROM, so that it can travel as the last of its relations.
func (w *walker) lateralViews(c *cursor) {
	for c.words("LATERAL", "VIEW") {
		pos := c.peek().beg
		c.i += 2
		n := lateralViewNote{outer: c.accept("OUTER")}
		index := len(w.notes)
		w.emit(pos, ",", "(", "SELECT")
		w.open(pos, markLateralView, n)
		w.arg(pos)
		name := w.dotted(c)
		w.call(c, pos, name)
		w.close(pos)
		if c.peek().isIdent() && !c.peek().isWord("AS") && !endsRelation(c) {
			n.table = w.ident(c)
		}
		if c.accept("AS") || n.table != "" && c.peek().isIdent() && !endsRelation(c) {
			w.list(c, func() { n.columns = append(n.columns, w.ident(c)) })
		}
		w.notes[index].note = n
		w.emit(pos, ")", "AS", quote(aliasPrefix+w.add(pos, relationNote{hidden: true})))
	}
}

// sample reads TABLESAMPLE (…) [REPEATABLE (seed)].
func (w *walker) sample(c *cursor) *logical.UnresolvedSample {
	t := c.next()
	c.acceptAny("SYSTEM", "BERNOULLI")
	in := w.group(c, "(")
	s := &logical.UnresolvedSample{Pos: position(t.beg)}
	switch {
	case in.accept("BUCKET"):
		s.Kind = logical.SampleBuckets
		s.Bucket = w.wholeNumber(in)
		w.expect(in, "OUT", "OF")
		s.OutOf = w.wholeNumber(in)
	default:
		w.sampleSize(in, s)
	}
	w.finish(in)
	if c.accept("REPEATABLE") {
		in := w.group(c, "(")
		s.Seed, s.Seeded = w.wholeNumber(in), true
		w.finish(in)
	}
	return s
}

// sampleSize reads n PERCENT or n ROWS.
func (w *walker) sampleSize(in *cursor, s *logical.UnresolvedSample) {
	sign := ""
	if in.acceptOp("-") {
		sign = "-"
	}
	v := in.next()
	if v.kind != num && v.kind != param {
		w.unexpected(v, "")
	}
	switch {
	case in.accept("PERCENT"):
		f, err := strconv.ParseFloat(sign+v.text, 64)
		if err != nil {
			w.unexpected(v, "")
		}
		if f < 0 || f > 100 {
			w.fail(errorAt(v.beg, "_LEGACY_ERROR_TEMP_0064", "Sampling fraction (%v) must be on interval [0, 1].", f/100))
		}
		s.Kind, s.Percent = logical.SamplePercent, f
	case in.accept("ROWS"):
		s.Kind = logical.SampleRows
		s.RowCount = &logical.Literal{Value: w.numeric(v, sign+strings.ToUpper(v.text)), Pos: position(v.beg)}
	default:
		w.fail(errorAt(v.beg, condStatement, "TABLESAMPLE takes a number of PERCENT, of ROWS, or a BUCKET x OUT OF y."))
	}
}

func (w *walker) wholeNumber(c *cursor) int64 {
	sign := ""
	if c.acceptOp("-") {
		sign = "-"
	}
	t := c.next()
	n, err := strconv.ParseInt(sign+t.text, 10, 64)
	if t.kind != num || err != nil {
		w.unexpected(t, "expecting a whole number")
	}
	return n
}
