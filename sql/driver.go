package sql

import (
	"fmt"
	"io"
	"sync"

	"github.com/pingcap/tidb/pkg/parser"
	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/format"
)

// literal is a constant in the TiDB parser's tree. The text it is given holds
// three kinds: note indexes (int64), TRUE and FALSE (bool) and NULL (nil); all
// constants of the user travel in notes.
type literal struct {
	ast.TexprNode
	value  any
	offset int
}

func (n *literal) Restore(ctx *format.RestoreCtx) error {
	ctx.WritePlain(fmt.Sprint(n.value))
	return nil
}
func (n *literal) Format(w io.Writer)             { fmt.Fprint(w, n.value) }
func (n *literal) GetDatumString() string         { return n.GetString() }
func (n *literal) GetString() string              { s, _ := n.value.(string); return s }
func (n *literal) GetValue() any                  { return n.value }
func (n *literal) SetValue(v any)                 { n.value = v }
func (n *literal) SetProjectionOffset(offset int) { n.offset = offset }
func (n *literal) GetProjectionOffset() int       { return n.offset }
func (n *literal) Accept(v ast.Visitor) (ast.Node, bool) {
	node, _ := v.Enter(n)
	return v.Leave(node)
}

// paramMarker is required by the parser's hooks; the walker emits none.
type paramMarker struct{ literal }

func (n *paramMarker) SetOrder(int) {}
func (n *paramMarker) Accept(v ast.Visitor) (ast.Node, bool) {
	node, _ := v.Enter(n)
	return v.Leave(node)
}

// installDriver sets the parser's global constructors of constants unless the
// program that embeds gosql uses the parser too and has set its own.
var installDriver = sync.OnceFunc(func() {
	if ast.NewValueExpr == nil {
		ast.NewValueExpr = func(v any, _, _ string) ast.ValueExpr {
			if l, ok := v.(*literal); ok {
				return l
			}
			return &literal{value: v}
		}
	}
	if ast.NewParamMarkerExpr == nil {
		ast.NewParamMarkerExpr = func(int) ast.ParamMarkerExpr { return &paramMarker{} }
	}
	if ast.NewDecimal == nil {
		ast.NewDecimal = func(s string) (any, error) { return s, nil }
	}
	if ast.NewHexLiteral == nil {
		ast.NewHexLiteral = func(s string) (any, error) { return s, nil }
	}
	if ast.NewBitLiteral == nil {
		ast.NewBitLiteral = func(s string) (any, error) { return s, nil }
	}
})

// parsers holds TiDB parsers: they are not safe for concurrent use, and making
// one costs more than parsing a small statement. One keeps its last tree until
// its next use, which the pool's emptying at garbage collection bounds.
var parsers = sync.Pool{New: func() any {
	installDriver()
	p := parser.New()
	p.SetSQLMode(0)
	return p
}}
