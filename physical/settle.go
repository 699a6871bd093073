package physical

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/rdd"
)

// settled is a batch that may be kept for long: its live rows alone, in memory of their own. A batch as it comes from a scan holds on to
// pages and dictionaries, and to the rows that filters dropped, so that a few rows could book many times what they take.
func settled(b columnar.Batch) columnar.Batch {
	return tightened(b.Compact(nil)).Retain()
}

// settling settles the batches of an RDD, in its tasks.
func settling(r *rdd.RDD[columnar.Batch]) *rdd.RDD[columnar.Batch] {
	return mapBatches(r, func(*rdd.TaskContext) (func(columnar.Batch) (columnar.Batch, error), error) {
		return func(b columnar.Batch) (columnar.Batch, error) { return settled(b), nil }, nil
	}, rdd.Named("Settle"), rdd.PreservesPartitioning())
}

// tightened is the batch with tight columns.
func tightened(b columnar.Batch) columnar.Batch {
	cols := make([]columnar.Vector, len(b.Cols)) // the batch may still be somebody else's
	for i, c := range b.Cols {
		cols[i] = tight(c)
	}
	b.Cols = cols
	return b
}

// tight is a vector that holds on to no memory beyond its own values: pieces of a shuffle outlive the pages and dictionaries that they
// came from.
func tight(v columnar.Vector) columnar.Vector {
	switch w := v.(type) {
	case *columnar.Strings:
		if len(w.Bufs) > 0 {
			return w.Pack()
		}
	case *columnar.Dict:
		if w.Values.Len() > 2*w.Len() {
			return tight(columnar.Flatten(nil, v, columnar.AllRows(v.Len())))
		}
	}
	return v
}
