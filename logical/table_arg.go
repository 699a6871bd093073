package logical

import "github.com/gosql-engine/gosql/columnar"

// TableArg is a table as an argument of a table function: TABLE(query) or TABLE(name).
type TableArg struct {
	Leaf
	Unresolved
	Plan Node
	Pos  columnar.Pos
}

// WithChildren implements Expr.
func (e *TableArg) WithChildren([]Expr) Expr { return e }

// Position implements Expr.
func (e *TableArg) Position() columnar.Pos { return e.Pos }

// String implements Expr.
func (e *TableArg) String() string { return "table()" }
