package gosql_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// fuzzTables are the tables of the generated queries: NULLs, duplicates, negative numbers, NaN and −0, some in several partitions.
var fuzzTables = []string{
	`CREATE TEMP VIEW ta AS SELECT * FROM VALUES
  (1, 1, 0.5D, 'a', DATE'2024-01-01', 1.10BD, true, array(1, 2), named_struct('x', 1, 'y', 'p')),
  (2, 1, -0.0D, 'ab', DATE'2024-01-02', -2.25BD, false, array(2, NULL), named_struct('x', 2, 'y', 'q')),
  (3, NULL, 0.0D, NULL, NULL, NULL, NULL, NULL, NULL),
  (4, -2, double('NaN'), '', DATE'1999-12-31', 0.00BD, true, cast(array() AS array<int>), named_struct('x', cast(NULL AS INT), 'y', 'p')),
  (5, 3, double('NaN'), 'B', DATE'2024-01-01', 1.10BD, false, array(3, 3, 1), named_struct('x', 1, 'y', cast(NULL AS STRING))),
  (6, 3, 2.5D, 'a', DATE'2024-02-29', 9.99BD, NULL, array(1, 2), named_struct('x', 1, 'y', 'p')),
  (7, 0, NULL, 'a%b', DATE'2024-01-02', 3.00BD, true, array(0), named_struct('x', 3, 'y', 'r'))
  AS v(i, j, d, s, t, m, b, a, r)`,
	`CREATE TEMP VIEW tb AS SELECT /*+ REPARTITION(3) */ * FROM VALUES
  (1, 1, 0.5D, 'a', DATE'2024-01-01', 1.10BD, true, array(1, 2), named_struct('x', 1, 'y', 'p')),
  (1, 1, 0.5D, 'a', DATE'2024-01-01', 1.10BD, true, array(1, 2), named_struct('x', 1, 'y', 'p')),
  (2, NULL, -0.0D, 'b', NULL, 2.25BD, false, array(2), named_struct('x', 2, 'y', 'q')),
  (NULL, 2, 1.5D, 'ab', DATE'2024-01-02', NULL, NULL, array(NULL), NULL),
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (-3, 5, -1.5D, 'Ba', DATE'2024-03-01', -1.10BD, true, array(5, 1), named_struct('x', -3, 'y', '')),
  (5, 3, double('NaN'), '', DATE'1970-01-01', 0.01BD, false, NULL, named_struct('x', 5, 'y', 'r'))
  AS v(i, j, d, s, t, m, b, a, r)`,
	`CREATE TEMP VIEW tc AS SELECT * FROM VALUES
  (3, 2, 2.5D, 'ab', DATE'2024-02-29', 9.99BD, false, array(3), named_struct('x', 3, 'y', 'p')),
  (2, 2, 0.0D, 'ab', DATE'2024-02-29', 3.00BD, true, array(4, 3), named_struct('x', 2, 'y', 'q')),
  (4, 4, -1.5D, 'c', DATE'2023-12-31', 0.00BD, true, array(1), named_struct('x', 4, 'y', 'c'))
  AS v(i, j, d, s, t, m, b, a, r)`,
	`CREATE TEMP VIEW te AS SELECT * FROM ta WHERE i < 0`,
}

// fuzzColumns are the columns of each of fuzzTables, by kind: int, double, string, date, decimal, boolean, array, struct.
var fuzzColumns = []struct {
	name string
	kind byte
}{{"i", 'i'}, {"j", 'i'}, {"d", 'd'}, {"s", 's'}, {"t", 't'}, {"m", 'm'}, {"b", 'b'}, {"a", 'a'}, {"r", 'r'}}

// fuzzCol is something that an expression can name: a column, or in grouped queries a key or an aggregate.
type fuzzCol struct {
	ref  string
	kind byte
}

// fuzzScope is what a query's expressions see; outer is what is around it, where it may be correlated.
type fuzzScope struct {
	cols  []fuzzCol
	outer *fuzzScope
}

// fuzzer writes random queries whose answer is a multiset of rows that does not depend on how they run: no result depends on the order of ties, and doubles
// are such that sums are exact.
type fuzzer struct {
	*rand.Rand
	names int
	ctes  []fuzzRelation
}

// fuzzRelation is something of a FROM clause.
type fuzzRelation struct {
	text string
	cols []fuzzCol
}

func newFuzzer(seed uint64) *fuzzer { return &fuzzer{Rand: rand.New(rand.NewPCG(seed, 7))} }

