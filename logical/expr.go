package logical

import (
	"strings"
	"sync/atomic"

	"github.com/gosql-engine/gosql/columnar"
)

// Expr is an expression: a value for each row. Expressions are immutable and shared; WithChildren makes changed copies.
type Expr interface {
	Type() columnar.Type // of a resolved expression; VOID before resolution
	Nullable() bool      // false only if the value is certainly never NULL
	Children() []Expr
	WithChildren(children []Expr) Expr // the receiver itself need not be returned for equal children: see TransformExpr
	String() string                    // Spark's pretty form, which also names unaliased select items
	Position() columnar.Pos
}

// ID tells columns apart, whatever they are called. Two attributes with one ID are the same column.
type ID int64

var lastID atomic.Int64

// NewID returns an ID that no column of this process has.
func NewID() ID { return ID(lastID.Add(1)) }

// Leaf is embedded by expressions without children.
type Leaf struct{}

// Children returns nil.
func (Leaf) Children() []Expr { return nil }

// Unresolved is embedded by expressions that only the analyzer sees; they have no type yet.
type Unresolved struct{}

// Type is VOID.
func (Unresolved) Type() columnar.Type { return columnar.VoidType }

// Nullable is true.
func (Unresolved) Nullable() bool { return true }

// Literal is a constant: the only row of Value, which may be NULL.
type Literal struct {
	Leaf
	Value columnar.Vector
	Text  string // how it names a select item, where that differs from the value's own form ("" otherwise)
	Pos   columnar.Pos
}

// NewLiteral is the constant in row 0 of v.
func NewLiteral(v columnar.Vector) *Literal { return &Literal{Value: v} }

// Null is the NULL of a type.
func Null(t columnar.Type) *Literal { return &Literal{Value: columnar.NullVector(t, 1)} }

// Lit is a constant of one of the Go types that carry SQL values without loss.
func Lit[T bool | int8 | int16 | int32 | int64 | float32 | float64 | string](v T) *Literal {
	return &Literal{Value: columnar.ScalarOf(v)}
}

// IsNullLiteral says whether e is a NULL constant.
func IsNullLiteral(e Expr) bool {
	l, ok := e.(*Literal)
	return ok && l.Value.IsNull(0)
}

// Type implements Expr.
func (e *Literal) Type() columnar.Type { return e.Value.Type() }

// Nullable implements Expr.
func (e *Literal) Nullable() bool { return e.Value.IsNull(0) }

// WithChildren implements Expr.
func (e *Literal) WithChildren([]Expr) Expr { return e }

// Position implements Expr.
func (e *Literal) Position() columnar.Pos { return e.Pos }

// String implements Expr.
func (e *Literal) String() string {
	if e.Text != "" {
		return e.Text
	}
	return columnar.FormatValue(e.Value, 0)
}

// Attr is a column by identity. The node that makes the column and every reference to it hold an Attr with the same ID.
type Attr struct {
	Leaf
	ID        ID
	Name      string
	T         columnar.Type
	Null      bool     // may be NULL
	Qualifier []string // the table or alias it came from, outermost part first
	Pos       columnar.Pos
}

// NewAttr is a new column with an ID of its own.
func NewAttr(name string, t columnar.Type, nullable bool, qualifier ...string) *Attr {
	return &Attr{ID: NewID(), Name: name, T: t, Null: nullable, Qualifier: qualifier}
}

// Type implements Expr.
func (e *Attr) Type() columnar.Type { return e.T }

// Nullable implements Expr.
func (e *Attr) Nullable() bool { return e.Null }

// WithChildren implements Expr.
func (e *Attr) WithChildren([]Expr) Expr { return e }

// Position implements Expr.
func (e *Attr) Position() columnar.Pos { return e.Pos }

// String implements Expr.
func (e *Attr) String() string { return e.Name }

