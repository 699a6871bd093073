package logical

import (
	"context"
	"time"

	"github.com/gosql-engine/gosql/columnar"
)

// Function is a SQL function, operator or special form. The documentation and the tests come from the same literal.
type Function struct {
	Name     string   // lower case; operators by their symbol: "+", "and", "like"
	Aliases  []string // other names
	Usage    string   // one or two sentences, as DESCRIBE FUNCTION shows it
	Examples []Example
	// Type checks the arguments and says to what types they are coerced and what the result is. Errors carry Spark's condition
	// (DATATYPE_MISMATCH.…, WRONG_NUM_ARGS.…). The type of a lambda among the arguments is that of its body.
	Type func(args []columnar.Type) (coerced []columnar.Type, result columnar.Type, err error)
	// TypeExprs is used in place of Type by the few functions whose result depends on constant arguments or their names
	// (struct, named_struct, from_json, round with a scale); it may be nil.
	TypeExprs func(args []Expr) (coerced []columnar.Type, result columnar.Type, err error)
	// Lambdas gives the parameter types of the lambda that is argument i, from the types of the other arguments; lambdas that are not resolved
	// yet (i itself and those behind it) are VOID.
	Lambdas func(args []columnar.Type, i int) []columnar.Type
	// Nullable says whether a result may be NULL; nil means: if any argument may be.
	Nullable func(args []Expr) bool
	// Pretty prints a call where it is not name(args): infix operators, CASE. The arguments are printed already.
	Pretty func(name string, args []string) string
	// PrettyExprs is used in place of Pretty by the few operators whose form depends on the types of their operands (date + 1).
	PrettyExprs      func(name string, args []Expr) string
	NonDeterministic bool // rand(), uuid(): a call may not be moved, merged or folded
	Params           []Param
	Kind             FunctionKind
}

// Param names a parameter of a function that may be given by name, with its default (nil: required). If the first has no name, arguments go by
// position only, and the defaults stand for those left out at the end.
type Param struct {
	Name    string
	Default Expr
}

// Example is a statement and what it prints; a test runs it.
type Example struct {
	SQL, Result string
}

// FunctionKind is exactly one of Scalar, Lazy, Rewrite, Aggregator, Generator and Windower.
type FunctionKind interface{ functionKind() }

// Scalar computes a row's result from the row's argument values. Arguments may be of any vector form (Const and Dict too). ANSI errors
// are raised only for rows of the selection. It handles NULLs itself.
type Scalar func(ec *EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error)

// Lazy computes its arguments itself, perhaps for some rows only: AND, OR, CASE, COALESCE, try_*, functions of lambdas.
type Lazy func(ec *EvalContext, in columnar.Batch, rows columnar.Rows, args []Evaluator) (columnar.Vector, error)

// Rewrite replaces a call by an expression of other functions, resolved after it (UnresolvedCalls are welcome). Its Function needs no Type.
type Rewrite func(args []Expr) (Expr, error)

// Aggregator makes an accumulator for calls with arguments of the given (coerced) types.
type Aggregator func(args []columnar.Type) (Accumulator, error)

// Generator makes zero or more rows of each row: parent[i] is the row from which output row i came, ascending. The function's result type is a STRUCT
// whose fields are the columns that it makes (explode: col, or key and value), even if it makes only one.
type Generator func(ec *EvalContext, rows columnar.Rows, args []columnar.Vector) (parent []int32, out []columnar.Vector, err error)

// Windower makes the function that computes a window function's column.
type Windower func(args []columnar.Type) (WindowFunc, error)

func (Scalar) functionKind()     {}
func (Lazy) functionKind()       {}
func (Rewrite) functionKind()    {}
func (Aggregator) functionKind() {}
func (Generator) functionKind()  {}
func (Windower) functionKind()   {}

// IsNullable says whether a call with these arguments may be NULL.
func (f *Function) IsNullable(args []Expr) bool {
	if f.Nullable != nil {
		return f.Nullable(args)
	}
	for _, a := range args {
		if a.Nullable() {
			return true
		}
	}
	return false
}

// WithDefaults adds to arguments given by position the defaults of the parameters that were left out, which are shown with the call. If one of
// them has none the arguments stay as they are, for the function's typing to refuse.
func (f *Function) WithDefaults(args []Expr) []Expr {
	if len(args) >= len(f.Params) {
		return args
	}
	out := append([]Expr(nil), args...)
	for _, p := range f.Params[len(args):] {
		if p.Default == nil {
			return args
		}
		out = append(out, p.Default)
	}
	return out
}

