package sql

import (
	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/gosql-engine/gosql/logical"
)

// from decodes the relations of FROM: tables, derived tables and joins.
func (d *decoder) from(n ast.ResultSetNode) logical.Node {
	switch n := n.(type) {
	case *ast.TableSource:
		plan, _ := d.source(n)
		return plan
	case *ast.Join:
		if n.Right == nil {
			return d.from(n.Left)
		}
		return d.join(n)
	}
	d.broken(n)
	return nil
}

// join decodes a join: its kind is in the marker that is its ON condition. The
// only joins without one are those with a lateral view, which joins nothing.
func (d *decoder) join(n *ast.Join) logical.Node {
	left := d.from(n.Left)
	j := &logical.Join{Left: left}
	if source, ok := n.Right.(*ast.TableSource); ok {
		if view := d.lateralView(source, left); view != nil {
			return view
		}
		var note relationNote
		j.Right, note = d.source(source)
		j.Lateral = note.lateral
	} else {
		j.Right = d.from(n.Right)
	}
	if n.On == nil {
		return j
	}
	m, ok := d.mark(n.On.Expr)
	if !ok || m.marker != markJoin {
		d.broken(n)
	}
	note := noteOf[joinNote](d, m.entry)
	j.Type, j.Natural, j.Using, j.Pos = note.kind, note.natural, note.using, position(m.pos)
	if note.on {
		j.Cond = d.expr(m.args[0])
	}
	return j
}

// source decodes a table or derived table with what follows it.
func (d *decoder) source(n *ast.TableSource) (logical.Node, relationNote) {
	var plan logical.Node
	switch s := n.Source.(type) {
	case *ast.TableName:
		plan = d.table(s)
	default:
		plan = d.query(s)
	}
	if n.AsName.O == "" {
		return plan, relationNote{}
	}
	e := d.named(n, n.AsName.O, aliasPrefix)
	note := noteOf[relationNote](d, e)
	if note.sample != nil {
		s := *note.sample
		s.Input = plan
		plan = &s
	}
	if !note.hidden || len(note.columns) > 0 { // AS (a, b) names columns only
		plan = &logical.SubqueryAlias{Alias: note.alias, Cols: note.columns, Input: plan, Pos: position(e.pos)}
	}
	return plan, note
}

// table decodes a table name, or the one row of a SELECT without FROM.
func (d *decoder) table(t *ast.TableName) logical.Node {
	if t.Schema.O != tableSchema {
		d.broken(t)
	}
	e := d.named(t, t.Name.O, "")
	note := noteOf[tableNote](d, e)
	if note.parts == nil {
		return &logical.OneRow{}
	}
	n := &logical.UnresolvedRelation{Name: note.parts, Pos: position(e.pos)}
	for _, o := range note.options {
		if n.Options == nil {
			n.Options = map[string]string{}
		}
		n.Options[o.key] = o.value
	}
	return n
}

// soleMark is the marker that is the first field of a SELECT.
func (d *decoder) soleMark(s *ast.SelectStmt) (mark, bool) {
	if s.Fields == nil || len(s.Fields.Fields) == 0 || s.Fields.Fields[0].Expr == nil {
		return mark{}, false
	}
	return d.mark(s.Fields.Fields[0].Expr)
}

// lateralView decodes a relation that is a LATERAL VIEW over all before it; nil
// if it is something else.
func (d *decoder) lateralView(source *ast.TableSource, input logical.Node) logical.Node {
	s, ok := source.Source.(*ast.SelectStmt)
	if !ok {
		return nil
	}
	m, ok := d.soleMark(s)
	if !ok || m.marker != markLateralView {
		return nil
	}
	n := noteOf[lateralViewNote](d, m.entry)
	return &logical.LateralView{Gen: d.expr(m.args[0]), Outer: n.outer, Alias: n.table, Cols: n.columns, Input: input, Pos: position(m.pos)}
}

// relationSelect decodes a SELECT that stands for a relation TiDB does not
// have; nil if it is an ordinary one.
func (d *decoder) relationSelect(s *ast.SelectStmt) logical.Node {
	m, ok := d.soleMark(s)
	if !ok {
		return nil
	}
	switch m.marker {
	case markTVF:
		return d.tableFunction(m)
	case markPivot:
		return d.pivot(m, d.from(s.From.TableRefs))
	case markUnpivot:
		n := noteOf[unpivotNote](d, m.entry).node
		n.Input = d.from(s.From.TableRefs)
		return &n
	}
	return nil
}

// tableFunction decodes a call in FROM.
func (d *decoder) tableFunction(m mark) logical.Node {
	call, ok := d.mark(m.args[0])
	if !ok || call.marker != markCall {
		d.broken(m.args[0])
	}
	n := noteOf[callNote](d, call.entry)
	return &logical.UnresolvedTableFunction{Name: n.name, Args: d.exprs(call.args[:n.args]), Pos: position(call.pos)}
}

// pivot cuts the arguments of a pivot marker into their three lists.
func (d *decoder) pivot(m mark, input logical.Node) logical.Node {
	n := noteOf[pivotNote](d, m.entry)
	all := d.exprs(m.args)
	a, b := n.aggregates, n.aggregates+n.columns
	return &logical.Pivot{Aggregates: all[:a:a], For: all[a:b:b], Values: all[b:], Input: input, Pos: position(m.pos)}
}