// AsNullable returns the column with Null set, as the nullable side of an outer join gives it.
func (e *Attr) AsNullable() *Attr {
	if e.Null {
		return e
	}
	c := *e
	c.Null = true
	return &c
}

// OuterRef is a reference from inside a subquery to a column of the query around it.
type OuterRef struct {
	Leaf
	Attr *Attr
}

// Type implements Expr.
func (e *OuterRef) Type() columnar.Type { return e.Attr.T }

// Nullable implements Expr.
func (e *OuterRef) Nullable() bool { return e.Attr.Null }

// WithChildren implements Expr.
func (e *OuterRef) WithChildren([]Expr) Expr { return e }

// Position implements Expr.
func (e *OuterRef) Position() columnar.Pos { return e.Attr.Pos }

// String implements Expr.
func (e *OuterRef) String() string {
	return "outer(" + strings.Join(append(e.Attr.Qualifier[:len(e.Attr.Qualifier):len(e.Attr.Qualifier)], e.Attr.Name), ".") + ")"
}

// UnresolvedAttr is a name that may be a column, a qualified column or a path into a struct.
type UnresolvedAttr struct {
	Leaf
	Unresolved
	Parts  []string
	PlanID int64 // Spark Connect: the plan whose column it is; 0 for none
	Pos    columnar.Pos
}

// WithChildren implements Expr.
func (e *UnresolvedAttr) WithChildren([]Expr) Expr { return e }

// Position implements Expr.
func (e *UnresolvedAttr) Position() columnar.Pos { return e.Pos }

// String implements Expr.
func (e *UnresolvedAttr) String() string { return strings.Join(e.Parts, ".") }

// UnresolvedStar is * or t.*, with columns left out (EXCEPT).
type UnresolvedStar struct {
	Leaf
	Unresolved
	Target  []string
	Except  [][]string
	Replace []*Alias // * REPLACE (e AS c)
	Pos     columnar.Pos
}

// WithChildren implements Expr.
func (e *UnresolvedStar) WithChildren([]Expr) Expr { return e }

// Position implements Expr.
func (e *UnresolvedStar) Position() columnar.Pos { return e.Pos }

// String implements Expr.
func (e *UnresolvedStar) String() string { return strings.Join(append(e.Target, "*"), ".") }

// Alias names an expression; as a node's output it makes a column with this ID.
type Alias struct {
	Child Expr
	Name  string
	ID    ID
	Pos   columnar.Pos
}

// NewAlias makes a new column of child.
func NewAlias(child Expr, name string) *Alias { return &Alias{Child: child, Name: name, ID: NewID()} }

// Type implements Expr.
func (e *Alias) Type() columnar.Type { return e.Child.Type() }

// Nullable implements Expr.
func (e *Alias) Nullable() bool { return e.Child.Nullable() }

// Children implements Expr.
func (e *Alias) Children() []Expr { return []Expr{e.Child} }

// Position implements Expr.
func (e *Alias) Position() columnar.Pos { return e.Pos }

// String implements Expr.
func (e *Alias) String() string { return e.Child.String() + " AS " + e.Name }

// WithChildren implements Expr.
func (e *Alias) WithChildren(c []Expr) Expr {
	return &Alias{Child: c[0], Name: e.Name, ID: e.ID, Pos: e.Pos}
}

// Attr is the column that the alias makes.
func (e *Alias) Attr() *Attr {
	return &Attr{ID: e.ID, Name: e.Name, T: e.Type(), Null: e.Nullable()}
}

// MultiAlias names the columns of a generator in a select list: explode(m) AS (k, v).
type MultiAlias struct {
	Unresolved
	Child Expr
	Names []string
	Pos   columnar.Pos
}

// Children implements Expr.
func (e *MultiAlias) Children() []Expr { return []Expr{e.Child} }

// Position implements Expr.
func (e *MultiAlias) Position() columnar.Pos { return e.Pos }

// String implements Expr.
func (e *MultiAlias) String() string {
	return e.Child.String() + " AS (" + strings.Join(e.Names, ", ") + ")"
}

