package physical

import (
	"errors"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// compiler turns expressions into evaluators over batches with known columns. The evaluators it makes belong to one task.
type compiler struct {
	columns map[logical.ID]int         // ordinal of each column in the batches
	shared  map[string]int             // expressions that occur more than once, by key
	memos   map[string]*memo           // their evaluators
	values  map[logical.Expr]constants // of subqueries
	clock   *int                       // of the memos: counts batches
	lazy    int                        // depth of lazily evaluated arguments around the expression
}

// constants is what a subquery gave: one row for a scalar one or EXISTS, all rows for IN.
type constants struct {
	value columnar.Vector
	list  []columnar.Batch
}

// compile makes the evaluator of an expression whose subqueries have been run.
func (c *compiler) compile(e logical.Expr) (logical.Evaluator, error) {
	if c.lazy > 0 || len(c.shared) == 0 {
		return c.compileOne(e)
	}
	key := exprKey(e)
	if c.shared[key] < 2 {
		return c.compileOne(e)
	}
	if m := c.memos[key]; m != nil {
		return m, nil
	}
	of, err := c.compileOne(e)
	if err != nil {
		return nil, err
	}
	m := &memo{of: of, clock: c.clock, at: -1}
	c.memos[key] = m
	return m, nil
}

func (c *compiler) compileOne(e logical.Expr) (logical.Evaluator, error) {
	switch e := e.(type) {
	case *logical.Literal:
		return &constant{e.Value}, nil
	case *logical.Attr:
		return c.column(e.ID, e.Name, e.T)
	case *logical.LambdaVar:
		return c.column(e.ID, e.Name, e.T)
	case *logical.Alias:
		return c.compile(e.Child)
	case *logical.SortKey:
		return c.compile(e.Child)
	case *logical.Cast:
		return c.cast(e)
	case *logical.GetField:
		return c.field(e)
	case *logical.Call:
		return c.call(e)
	case *logical.Lambda:
		return c.lambda(e)
	case *logical.InSubquery:
		return c.inList(e)
	case logical.SubqueryExpr:
		return &constant{c.values[e].value}, nil
	}
	return nil, columnar.Errorf("INTERNAL_ERROR", "cannot evaluate the expression %s (%T).", e, e).At(e.Position())
}

func (c *compiler) column(id logical.ID, name string, t columnar.Type) (logical.Evaluator, error) {
	i, ok := c.columns[id]
	if !ok {
		return nil, columnar.Errorf("INTERNAL_ERROR", "column %s#%d is not among the input columns of its operator.", name, id)
	}
	return &column{i, t}, nil
}

func (c *compiler) cast(e *logical.Cast) (logical.Evaluator, error) {
	of, err := c.compile(e.Child)
	if err != nil {
		return nil, err
	}
	return &cast{of: of, to: e.To, mode: e.Mode, pos: e.Pos}, nil
}

func (c *compiler) field(e *logical.GetField) (logical.Evaluator, error) {
	of, err := c.compile(e.Child)
	if err != nil {
		return nil, err
	}
	return &field{of: of, index: e.Index, t: e.Type()}, nil
}

func (c *compiler) call(e *logical.Call) (logical.Evaluator, error) {
	_, lazy := e.Fn.Kind.(logical.Lazy)
	if lazy {
		c.lazy++
		defer func() { c.lazy-- }()
	}
	args := make([]logical.Evaluator, len(e.Args))
	for i, a := range e.Args {
		var err error
		if args[i], err = c.compile(a); err != nil {
			return nil, err
		}
	}
	switch fn := e.Fn.Kind.(type) {
	case logical.Scalar:
		return &scalar{fn: fn, args: args, values: make([]columnar.Vector, len(args)), t: e.T, pos: e.Pos}, nil
	case logical.Lazy:
		return &lazyCall{fn: fn, args: args, t: e.T, pos: e.Pos}, nil
	}
	return nil, columnar.Errorf("INTERNAL_ERROR", "the function %s cannot stand here: it is not a scalar function.", e.Fn.Name).At(e.Pos)
}

// column reads a column of the batch.
type column struct {
	ordinal int
	t       columnar.Type
}

func (c *column) Type() columnar.Type       { return c.t }
func (c *column) Constant() columnar.Vector { return nil }
func (c *column) Eval(_ *logical.EvalContext, in columnar.Batch, _ columnar.Rows) (columnar.Vector, error) {
	return in.Cols[c.ordinal], nil
}

// constant is the same for every row.
type constant struct{ value columnar.Vector }

func (c *constant) Type() columnar.Type       { return c.value.Type() }
func (c *constant) Constant() columnar.Vector { return c.value }
func (c *constant) Eval(_ *logical.EvalContext, in columnar.Batch, _ columnar.Rows) (columnar.Vector, error) {
	return columnar.NewConst(c.value, in.Len), nil
}

// memo computes an expression that several others hold once a batch. All its places evaluate it for the same rows, because none of
// them is inside a lazily evaluated argument.
type memo struct {
	of    logical.Evaluator
	clock *int
	at    int // clock at the time of value
	value columnar.Vector
}

func (m *memo) Type() columnar.Type       { return m.of.Type() }
func (m *memo) Constant() columnar.Vector { return m.of.Constant() }
func (m *memo) Eval(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows) (columnar.Vector, error) {
	if m.at == *m.clock {
		return m.value, nil
	}
	v, err := m.of.Eval(ec, in, rows)
	if err == nil {
		m.value, m.at = v, *m.clock
	}
	return v, err
}

// cast changes the type.
type cast struct {
	of   logical.Evaluator
	to   columnar.Type
	mode columnar.CastMode
	pos  columnar.Pos
}

func (c *cast) Type() columnar.Type       { return c.to }
func (c *cast) Constant() columnar.Vector { return nil }
func (c *cast) Eval(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows) (columnar.Vector, error) {
	v, err := c.of.Eval(ec, in, rows)
	if err != nil {
		return nil, err
	}
	v, err = columnar.Cast(columnar.CastContext{Pool: ec.Pool, Mode: c.mode, Zone: ec.Zone}, v, c.to, rows)
	return v, at(err, c.pos)
}

// scalar calls a function with the values of its arguments.
type scalar struct {
	fn     logical.Scalar
	args   []logical.Evaluator
	values []columnar.Vector
	state  logical.CallState
	t      columnar.Type
	pos    columnar.Pos
}

func (s *scalar) Type() columnar.Type       { return s.t }
func (s *scalar) Constant() columnar.Vector { return nil }
func (s *scalar) Eval(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows) (columnar.Vector, error) {
	for i, a := range s.args {
		v, err := a.Eval(ec, in, rows)
		if err != nil {
			return nil, err
		}
		s.values[i] = v
	}
	outer := ec.State
	ec.State = &s.state
	v, err := s.fn(ec, rows, s.values)
	ec.State = outer
	return v, at(err, s.pos)
}

// lazyCall calls a function that evaluates its arguments itself.
type lazyCall struct {
	fn    logical.Lazy
	args  []logical.Evaluator
	state logical.CallState
	t     columnar.Type
	pos   columnar.Pos
}

func (l *lazyCall) Type() columnar.Type       { return l.t }
func (l *lazyCall) Constant() columnar.Vector { return nil }
func (l *lazyCall) Eval(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows) (columnar.Vector, error) {
	outer := ec.State
	ec.State = &l.state
	v, err := l.fn(ec, in, rows, l.args)
	ec.State = outer
	return v, at(err, l.pos)
}

// at sets the place of an error that has none: the innermost call that failed.
func at(err error, pos columnar.Pos) error {
	if err == nil {
		return nil
	}
	if e, ok := err.(*columnar.Error); ok {
		return e.At(pos)
	}
	return err
}

// userError finds the error of the SQL user in a chain, such as below the scheduler's report of the failed task.
func userError(err error) (*columnar.Error, bool) {
	var e *columnar.Error
	ok := errors.As(err, &e)
	return e, ok
}
