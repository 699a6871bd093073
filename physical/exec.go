package physical

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// Exec is one execution of a plan: what operators need to lower themselves. It belongs to the goroutine that lowers; the RDDs it
// makes use only what they captured.
type Exec struct {
	Conf Conf
	// Context is that of the query: jobs that lowering runs stop with it.
	Context context.Context
	SC      *rdd.Context

	lowered    map[Operator]*rdd.RDD[columnar.Batch]
	exchanges  map[string]*rdd.RDD[columnar.Batch] // by exchangeKey
	broadcasts map[Operator]*collected
	collected  map[string]*collected // broadcasts by exchangeKey
	tables     []*rdd.Reservation    // of what is made of them
	held       []*rdd.Reservation    // these and all others
	subqueries map[logical.Node][]columnar.Batch
	metrics    map[Operator]*Metrics

	parents     map[Operator]int       // how many operators read one
	scanFilters map[*Scan][]openFilter // of joins above a scan
}

func newExec(ctx context.Context, sc *rdd.Context, conf Conf) *Exec {
	return &Exec{
		Conf: conf, Context: ctx, SC: sc,
		lowered:    map[Operator]*rdd.RDD[columnar.Batch]{},
		exchanges:  map[string]*rdd.RDD[columnar.Batch]{},
		broadcasts: map[Operator]*collected{},
		collected:  map[string]*collected{},
		subqueries: map[logical.Node][]columnar.Batch{},
		metrics:    map[Operator]*Metrics{},

		parents:     map[Operator]int{},
		scanFilters: map[*Scan][]openFilter{},
	}
}

// RDD is the lowered child, with its rows and time counted.
func (x *Exec) RDD(child Operator) (*rdd.RDD[columnar.Batch], error) {
	if r := x.lowered[child]; r != nil {
		return r, nil
	}
	x.countParents(child)
	r, err := x.lower(child)
	if err != nil {
		return nil, err
	}
	m := x.Metrics(child)
	r = rdd.MapPartitions(r, func(tc *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
		return m.watch(in)
	}, rdd.Named(child.String()))
	x.lowered[child] = r
	return r, nil
}

// lower lowers an operator; an exchange that computes what an earlier one does is that one.
func (x *Exec) lower(op Operator) (*rdd.RDD[columnar.Batch], error) {
	e, ok := op.(*Exchange)
	if !ok {
		return op.Lower(x)
	}
	key, ok := exchangeKey(e)
	if r := x.exchanges[key]; ok && r != nil {
		x.Metrics(op).Reused.Store(true)
		return r, nil
	}
	r, err := e.Lower(x)
	if ok && err == nil {
		x.exchanges[key] = r
	}
	return r, err
}

// errScalarRows is what a scalar subquery of several rows ends with.
var errScalarRows = columnar.Errorf("SCALAR_SUBQUERY_TOO_MANY_ROWS",
	"More than one row returned by a subquery used as an expression.")

// Subquery runs an uncorrelated subquery, once for a query, and gives what its expression needs.
func (x *Exec) Subquery(s logical.SubqueryExpr) (constants, error) {
	if len(s.OuterRefs()) > 0 {
		return constants{}, columnar.Errorf("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_SCALAR_SUBQUERY",
			"Unsupported subquery expression: the correlated subquery %s cannot be evaluated here.", s).At(s.Position())
	}
	rows, err := x.subqueryRows(s)
	if err != nil {
		return constants{}, err
	}
	live := 0
	for _, b := range rows {
		live += b.Len
	}
	switch s.(type) {
	case *logical.Exists:
		return constants{value: columnar.ScalarOf(live > 0)}, nil
	case *logical.InSubquery:
		return constants{list: rows}, nil
	}
	switch live {
	case 0:
		return constants{value: columnar.NullVector(s.Type(), 1)}, nil
	case 1:
		return constants{value: columnar.Flatten(nil, rows[0].Cols[0], columnar.AllRows(1))}, nil
	}
	return constants{}, errScalarRows.At(s.Position())
}

func (x *Exec) subqueryRows(s logical.SubqueryExpr) ([]columnar.Batch, error) {
	plan := s.Subplan()
	if rows, ok := x.subqueries[plan]; ok {
		return rows, nil
	}
	switch s.(type) {
	case *logical.Exists:
		plan = &logical.Limit{Count: logical.Lit(int32(1)), Input: plan}
	case *logical.InSubquery:
		plan = &logical.Distinct{Input: plan} // which row has a value does not matter
	}
	op, err := Plan(x.Context, plan, x.Conf)
	if err != nil {
		return nil, err
	}
	c, err := x.collectSubquery(op)
	if err != nil {
		return nil, err
	}
	x.subqueries[s.Subplan()] = c.batches
	return c.batches, nil
}

// evalContext is what functions may depend on, for one task (nil: none).
func (x *Exec) evalContext(tc *rdd.TaskContext) *logical.EvalContext {
	ec := &logical.EvalContext{
		Context: x.Context, ANSI: x.Conf.ANSI, Zone: x.Conf.zone(), ZoneName: x.Conf.ZoneName,
		Now: x.Conf.Now, Seed: x.Conf.Seed, Session: x.Conf.Session,
	}
	if ec.Now.IsZero() {
		ec.Now = time.Now()
	}
	if tc != nil {
		ec.Context, ec.Partition = tc.Context(), tc.Partition()
	}
	return ec
}

// mapBatches is the RDD that apply makes of the batches of in, one by one. start is called once a task and returns apply, which may
// give a batch without live rows for "none" and must not keep its argument.
func mapBatches(in *rdd.RDD[columnar.Batch], start func(tc *rdd.TaskContext) (func(columnar.Batch) (columnar.Batch, error), error),
	opts ...rdd.Option) *rdd.RDD[columnar.Batch] {
	return rdd.MapPartitions(in, func(tc *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
		return func(yield func(columnar.Batch, error) bool) {
			apply, err := start(tc)
			if err != nil {
				yield(columnar.Batch{}, err)
				return
			}
			for b, err := range in {
				if err == nil {
					b, err = apply(b)
				}
				if err != nil {
					yield(b, err)
					return
				}
				if b.Live() > 0 && !yield(b, nil) {
					return
				}
			}
		}
	}, opts...)
}

// permanent marks errors of the SQL user, so that their tasks are not tried again.
func permanent(err error) error {
	if _, ok := userError(err); !ok {
		return err
	}
	var p interface{ Permanent() bool }
	if errors.As(err, &p) {
		return err
	}
	return rdd.Permanent(err)
}