// WithChildren implements Expr.
func (e *MultiAlias) WithChildren(c []Expr) Expr {
	return &MultiAlias{Child: c[0], Names: e.Names, Pos: e.Pos}
}

// Cast changes the type of a value. ANSI mode raises an error where the value has no equal in the new type, Try gives NULL,
// Legacy follows Spark with ANSI off.
type Cast struct {
	Child    Expr
	To       columnar.Type
	Mode     columnar.CastMode
	Implicit bool // put in by type coercion: not shown in names
	Pos      columnar.Pos
}

// Type implements Expr.
func (e *Cast) Type() columnar.Type { return e.To }

// Nullable implements Expr.
func (e *Cast) Nullable() bool {
	return e.Child.Nullable() || e.Mode != columnar.CastANSI || !columnar.CastKeepsNotNull(e.Child.Type(), e.To)
}

// Children implements Expr.
func (e *Cast) Children() []Expr { return []Expr{e.Child} }

// Position implements Expr.
func (e *Cast) Position() columnar.Pos { return e.Pos }

// String implements Expr.
func (e *Cast) String() string {
	if e.Implicit || e.To.IsNested() { // Spark leaves out casts to nested types, which Hive's SQL does not have
		return e.Child.String()
	}
	name := "CAST("
	if e.Mode == columnar.CastTry {
		name = "TRY_CAST("
	}
	return name + e.Child.String() + " AS " + e.To.SQL() + ")"
}

// WithChildren implements Expr.
func (e *Cast) WithChildren(c []Expr) Expr {
	return &Cast{Child: c[0], To: e.To, Mode: e.Mode, Implicit: e.Implicit, Pos: e.Pos}
}

// NamedArg is an argument by name: f(x => 1).
type NamedArg struct {
	Unresolved
	Name  string
	Value Expr
}

// Children implements Expr.
func (e *NamedArg) Children() []Expr { return []Expr{e.Value} }

// Position implements Expr.
func (e *NamedArg) Position() columnar.Pos { return e.Value.Position() }

// String implements Expr.
func (e *NamedArg) String() string { return e.Name + " => " + e.Value.String() }

// WithChildren implements Expr.
func (e *NamedArg) WithChildren(c []Expr) Expr { return &NamedArg{Name: e.Name, Value: c[0]} }

// UnresolvedExtract is x[key] or x.field: an element of an array, the value of a map key or the field of a struct. Fields become GetField,
// elements and values a call of the function "[]".
type UnresolvedExtract struct {
	Unresolved
	Child, Key Expr
	Dot        bool // written x.field, so that Key is a name
	Pos        columnar.Pos
}

// Children implements Expr.
func (e *UnresolvedExtract) Children() []Expr { return []Expr{e.Child, e.Key} }

// Position implements Expr.
func (e *UnresolvedExtract) Position() columnar.Pos { return e.Pos }

// String implements Expr.
func (e *UnresolvedExtract) String() string {
	if e.Dot {
		return e.Child.String() + "." + e.Key.String()
	}
	return e.Child.String() + "[" + e.Key.String() + "]"
}

// WithChildren implements Expr.
func (e *UnresolvedExtract) WithChildren(c []Expr) Expr {
	return &UnresolvedExtract{Child: c[0], Key: c[1], Dot: e.Dot, Pos: e.Pos}
}

// GetField is field Index of a struct; of an array of structs, the array of that field.
type GetField struct {
	Child Expr
	Index int
	Name  string
	Pos   columnar.Pos
}

// Type implements Expr.
func (e *GetField) Type() columnar.Type {
	t := e.Child.Type()
	if t.Kind == columnar.Array {
		return columnar.ArrayOf(t.Elem().Fields()[e.Index].Type)
	}
	return t.Fields()[e.Index].Type
}

// Nullable implements Expr.
func (e *GetField) Nullable() bool { return true }

