package sql

import (
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/opcode"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

func (d *decoder) exprs(ns []ast.ExprNode) []logical.Expr {
	out := make([]logical.Expr, len(ns))
	for i, n := range ns {
		out[i] = d.expr(n)
	}
	return out
}

// expr decodes an expression.
func (d *decoder) expr(n ast.ExprNode) logical.Expr {
	switch n := n.(type) {
	case *ast.ParenthesesExpr:
		return d.expr(n.Expr)
	case *ast.ColumnNameExpr:
		return d.columnName(n)
	case *ast.BinaryOperationExpr:
		return d.binary(n)
	case *ast.UnaryOperationExpr:
		return d.unary(n)
	case *ast.IsNullExpr:
		return not(n.Not, d.call(n, isNull(n.Not), n.Expr), n.Not)
	case *ast.IsTruthExpr:
		return not(n.Not, call(d.at(n), "<=>", d.expr(n.Expr), logical.Lit(n.True != 0)), false)
	case *ast.PatternInExpr:
		return d.in(n)
	case *ast.BetweenExpr:
		return not(n.Not, d.call(n, "between", n.Expr, n.Left, n.Right), false)
	case *ast.CaseExpr:
		return d.caseWhen(n)
	case *ast.RowExpr:
		return d.call(n, "struct", n.Values...)
	case *ast.SubqueryExpr:
		return &logical.ScalarSubquery{Plan: d.query(n), Pos: d.at(n)}
	case *ast.ExistsSubqueryExpr:
		return not(n.Not, &logical.Exists{Plan: d.query(n.Sel.(*ast.SubqueryExpr)), Pos: d.at(n)}, false)
	case *ast.FuncCallExpr:
		return d.marked(n)
	}
	d.broken(n)
	return nil
}

// call makes a call of an operator or function.
func call(pos columnar.Pos, name string, args ...logical.Expr) logical.Expr {
	c := logical.NewCall(name, args...)
	c.Pos = pos
	return c
}

// call makes a call whose place is that of the node it comes from.
func (d *decoder) call(n ast.ExprNode, name string, args ...ast.ExprNode) logical.Expr {
	return call(d.at(n), name, d.exprs(args)...)
}

// not negates e unless its name says so already.
func not(negated bool, e logical.Expr, said bool) logical.Expr {
	if !negated || said {
		return e
	}
	return call(e.Position(), "not", e)
}

// isNull is the function of IS [NOT] NULL: both have one, unlike other predicates.
func isNull(negated bool) string {
	if negated {
		return "isnotnull"
	}
	return "isnull"
}

// columnName decodes a name of up to three parts; longer ones are markers.
func (d *decoder) columnName(n *ast.ColumnNameExpr) logical.Expr {
	c := n.Name
	if c.Schema.O == markerSchema || c.Table.O == markerSchema {
		d.broken(n)
	}
	e := &logical.UnresolvedAttr{Pos: d.at(n)}
	for _, p := range []string{c.Schema.O, c.Table.O, c.Name.O} {
		if p != "" {
			e.Parts = append(e.Parts, p)
		}
	}
	return e
}

var binaryOperators = map[opcode.Op]string{
	opcode.LogicAnd: "and", opcode.LogicOr: "or",
	opcode.EQ: "=", opcode.LT: "<", opcode.LE: "<=", opcode.GT: ">", opcode.GE: ">=", opcode.NullEQ: "<=>",
	opcode.Plus: "+", opcode.Minus: "-", opcode.Mul: "*", opcode.Div: "/", opcode.Mod: "%", opcode.IntDiv: "div",
	opcode.And: "&", opcode.Or: "|", opcode.LeftShift: "<<", opcode.RightShift: ">>",
}

// sandwiched are the functions that Spark makes of the operators which travel
// as sandwiches.
var sandwiched = map[string]string{opConcat: "concat", opXor: "^", opShiftUnsigned: ">>>"}

// binary decodes an infix operator. A chain of them is a left-deep tree, which
// is walked by a loop so that long chains need no deep stack.
func (d *decoder) binary(n *ast.BinaryOperationExpr) logical.Expr {
	type step struct {
		name  string
		right ast.ExprNode
	}
	var steps []step
	var left ast.ExprNode = n
	for {
		b, ok := left.(*ast.BinaryOperationExpr)
		if !ok {
			break
		}
		name, inner := d.operator(b)
		steps = append(steps, step{name, b.R})
		left = inner
	}
	e := d.expr(left)
	for i := len(steps) - 1; i >= 0; i-- {
		s := steps[i]
		right := d.expr(s.right)
		pos := e.Position()
		if s.name == "!=" {
			e = call(pos, "not", call(pos, "=", e, right))
			continue
		}
		e = call(pos, s.name, e, right)
	}
	return e
}

// operator is the name of a binary operation and its left operand.
func (d *decoder) operator(b *ast.BinaryOperationExpr) (name string, left ast.ExprNode) {
	if l, ok := b.L.(*ast.BinaryOperationExpr); ok && l.Op == b.Op {
		if o := sandwichOf(l.R); o != "" {
			name, ok := sandwiched[o]
			if !ok {
				d.broken(l.R)
			}
			return name, l.L
		}
	}
	if b.Op == opcode.NE {
		return "!=", b.L
	}
	name, ok := binaryOperators[b.Op]
	if !ok {
		d.broken(b)
	}
	return name, b.L
}

// sandwichOf is the operator in a sandwich's middle, or "".
func sandwichOf(e ast.ExprNode) string {
	c, ok := e.(*ast.ColumnNameExpr)
	if !ok || c.Name.Table.O != markerSchema {
		return ""
	}
	o, _ := strings.CutPrefix(c.Name.Name.O, operatorPrefix)
	return o
}

var unaryOperators = map[opcode.Op]string{
	opcode.Not: "not", opcode.Not2: "not", opcode.Minus: "negative", opcode.Plus: "positive", opcode.BitNeg: "~",
}

// unary decodes a prefix operator.
func (d *decoder) unary(n *ast.UnaryOperationExpr) logical.Expr {
	name, ok := unaryOperators[n.Op]
	if !ok {
		d.broken(n)
	}
	return d.call(n, name, n.V)
}

// in decodes value IN (list) and value IN (query).
func (d *decoder) in(n *ast.PatternInExpr) logical.Expr {
	if n.Sel == nil {
		args := append([]logical.Expr{d.expr(n.Expr)}, d.exprs(n.List)...)
		return not(n.Not, call(d.at(n), "in", args...), false)
	}
	e := &logical.InSubquery{Plan: d.query(n.Sel.(*ast.SubqueryExpr)), Pos: d.at(n)}
	if row, ok := n.Expr.(*ast.RowExpr); ok {
		e.Values = d.exprs(row.Values)
	} else {
		e.Values = []logical.Expr{d.expr(n.Expr)}
	}
	return not(n.Not, e, false)
}

// caseWhen decodes CASE; with a value, each condition compares it, as in Spark.
func (d *decoder) caseWhen(n *ast.CaseExpr) logical.Expr {
	var args []logical.Expr
	for _, w := range n.WhenClauses {
		cond := d.expr(w.Expr)
		if n.Value != nil {
			value := d.expr(n.Value)
			cond = call(value.Position(), "=", value, cond)
		}
		args = append(args, cond, d.expr(w.Result))
	}
	if n.ElseClause != nil {
		args = append(args, d.expr(n.ElseClause))
	}
	return call(d.at(n), "case", args...)
}
