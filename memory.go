package gosql

import (
	"fmt"

	"github.com/gosql-engine/gosql/rdd"
)

// What of a memory limit operators may reserve. The rest is for what nobody reserves (code, plans, open files) and for
// what the garbage collector has not freed yet.
const (
	unreserved      = 48 << 20
	reservableShare = 0.75
	leastReservable = 0.5 // of limits so small that unreserved would take most of them
)

// mappedShare is the part of the limit up to which files are read in place: their pages in the operating system's cache count as memory of
// the process then, on top of what it allocates.
const mappedShare = 1.0 / 16

// defaultMemoryShare is the part of the machine's memory, or of the cgroup's limit, that is the limit where none is given.
const defaultMemoryShare = 0.7

// sharedShare is the part of what may be reserved that results and shuffle blocks may fill, which outlive their tasks. Tasks that run
// have the other half: what is finished can be moved to disk for them, what is being written cannot.
const (
	sharedKey   = "spark.gosql.memory.sharedFraction"
	sharedShare = "0.5"
)

// reservable is what may be reserved under a limit.
func reservable(limit int64) int64 {
	return max(int64(float64(limit-unreserved)*reservableShare), int64(float64(limit)*leastReservable))
}

// limitFor is the limit under which so much may be reserved.
func limitFor(reservable int64) int64 {
	return min(int64(float64(reservable)/reservableShare)+unreserved, int64(float64(reservable)/leastReservable))
}

// WithSpillLimit bounds the files that queries write for themselves (spilled rows, shuffles, results that wait), such as "50GB". A query that needs more fails with
// SPILL_OUT_OF_MEMORY; the default is the disk's size. It is the key spark.gosql.spill.limit.
func WithSpillLimit(size string) SessionOption {
	return func(c *sessionConfig) { c.spillLimit = size }
}

// MemoryLimit is how many bytes the session's queries may use, all together: what WithMemoryLimit said, or 70 % of the cgroup's limit or of the machine's memory. A
// program that leaves the runtime's settings to gosql's budget gives it to debug.SetMemoryLimit.
func (s *Session) MemoryLimit() int64 { return limitFor(s.rdd.Memory().Usage().Limit) }

// memoryOptions are the options of the machine that concern memory and its overflow.
func (c *sessionConfig) memoryOptions() ([]rdd.ContextOption, error) {
	var opts []rdd.ContextOption
	if _, set := c.settings["spark.memory.fraction"]; !set {
		opts = append(opts, rdd.WithMemoryFraction(defaultMemoryShare*reservableShare))
	}
	if c.memory != "" {
		n, err := ParseBytes(c.memory)
		if err != nil {
			return nil, fmt.Errorf("gosql: memory limit: %w", err)
		}
		opts = append(opts, rdd.WithMemory(reservable(n)))
	}
	if c.spillLimit != "" {
		n, err := ParseBytes(c.spillLimit)
		if err != nil {
			return nil, fmt.Errorf("gosql: spill limit: %w", err)
		}
		opts = append(opts, rdd.WithSpillLimit(max(n, 0)))
	}
	return opts, nil
}
