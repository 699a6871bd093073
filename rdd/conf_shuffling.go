package rdd

import (
	"fmt"
	"strconv"
	"strings"
)

// shufflingConf is what concerns shuffles and their files.
type shufflingConf struct {
	forceFiles    bool  // write files even while memory lasts
	spillLimit    int64 // bytes of temporary files; 0 for no limit
	scratchFaults scratchFaults

	hashManager     bool // write a file per reducer
	consolidate     bool // and share it among the map tasks of a slot
	bypassThreshold int  // most reducers for which sort shuffle opens a stream each

	packing      compression
	packShuffles bool
	packSpills   bool
}

// defaultShuffling are the defaults.
func defaultShuffling() shufflingConf { return shufflingConf{bypassThreshold: 200, packing: packLZ4} }

// shufflingKeys are the keys of shuffles.
var shufflingKeys = []confKey{
	{"spark.gosql.shuffle.memoryFirst", boolKey(func(c *config, b bool) { c.shuffling.forceFiles = !b })},
	{"spark.shuffle.manager", func(c *config, v string) error {
		if v != "sort" && v != "hash" {
			return fmt.Errorf("%q is no shuffle manager: want sort or hash", v)
		}
		c.shuffling.hashManager = v == "hash"
		return nil
	}},
	{"spark.shuffle.consolidateFiles", boolKey(func(c *config, b bool) { c.shuffling.consolidate = b })},
	{"spark.shuffle.sort.bypassMergeThreshold", intKey(0, func(c *config, n int) { c.shuffling.bypassThreshold = n })},
	{"spark.shuffle.compress", boolKey(func(c *config, b bool) { c.shuffling.packShuffles = b })},
	{"spark.shuffle.spill.compress", boolKey(func(c *config, b bool) { c.shuffling.packSpills = b })},
	{"spark.io.compression.codec", func(c *config, v string) (err error) {
		c.shuffling.packing, err = parseCompression(v)
		return err
	}},
	{"spark.gosql.spill.limit", sizeKey(func(c *config, n int64) { c.shuffling.spillLimit = n })},
}

// WithShuffleFiles makes every shuffle write files even while memory lasts (spark.gosql.shuffle.memoryFirst=false).
func WithShuffleFiles() ContextOption { return func(c *config) { c.shuffling.forceFiles = true } }

// WithShuffleCompression packs the blocks of shuffle and spill files by lz4 or zstd; none, the default, leaves them as
// they are (spark.io.compression.codec, with spark.shuffle.compress and spark.shuffle.spill.compress). Another name is
// an error of NewContext.
func WithShuffleCompression(codec string) ContextOption {
	return func(c *config) {
		var err error
		if c.shuffling.packing, err = parseCompression(codec); err != nil {
			c.wrong = err
		}
		c.shuffling.packShuffles, c.shuffling.packSpills = true, true
	}
}

// WithSpillLimit bounds the bytes on disk of all temporary files together (spark.gosql.spill.limit); a write beyond it
// fails with a *SpillLimitError. 0, the default, is no bound but the disk's.
func WithSpillLimit(bytes int64) ContextOption {
	return func(c *config) { c.shuffling.spillLimit = bytes }
}

// sizeKey parses a number of bytes with one of Spark's units.
func sizeKey(set func(*config, int64)) func(*config, string) error {
	return func(c *config, v string) error {
		n, err := parseSize(v)
		if err == nil {
			set(c, n)
		}
		return err
	}
}

// parseSize reads sizes as Spark does: 512, 64k, 10mb, 2G. All units are binary; a number alone is in bytes.
func parseSize(s string) (int64, error) { return parseSizeIn(s, "b") }

// parseSizeIn is parseSize where a number alone has another unit.
func parseSizeIn(s, unit string) (int64, error) {
	text := strings.ToLower(strings.TrimSpace(s))
	digits := strings.TrimRight(text, "bkmgtp")
	if text != digits {
		unit = text[len(digits):]
	}
	n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
	shift, known := map[string]uint{"": 0, "k": 10, "m": 20, "g": 30, "t": 40, "p": 50}[strings.TrimSuffix(unit, "b")]
	if err != nil || !known || n < 0 || n > 1<<62>>shift {
		return 0, fmt.Errorf("%q is not a size: want a whole number, alone or with the unit b, k, m, g or t", s)
	}
	return n << shift, nil
}
