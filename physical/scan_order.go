package physical

import (
	"cmp"
	"slices"
	"sync/atomic"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// filterOrder is in what order the tasks of a scan apply its filters: those first that have kept the smallest part of the rows that they were
// shown so far, so that the columns of the others are decoded for few rows. The conditions of a query come first until enough is known. They
// keep the order in which they are written, since a condition must not raise an error for a row that one before it drops; where the keys of
// joins come between, they only see fewer rows.
type filterOrder struct {
	shown, kept []atomic.Int64 // rows, by filter
	conds       int            // the first so many filters are conditions
	read        *Metrics       // counts the rows read; nil: somebody else does
}

// newFilterOrder is the order of n filters, the first of which are conditions. Where there are such, nobody else counts what the scan m has
// read.
func newFilterOrder(n, conds int, m *Metrics) *filterOrder {
	o := &filterOrder{shown: make([]atomic.Int64, n), kept: make([]atomic.Int64, n), conds: conds}
	if conds > 0 {
		o.read = m
	}
	return o
}

// open makes the filters of one task.
func (o *filterOrder) open(tc *rdd.TaskContext, filters []openFilter) ([]*measuredFilter, error) {
	out := make([]*measuredFilter, len(filters))
	for i, open := range filters {
		f, err := open(tc)
		if err != nil {
			return nil, err
		}
		out[i] = &measuredFilter{RowFilter: f, order: o, index: i}
	}
	return out, nil
}

// orderSample is how many rows a filter must have been shown before it may come before others.
const orderSample = 1 << 15

// sorted is the filters in the order for the next piece of the table.
func (o *filterOrder) sorted(fs []*measuredFilter) []logical.RowFilter {
	share := make([]float64, len(fs)) // of the rows shown, kept
	for i := range fs {
		share[i] = 1
		if n := o.shown[i].Load(); n >= orderSample {
			share[i] = float64(o.kept[i].Load()) / float64(n)
		}
	}
	conds, joins := fs[:o.conds], slices.Clone(fs[o.conds:])
	slices.SortStableFunc(joins, func(a, b *measuredFilter) int { return cmp.Compare(share[a.index], share[b.index]) })
	out := make([]logical.RowFilter, len(fs))
	for i := range out {
		next := &joins
		if len(joins) == 0 || len(conds) > 0 && share[conds[0].index] <= share[joins[0].index] {
			next = &conds
		}
		f := (*next)[0]
		*next = (*next)[1:]
		f.first = i == 0
		out[i] = f
	}
	return out
}

// measuredFilter counts what a filter keeps.
type measuredFilter struct {
	logical.RowFilter
	order *filterOrder
	index int
	first bool // it sees all rows that are read
}

// Keep implements logical.RowFilter.
func (f *measuredFilter) Keep(b columnar.Batch) (columnar.Batch, error) {
	shown := b.Live()
	if f.first && f.order.read != nil {
		f.order.read.Rows.Add(int64(shown))
		f.order.read.Batches.Add(1)
	}
	b, err := f.RowFilter.Keep(b)
	f.order.shown[f.index].Add(int64(shown))
	f.order.kept[f.index].Add(int64(b.Live()))
	return b, err
}
