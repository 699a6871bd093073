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

func (e *Literal) Type() columnar.Type      { return e.Value.Type() }
func (e *Literal) Nullable() bool           { return e.Value.IsNull(0) }
func (e *Literal) WithChildren([]Expr) Expr { return e }
func (e *Literal) Position() columnar.Pos   { return e.Pos }
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

func (e *Attr) Type() columnar.Type      { return e.T }
func (e *Attr) Nullable() bool           { return e.Null }
func (e *Attr) WithChildren([]Expr) Expr { return e }
func (e *Attr) Position() columnar.Pos   { return e.Pos }
func (e *Attr) String() string           { return e.Name }

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

func (e *OuterRef) Type() columnar.Type      { return e.Attr.T }
func (e *OuterRef) Nullable() bool           { return e.Attr.Null }
func (e *OuterRef) WithChildren([]Expr) Expr { return e }
func (e *OuterRef) Position() columnar.Pos   { return e.Attr.Pos }
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

func (e *UnresolvedAttr) WithChildren([]Expr) Expr { return e }
func (e *UnresolvedAttr) Position() columnar.Pos   { return e.Pos }
func (e *UnresolvedAttr) String() string           { return strings.Join(e.Parts, ".") }

// UnresolvedStar is * or t.*, with columns left out (EXCEPT).
type UnresolvedStar struct {
	Leaf
	Unresolved
	Target  []string
	Except  [][]string
	Replace []*Alias // * REPLACE (e AS c)
	Pos     columnar.Pos
}

func (e *UnresolvedStar) WithChildren([]Expr) Expr { return e }
func (e *UnresolvedStar) Position() columnar.Pos   { return e.Pos }
func (e *UnresolvedStar) String() string           { return strings.Join(append(e.Target, "*"), ".") }

// Alias names an expression; as a node's output it makes a column with this ID.
type Alias struct {
	Child Expr
	Name  string
	ID    ID
	Pos   columnar.Pos
}

// NewAlias makes a new column of child.
func NewAlias(child Expr, name string) *Alias { return &Alias{Child: child, Name: name, ID: NewID()} }

func (e *Alias) Type() columnar.Type    { return e.Child.Type() }
func (e *Alias) Nullable() bool         { return e.Child.Nullable() }
func (e *Alias) Children() []Expr       { return []Expr{e.Child} }
func (e *Alias) Position() columnar.Pos { return e.Pos }
func (e *Alias) String() string         { return e.Child.String() + " AS " + e.Name }
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

func (e *MultiAlias) Children() []Expr       { return []Expr{e.Child} }
func (e *MultiAlias) Position() columnar.Pos { return e.Pos }
func (e *MultiAlias) String() string {
	return e.Child.String() + " AS (" + strings.Join(e.Names, ", ") + ")"
}
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

func (e *Cast) Type() columnar.Type { return e.To }
func (e *Cast) Nullable() bool {
	return e.Child.Nullable() || e.Mode != columnar.CastANSI || !columnar.CastKeepsNotNull(e.Child.Type(), e.To)
}
func (e *Cast) Children() []Expr       { return []Expr{e.Child} }
func (e *Cast) Position() columnar.Pos { return e.Pos }
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
func (e *Cast) WithChildren(c []Expr) Expr {
	return &Cast{Child: c[0], To: e.To, Mode: e.Mode, Implicit: e.Implicit, Pos: e.Pos}
}

// UnresolvedCall is a call of a function by name, operators included ("+", "and", "case", "in").
type UnresolvedCall struct {
	Unresolved
	Name        []string
	Args        []Expr
	Distinct    bool
	Filter      Expr       // FILTER (WHERE …), or nil
	OrderBy     []*SortKey // inside the call, or WITHIN GROUP
	IgnoreNulls bool
	Pos         columnar.Pos
}

// NewCall is a plain call, to be resolved.
func NewCall(name string, args ...Expr) *UnresolvedCall {
	return &UnresolvedCall{Name: []string{name}, Args: args}
}

func (e *UnresolvedCall) Position() columnar.Pos { return e.Pos }
func (e *UnresolvedCall) Children() []Expr       { return callChildren(e.Args, e.Filter, e.OrderBy) }
func (e *UnresolvedCall) String() string {
	return callString(strings.Join(e.Name, "."), nil, e.Args, e.Distinct, e.Filter, e.OrderBy)
}
func (e *UnresolvedCall) WithChildren(c []Expr) Expr {
	out := *e
	out.Args, out.Filter, out.OrderBy = splitCallChildren(c, len(e.Args), e.Filter != nil, len(e.OrderBy))
	return &out
}

// Call is a resolved call. Args have the types that the function asked for. Distinct, Filter, OrderBy and IgnoreNulls are set only
// for aggregate and window functions.
type Call struct {
	Fn          *Function
	Args        []Expr
	T           columnar.Type
	Null        bool
	Name        string // as written, for the column's name; "" for Fn.Name
	Distinct    bool
	Filter      Expr
	OrderBy     []*SortKey
	IgnoreNulls bool
	Pos         columnar.Pos
}

func (e *Call) Type() columnar.Type    { return e.T }
func (e *Call) Nullable() bool         { return e.Null }
func (e *Call) Position() columnar.Pos { return e.Pos }
func (e *Call) Children() []Expr       { return callChildren(e.Args, e.Filter, e.OrderBy) }
func (e *Call) String() string {
	name := e.Name
	if name == "" {
		name = e.Fn.Name
	}
	if e.Fn.PrettyExprs != nil {
		return e.Fn.PrettyExprs(name, e.Args)
	}
	return callString(name, e.Fn.Pretty, e.Args, e.Distinct, e.Filter, e.OrderBy)
}
func (e *Call) WithChildren(c []Expr) Expr {
	out := *e
	out.Args, out.Filter, out.OrderBy = splitCallChildren(c, len(e.Args), e.Filter != nil, len(e.OrderBy))
	return &out
}

