package sql

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// decoder turns the TiDB parser's tree of one statement into a logical plan,
// with the help of the notes that the walker took.
type decoder struct {
	notes []entry
	text  rendered
}

func (d *decoder) fail(err error) { panic(bail{err}) }

// broken stops with an internal error about a node that this decoder does not
// know: the walker and the decoder disagree.
func (d *decoder) broken(n ast.Node) {
	pos := d.text.source(n.OriginTextPosition())
	d.fail(internalError(pos, fmt.Sprintf("no meaning for %T %q", n, n.Text())))
}

// at is the place of an expression in the source.
func (d *decoder) at(n ast.Node) columnar.Pos {
	return position(d.text.source(n.OriginTextPosition()))
}

// entry finds the note that an index in the text refers to.
func (d *decoder) entry(n ast.Node, index int64) entry {
	if index < 0 || index >= int64(len(d.notes)) {
		d.broken(n)
	}
	return d.notes[index]
}

// named finds the note whose index is a name's text behind a prefix.
func (d *decoder) named(n ast.Node, name, prefix string) entry {
	index, err := strconv.ParseInt(strings.TrimPrefix(name, prefix), 10, 64)
	if err != nil || !strings.HasPrefix(name, prefix) {
		d.broken(n)
	}
	return d.entry(n, index)
}

// mark is a decoded marker call.
type mark struct {
	marker marker
	entry
	args []ast.ExprNode
}

// mark reads e as a marker call; ok is false if it is something else.
func (d *decoder) mark(e ast.ExprNode) (m mark, ok bool) {
	f, ok := e.(*ast.FuncCallExpr)
	if !ok || f.Schema.O != markerSchema || len(f.Args) == 0 {
		return mark{}, false
	}
	v, ok := f.Args[0].(ast.ValueExpr)
	if !ok {
		d.broken(e)
	}
	index, ok := v.GetValue().(int64)
	if !ok {
		d.broken(e)
	}
	return mark{marker(f.FnName.O), d.entry(e, index), f.Args[1:]}, true
}

// noteOf is the note of an entry, which must be an N.
func noteOf[N note](d *decoder, e entry) N {
	n, ok := e.note.(N)
	if !ok {
		d.fail(internalError(e.pos, fmt.Sprintf("note %T is not %T", e.note, n)))
	}
	return n
}

// query decodes a whole query.
func (d *decoder) query(n ast.Node) logical.Node {
	switch n := n.(type) {
	case *ast.SelectStmt:
		return d.with(n.With, d.selectStmt(n))
	case *ast.SetOprStmt:
		return d.with(n.With, d.setOperations(n.SelectList))
	case *ast.SetOprSelectList:
		return d.setOperations(n)
	case *ast.SubqueryExpr:
		return d.query(n.Query)
	}
	d.broken(n)
	return nil
}

// with puts a WITH clause over the query it belongs to.
func (d *decoder) with(with *ast.WithClause, input logical.Node) logical.Node {
	if with == nil {
		return input
	}
	n := &logical.With{Recursive: with.IsRecursive, Input: input}
	for _, c := range with.CTEs {
		e := d.named(c, c.Name.O, aliasPrefix)
		r := noteOf[relationNote](d, e)
		n.CTEs = append(n.CTEs, logical.CTE{Name: r.alias, Cols: r.columns, Plan: d.query(c.Query), MaxRounds: r.rounds, Pos: position(e.pos)})
	}
	return n
}

// setOperations decodes a flat list of queries and operators. INTERSECT binds
// tighter than UNION and EXCEPT, which are read from left to right.
func (d *decoder) setOperations(list *ast.SetOprSelectList) logical.Node {
	var plan, term logical.Node
	var loose *ast.SetOprType // joins plan and term
	flush := func() {
		if loose == nil {
			plan = term
			return
		}
		plan = setOp(*loose, plan, term)
	}
	for i, s := range list.Selects {
		n, o := d.query(s), operatorOf(s)
		switch {
		case i == 0:
			term = n
		case o == nil:
			d.broken(s)
		case *o == ast.Intersect || *o == ast.IntersectAll:
			term = setOp(*o, term, n)
		default:
			flush()
			loose, term = o, n
		}
	}
	flush()
	return plan
}

// operatorOf is the set operator before an operand, nil before the first.
func operatorOf(n ast.Node) *ast.SetOprType {
	switch n := n.(type) {
	case *ast.SelectStmt:
		return n.AfterSetOperator
	case *ast.SetOprSelectList:
		return n.AfterSetOperator
	}
	return nil
}