func (f *fuzzer) chance(percent int) bool { return f.IntN(100) < percent }
func (f *fuzzer) pick(s ...string) string { return s[f.IntN(len(s))] }
func (f *fuzzer) name(prefix string) string {
	f.names++
	return fmt.Sprint(prefix, f.names)
}

func (f *fuzzer) kind() byte { return "iiiiidssstmbbar"[f.IntN(15)] }

// top is a whole query.
func (f *fuzzer) top() string {
	f.names, f.ctes = 0, nil
	var with []string
	for f.chance(20) {
		name := f.name("w")
		text, kinds := f.query(nil, 1, nil)
		with = append(with, name+" AS ("+text+")")
		f.ctes = append(f.ctes, fuzzRelation{name, outputs(kinds)})
	}
	text, _ := f.query(nil, 2, nil)
	if len(with) > 0 {
		return "WITH " + strings.Join(with, ", ") + " " + text
	}
	return text
}

// outputs are the columns c1, c2 … that every query has.
func outputs(kinds []byte) []fuzzCol {
	cols := make([]fuzzCol, len(kinds))
	for i, k := range kinds {
		cols[i] = fuzzCol{fmt.Sprint("c", i+1), k}
	}
	return cols
}

// query is a query with columns c1, c2 … of the kinds given, or of kinds of its choice.
func (f *fuzzer) query(outer *fuzzScope, depth int, kinds []byte) (string, []byte) {
	if kinds == nil {
		for range 1 + f.IntN(4) {
			kinds = append(kinds, f.kind())
		}
	}
	text := f.selectQuery(outer, depth, kinds)
	if f.chance(15) && depth > 0 {
		op := f.pick("UNION", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL")
		text = "(" + text + ") " + op + " (" + f.selectQuery(outer, depth-1, kinds) + ")"
	}
	if f.chance(20) {
		var keys []string
		for _, i := range f.Perm(len(kinds)) {
			keys = append(keys, fmt.Sprint("c", i+1, f.pick("", " DESC", " NULLS LAST", " DESC NULLS FIRST")))
		}
		text = fmt.Sprintf("SELECT * FROM (%s) ORDER BY %s LIMIT %d", text, strings.Join(keys, ", "), 1+f.IntN(12)-f.IntN(2))
		if f.chance(30) {
			text += fmt.Sprint(" OFFSET ", f.IntN(3))
		}
	}
	return text, kinds
}

// selectQuery is a SELECT … FROM … WHERE … with or without groups and windows.
func (f *fuzzer) selectQuery(outer *fuzzScope, depth int, kinds []byte) string {
	from, cols := f.from(outer, depth)
	sc := &fuzzScope{cols, outer}
	where := ""
	if f.chance(45) {
		where = " WHERE " + f.condition(sc, depth)
	}
	switch n := f.IntN(100); {
	case n < 30 && depth > 0:
		return f.grouped(sc, depth, kinds, from+where)
	case n < 42:
		sc = f.windowed(sc)
	}
	distinct := ""
	if f.chance(10) {
		distinct = "DISTINCT "
	}
	return "SELECT " + distinct + f.selectList(sc, depth, kinds) + " FROM " + from + where
}

func (f *fuzzer) selectList(sc *fuzzScope, depth int, kinds []byte) string {
	var items []string
	for i, k := range kinds {
		items = append(items, fmt.Sprintf("%s AS c%d", f.expr(k, sc, depth), i+1))
	}
	return strings.Join(items, ", ")
}

// grouped is an aggregate over FROM and WHERE: its expressions see the keys and some aggregates.
func (f *fuzzer) grouped(sc *fuzzScope, depth int, kinds []byte, from string) string {
	var keys []fuzzCol
	for range f.IntN(4) {
		k := sc.cols[f.IntN(len(sc.cols))]
		if f.chance(20) {
			k = fuzzCol{f.expr('i', &fuzzScope{cols: sc.cols}, 0), 'i'}
			if !strings.Contains(k.ref, ".") {
				continue
			}
		}
		keys = append(keys, k)
	}
	inner := &fuzzScope{outer: sc.outer}
	inner.cols = append(inner.cols, keys...)
	var texts []string
	for _, k := range keys {
		texts = append(texts, k.ref)
	}
	by := ""
	if len(keys) > 0 {
		list := strings.Join(texts, ", ")
		by = " GROUP BY " + list
		switch f.IntN(8) {
		case 0:
			by = " GROUP BY ROLLUP(" + list + ")"
		case 1:
			by = " GROUP BY CUBE(" + list + ")"
		case 2:
			by = fmt.Sprintf(" GROUP BY GROUPING SETS ((%s), (%s), ())", list, texts[0])
		}
	}
	for range 1 + f.IntN(4) {
		inner.cols = append(inner.cols, f.aggregate(sc, depth))
	}
	text := "SELECT " + f.selectList(inner, depth, kinds) + " FROM " + from + by
	if f.chance(30) {
		text += " HAVING " + f.condition(inner, depth)
	}
	return text
}

// aggregate is a call of an aggregate function whose result does not depend on the order of rows.
func (f *fuzzer) aggregate(sc *fuzzScope, depth int) fuzzCol {
	local := &fuzzScope{cols: sc.cols}
	arg := func(kind byte) string { return f.expr(kind, local, 0) }
	distinct := f.pick("", "", "DISTINCT ")
	filter := ""
	if f.chance(25) {
		filter = " FILTER (WHERE " + f.expr('b', local, 1) + ")"
	}
	call := func(kind byte, format string, args ...any) fuzzCol {
		return fuzzCol{fmt.Sprintf(format, args...) + filter, kind}
	}
	switch f.IntN(12) {
	case 0:
		return call('i', "count(*)")
	case 1:
		return call('i', "count(%s%s)", distinct, arg(f.kind()))
	case 2:
		return call('i', "count(DISTINCT %s, %s)", arg(f.kind()), arg(f.kind()))
	case 3, 4:
		return call('i', "sum(%s%s)", distinct, arg('i'))
	case 5:
		return call('d', "sum(%s%s)", distinct, arg('d'))
	case 6:
		return call('d', "avg(%s%s)", distinct, arg('i'))
	case 7:
		return call('b', "%s(%s)", f.pick("bool_and", "bool_or"), arg('b'))
	case 8:
		return fuzzCol{fmt.Sprintf("sort_array(collect_%s(%s)%s)", f.pick("list", "set"), arg('i'), filter), 'a'}
	case 9:
		return call('i', "count_if(%s)", arg('b'))
	default:
		k := "iidstmb"[f.IntN(7)]
		return call(k, "%s(%s)", f.pick("min", "max"), arg(k))
	}
}

// windowed is the scope with some window functions added. Windows are ordered by all columns, or take whole peer groups.
func (f *fuzzer) windowed(sc *fuzzScope) *fuzzScope {
	out := &fuzzScope{cols: append([]fuzzCol(nil), sc.cols...), outer: sc.outer}
	local := &fuzzScope{cols: sc.cols}
	var order []string
	for _, i := range f.Perm(len(sc.cols)) {
		order = append(order, sc.cols[i].ref+f.pick("", " DESC", " NULLS LAST", " DESC NULLS FIRST"))
	}
	total := " ORDER BY " + strings.Join(order, ", ")
	for range 1 + f.IntN(3) {
		part := ""
		if f.chance(60) {
			part = "PARTITION BY " + sc.cols[f.IntN(len(sc.cols))].ref
		}
		peers := " ORDER BY " + order[0]
		rows := total + f.pick("", " ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING", " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
			" ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING", " ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING", " ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING")
		number := " ORDER BY " + f.expr('i', local, 0) + f.pick("", " DESC") + f.pick(" RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING", " RANGE BETWEEN 2 PRECEDING AND CURRENT ROW",
			" RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING", " RANGE BETWEEN 1 FOLLOWING AND 2 FOLLOWING")
		k := "iids"[f.IntN(4)]
		var c fuzzCol
		switch f.IntN(6) {
		case 0:
			c = fuzzCol{f.pick("row_number()", "ntile(3)") + " OVER (" + part + total + ")", 'i'}
		case 1:
			c = fuzzCol{f.pick("rank()", "dense_rank()") + " OVER (" + part + peers + ")", 'i'}
		case 2:
			c = fuzzCol{fmt.Sprintf("%s(%s, %d) OVER (%s%s)", f.pick("lag", "lead"), f.expr(k, local, 0), 1+f.IntN(2), part, total), k}
		case 3:
			c = fuzzCol{fmt.Sprintf("%s(%s) OVER (%s%s)", f.pick("first_value", "last_value", "min", "max"), f.expr(k, local, 0), part, rows), k}
		case 4:
			c = fuzzCol{fmt.Sprintf("%s(%s) OVER (%s%s)", f.pick("sum", "count"), f.expr('i', local, 0), part, f.pick(rows, number, peers, "")), 'i'}
		default:
			c = fuzzCol{fmt.Sprintf("%s(%s) OVER (%s%s)", f.pick("min", "max"), f.expr('i', local, 0), part, f.pick(number, peers, "")), 'i'}
		}
		out.cols = append(out.cols, c)
	}
	return out
}
