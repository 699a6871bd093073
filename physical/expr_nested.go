package physical

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// field reads a field of a struct, or of all structs of an array.
type field struct {
	of    logical.Evaluator
	index int
	t     columnar.Type
}

func (f *field) Type() columnar.Type       { return f.t }
func (f *field) Constant() columnar.Vector { return nil }
func (f *field) Eval(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows) (columnar.Vector, error) {
	v, err := f.of.Eval(ec, in, rows)
	if err != nil {
		return nil, err
	}
	switch v := columnar.Flatten(ec.Pool, v, rows).(type) {
	case *columnar.StructVector:
		return structField(ec.Pool, v, f.index), nil
	case *columnar.List:
		elems := columnar.Flatten(ec.Pool, v.Elems, columnar.AllRows(v.Elems.Len()))
		s, ok := elems.(*columnar.StructVector)
		if !ok {
			return columnar.NullVector(f.t, in.Len), nil
		}
		return &columnar.List{Typ: f.t, Offsets: v.Offsets, Elems: structField(ec.Pool, s, f.index), Valid: v.Valid, Lent: v.Lent}, nil
	}
	return columnar.NullVector(f.t, in.Len), nil // VOID: NULL for every row
}

// structField is a field of each struct; NULL where the struct is.
func structField(p *columnar.Pool, s *columnar.StructVector, index int) columnar.Vector {
	if s.Valid == nil {
		return s.Fields[index]
	}
	rows := columnar.Alloc[int32](p, s.N)
	for i := range rows {
		rows[i] = int32(i)
		if !s.Valid.Get(i) {
			rows[i] = -1
		}
	}
	return columnar.TakeNullable(p, s.Fields[index], rows)
}

// lambda is a lambda argument. Its body sees batches of their own: the columns it uses of the batch around it, gathered for the rows
// at hand, followed by the parameters.
type lambda struct {
	body  logical.Evaluator
	outer []int // ordinals of the columns used
}

// lambda compiles the body over the columns it uses.
func (c *compiler) lambda(e *logical.Lambda) (logical.Evaluator, error) {
	l := &lambda{}
	inner := &compiler{columns: map[logical.ID]int{}, values: c.values, clock: c.clock}
	own := map[logical.ID]bool{}
	for _, p := range e.Params {
		own[p.ID] = true
	}
	logical.Walk(e.Body, func(x logical.Expr) bool {
		var id logical.ID
		switch x := x.(type) {
		case *logical.Attr:
			id = x.ID
		case *logical.LambdaVar:
			id = x.ID
		case *logical.Lambda: // its own parameters are no columns of ours
			for _, p := range x.Params {
				own[p.ID] = true
			}
			return true
		default:
			return true
		}
		ordinal, known := c.columns[id]
		if _, seen := inner.columns[id]; known && !seen && !own[id] {
			inner.columns[id] = len(l.outer)
			l.outer = append(l.outer, ordinal)
		}
		return true
	})
	for i, p := range e.Params {
		inner.columns[p.ID] = len(l.outer) + i
	}
	var err error
	l.body, err = inner.compile(e.Body)
	return l, err
}

func (l *lambda) Type() columnar.Type       { return l.body.Type() }
func (l *lambda) Constant() columnar.Vector { return nil }
func (l *lambda) Eval(*logical.EvalContext, columnar.Batch, columnar.Rows) (columnar.Vector, error) {
	return nil, columnar.Errorf("INTERNAL_ERROR", "a lambda function has no value of its own.")
}

// EvalLambda implements logical.LambdaEvaluator.
func (l *lambda) EvalLambda(ec *logical.EvalContext, in columnar.Batch, outer []int32, params []columnar.Vector) (columnar.Vector, error) {
	b := columnar.Batch{Len: len(outer), Cols: make([]columnar.Vector, 0, len(l.outer)+len(params))}
	for _, c := range l.outer {
		b.Cols = append(b.Cols, columnar.Take(ec.Pool, in.Cols[c], outer))
	}
	b.Cols = append(b.Cols, params...)
	return l.body.Eval(ec, b, columnar.AllRows(b.Len))
}
