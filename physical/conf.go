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
	ANSI               bool
	Zone               *time.Location // of the session; nil: UTC
	ZoneName           string         // as SET spells it
	Now                time.Time      // the query's start
	Seed               int64          // for functions called without one
	Session            logical.SessionInfo
	Tag                string // marks the query's jobs in RDD events
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

// broadcastLimit is the size in bytes up to which a join's side is broadcast; negative: never.
func (c *Conf) broadcastLimit() int64 {
	if c.BroadcastThreshold == 0 {
		return 10 << 20
	}
	return c.BroadcastThreshold
}

// zone is the session's time zone.
func (c *Conf) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}
