package physical

import (
	"fmt"
	"iter"
	"sync/atomic"
	"time"

	"github.com/gosql-engine/gosql/columnar"
)

// Metrics count what an operator did, over all its tasks. Safe for concurrent use.
type Metrics struct {
	Rows    atomic.Int64 // that the operator gave
	Batches atomic.Int64
	Bytes   atomic.Int64 // for scans and exchanges: read, or written
	Spilled atomic.Int64 // bytes
	Reused  atomic.Bool  // for exchanges: another one had done the work
	Nanos   atomic.Int64 // in the operator and those below it in the same stage, summed over tasks
}

// Metrics are the operator's counters in this execution.
func (x *Exec) Metrics(op Operator) *Metrics {
	m := x.metrics[op]
	if m == nil {
		m = &Metrics{}
		x.metrics[op] = m
	}
	return m
}

// watch counts a stream's batches, and the time until each came.
func (m *Metrics) watch(in iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		var rows, batches int64
		var took time.Duration
		from := time.Now()
		defer func() {
			m.Rows.Add(rows)
			m.Batches.Add(batches)
			m.Nanos.Add(int64(took))
		}()
		for b, err := range in {
			if err != nil {
				yield(b, permanent(err))
				return
			}
			rows += int64(b.Live())
			batches++
			took += time.Since(from)
			more := yield(b, nil)
			from = time.Now()
			if !more {
				return
			}
		}
		took += time.Since(from)
	}
}

// String is the figures as EXPLAIN ANALYZE shows them.
func (m *Metrics) String() string {
	s := fmt.Sprintf("rows=%d batches=%d time=%s", m.Rows.Load(), m.Batches.Load(), time.Duration(m.Nanos.Load()).Round(10*time.Microsecond))
	if n := m.Bytes.Load(); n > 0 {
		s += fmt.Sprintf(" bytes=%d", n)
	}
	if n := m.Spilled.Load(); n > 0 {
		s += fmt.Sprintf(" spilled=%d", n)
	}
	if m.Reused.Load() {
		s += " reused"
	}
	return s
}
