package physical

import (
	"math/bits"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// Conf is what planning and execution may depend on besides the plan. The zero value works; it is a copy of the session's settings at
// the start of the query.
type Conf struct {
	Slots              int   // tasks that run at once; 0: 1
	ShufflePartitions  int   // spark.sql.shuffle.partitions; 0: the next power of two above 4 × Slots
	BatchRows          int   // rows of the batches that sources make; 0: columnar.BatchRows
	BroadcastThreshold int64 // spark.sql.autoBroadcastJoinThreshold in bytes; 0: 10 MiB; negative: never
	Memory             int64 // the budget of the machine that runs the plan, in bytes; 0: not known
	ANSI               bool
	Zone               *time.Location // of the session; nil: UTC
	ZoneName           string         // as SET spells it
	Now                time.Time      // the query's start
	Seed               int64          // for functions called without one
	Session            logical.SessionInfo
	Tag                string             // marks the query's jobs in RDD events
	Maps               *logical.MapBudget // the session's, for files that scans read in place; nil: none are
}

// slots is the number of tasks that run at once, at least 1.
func (c *Conf) slots() int { return max(c.Slots, 1) }

// partitions is the number of partitions that a shuffle makes.
func (c *Conf) partitions() int {
	if c.ShufflePartitions > 0 {
		return c.ShufflePartitions
	}
	return 1 << bits.Len(uint(4*c.slots()))
}

// batchRows is the number of rows of a batch that a source makes.
func (c *Conf) batchRows() int {
	if c.BatchRows > 0 {
		return c.BatchRows
	}
	return columnar.BatchRows
}

// byReference is by how much a side may exceed spark.sql.autoBroadcastJoinThreshold and still be broadcast. The threshold is about a network:
// there each executor gets a copy and builds a table of its own. Here tasks share the batches and one table, so that what counts is only that
// the table's memory cannot be spilled.
const byReference = 16

// broadcastShare is the part of the memory that one broadcast may be thought to take: rows are held both as batches and as a
// table, and a plan can have several. One that turns out too large becomes a join that spills, at the price of having been collected.
const broadcastShare = 1.0 / 8

// broadcastLimit is the estimated size in bytes up to which a join's side is broadcast; negative: never.
func (c *Conf) broadcastLimit() float64 {
	limit := float64(c.BroadcastThreshold)
	if c.BroadcastThreshold == 0 {
		limit = 10 << 20
	}
	limit *= byReference
	if c.Memory > 0 {
		limit = min(limit, float64(c.Memory)*broadcastShare)
	}
	return limit
}

// zone is the session's time zone.
func (c *Conf) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}
