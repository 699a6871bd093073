package gosql_test

import (
	"fmt"
	"strings"
)

// from is a FROM clause of some relations and the columns that it offers.
func (f *fuzzer) from(outer *fuzzScope, depth int) (string, []fuzzCol) {
	text, cols := f.relation(outer, depth)
	for n := 0; n < 2 && f.chance(40); n++ {
		if f.chance(12) {
			more, c := f.lateral(cols, depth)
			text, cols = text+more, append(append([]fuzzCol(nil), cols...), c...)
			if strings.Contains(more, "LATERAL VIEW") { // behind which there is no join
				break
			}
			continue
		}
		right, rcols := f.relation(outer, depth)
		kind := f.pick("JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "LEFT SEMI JOIN", "LEFT ANTI JOIN", "CROSS JOIN")
		text += " " + kind + " " + right
		if kind != "CROSS JOIN" {
			text += " ON " + f.joinCondition(cols, rcols)
		}
		if !strings.Contains(kind, "SEMI") && !strings.Contains(kind, "ANTI") {
			cols = append(append([]fuzzCol(nil), cols...), rcols...)
		}
	}
	return text, cols
}

// relation is a table, a CTE or a derived table.
func (f *fuzzer) relation(outer *fuzzScope, depth int) (string, []fuzzCol) {
	alias := f.name("t")
	var r fuzzRelation
	switch {
	case len(f.ctes) > 0 && f.chance(50):
		c := f.ctes[f.IntN(len(f.ctes))]
		r = fuzzRelation{c.text + " " + alias, c.cols}
	case depth > 0 && f.chance(25):
		if f.chance(70) {
			outer = nil
		}
		text, kinds := f.query(outer, depth-1, nil)
		r = fuzzRelation{"(" + text + ") " + alias, outputs(kinds)}
	default:
		r.text = f.pick("ta", "tb", "tb", "tc", "ta", "tc", "ta", "tb", "ta", "te") + " " + alias
		for _, c := range fuzzColumns {
			r.cols = append(r.cols, fuzzCol{c.name, c.kind})
		}
	}
	cols := make([]fuzzCol, len(r.cols))
	for i, c := range r.cols {
		cols[i] = fuzzCol{alias + "." + c.ref, c.kind}
	}
	return r.text, cols
}

// lateral is a generator or a lateral subquery beside the columns.
func (f *fuzzer) lateral(cols []fuzzCol, depth int) (string, []fuzzCol) {
	alias := f.name("t")
	sc := &fuzzScope{cols: cols}
	switch f.IntN(3) {
	case 0:
		return fmt.Sprintf(" LATERAL VIEW %sexplode(%s) %s AS e", f.pick("", "OUTER "), f.expr('a', sc, 0), alias), []fuzzCol{{alias + ".e", 'i'}}
	case 1:
		return fmt.Sprintf(" LATERAL VIEW %sposexplode(%s) %s AS p, e", f.pick("", "OUTER "), f.expr('a', sc, 0), alias), []fuzzCol{{alias + ".p", 'i'}, {alias + ".e", 'i'}}
	}
	kinds := []byte{f.kind(), f.kind()}
	inner := f.correlated(sc, kinds, max(depth-1, 0))
	join, on := ", LATERAL (", ""
	if f.chance(40) {
		join, on = " LEFT JOIN LATERAL (", " ON true"
	}
	var out []fuzzCol
	for _, c := range outputs(kinds) {
		out = append(out, fuzzCol{alias + "." + c.ref, c.kind})
	}
	return join + inner + ") " + alias + on, out
}

// correlated is a subquery whose WHERE compares with columns around it.
func (f *fuzzer) correlated(sc *fuzzScope, kinds []byte, depth int) string {
	from, cols := f.from(nil, depth)
	inner := &fuzzScope{cols: cols, outer: sc}
	where := f.joinCondition(sc.cols, cols)
	if f.chance(40) {
		where += " AND " + f.condition(&fuzzScope{cols: cols}, depth)
	}
	if f.chance(70) {
		inner.outer = nil
	}
	if f.chance(30) {
		local := &fuzzScope{}
		for range 1 + f.IntN(2) {
			local.cols = append(local.cols, f.aggregate(&fuzzScope{cols: cols}, 0))
		}
		return "SELECT " + f.selectList(local, 0, kinds) + " FROM " + from + " WHERE " + where
	}
	return "SELECT " + f.selectList(inner, depth, kinds) + " FROM " + from + " WHERE " + where
}

// joinCondition compares columns of two sides.
func (f *fuzzer) joinCondition(left, right []fuzzCol) string {
	var parts []string
	for len(parts) == 0 || f.chance(25) {
		l := left[f.IntN(len(left))]
		var same []fuzzCol
		for _, r := range right {
			if r.kind == l.kind {
				same = append(same, r)
			}
		}
		if len(same) == 0 {
			parts = append(parts, f.expr('b', &fuzzScope{cols: append(append([]fuzzCol(nil), left...), right...)}, 0))
			continue
		}
		parts = append(parts, l.ref+f.pick(" = ", " = ", " = ", " <=> ", " < ", " <> ")+same[f.IntN(len(same))].ref)
	}
	if f.chance(20) {
		parts = append(parts, f.expr('b', &fuzzScope{cols: append(append([]fuzzCol(nil), left...), right...)}, 1))
	}
	return strings.Join(parts, " AND ")
}

// condition is a boolean expression in which there may be subqueries.
func (f *fuzzer) condition(sc *fuzzScope, depth int) string {
	if depth == 0 || f.chance(50) {
		return f.expr('b', sc, 1)
	}
	sub := f.subqueryCondition(sc, depth-1)
	switch f.IntN(6) {
	case 0:
		return "(" + sub + " OR " + f.expr('b', sc, 0) + ")"
	case 1:
		return "NOT (" + sub + ")"
	case 2:
		return sub + " AND " + f.condition(sc, depth-1)
	case 3:
		return fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", f.expr('b', sc, 0), sub, f.expr('b', sc, 0))
	}
	return sub
}

func (f *fuzzer) subqueryCondition(sc *fuzzScope, depth int) string {
	k := "iidst"[f.IntN(5)]
	sub := func(kinds ...byte) string {
		if f.chance(50) {
			return f.correlated(columnsOnly(sc), kinds, depth)
		}
		text, _ := f.query(nil, depth, kinds)
		return text
	}
	switch f.IntN(5) {
	case 0:
		return f.pick("EXISTS (", "NOT EXISTS (") + sub(f.kind()) + ")"
	case 1, 2:
		return f.expr(k, sc, 0) + f.pick(" IN (", " NOT IN (") + sub(k) + ")"
	case 3:
		return "(" + f.expr(k, sc, 0) + ", " + f.expr('i', sc, 0) + ")" + f.pick(" IN (", " NOT IN (") + sub(k, 'i') + ")"
	}
	return f.expr(k, sc, 0) + f.pick(" = ", " < ", " >= ", " <=> ") + f.scalar(k, sc, depth)
}

// columnsOnly leaves out aggregates and window functions, which a subquery cannot name, unless nothing would be left.
func columnsOnly(sc *fuzzScope) *fuzzScope {
	out := &fuzzScope{outer: sc.outer}
	for _, c := range sc.cols {
		if !strings.Contains(c.ref, "(") {
			out.cols = append(out.cols, c)
		}
	}
	if len(out.cols) == 0 {
		out.cols = []fuzzCol{{"1", 'i'}}
	}
	return out
}

// scalar is a scalar subquery of one row, or none.
func (f *fuzzer) scalar(kind byte, sc *fuzzScope, depth int) string {
	from, cols := f.from(nil, depth)
	where := ""
	if f.chance(70) {
		where = " WHERE " + f.joinCondition(columnsOnly(sc).cols, cols)
	}
	agg := f.aggregate(&fuzzScope{cols: cols}, 0)
	item := f.expr(kind, &fuzzScope{cols: []fuzzCol{agg, agg}}, 0)
	if !strings.Contains(item, agg.ref) && strings.Contains("iidstmb", string(kind)) {
		item = "max(" + f.expr(kind, &fuzzScope{cols: cols}, 0) + ")"
	}
	if f.chance(25) {
		item = "coalesce(" + item + ", " + f.literal(kind) + ")"
	}
	return "(SELECT " + item + " FROM " + from + where + ")"
}

func (f *fuzzer) literal(kind byte) string {
	switch kind {
	case 'i':
		return f.pick("0", "1", "2", "3", "-2", "5", "CAST(NULL AS INT)")
	case 'd':
		return f.pick("0.5D", "-0.0D", "2.5D", "double('NaN')", "-1.5D", "CAST(NULL AS DOUBLE)")
	case 's':
		return f.pick("'a'", "''", "'ab'", "'B'", "'p'", "CAST(NULL AS STRING)")
	case 't':
		return f.pick("DATE'2024-01-01'", "DATE'2024-02-29'", "DATE'1970-01-01'", "CAST(NULL AS DATE)")
	case 'm':
		return f.pick("1.10BD", "0.00BD", "-2.25BD", "CAST(NULL AS DECIMAL(3,2))")
	case 'b':
		return f.pick("true", "false", "CAST(NULL AS BOOLEAN)")
	case 'a':
		return f.pick("array(1, 2)", "array(3, NULL)", "CAST(array() AS array<int>)", "CAST(NULL AS array<int>)")
	}
	return f.pick("named_struct('x', 1, 'y', 'p')", "named_struct('x', 2, 'y', CAST(NULL AS STRING))", "CAST(NULL AS struct<x:int,y:string>)")
}

// leaf is a column of the kind, or a literal.
func (f *fuzzer) leaf(kind byte, sc *fuzzScope) string {
	cols := sc.cols
	if sc.outer != nil && f.chance(25) {
		around := sc.outer
		for around.outer != nil && f.chance(30) {
			around = around.outer
		}
		cols = columnsOnly(around).cols
	}
	var same []string
	for _, c := range cols {
		if c.kind == kind {
			same = append(same, c.ref)
		}
	}
	if len(same) > 0 && f.chance(85) {
		return same[f.IntN(len(same))]
	}
	return f.literal(kind)
}

// expr is an expression of a kind that cannot fail; the deeper, the more there is in it.
func (f *fuzzer) expr(kind byte, sc *fuzzScope, depth int) string {
	if kind != 'b' && f.chance(50) || f.chance(8) {
		return f.leaf(kind, sc)
	}
	if depth > 0 && strings.Contains("idstmb", string(kind)) && f.chance(8) {
		return f.scalar(kind, sc, depth-1)
	}
	if depth > 1 && kind == 'b' && f.chance(15) {
		return f.subqueryCondition(sc, depth-1)
	}
	x := func(k byte) string {
		if depth > 0 && f.chance(40) {
			return "(" + f.expr(k, sc, depth-1) + ")"
		}
		return f.leaf(k, sc)
	}
	switch n := f.IntN(16); {
	case n < 2 || n == 2 && kind != 'b':
		return fmt.Sprintf("CASE WHEN %s THEN %s WHEN %s THEN %s%s END", x('b'), x(kind), x('b'), x(kind), f.pick("", " ELSE "+x(kind)))
	case n < 4:
		return f.pick("coalesce", "nvl") + "(" + x(kind) + ", " + x(kind) + ")"
	}
	switch kind {
	case 'i':
		return f.pick(x('i')+" + "+x('i'), x('i')+" - "+x('i'), "length("+x('s')+")", "-("+x('i')+")", "abs("+x('i')+")", "size("+x('a')+")", x('r')+".x", "year("+x('t')+")",
			"nullif("+x('i')+", "+x('i')+")", "if("+x('b')+", "+x('i')+", "+x('i')+")", "greatest("+x('i')+", "+x('i')+")", "datediff("+x('t')+", "+x('t')+")")
	case 'd':
		return f.pick(x('d')+" + "+x('d'), x('d')+" * 2.0D", "CAST("+x('i')+" AS DOUBLE)", "abs("+x('d')+")", "nanvl("+x('d')+", "+x('d')+")")
	case 's':
		return f.pick("upper("+x('s')+")", "concat("+x('s')+", "+x('s')+")", "substring("+x('s')+", 1, 1)", "CAST("+x('i')+" AS STRING)", "trim("+x('s')+")", x('r')+".y", x('s')+" || 'z'", "CAST("+x('t')+" AS STRING)")
	case 't':
		return f.pick("date_add("+x('t')+", 1)", "greatest("+x('t')+", "+x('t')+")", "trunc("+x('t')+", 'MM')")
	case 'm':
		return f.pick(x('m')+" + 1.5BD", "CAST("+x('i')+" AS DECIMAL(10,2))", "abs("+x('m')+")")
	case 'a':
		return f.pick("array("+x('i')+", "+x('i')+")", "array_distinct("+x('a')+")", "transform("+x('a')+", v -> v + 1)", "filter("+x('a')+", v -> v > 1)", "concat("+x('a')+", "+x('a')+")")
	case 'r':
		return "named_struct('x', " + x('i') + ", 'y', " + x('s') + ")"
	}
	return f.boolean(sc, x)
}

// boolean is a comparison or a connective of three-valued logic.
func (f *fuzzer) boolean(sc *fuzzScope, x func(byte) string) string {
	k := "iiidsstmbar"[f.IntN(11)]
	switch f.IntN(16) {
	case 0:
		return x('b') + f.pick(" AND ", " OR ") + x('b')
	case 1:
		return "NOT (" + x('b') + ")"
	case 2:
		return x(k) + f.pick(" IS NULL", " IS NOT NULL")
	case 3:
		return x(k) + f.pick(" IN (", " NOT IN (") + f.literal(k) + ", " + f.literal(k) + ", " + x(k) + ")"
	case 4:
		k = "iidstm"[f.IntN(6)]
		return x(k) + f.pick(" BETWEEN ", " NOT BETWEEN ") + x(k) + " AND " + x(k)
	case 5:
		return x('s') + f.pick(" LIKE ", " NOT LIKE ") + f.pick("'a%'", "'%b'", "'_'", "'%'", "''", "'a\\\\%_'", "'ab'")
	case 6:
		return "array_contains(" + x('a') + ", " + f.pick("1", "2", "3") + ")"
	case 7:
		return "(" + x('b') + ") IS " + f.pick("TRUE", "NOT TRUE", "FALSE", "UNKNOWN")
	}
	if f.chance(30) {
		return f.column(k, sc) + f.pick(" = ", " < ", " >= ", " <> ", " <=> ") + f.literal(k)
	}
	return f.column(k, sc) + f.pick(" = ", " < ", " >= ", " <> ", " <=> ") + x(k)
}

// column is a column of the kind, or, where there is none, a literal.
func (f *fuzzer) column(kind byte, sc *fuzzScope) string {
	for range 20 {
		if c := sc.cols[f.IntN(len(sc.cols))]; c.kind == kind {
			return c.ref
		}
	}
	return f.literal(kind)
}