// IsAggregate says whether f is an aggregate function.
func (f *Function) IsAggregate() bool { _, ok := f.Kind.(Aggregator); return ok }

// IsGenerator says whether f is a table-generating function.
func (f *Function) IsGenerator() bool { _, ok := f.Kind.(Generator); return ok }

// IsWindow says whether f is a function that exists only over windows (aggregates work over windows too).
func (f *Function) IsWindow() bool { _, ok := f.Kind.(Windower); return ok }

// EvalContext is what an evaluation may depend on besides its arguments. One belongs to one task and is not shared.
type EvalContext struct {
	context.Context
	Pool      *columnar.Pool // where results are allocated; nil: owned memory
	ANSI      bool
	Zone      *time.Location // the session's time zone
	ZoneName  string         // as SET spells it
	Now       time.Time      // the query's start
	Partition int            // index of the partition being computed
	RowBase   int64          // rows of this partition before the batch (for monotonically_increasing_id, rand)
	Seed      int64          // of the query, for functions called without a seed
	Session   SessionInfo
	State     *CallState // of the call being evaluated; see CallState
}

// SessionInfo is what current_user(), current_database() and the like answer.
type SessionInfo struct {
	User, Database, Catalog, Version string
}

// CallState is a place where one call site of a function keeps something between the batches of one task: a compiled regular expression,
// a random generator. Every call site of every task has its own.
type CallState struct {
	Value interface{}
}

// Evaluator is an expression ready to run over batches.
type Evaluator interface {
	// Eval computes the expression for the rows; the result has in.Len rows. It may share the batch's columns.
	Eval(ec *EvalContext, in columnar.Batch, rows columnar.Rows) (columnar.Vector, error)
	// Type is the type of the result.
	Type() columnar.Type
	// Constant is the value of an expression that is the same for all rows (one row), or nil.
	Constant() columnar.Vector
}

// LambdaEvaluator is the Evaluator of a lambda argument; a Lazy function finds it by a type assertion.
type LambdaEvaluator interface {
	Evaluator
	// EvalLambda computes the body for n rows of parameter values. outer[i] is the row of in to which row i belongs, so that the
	// body may use columns of the batch.
	EvalLambda(ec *EvalContext, in columnar.Batch, outer []int32, params []columnar.Vector) (columnar.Vector, error)
}

// Accumulator is the state of one aggregate function for many groups, numbered from 0. State is columns, so that spilling and
// shuffling need no codec of their own. Not safe for concurrent use.
type Accumulator interface {
	Resize(groups int) // grow to that many groups; new ones are empty
	// Update adds the selected rows; group[i] is the group of row rows.Row(i) (indexed by position in the selection).
	Update(ec *EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error
	StateTypes() []columnar.Type
	State() ([]columnar.Vector, error)                                    // one row a group
	Merge(ec *EvalContext, group []uint32, state []columnar.Vector) error // adds states: row i of state into group[i]
	Result(ec *EvalContext) (columnar.Vector, error)                      // one row a group
	Bytes() int64                                                         // memory held, for reservations
}

// Lifter is an Accumulator that knows the state of a group of one row without grouping.
type Lifter interface {
	Accumulator
	// Lift returns the states of n groups, group i being row i of args, which are dense. The states may share memory with args, and are Const where
	// they are alike.
	Lift(ec *EvalContext, args []columnar.Vector, n int) []columnar.Vector
}

// WindowFunc computes a window function over whole partitions of rows.
type WindowFunc interface {
	// Eval returns one value a row.
	Eval(ec *EvalContext, part WindowPartition) (columnar.Vector, error)
}

// WindowPartition is what a WindowFunc sees: N rows, which are one or more whole partitions, one behind the other and each in order, with
// dense argument vectors. Rows are numbered through all the partitions; frames and peers never cross from one to another.
type WindowPartition struct {
	N           int
	Args        []columnar.Vector
	First, Last []int32 // for each row the first row of its partition, and the row after its last
	PeerStart   []int32 // for each row the first row of its peer group: rows that are equal in the ordering
	PeerEnd     []int32 // and the row after its last
	Lo, Hi      []int32 // frame of each row, Hi exclusive
	IgnoreNulls bool
}
