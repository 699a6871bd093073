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
	var w keyWriter
	w.expr(e)
	return w.String()
}

// keyWriter writes expressions as a text that tells them apart.
type keyWriter struct {
	strings.Builder
	// columns, if not nil, numbers columns by their first occurrence, so that the same computation of other copies of the columns
	// is written alike.
	columns map[logical.ID]int
	// single is set when something was written that equals only itself.
	single bool
}

// column writes which column it is.
func (w *keyWriter) column(id logical.ID) {
	if w.columns == nil {
		fmt.Fprintf(w, "#%d", id)
		return
	}
	n, known := w.columns[id]
	if !known {
		n = len(w.columns)
		w.columns[id] = n
	}
	fmt.Fprintf(w, "#%d", n)
}

// itself writes what equals nothing else.
func (w *keyWriter) itself(e logical.Expr) {
	w.single = true
	fmt.Fprintf(w, "@%p", e)
}

func (w *keyWriter) expr(e logical.Expr) {
	switch e := e.(type) {
	case *logical.Attr:
		w.column(e.ID)
		return
	case *logical.LambdaVar:
		fmt.Fprintf(w, "$%d", e.ID)
		return
	case *logical.Alias:
		w.expr(e.Child)
		return
	case *logical.Literal:
		fmt.Fprintf(w, "%s:%q", e.Type().String(), columnar.FormatValue(e.Value, 0))
		if e.Value.IsNull(0) {
			w.WriteString("null")
		}
		return
	case *logical.Cast:
		fmt.Fprintf(w, "cast%d:%s", e.Mode, e.To.String())
	case *logical.GetField:
		fmt.Fprintf(w, "field%d", e.Index)
	case *logical.SortKey:
		fmt.Fprintf(w, "key%t%t", e.Desc, e.NullsFirst)
	case *logical.Call:
		// The function itself and not its name: a view may still call a function that another one of that name has replaced.
		fmt.Fprintf(w, "%s@%p:%s%t%t%d", e.Fn.Name, e.Fn, e.T.String(), e.Distinct, e.IgnoreNulls, len(e.Args))
		if e.Filter != nil {
			w.WriteByte('f')
		}
		if e.Fn.NonDeterministic {
			w.itself(e)
		}
	default: // lambdas, subqueries, windows
		fmt.Fprintf(w, "%T", e)
		w.itself(e)
	}
	w.exprs(e.Children())
}

// exprs writes a list.
func (w *keyWriter) exprs(list []logical.Expr) {
	w.WriteByte('(')
	for i, c := range list {
		if i > 0 {
			w.WriteByte(',')
		}
		w.expr(c)
	}
	w.WriteByte(')')
}

// deterministic says whether an expression gives the same for the same row, whenever and however often it is computed.
func deterministic(e logical.Expr) bool {
	return !logical.Any(e, func(x logical.Expr) bool {
		c, ok := x.(*logical.Call)
		return ok && c.Fn.NonDeterministic
	})
}
