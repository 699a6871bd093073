package gosql

import (
	"context"

	"github.com/gosql-engine/gosql/logical"
)

// Cached plans: CACHE TABLE and DataFrame.Cache keep a plan's rows in memory, and every query that contains the plan reads them from there.

// cachedPlan is a plan whose rows are kept.
type cachedPlan struct {
	plan logical.Node
	rows *logical.Local
}

// cache computes a view's rows and keeps them.
func (c *catalog) cache(ctx context.Context, v *view) error {
	plan := v.plan
	if v.table != nil {
		plan = logical.NewRelation(v.table.source, v.name)
	}
	batches, err := c.session.collect(ctx, plan)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cached = append(c.cached, cachedPlan{plan, &logical.Local{Cols: plan.Output(), Batches: batches}})
	return nil
}

func (c *catalog) uncache(v *view) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := c.cached[:0:0]
	for _, p := range c.cached {
		if p.plan != v.plan {
			kept = append(kept, p)
		}
	}
	c.cached = kept
}

func (c *catalog) uncacheAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cached = nil
}

// substituteCached puts kept rows in the place of the plans that they are the rows of.
func (c *catalog) substituteCached(n logical.Node) logical.Node {
	c.mu.RLock()
	cached := c.cached
	c.mu.RUnlock()
	if len(cached) == 0 {
		return n
	}
	replace := func(n logical.Node) (logical.Node, error) {
		for _, p := range cached {
			if n == p.plan {
				return p.rows, nil
			}
		}
		return n, nil
	}
	out, err := logical.TransformDown(n, replace)
	if err != nil {
		return n // replace never fails
	}
	return out
}

// Cache computes the result now and keeps its rows in memory; the DataFrame returned, and what is derived from it, reads them from there.
func (df *DataFrame) Cache(ctx context.Context) *DataFrame {
	if df.err != nil {
		return df
	}
	plan, err := df.session.analyze(ctx, df.plan)
	if err != nil {
		return df.derive(nil, withSource(err, df.text))
	}
	batches, err := df.session.collect(ctx, plan)
	return df.derive(&logical.Local{Cols: plan.Output(), Batches: batches}, withSource(err, df.text))
}
