package physical

import (
	"fmt"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// sameExpr says whether two expressions compute the same value of the same row: the same columns, functions, constants and types in
// the same places. Aliases and positions do not count. Calls of functions that are not deterministic are equal only to themselves.
func sameExpr(a, b logical.Expr) bool {
	if a == b {
		return true
	}
	if x, ok := a.(*logical.Attr); ok {
		y, ok := b.(*logical.Attr)
		return ok && x.ID == y.ID
	}
	return exprKey(a) == exprKey(b)
}

// exprKey is a text that is the same for expressions that sameExpr finds equal, and for no others.
func exprKey(e logical.Expr) string {
	var b strings.Builder
	writeKey(&b, e)
	return b.String()
}

func writeKey(b *strings.Builder, e logical.Expr) {
	switch e := e.(type) {
	case *logical.Attr:
		fmt.Fprintf(b, "#%d", e.ID)
		return
	case *logical.LambdaVar:
		fmt.Fprintf(b, "$%d", e.ID)
		return
	case *logical.Alias:
		writeKey(b, e.Child)
		return
	case *logical.Literal:
		fmt.Fprintf(b, "%s:%q", e.Type().String(), columnar.FormatValue(e.Value, 0))
		if e.Value.IsNull(0) {
			b.WriteString("null")
		}
		return
	case *logical.Cast:
		fmt.Fprintf(b, "cast%d:%s", e.Mode, e.To.String())
	case *logical.GetField:
		fmt.Fprintf(b, "field%d", e.Index)
	case *logical.SortKey:
		fmt.Fprintf(b, "key%t%t", e.Desc, e.NullsFirst)
	case *logical.Call:
		fmt.Fprintf(b, "%s:%s%t%t%d", e.Fn.Name, e.T.String(), e.Distinct, e.IgnoreNulls, len(e.Args))
		if e.Filter != nil {
			b.WriteByte('f')
		}
		if e.Fn.NonDeterministic {
			fmt.Fprintf(b, "@%p", e)
		}
	default: // lambdas, subqueries, windows: equal only to themselves
		fmt.Fprintf(b, "%T@%p", e, e)
	}
	b.WriteByte('(')
	for i, c := range e.Children() {
		if i > 0 {
			b.WriteByte(',')
		}
		writeKey(b, c)
	}
	b.WriteByte(')')
}

// deterministic says whether an expression gives the same for the same row, whenever and however often it is computed.
func deterministic(e logical.Expr) bool {
	return !logical.Any(e, func(x logical.Expr) bool {
		c, ok := x.(*logical.Call)
		return ok && c.Fn.NonDeterministic
	})
}
