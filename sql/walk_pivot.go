package sql

import "github.com/gosql-engine/gosql/logical"

// pivot walks PIVOT (aggregates FOR columns IN (values)) over the relation that
// was emitted from start on:
//
//	( SELECT pivot(…) FROM relation ) AS alias
func (w *walker) pivot(c *cursor, start int) bool {
	if !c.peek().isWord("PIVOT") || !c.at(1).isGroup("(") {
		return false
	}
	t := c.next()
	in := w.group(c, "(")
	w.insert(start, w.pivotField(in, t.beg)...)
	w.emit(t.beg, ")")
	w.alias(t.beg, w.relationSuffix(c, relationNote{}))
	return true
}

// pivotField walks the inside of PIVOT and returns the pieces that stand before
// the relation.
func (w *walker) pivotField(in *cursor, pos int) []piece {
	start := w.mark()
	var n pivotNote
	index := len(w.notes)
	w.emit(pos, "(", "SELECT")
	w.open(pos, markPivot, nil)
	each := func(c *cursor, count *int) {
		w.list(c, func() {
			w.arg(pos)
			w.namedExpr(c)
			*count++
		})
	}
	each(in, &n.aggregates)
	w.expect(in, "FOR")
	if in.peek().isGroup("(") {
		sub := w.group(in, "(")
		each(sub, &n.columns)
		w.finish(sub)
	} else {
		w.arg(pos)
		w.column(in.peek().beg, w.dotted(in))
		n.columns = 1
	}
	w.expect(in, "IN")
	sub := w.group(in, "(")
	each(sub, &n.values)
	w.finish(sub)
	w.finish(in)
	w.close(pos)
	w.emit(pos, "FROM")
	w.notes[index].note = n
	return w.cut(start)
}

// unpivot walks UNPIVOT [INCLUDE NULLS] (values FOR name IN (columns)), which
// holds no expressions: all of it goes into the note.
func (w *walker) unpivot(c *cursor, start int) bool {
	t := c.peek()
	if !t.isWord("UNPIVOT") || !c.at(1).isGroup("(") && !c.at(1).isWord("INCLUDE", "EXCLUDE") {
		return false
	}
	c.i++
	n := logical.Unpivot{Pos: position(t.beg), IncludeNulls: c.accept("INCLUDE", "NULLS")}
	c.accept("EXCLUDE", "NULLS")
	in := w.group(c, "(")
	multi := in.peek().isGroup("(")
	if multi {
		n.ValueCols = w.identList(in)
	} else {
		n.ValueCols = []string{w.ident(in)}
	}
	w.expect(in, "FOR")
	n.NameCol = w.ident(in)
	w.expect(in, "IN")
	w.unpivotColumns(w.group(in, "("), &n, multi)
	w.finish(in)
	field := []piece{{"(", t.beg}, {"SELECT", t.beg}, {markerText(markUnpivot, w.add(t.beg, unpivotNote{n})) + ")", t.beg}, {"FROM", t.beg}}
	w.insert(start, field...)
	w.emit(t.beg, ")")
	w.alias(t.beg, w.relationSuffix(c, relationNote{}))
	return true
}

// unpivotColumns reads the IN list: columns or, with several value columns,
// lists of them in brackets, each with an optional alias.
func (w *walker) unpivotColumns(in *cursor, n *logical.Unpivot, multi bool) {
	w.list(in, func() {
		var u logical.UnpivotColumns
		add := func(c *cursor) {
			pos := c.peek().beg
			u.Cols = append(u.Cols, &logical.UnresolvedAttr{Parts: w.dotted(c), Pos: position(pos)})
		}
		if multi {
			sub := w.group(in, "(")
			w.list(sub, func() { add(sub) })
			w.finish(sub)
		} else {
			add(in)
		}
		if in.accept("AS") || in.peek().isIdent() {
			u.Name = w.ident(in)
		}
		n.Columns = append(n.Columns, u)
	})
	w.finish(in)
}
