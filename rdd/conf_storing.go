package rdd

import (
	"fmt"
	"strconv"
)

// storingConf is what concerns memory, kept partitions, checkpoints and broadcast values.
type storingConf struct {
	memoryShare  float64 // of the machine's memory, where no budget is given
	storageShare float64 // of the budget, which execution does not evict
	sharedShare  float64 // of the budget, for what outlives tasks
	cleaner      bool    // drop what belongs to unreachable RDDs and broadcasts
	proactive    bool    // make up for lost copies

	broadcastBlock int64                                    // bytes of a piece
	broadcastWire  func(piece, try int, sent []byte) []byte // what arrives, for tests; nil: what was sent

	checkpointDir    string
	cleanCheckpoints bool // remove the files of unreachable RDDs
}

// defaultStoring are the defaults. Spark protects half of its budget for storage; here shuffle outputs live in the same
// budget, and get that room.
func defaultStoring() storingConf {
	return storingConf{memoryShare: 0.6, storageShare: 0.3, sharedShare: 0.75, cleaner: true, proactive: true, broadcastBlock: 4 << 20}
}

// storingKeys are the keys of what is kept.
var storingKeys = []confKey{
	{"spark.memory.fraction", shareKey(func(c *config, f float64) { c.storing.memoryShare = f })},
	{"spark.memory.storageFraction", shareKey(func(c *config, f float64) { c.storing.storageShare = f })},
	{"spark.gosql.memory.sharedFraction", shareKey(func(c *config, f float64) { c.storing.sharedShare = f })},
	{"spark.cleaner.referenceTracking", boolKey(func(c *config, b bool) { c.storing.cleaner = b })},
	{"spark.broadcast.blockSize", kibibytesKey(func(c *config, n int64) { c.storing.broadcastBlock = n })},
	{"spark.checkpoint.dir", func(c *config, v string) error { c.storing.checkpointDir = v; return nil }},
	{"spark.cleaner.referenceTracking.cleanCheckpoints", boolKey(func(c *config, b bool) { c.storing.cleanCheckpoints = b })},
	{"spark.storage.replication.proactive", boolKey(func(c *config, b bool) { c.storing.proactive = b })},
}

// WithMemoryFraction sets the share of the machine's memory (or of the cgroup's limit) that is the budget where
// WithMemory gives none (spark.memory.fraction); 0.6 by default.
func WithMemoryFraction(share float64) ContextOption {
	return func(c *config) { c.storing.memoryShare = share }
}

// WithStorageFraction sets the share of the budget below which cached blocks are not evicted for execution
// (spark.memory.storageFraction); 0.3 by default.
func WithStorageFraction(share float64) ContextOption {
	return func(c *config) { c.storing.storageShare = share }
}

// kibibytesKey parses a positive size, which is in KiB if it has no unit.
func kibibytesKey(set func(*config, int64)) func(*config, string) error {
	return func(c *config, v string) error {
		n, err := parseSizeIn(v, "k")
		if err == nil && n < 1 {
			err = fmt.Errorf("%q is not a size of at least a byte", v)
		}
		if err == nil {
			set(c, n)
		}
		return err
	}
}

// shareKey parses a number in [0,1].
func shareKey(set func(*config, float64)) func(*config, string) error {
	return func(c *config, v string) error {
		f, err := strconv.ParseFloat(v, 64)
		if err != nil || !(f >= 0 && f <= 1) {
			return fmt.Errorf("%q is not a number in [0,1]", v)
		}
		set(c, f)
		return nil
	}
}