// Children implements Expr.
func (e *GetField) Children() []Expr { return []Expr{e.Child} }

// Position implements Expr.
func (e *GetField) Position() columnar.Pos { return e.Pos }

// String implements Expr.
func (e *GetField) String() string { return e.Child.String() + "." + e.Name }

// WithChildren implements Expr.
func (e *GetField) WithChildren(c []Expr) Expr {
	return &GetField{Child: c[0], Index: e.Index, Name: e.Name, Pos: e.Pos}
}

// SortKey is an item of ORDER BY.
type SortKey struct {
	Child      Expr
	Desc       bool
	NullsFirst bool
}

// Type implements Expr.
func (e *SortKey) Type() columnar.Type { return e.Child.Type() }

// Nullable implements Expr.
func (e *SortKey) Nullable() bool { return e.Child.Nullable() }

// Children implements Expr.
func (e *SortKey) Children() []Expr { return []Expr{e.Child} }

// Position implements Expr.
func (e *SortKey) Position() columnar.Pos { return e.Child.Position() }

// String implements Expr.
func (e *SortKey) String() string {
	dir, nulls := " ASC", " NULLS LAST"
	if e.Desc {
		dir = " DESC"
	}
	if e.NullsFirst {
		nulls = " NULLS FIRST"
	}
	return e.Child.String() + dir + nulls
}

// WithChildren implements Expr.
func (e *SortKey) WithChildren(c []Expr) Expr {
	return &SortKey{Child: c[0], Desc: e.Desc, NullsFirst: e.NullsFirst}
}

// Lambda is x -> e or (x, y) -> e. Before resolution the body refers to the parameters by UnresolvedAttr; the analyzer, knowing the
// types that the higher-order function passes, makes them LambdaVars.
type Lambda struct {
	Params []*LambdaVar
	Body   Expr
	Pos    columnar.Pos
}

// Type implements Expr.
func (e *Lambda) Type() columnar.Type { return e.Body.Type() }

// Nullable implements Expr.
func (e *Lambda) Nullable() bool { return e.Body.Nullable() }

// Children implements Expr.
func (e *Lambda) Children() []Expr { return []Expr{e.Body} }

// Position implements Expr.
func (e *Lambda) Position() columnar.Pos { return e.Pos }

// String implements Expr.
func (e *Lambda) String() string {
	if len(e.Params) == 1 {
		return "lambdafunction(" + e.Body.String() + ", " + JoinStrings(e.Params) + ")"
	}
	return "lambdafunction(" + e.Body.String() + ", " + JoinStrings(e.Params) + ")"
}

// WithChildren implements Expr.
func (e *Lambda) WithChildren(c []Expr) Expr {
	return &Lambda{Params: e.Params, Body: c[0], Pos: e.Pos}
}

// LambdaVar is a parameter of a Lambda, told from others by its ID.
type LambdaVar struct {
	Leaf
	ID   ID
	Name string
	T    columnar.Type
}

// Type implements Expr.
func (e *LambdaVar) Type() columnar.Type { return e.T }

// Nullable implements Expr.
func (e *LambdaVar) Nullable() bool { return true }

// WithChildren implements Expr.
func (e *LambdaVar) WithChildren([]Expr) Expr { return e }

// Position implements Expr.
func (e *LambdaVar) Position() columnar.Pos { return 0 }

// String implements Expr.
func (e *LambdaVar) String() string { return "namedlambdavariable()" }

// Parameter is a parameter of the statement: ? (by Index, from 0) or :name.
type Parameter struct {
	Leaf
	Unresolved
	Name  string
	Index int
	Pos   columnar.Pos
}

// WithChildren implements Expr.
func (e *Parameter) WithChildren([]Expr) Expr { return e }

// Position implements Expr.
func (e *Parameter) Position() columnar.Pos { return e.Pos }

// String implements Expr.
func (e *Parameter) String() string {
	if e.Name != "" {
		return ":" + e.Name
	}
	return "?"
}
