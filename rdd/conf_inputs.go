package rdd

// inputConf is what concerns the reading of files; options of a source go before it.
type inputConf struct {
	recursive bool  // folders in folders are read too
	minSplit  int64 // bytes
	blockSize int64 // bytes
	maxBytes  int64 // of a partition of BinaryFiles
	openCost  int64 // what opening a file costs, in bytes that could be read meanwhile
}

// defaultInputs are the defaults of Spark and of Hadoop's local file system.
func defaultInputs() inputConf {
	return inputConf{minSplit: 1, blockSize: 32 << 20, maxBytes: 128 << 20, openCost: 4 << 20}
}

// inputKeys are the keys of inputs; those of Hadoop have the prefix by which Spark hands them on.
var inputKeys = []confKey{
	{"spark.hadoop.mapreduce.input.fileinputformat.input.dir.recursive", boolKey(func(c *config, b bool) { c.inputs.recursive = b })},
	{"spark.hadoop.mapreduce.input.fileinputformat.split.minsize", intKey(0, func(c *config, n int) { c.inputs.minSplit = int64(n) })},
	{"spark.hadoop.fs.local.block.size", intKey(1, func(c *config, n int) { c.inputs.blockSize = int64(n) })},
	{"spark.files.maxPartitionBytes", intKey(1, func(c *config, n int) { c.inputs.maxBytes = int64(n) })},
	{"spark.files.openCostInBytes", intKey(0, func(c *config, n int) { c.inputs.openCost = int64(n) })},
}

// RecursiveInput has a source that lists files read the folders in a folder, too, at any depth; without it they are an
// error (mapreduce.input.fileinputformat.input.dir.recursive).
func RecursiveInput() Option { return func(s *settings) { s.recursive = true } }

// SplitSizes sets, for sources that split files, the least size of a split
// (mapreduce.input.fileinputformat.split.minsize, 1 by default) and the block size that a split does not exceed
// (fs.local.block.size, 32 MiB by default), in bytes; 0 keeps the default.
func SplitSizes(least, block int64) Option {
	return func(s *settings) { s.minSplit, s.blockSize = least, block }
}

// inputSettings are the Context's settings of inputs with the options of one source over them.
func (sc *Context) inputSettings(opts []Option) inputConf {
	c, s := sc.conf.inputs, newSettings(opts)
	c.recursive = c.recursive || s.recursive
	if s.minSplit > 0 {
		c.minSplit = s.minSplit
	}
	if s.blockSize > 0 {
		c.blockSize = s.blockSize
	}
	return c
}
