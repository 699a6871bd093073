package rdd

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"os"
	"slices"
	"strings"
)

// SchedulingMode is how the tasks of several jobs share the slots.
type SchedulingMode uint8

const (
	// FIFOScheduling serves the oldest job first; younger ones get what it leaves.
	FIFOScheduling SchedulingMode = iota
	// FairScheduling shares between pools by their weights and minimum shares.
	FairScheduling
)

// parseSchedulingMode reads FIFO or FAIR.
func parseSchedulingMode(s string) (SchedulingMode, error) {
	switch strings.ToUpper(strings.TrimSpace(s)) {
	case "FIFO":
		return FIFOScheduling, nil
	case "FAIR":
		return FairScheduling, nil
	}
	return 0, fmt.Errorf("scheduling mode %q is neither FIFO nor FAIR", s)
}

// PoolSpec describes a pool of jobs for FairScheduling.
type PoolSpec struct {
	Name     string
	Weight   int            // its part in relation to other pools; 1 when 0
	MinShare int            // slots that it gets before the weights are looked at
	Mode     SchedulingMode // between its own jobs
}

// defaultPool is where jobs go that name no pool.
const defaultPool = "default"

// WithScheduling sets how jobs share the slots (spark.scheduler.mode); the default is FIFOScheduling.
func WithScheduling(m SchedulingMode) ContextOption {
	return func(c *config) { c.scheduling.mode = m }
}

// WithPool describes a pool; it may be given several times. Pools that nobody described have weight 1, no minimum share
// and FIFO inside. Pools matter with FairScheduling only.
func WithPool(p PoolSpec) ContextOption {
	return func(c *config) { c.scheduling.pools = append(c.scheduling.pools, p) }
}

// Pool puts the jobs of an action into a pool (spark.scheduler.pool).
func Pool(name string) Option { return func(s *settings) { s.pool = name } }

// readPools reads a file in the form of Spark's fairscheduler.xml.
func readPools(path string) ([]PoolSpec, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file struct {
		Pools []struct {
			Name     string `xml:"name,attr"`
			Mode     string `xml:"schedulingMode"`
			Weight   int    `xml:"weight"`
			MinShare int    `xml:"minShare"`
		} `xml:"pool"`
	}
	if err := xml.Unmarshal(raw, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var pools []PoolSpec
	for _, p := range file.Pools {
		spec := PoolSpec{Name: p.Name, Weight: p.Weight, MinShare: p.MinShare}
		if p.Mode != "" {
			if spec.Mode, err = parseSchedulingMode(p.Mode); err != nil {
				return nil, fmt.Errorf("%s: pool %q: %w", path, p.Name, err)
			}
		}
		pools = append(pools, spec)
	}
	return pools, nil
}

// pool is a pool with what it uses now.
type pool struct {
	PoolSpec
	running int // attempts
}

// sharing divides the slots between pools. It is guarded by taskScheduler.mu.
type sharing struct {
	pools map[string]*pool
	turn  []*taskSet // reused by order
}

// newSharing makes the described pools.
func newSharing(specs []PoolSpec) *sharing {
	s := &sharing{pools: map[string]*pool{}}
	for _, p := range specs {
		p.Weight = max(p.Weight, 1)
		s.pools[p.Name] = &pool{PoolSpec: p}
	}
	return s
}

// pool finds a pool, or makes one with the defaults.
func (s *sharing) pool(name string) *pool {
	if name == "" {
		name = defaultPool
	}
	p, ok := s.pools[name]
	if !ok {
		p = &pool{PoolSpec: PoolSpec{Name: name, Weight: 1}}
		s.pools[name] = p
	}
	return p
}

// order lists the sets, which come in FIFO order, by whose turn it is. The result is valid until the next call.
func (s *sharing) order(sets []*taskSet) []*taskSet {
	s.turn = append(s.turn[:0], sets...)
	slices.SortStableFunc(s.turn, func(a, b *taskSet) int {
		if a.pool != b.pool {
			return a.pool.compare(b.pool)
		}
		if a.pool.Mode == FairScheduling {
			return cmp.Compare(a.running, b.running)
		}
		return 0
	})
	return s.turn
}

// compare is negative when p is to be served before o: pools below their minimum share first, the emptiest of them at
// the front, then those that use the least for their weight.
func (p *pool) compare(o *pool) int {
	needy, otherNeedy := p.running < p.MinShare, o.running < o.MinShare
	switch {
	case needy && !otherNeedy:
		return -1
	case otherNeedy && !needy:
		return 1
	}
	part, otherPart := p.Weight, o.Weight
	if needy {
		part, otherPart = p.MinShare, o.MinShare
	}
	return cmp.Or(cmp.Compare(p.running*otherPart, o.running*part), cmp.Compare(p.Name, o.Name))
}
