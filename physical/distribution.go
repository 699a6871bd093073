package physical

import (
	"fmt"
	"strings"

	"github.com/gosql-engine/gosql/logical"
)

// Partitioning says how rows are spread over partitions.
type Partitioning uint8

// The partitionings.
const (
	AnyPartitioning Partitioning = iota // in any way
	Single                              // all rows in one partition
	Hash                                // rows equal in Keys are in one partition
	Range                               // partition by partition, rows go on in the order of Order
	RoundRobin                          // evenly, in turns
	Broadcast                           // all rows in every task
)

var partitioningNames = [...]string{"any", "single", "hash", "range", "round robin", "broadcast"}

// String is the partitioning's name in plans.
func (p Partitioning) String() string { return partitioningNames[p] }

// Distribution says how rows are spread over partitions and how they are ordered in each: what an operator requires of a child, or
// what it provides.
type Distribution struct {
	Partitioning Partitioning
	Keys         []logical.Expr     // of Hash
	Order        []*logical.SortKey // ordering within each partition, and of the partitions for Range; nil: none
	N            int                // number of partitions; 0: any, or unknown
	// Aligned children of one operator (only Hash ones) are spread alike: rows equal in Keys, position by position, are in the
	// partitions of one index.
	Aligned bool
}

// HashBy is the distribution by hash of the keys; Single where there are none.
func HashBy(keys []logical.Expr) Distribution {
	if len(keys) == 0 {
		return Distribution{Partitioning: Single}
	}
	return Distribution{Partitioning: Hash, Keys: keys}
}

// String describes the distribution in plans.
func (d Distribution) String() string {
	var parts []string
	switch d.Partitioning {
	case Hash:
		parts = append(parts, "hashpartitioning("+joinExprs(d.Keys)+")")
	case Range:
		parts = append(parts, "rangepartitioning("+logical.JoinStrings(d.Order)+")")
	default:
		parts = append(parts, d.Partitioning.String())
	}
	if d.N > 0 {
		parts = append(parts, fmt.Sprintf("%d partitions", d.N))
	}
	return strings.Join(parts, ", ")
}

// satisfies says whether rows distributed as provided need no exchange to meet the partitioning of req. Aligned children are compared
// with each other by ensure, besides.
func (req Distribution) satisfiedBy(provided Distribution) bool {
	if req.N > 0 && req.N != provided.N {
		return false
	}
	single := provided.Partitioning == Single || provided.Partitioning != AnyPartitioning && provided.N == 1
	switch req.Partitioning {
	case AnyPartitioning:
		return true
	case Single:
		return single
	case Hash:
		return single && !req.Aligned || provided.Partitioning == Hash && keysWithin(provided.Keys, req.Keys) != nil
	case Range:
		return single || provided.Partitioning == Range && orderedBy(provided.Order, req.Order)
	case Broadcast:
		return provided.Partitioning == Broadcast
	}
	return false
}

// keysWithin gives, for each of keys, its position in of; nil if one is not there. Rows spread by some of the keys have rows equal in
// all of them together, too.
func keysWithin(keys, of []logical.Expr) []int {
	if len(keys) == 0 {
		return nil
	}
	at := make([]int, len(keys))
	for i, k := range keys {
		at[i] = indexOfExpr(of, k)
		if at[i] < 0 {
			return nil
		}
	}
	return at
}

func indexOfExpr(es []logical.Expr, e logical.Expr) int {
	for i, x := range es {
		if sameExpr(x, e) {
			return i
		}
	}
	return -1
}

// orderedBy says whether rows ordered by have are ordered by want.
func orderedBy(have, want []*logical.SortKey) bool {
	if len(want) > len(have) {
		return false
	}
	for i, k := range want {
		h := have[i]
		if h.Desc != k.Desc || h.NullsFirst != k.NullsFirst || !sameExpr(h.Child, k.Child) {
			return false
		}
	}
	return true
}

// renamed carries distributions through a projection: keys are rewritten to the columns that list makes of them. A distribution whose
// keys are lost is dropped; an ordering keeps the keys before the first lost one.
func renamed(ds []Distribution, list []logical.Expr) []Distribution {
	var out []Distribution
	for _, d := range ds {
		keys := make([]logical.Expr, 0, len(d.Keys))
		for _, k := range d.Keys {
			if n := outputOf(list, k); n != nil {
				keys = append(keys, n)
			}
		}
		var order []*logical.SortKey
		for _, k := range d.Order {
			n := outputOf(list, k.Child)
			if n == nil {
				break
			}
			order = append(order, &logical.SortKey{Child: n, Desc: k.Desc, NullsFirst: k.NullsFirst})
		}
		lost := len(keys) < len(d.Keys) || d.Partitioning == Range && len(order) < len(d.Order)
		d.Keys, d.Order = keys, order
		if lost {
			d = Distribution{Order: order}
		}
		out = append(out, d)
	}
	return out
}

// outputOf is the column of a select list that has e's value, or nil.
func outputOf(list []logical.Expr, e logical.Expr) logical.Expr {
	for _, item := range list {
		switch item := item.(type) {
		case *logical.Attr:
			if sameExpr(item, e) {
				return item
			}
		case *logical.Alias:
			if sameExpr(item.Child, e) {
				return item.Attr()
			}
		}
	}
	return nil
}

func joinExprs(es []logical.Expr) string { return logical.JoinStrings(es) }