func callChildren(args []Expr, filter Expr, order []*SortKey) []Expr {
	if filter == nil && len(order) == 0 {
		return args
	}
	out := append([]Expr(nil), args...)
	if filter != nil {
		out = append(out, filter)
	}
	for _, k := range order {
		out = append(out, k)
	}
	return out
}

func splitCallChildren(c []Expr, args int, filter bool, order int) ([]Expr, Expr, []*SortKey) {
	rest := c[args:]
	var f Expr
	if filter {
		f, rest = rest[0], rest[1:]
	}
	var keys []*SortKey
	for _, k := range rest[:order] {
		keys = append(keys, k.(*SortKey))
	}
	return c[:args:args], f, keys
}

func callString(name string, pretty func(name string, args []string) string, args []Expr, distinct bool, filter Expr, order []*SortKey) string {
	texts := make([]string, len(args))
	for i, a := range args {
		texts[i] = a.String()
	}
	if distinct && len(texts) > 0 {
		texts[0] = "DISTINCT " + texts[0]
	}
	s := name + "(" + strings.Join(texts, ", ") + ")"
	if pretty != nil {
		s = pretty(name, texts)
	}
	if len(order) > 0 {
		s += " WITHIN GROUP (ORDER BY " + JoinStrings(order) + ")"
	}
	if filter != nil {
		s += " FILTER (WHERE " + filter.String() + ")"
	}
	return s
}

// JoinStrings is the texts of the expressions, parted by ", ".
func JoinStrings[E Expr](es []E) string {
	parts := make([]string, len(es))
	for i, e := range es {
		parts[i] = e.String()
	}
	return strings.Join(parts, ", ")
}

// NamedArg is an argument by name: f(x => 1).
type NamedArg struct {
	Unresolved
	Name  string
	Value Expr
}

func (e *NamedArg) Children() []Expr           { return []Expr{e.Value} }
func (e *NamedArg) Position() columnar.Pos     { return e.Value.Position() }
func (e *NamedArg) String() string             { return e.Name + " => " + e.Value.String() }
func (e *NamedArg) WithChildren(c []Expr) Expr { return &NamedArg{Name: e.Name, Value: c[0]} }

// UnresolvedExtract is x[key] or x.field: an element of an array, the value of a map key or the field of a struct. Fields become GetField,
// elements and values a call of the function "[]".
type UnresolvedExtract struct {
	Unresolved
	Child, Key Expr
	Dot        bool // written x.field, so that Key is a name
	Pos        columnar.Pos
}

func (e *UnresolvedExtract) Children() []Expr       { return []Expr{e.Child, e.Key} }
func (e *UnresolvedExtract) Position() columnar.Pos { return e.Pos }
func (e *UnresolvedExtract) String() string {
	if e.Dot {
		return e.Child.String() + "." + e.Key.String()
	}
	return e.Child.String() + "[" + e.Key.String() + "]"
}
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

func (e *GetField) Type() columnar.Type {
	t := e.Child.Type()
	if t.Kind == columnar.Array {
		return columnar.ArrayOf(t.Elem().Fields()[e.Index].Type)
	}
	return t.Fields()[e.Index].Type
}
func (e *GetField) Nullable() bool         { return true }
func (e *GetField) Children() []Expr       { return []Expr{e.Child} }
func (e *GetField) Position() columnar.Pos { return e.Pos }
func (e *GetField) String() string         { return e.Child.String() + "." + e.Name }
func (e *GetField) WithChildren(c []Expr) Expr {
	return &GetField{Child: c[0], Index: e.Index, Name: e.Name, Pos: e.Pos}
}

// SortKey is an item of ORDER BY.
type SortKey struct {
	Child      Expr
	Desc       bool
	NullsFirst bool
}

func (e *SortKey) Type() columnar.Type    { return e.Child.Type() }
func (e *SortKey) Nullable() bool         { return e.Child.Nullable() }
func (e *SortKey) Children() []Expr       { return []Expr{e.Child} }
func (e *SortKey) Position() columnar.Pos { return e.Child.Position() }
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

func (e *Lambda) Type() columnar.Type    { return e.Body.Type() }
func (e *Lambda) Nullable() bool         { return e.Body.Nullable() }
func (e *Lambda) Children() []Expr       { return []Expr{e.Body} }
func (e *Lambda) Position() columnar.Pos { return e.Pos }
func (e *Lambda) String() string {
	if len(e.Params) == 1 {
		return "lambdafunction(" + e.Body.String() + ", " + JoinStrings(e.Params) + ")"
	}
	return "lambdafunction(" + e.Body.String() + ", " + JoinStrings(e.Params) + ")"
}
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

func (e *LambdaVar) Type() columnar.Type      { return e.T }
func (e *LambdaVar) Nullable() bool           { return true }
func (e *LambdaVar) WithChildren([]Expr) Expr { return e }
func (e *LambdaVar) Position() columnar.Pos   { return 0 }
func (e *LambdaVar) String() string           { return "namedlambdavariable()" }

// Placeholder is a parameter of the statement: ? (by Index, from 0) or :name.
type Placeholder struct {
	Leaf
	Unresolved
	Name  string
	Index int
	Pos   columnar.Pos
}

func (e *Placeholder) WithChildren([]Expr) Expr { return e }
func (e *Placeholder) Position() columnar.Pos   { return e.Pos }
func (e *Placeholder) String() string {
	if e.Name != "" {
		return ":" + e.Name
	}
	return "?"
}
