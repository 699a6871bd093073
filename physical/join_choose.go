package physical

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// join plans a join.
func (p *planner) join(n *logical.Join) (Operator, error) {
	left, err := p.plan(n.Left)
	if err != nil {
		return nil, err
	}
	right, err := p.plan(n.Right)
	if err != nil {
		return nil, err
	}
	s := newJoinSpec(n, left.Output(), right.Output())
	return p.chooseJoin(n, s, left, right), nil
}

// buildRatio is by how many times fewer rows the left side must have for a join to build on it where building on the right one would do, too.
// Rows are compared, not bytes: to enter a row costs several times what it costs to look one up, however wide it is.
const buildRatio = 2

// chooseJoin picks the algorithm: what a hint asks for if that is possible, a broadcast of a small side, or two hash tables' worth of
// shuffling. Without equalities, and where the condition as a whole has to be known to be NULL, each row is held against each.
func (p *planner) chooseJoin(n *logical.Join, s *joinSpec, left, right Operator) Operator {
	hint := strings.ToLower(n.Hint)
	est := logical.NewEstimator()
	l, r := est.Bytes(n.Left), est.Bytes(n.Right)
	single := len(s.leftKeys) == 1 && len(s.residual) == 0 && !s.nullSafeAny()
	loop := len(s.leftKeys) == 0 || hint == "shuffle_replicate_nl"
	switch {
	case loop && s.kind == logical.Inner && l < r:
		return newNestedLoopJoin(s, n.Cond, right, left) // the right side is the one broadcast
	case len(s.leftKeys) == 0 || loop && s.kind == logical.Inner || s.nullAware && !single:
		return newNestedLoopJoin(s, n.Cond, left, right)
	case s.nullAware:
		return newHashJoin(s, left, right, false, true)
	}
	canLeft, canRight := broadcasts(s, true), broadcasts(s, false)
	switch {
	case hint == "broadcastleft" && canLeft, hint == "broadcast" && canLeft && (!canRight || l < r):
		return newHashJoin(s, left, right, true, true)
	case (hint == "broadcastright" || hint == "broadcast") && canRight:
		return newHashJoin(s, left, right, false, true)
	case (hint == "merge" || hint == "shuffle_merge") && mergeable(s):
		return newMergeJoin(s, left, right)
	}
	shuffled := strings.HasPrefix(hint, "shuffle")
	if reduced, ok := p.reduceRight(n, s, left, right, est); ok && !shuffled {
		return reduced
	}
	limit := p.conf.broadcastLimit()
	fewer := est.Of(n.Left).Rows*buildRatio < est.Of(n.Right).Rows
	switch {
	case !shuffled && canRight && r <= limit && (!canLeft || !fewer || l > limit):
		return newHashJoin(s, left, right, false, true)
	case !shuffled && canLeft && l <= limit:
		return newHashJoin(s, left, right, true, true)
	}
	_, fits := modeOf(s, true)
	return newHashJoin(s, left, right, fits && fewer, false)
}

// broadcasts says whether a side can be the table of a broadcast join: not if the join gives rows of it for lack of a match, since no task sees
// all of the other side.
func broadcasts(s *joinSpec, buildLeft bool) bool {
	m, ok := modeOf(s, buildLeft)
	return ok && !m.tracksBuild()
}

func (s *joinSpec) nullSafeAny() bool {
	for _, b := range s.nullSafe {
		if b {
			return true
		}
	}
	return false
}

// mergeable says whether the keys can be sorted.
func mergeable(s *joinSpec) bool {
	for _, k := range s.leftKeys {
		if t := k.Type(); t.Kind == columnar.Map || t.Kind == columnar.CalendarInterval {
			return false
		}
	}
	return true
}
