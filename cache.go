package gosql

import (
	"context"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/physical"
	"github.com/gosql-engine/gosql/rdd"
)

// Cached plans: CACHE TABLE and DataFrame.Cache keep a plan's rows in the block stores (in memory, or on disk where that is short), and every query that contains the plan reads them from there.

// cachedPlan is a plan whose rows are kept.
type cachedPlan struct {
	plan logical.Node
	rows logical.Node
	kept *physical.Kept
}

// keep computes a plan's rows and keeps them; rows is the plan that reads them.
func (s *Session) keep(ctx context.Context, plan logical.Node) (rows logical.Node, kept *physical.Kept, err error) {
	q, err := s.compileAnalyzed(ctx, plan)
	if err != nil {
		return nil, nil, err
	}
	if kept, err = physical.Keep(ctx, s.rdd, q.physical, q.conf); err != nil {
		return nil, nil, err
	}
	r := logical.NewRelation(&keptTable{logical.Schema(plan), kept}, "cached")
	r.Cols = plan.Output()
	return r, kept, nil
}

// keptTable is kept rows as a table.
type keptTable struct {
	schema *columnar.Schema
	kept   *physical.Kept
}

// Schema, Statistics, RDD, Scan and String implement logical.Table and physical.RDDTable.
func (t *keptTable) Schema() *columnar.Schema      { return t.schema }
func (t *keptTable) RDD() *rdd.RDD[columnar.Batch] { return t.kept.Batches }
func (t *keptTable) String() string                { return "InMemoryTable" }
func (t *keptTable) Statistics() logical.Statistics {
	return logical.Statistics{Rows: t.kept.Rows, Bytes: t.kept.Bytes}
}
func (t *keptTable) Scan(ctx context.Context, req logical.ScanRequest) (logical.Scan, error) {
	return (&rddTable{}).Scan(ctx, req)
}

// cache computes a view's rows and keeps them.
func (c *catalog) cache(ctx context.Context, v *view) error {
	plan := v.plan
	if v.table != nil {
		plan = logical.NewRelation(v.table.source, v.name)
	}
	rows, kept, err := c.session.keep(ctx, plan)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cached = append(c.cached, cachedPlan{plan, rows, kept})
	return nil
}

func (c *catalog) uncache(v *view) {
	c.mu.Lock()
	defer c.mu.Unlock()
	remaining := c.cached[:0:0]
	for _, p := range c.cached {
		if p.plan != v.plan {
			remaining = append(remaining, p)
			continue
		}
		p.kept.Release()
	}
	c.cached = remaining
}

func (c *catalog) uncacheAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.cached {
		p.kept.Release()
	}
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

// Cache computes the result now and keeps its rows, in memory or on disk where that is short; the DataFrame returned, and what is derived from it, reads them from there.
func (df *DataFrame) Cache(ctx context.Context) *DataFrame {
	if df.err != nil {
		return df
	}
	plan, err := df.session.analyze(ctx, df.plan)
	if err != nil {
		return df.derive(nil, withSource(err, df.text))
	}
	rows, _, err := df.session.keep(ctx, plan)
	return df.derive(rows, withSource(err, df.text))
}
