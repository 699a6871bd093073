package rdd

// shufflingConf is what concerns shuffles and their files.
type shufflingConf struct {
	forceFiles bool // write files even while memory lasts
}

// defaultShuffling are the defaults.
func defaultShuffling() shufflingConf { return shufflingConf{} }

// shufflingKeys are the keys of shuffles.
var shufflingKeys = []confKey{
	{"spark.gosql.shuffle.memoryFirst", boolKey(func(c *config, b bool) { c.shuffling.forceFiles = !b })},
}

// WithShuffleFiles makes every shuffle whose element type has a codec write files even while memory lasts
// (spark.gosql.shuffle.memoryFirst=false).
func WithShuffleFiles() ContextOption { return func(c *config) { c.shuffling.forceFiles = true } }