// setOp joins two operands. UNION without ALL keeps its own node even in a
// chain, since each removes duplicates.
func setOp(o ast.SetOprType, left, right logical.Node) logical.Node {
	n := &logical.SetOp{Inputs: []logical.Node{left, right}, All: o == ast.UnionAll || o == ast.ExceptAll || o == ast.IntersectAll}
	switch o {
	case ast.Union, ast.UnionAll:
		n.Kind = logical.Union
	case ast.Except, ast.ExceptAll:
		n.Kind = logical.Except
	case ast.Intersect, ast.IntersectAll:
		n.Kind = logical.Intersect
	}
	if l, ok := left.(*logical.SetOp); ok && o == ast.UnionAll && l.All && l.Kind == logical.Union {
		l.Inputs = append(l.Inputs, right) // one node for a long chain; nobody else has it yet
		return l
	}
	return n
}

// values decodes the rows of VALUES.
func (d *decoder) values(s *ast.SelectStmt) logical.Node {
	n := &logical.Values{}
	for _, r := range s.Lists {
		n.Rows = append(n.Rows, d.exprs(r.Values))
	}
	if len(n.Rows) > 0 && len(n.Rows[0]) > 0 {
		n.Pos = n.Rows[0][0].Position()
	}
	return n
}

// selectList is what the fields of a SELECT say.
type selectList struct {
	note    selectNote
	windows []mark
	qualify ast.ExprNode // the condition, or nil
	pipe    marker       // of the pipe operator that made this SELECT, or ""
	items   []logical.Expr
}

// selectList sorts the fields of a SELECT into what they say about the whole and
// the user's items.
func (d *decoder) selectList(fields *ast.FieldList) (l selectList) {
	for _, f := range fields.Fields {
		m, ok := d.mark(f.Expr)
		if f.Expr == nil {
			d.broken(f)
		}
		switch {
		case ok && m.marker == markSelect:
			l.note = noteOf[selectNote](d, m.entry)
			for _, a := range m.args {
				w, _ := d.mark(a)
				if w.marker == markQualify {
					l.qualify = w.args[0]
					continue
				}
				l.windows = append(l.windows, w)
			}
		case ok && slices.Contains(pipeFields, m.marker):
			l.pipe = m.marker
		default:
			l.items = append(l.items, d.expr(f.Expr))
		}
	}
	return l
}

var pipeFields = []marker{markPipeExtend, markPipeSet, markPipeDrop, markPipeAgg}

// selectStmt decodes one SELECT in the order in which its clauses apply.
func (d *decoder) selectStmt(s *ast.SelectStmt) logical.Node {
	if s.Kind == ast.SelectStmtKindValues {
		return d.values(s)
	}
	if n := d.relationSelect(s); n != nil {
		return n
	}
	list := d.selectList(s.Fields)
	plan := d.from(s.From.TableRefs)
	if s.Where != nil {
		plan = &logical.Filter{Cond: d.expr(s.Where), Input: plan}
	}
	plan = d.project(s, list, plan)
	if list.qualify != nil {
		plan = &logical.Qualify{Cond: d.expr(list.qualify), Input: plan}
	}
	if s.Distinct {
		plan = &logical.Distinct{Input: plan}
	}
	if len(list.windows) > 0 {
		plan = d.withWindows(list.windows, plan)
	}
	for _, h := range slices.Backward(list.note.hints) {
		plan = &logical.Hint{Name: h.name, Args: h.args, Input: plan}
	}
	return d.organization(s.OrderBy, plan)
}

// project puts the select list, with grouping and HAVING, over the rows of FROM
// and WHERE.
func (d *decoder) project(s *ast.SelectStmt, list selectList, plan logical.Node) logical.Node {
	switch {
	case list.pipe != "" && list.pipe != markPipeAgg:
		return d.pipeProject(list, plan)
	case s.GroupBy != nil || list.pipe == markPipeAgg:
		plan = d.aggregate(s.GroupBy, list, plan)
	case s.Having != nil:
		plan = &logical.Aggregate{List: list.items, Input: plan}
	case list.note.same:
		return plan
	default:
		return &logical.Project{List: list.items, Input: plan}
	}
	if s.Having != nil {
		plan = &logical.Having{Cond: d.expr(s.Having.Expr), Input: plan}
	}
	return plan
}

// pipeProject decodes |> EXTEND, SET and DROP, which start from all columns.
func (d *decoder) pipeProject(list selectList, plan logical.Node) logical.Node {
	star := &logical.UnresolvedStar{}
	items := []logical.Expr{star}
	for _, e := range list.items {
		switch e := e.(type) {
		case *logical.Alias:
			if list.pipe == markPipeSet {
				star.Replace = append(star.Replace, e)
				continue
			}
			items = append(items, e)
		case *logical.UnresolvedAttr:
			if list.pipe == markPipeDrop {
				star.Except = append(star.Except, e.Parts)
				continue
			}
			items = append(items, e)
		default:
			items = append(items, e)
		}
	}
	return &logical.Project{List: items, Input: plan}
}

// withWindows makes the windows of a WINDOW clause known to the select list.
func (d *decoder) withWindows(windows []mark, plan logical.Node) logical.Node {
	n := &logical.WithWindows{Input: plan}
	for _, m := range windows {
		note := noteOf[windowNote](d, m.entry)
		n.Names = append(n.Names, note.name)
		n.Specs = append(n.Specs, d.windowSpec(m, note, m.args))
	}
	return n
}

