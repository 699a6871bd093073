package rdd

// schedulingConf is what concerns jobs, stages and tasks.
type schedulingConf struct {
	maxFailures int      // of one task, before its stage is given up
	hosts       []string // of the executors, in turns
}

// defaultScheduling are Spark's defaults.
func defaultScheduling() schedulingConf { return schedulingConf{maxFailures: 4} }

// schedulingKeys are the keys of scheduling.
var schedulingKeys = []confKey{
	{"spark.task.maxFailures", intKey(1, func(c *config, n int) { c.scheduling.maxFailures = n })},
}

// WithMaxTaskFailures sets after how many failures of one task its stage is given up (spark.task.maxFailures); 4 by
// default.
func WithMaxTaskFailures(n int) ContextOption {
	return func(c *config) { c.scheduling.maxFailures = n }
}

// WithHosts names the hosts that the executors stand for, in turns: preferred locations can name them. Without it all
// are on "localhost".
func WithHosts(names ...string) ContextOption {
	return func(c *config) { c.scheduling.hosts = names }
}
