package sql

import (
	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/gosql-engine/gosql/logical"
)

// marked decodes the marker calls that are expressions.
func (d *decoder) marked(n *ast.FuncCallExpr) logical.Expr {
	m, ok := d.mark(n)
	if !ok {
		d.broken(n)
	}
	pos := position(m.pos)
	switch m.marker {
	case markValue:
		return noteOf[valueNote](d, m.entry).expr
	case markName:
		return &logical.UnresolvedAttr{Parts: noteOf[nameNote](d, m.entry).parts, Pos: pos}
	case markStar:
		s := noteOf[starNote](d, m.entry)
		return &logical.UnresolvedStar{Target: s.target, Except: s.except, Pos: pos}
	case markCall:
		return d.functionCall(m)
	case markOver:
		note := noteOf[windowNote](d, m.entry)
		return &logical.WindowExpr{Func: d.expr(m.args[0]), Spec: d.windowSpec(m, note, m.args[1:]), Pos: pos}
	case markCast:
		c := noteOf[castNote](d, m.entry)
		return &logical.Cast{Child: d.expr(m.args[0]), To: c.to, Mode: c.mode, Pos: pos}
	case markMatch:
		return d.match(m)
	case markDistinct:
		return not(!noteOf[notNote](d, m.entry).not, call(pos, "<=>", d.exprs(m.args)...), false)
	case markAt:
		return &logical.UnresolvedExtract{Child: d.expr(m.args[0]), Key: d.expr(m.args[1]), Pos: pos}
	case markField:
		name := noteOf[nameNote](d, m.entry).parts[0]
		return &logical.UnresolvedExtract{Child: d.expr(m.args[0]), Key: logical.Lit(name), Dot: true, Pos: pos}
	case markLambda:
		return d.lambda(m)
	case markNamed:
		return &logical.NamedArg{Name: noteOf[nameNote](d, m.entry).parts[0], Value: d.expr(m.args[0])}
	case markAs:
		return d.alias(m)
	case markTableArg:
		return &logical.TableArg{Plan: d.query(m.args[0].(*ast.SubqueryExpr)), Pos: pos}
	}
	d.broken(n)
	return nil
}

// alias decodes a select item's name, or the names of a generator's columns.
func (d *decoder) alias(m mark) logical.Expr {
	child, names := d.expr(m.args[0]), noteOf[aliasNote](d, m.entry).names
	if len(names) > 1 {
		return &logical.MultiAlias{Child: child, Names: names, Pos: position(m.pos)}
	}
	a := logical.NewAlias(child, names[0])
	a.Pos = position(m.pos)
	return a
}

// lambda decodes a lambda. Its body names the parameters by UnresolvedAttr: the
// analyzer, which knows scopes, makes them variables.
func (d *decoder) lambda(m mark) logical.Expr {
	l := &logical.Lambda{Body: d.expr(m.args[0]), Pos: position(m.pos)}
	for _, p := range noteOf[nameNote](d, m.entry).parts {
		l.Params = append(l.Params, &logical.LambdaVar{ID: logical.NewID(), Name: p})
	}
	return l
}

// functionCall decodes a call: its arguments, then sort keys and a filter.
func (d *decoder) functionCall(m mark) logical.Expr {
	n := noteOf[callNote](d, m.entry)
	c := &logical.UnresolvedCall{
		Name: n.name, Args: d.exprs(m.args[:n.args]), Distinct: n.distinct, IgnoreNulls: n.ignoreNulls, Pos: position(m.pos),
	}
	for _, a := range m.args[n.args:] {
		if by, ok := d.mark(a); ok && by.marker == markBy {
			k, _ := d.sortKey(by)
			c.OrderBy = append(c.OrderBy, k)
			continue
		}
		c.Filter = d.expr(a)
	}
	return c
}

// windowSpec decodes partition keys, sort keys and frame offsets.
func (d *decoder) windowSpec(m mark, n windowNote, args []ast.ExprNode) logical.WindowSpec {
	s := logical.WindowSpec{Ref: n.ref, Pos: position(m.pos)}
	if n.keys > 0 {
		s.PartitionBy = d.exprs(args[:n.keys])
	}
	s.OrderBy = d.sortKeys(args[n.keys : n.keys+n.sorts])
	args = args[n.keys+n.sorts:]
	if !n.frame {
		return s
	}
	s.Frame = &logical.Frame{Unit: n.unit, Start: logical.Bound{Kind: n.start}, End: logical.Bound{Kind: n.end}}
	for _, b := range []*logical.Bound{&s.Frame.Start, &s.Frame.End} {
		if b.Kind == logical.Preceding || b.Kind == logical.Following {
			b.Offset, args = d.expr(args[0]), args[1:]
		}
	}
	return s
}

// match decodes LIKE, ILIKE and RLIKE. With ANY or ALL each pattern has its own
// comparison, negated one by one, as Spark's LikeAny and NotLikeAny have it.
func (d *decoder) match(m mark) logical.Expr {
	n, pos := noteOf[matchNote](d, m.entry), position(m.pos)
	one := func(pattern ast.ExprNode) logical.Expr {
		args := []logical.Expr{d.expr(m.args[0]), d.expr(pattern)}
		if n.escape != "" {
			args = append(args, logical.Lit(n.escape))
		}
		return not(n.not, call(pos, n.operator, args...), false)
	}
	e := one(m.args[1])
	for _, p := range m.args[2:] {
		if n.quantifier == "ALL" {
			e = call(pos, "and", e, one(p))
		} else {
			e = call(pos, "or", e, one(p))
		}
	}
	return e
}