// aggregate decodes GROUP BY with the select list.
func (d *decoder) aggregate(by *ast.GroupByClause, list selectList, plan logical.Node) logical.Node {
	n := &logical.Aggregate{List: list.items, Input: plan}
	if by == nil {
		return n
	}
	var keys []logical.Expr
	for _, item := range by.Items {
		m, ok := d.mark(item.Expr)
		switch {
		case ok && m.marker == markAll:
			n.GroupAll = true
		case ok && m.marker == markGrouping:
			n.Group = d.restGrouping(n.Group, m)
		default:
			e := d.expr(item.Expr)
			keys = append(keys, e)
			if a, ok := e.(*logical.Alias); ok {
				e = a.Child
			}
			n.Group = append(n.Group, e)
		}
	}
	if list.pipe == markPipeAgg { // the operator's output begins with its keys
		n.List = append(keys, n.List...)
	}
	return n
}

// restGrouping adds a ROLLUP, CUBE or GROUPING SETS to the keys before it, or
// replaces them by it: WITH ROLLUP stands for ROLLUP of all of them, and
// a, b GROUPING SETS (…) names no other expressions than its own.
func (d *decoder) restGrouping(keys []logical.Expr, m mark) []logical.Expr {
	note := noteOf[groupNote](d, m.entry)
	g := &logical.GroupingAnalytics{Kind: note.kind, Sets: d.sets(m.args), Pos: position(m.pos)}
	if !note.rest {
		return append(keys, g)
	}
	if note.kind != logical.GroupingSets {
		for _, k := range keys {
			g.Sets = append(g.Sets, []logical.Expr{k})
		}
	}
	g.Rest = keys
	return []logical.Expr{g}
}

// sets decodes the members of ROLLUP, CUBE or GROUPING SETS. A member that is
// such an analytic itself becomes a set of that one expression.
func (d *decoder) sets(args []ast.ExprNode) (sets [][]logical.Expr) {
	for _, a := range args {
		m, ok := d.mark(a)
		switch {
		case ok && m.marker == markSet:
			sets = append(sets, d.exprs(m.args))
		case ok && m.marker == markGrouping:
			sets = append(sets, d.restGrouping(nil, m))
		default:
			sets = append(sets, []logical.Expr{d.expr(a)})
		}
	}
	return sets
}

// organization decodes the items of ORDER BY, which carry all that stands
// behind a query: partitioning first, then order, then OFFSET and LIMIT.
func (d *decoder) organization(by *ast.OrderByClause, plan logical.Node) logical.Node {
	if by == nil {
		return plan
	}
	var spread []logical.Expr
	var sorted []*logical.SortKey
	sort := &logical.Sort{Global: true}
	limit := &logical.Limit{}
	for _, item := range by.Items {
		m, ok := d.mark(item.Expr)
		if !ok {
			d.broken(item.Expr)
		}
		switch m.marker {
		case markBy:
			k, all := d.sortKey(m)
			sort.Keys, sort.All = append(sort.Keys, k), sort.All || all
		case markSortBy:
			sorted = d.sortKeys(m.args)
		case markClusterBy:
			spread = d.exprs(m.args)
			for _, e := range spread {
				sorted = append(sorted, &logical.SortKey{Child: e, NullsFirst: true})
			}
		case markDistributeBy:
			spread = d.exprs(m.args)
		case markLimit:
			limit.Count = d.expr(m.args[0])
		case markOffset:
			limit.Offset = d.expr(m.args[0])
		default:
			d.broken(item.Expr)
		}
	}
	if spread != nil {
		plan = &logical.Repartition{By: spread, Input: plan}
	}
	if sorted != nil {
		plan = &logical.Sort{Keys: sorted, Input: plan}
	}
	if sort.Keys != nil {
		sort.Input = plan
		plan = sort
	}
	if limit.Count != nil || limit.Offset != nil {
		limit.Input = plan
		plan = limit
	}
	return plan
}

// sortKeys decodes a list whose items have all to be sort keys.
func (d *decoder) sortKeys(args []ast.ExprNode) (keys []*logical.SortKey) {
	for _, a := range args {
		m, ok := d.mark(a)
		if !ok || m.marker != markBy {
			d.broken(a)
		}
		k, _ := d.sortKey(m)
		keys = append(keys, k)
	}
	return keys
}

// sortKey decodes an item of ORDER BY; all means that it is ALL.
func (d *decoder) sortKey(m mark) (k *logical.SortKey, all bool) {
	n := noteOf[byNote](d, m.entry)
	k = &logical.SortKey{Desc: n.desc, NullsFirst: n.nullsFirst}
	if inner, ok := d.mark(m.args[0]); ok && inner.marker == markAll {
		k.Child = &logical.UnresolvedAttr{Parts: []string{"ALL"}, Pos: position(inner.pos)}
		return k, true
	}
	k.Child = d.expr(m.args[0])
	return k, false
}
