package optimizer

import (
	"context"
	"time"

	"github.com/gosql-engine/gosql/internal/invariants"
	"github.com/gosql-engine/gosql/logical"
)

// Rule is a rewrite of plans. Apply returns its argument itself where there is nothing to do: identity is the sign of a change.
type Rule struct {
	Name  string
	Apply func(o *Optimizer, n logical.Node) (logical.Node, error)
}

// Phase is a list of rules that are applied in turn until none changes the plan, at most Limit times.
type Phase struct {
	Name  string
	Limit int
	Rules []Rule
}

// Conf is what the optimizer needs to know of a session.
type Conf struct {
	ANSI     bool
	Zone     *time.Location
	ZoneName string
	Now      time.Time
	Session  logical.SessionInfo
	Function func(name string) *logical.Function // finds a built-in function
	Excluded map[string]bool                     // names of rules not to run; "*" for all that a correct answer does not need
}

// Optimizer is one optimization under way.
type Optimizer struct {
	conf   Conf
	ctx    context.Context
	phases []Phase
	fired  map[string]int // how often each rule changed the plan
}

// Optimize rewrites a resolved plan by all phases. Plans inside subquery expressions are optimized on their own before the plan around them, and
// again as part of it where a rule makes them joins.
func Optimize(ctx context.Context, n logical.Node, conf Conf) (logical.Node, error) {
	n, _, err := Trace(ctx, n, conf)
	return n, err
}

// Trace is Optimize that also tells how often each rule changed the plan.
func Trace(ctx context.Context, n logical.Node, conf Conf) (logical.Node, map[string]int, error) {
	o := &Optimizer{conf: conf, ctx: ctx, phases: Phases, fired: map[string]int{}}
	n, err := o.run(n)
	return n, o.fired, err
}

func (o *Optimizer) run(n logical.Node) (logical.Node, error) {
	for _, p := range o.phases {
		for range p.Limit {
			next, err := o.round(p, n)
			if err != nil {
				return nil, err
			}
			if next == n {
				break
			}
			n = next
		}
	}
	return n, nil
}

func (o *Optimizer) round(p Phase, n logical.Node) (logical.Node, error) {
	for _, r := range p.Rules {
		if o.conf.Excluded[r.Name] || o.conf.Excluded["*"] && !required[r.Name] {
			continue
		}
		if err := o.ctx.Err(); err != nil {
			return nil, err
		}
		next, err := r.Apply(o, n)
		if err != nil {
			return nil, err
		}
		if next != n {
			o.fired[r.Name]++
			if invariants.Enabled {
				checkSchema(r.Name, n, next)
			}
		}
		n = next
	}
	return n, nil
}

// checkSchema panics, in test builds, if a rule changed the columns of the plan.
func checkSchema(rule string, before, after logical.Node) {
	a, b := before.Output(), after.Output()
	invariants.Check(len(a) == len(b), "rule %s changed the number of columns from %d to %d", rule, len(a), len(b))
	for i := range a {
		invariants.Check(a[i].ID == b[i].ID && a[i].T == b[i].T, "rule %s changed column %d from %s#%d %s to %s#%d %s",
			rule, i, a[i].Name, a[i].ID, a[i].T, b[i].Name, b[i].ID, b[i].T)
	}
}

// everywhere lifts a function of one node to the plan, bottom-up.
func everywhere(f func(o *Optimizer, n logical.Node) (logical.Node, error)) func(*Optimizer, logical.Node) (logical.Node, error) {
	return func(o *Optimizer, n logical.Node) (logical.Node, error) {
		return logical.Transform(n, func(n logical.Node) (logical.Node, error) { return f(o, n) })
	}
}

// topDown lifts a function of one node to the plan, root first.
func topDown(f func(o *Optimizer, n logical.Node) (logical.Node, error)) func(*Optimizer, logical.Node) (logical.Node, error) {
	return func(o *Optimizer, n logical.Node) (logical.Node, error) {
		return logical.TransformDown(n, func(n logical.Node) (logical.Node, error) { return f(o, n) })
	}
}
