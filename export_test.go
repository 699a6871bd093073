package gosql

import (
	"context"
	"time"

	"github.com/gosql-engine/gosql/internal/tree"
	"github.com/gosql-engine/gosql/logical/optimizer"
)

// OptimizedPlan is the optimized plan of a query as EXPLAIN shows it, with how often each optimizer rule changed it: for tests of plans.
func (s *Session) OptimizedPlan(ctx context.Context, text string) (string, map[string]int, error) {
	plan, err := s.parse(text, nil)
	if err != nil {
		return "", nil, err
	}
	analyzed, err := s.analyze(ctx, plan)
	if err != nil {
		return "", nil, err
	}
	optimized, fired, err := optimizer.Trace(ctx, analyzed, s.optimizerConf(time.Now()))
	if err != nil {
		return "", nil, err
	}
	return tree.Format(optimized), fired, nil
}
