package analyzer

import (
	"fmt"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// sample resolves TABLESAMPLE: rows are a LIMIT, as in Spark; the rest is a Sample.
func (q *query) sample(n *logical.UnresolvedSample) (relation, error) {
	r, err := q.input(n.Input)
	if err != nil {
		return r, err
	}
	s := &logical.Sample{Seed: n.Seed, Input: r.node}
	if !n.Seeded {
		s.Seed = time.Now().UnixNano() & 0x7fffffff
	}
	switch n.Kind {
	case logical.SampleRows:
		count, err := q.rowCount(n.RowCount, "limit", q.scopeOf(r))
		return relation{node: &logical.Limit{Count: count, Input: r.node}, hidden: r.hidden}, err
	case logical.SampleBuckets:
		s.Upper = float64(n.Bucket) / float64(max(n.OutOf, 1))
	default:
		s.Upper = n.Percent / 100
	}
	if s.Upper < 0 || s.Upper > 1 {
		return r, columnar.Errorf("_LEGACY_ERROR_TEMP_0064", "Sampling fraction (%s) must be on interval [0, 1].", fmt.Sprint(s.Upper)).At(n.Pos)
	}
	return relation{node: s, hidden: r.hidden}, nil
}
