package rdd

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// schedulingConf is what concerns jobs, stages and tasks.
type schedulingConf struct {
	maxFailures   int              // of one task, before its stage is given up
	stageAttempts int              // while a stage meets fetch failures
	maxYields     int              // of a task that others leave no memory
	hosts         []string         // of the executors, in turns
	localityWait  [2]time.Duration // by locality
	mode          SchedulingMode
	pools         []PoolSpec
	speculation   speculationConf
	exclude       exclusionConf
}

// defaultScheduling are Spark's defaults.
func defaultScheduling() schedulingConf {
	return schedulingConf{
		maxFailures:   4,
		stageAttempts: 4, maxYields: maxYields,
		localityWait: [2]time.Duration{3 * time.Second, 3 * time.Second},
		speculation: speculationConf{interval: 100 * time.Millisecond, quantile: 0.9, multiplier: 3,
			minimum: 100 * time.Millisecond},
		exclude: exclusionConf{taskPerExecutor: 1, taskPerHost: 2, setPerExecutor: 2, setPerHost: 2,
			appPerExecutor: 2, appPerHost: 2, timeout: time.Hour},
	}
}

// schedulingKeys are the keys of scheduling.
var schedulingKeys = []confKey{
	{"spark.task.maxFailures", intKey(1, func(c *config, n int) { c.scheduling.maxFailures = n })},
	{"spark.stage.maxConsecutiveAttempts", intKey(1, func(c *config, n int) { c.scheduling.stageAttempts = n })},
	{"spark.locality.wait", timeKey("s", func(c *config, d time.Duration) { c.scheduling.localityWait = [2]time.Duration{d, d} })},
	{"spark.locality.wait.process", timeKey("s", func(c *config, d time.Duration) { c.scheduling.localityWait[processLocal] = d })},
	{"spark.locality.wait.node", timeKey("s", func(c *config, d time.Duration) { c.scheduling.localityWait[nodeLocal] = d })},
	{"spark.scheduler.mode", func(c *config, v string) (err error) {
		c.scheduling.mode, err = parseSchedulingMode(v)
		return err
	}},
	{"spark.scheduler.allocation.file", func(c *config, v string) (err error) {
		c.scheduling.pools, err = readPools(v)
		return err
	}},
	{"spark.speculation", boolKey(func(c *config, b bool) { c.scheduling.speculation.enabled = b })},
	{"spark.speculation.interval", timeKey("ms", func(c *config, d time.Duration) { c.scheduling.speculation.interval = max(d, time.Millisecond) })},
	{"spark.speculation.quantile", floatKey(0, 1, func(c *config, f float64) { c.scheduling.speculation.quantile = f })},
	{"spark.speculation.multiplier", floatKey(0, 1e9, func(c *config, f float64) { c.scheduling.speculation.multiplier = f })},
	{"spark.speculation.minTaskRuntime", timeKey("ms", func(c *config, d time.Duration) { c.scheduling.speculation.minimum = d })},
	{"spark.excludeOnFailure.enabled", boolKey(func(c *config, b bool) { c.scheduling.exclude.enabled = b })},
	{"spark.excludeOnFailure.timeout", timeKey("s", func(c *config, d time.Duration) { c.scheduling.exclude.timeout = d })},
	{"spark.excludeOnFailure.task.maxTaskAttemptsPerExecutor", intKey(1, func(c *config, n int) { c.scheduling.exclude.taskPerExecutor = n })},
	{"spark.excludeOnFailure.task.maxTaskAttemptsPerNode", intKey(1, func(c *config, n int) { c.scheduling.exclude.taskPerHost = n })},
	{"spark.excludeOnFailure.stage.maxFailedTasksPerExecutor", intKey(1, func(c *config, n int) { c.scheduling.exclude.setPerExecutor = n })},
	{"spark.excludeOnFailure.stage.maxFailedExecutorsPerNode", intKey(1, func(c *config, n int) { c.scheduling.exclude.setPerHost = n })},
	{"spark.excludeOnFailure.application.maxFailedTasksPerExecutor", intKey(1, func(c *config, n int) { c.scheduling.exclude.appPerExecutor = n })},
	{"spark.excludeOnFailure.application.maxFailedExecutorsPerNode", intKey(1, func(c *config, n int) { c.scheduling.exclude.appPerHost = n })},
}

// timeKey parses a time as Spark does: a whole number with a unit (us, ms, s, m, min, h, d), or in the key's own unit.
func timeKey(unit string, set func(*config, time.Duration)) func(*config, string) error {
	units := map[string]time.Duration{"us": time.Microsecond, "ms": time.Millisecond, "s": time.Second,
		"m": time.Minute, "min": time.Minute, "h": time.Hour, "d": 24 * time.Hour}
	return func(c *config, v string) error {
		v = strings.ToLower(strings.TrimSpace(v))
		digits := strings.TrimRight(v, "abcdefghijklmnopqrstuvwxyz")
		name := v[len(digits):]
		if name == "" {
			name = unit
		}
		n, err := strconv.Atoi(digits)
		if err != nil || n < 0 || units[name] == 0 {
			return fmt.Errorf("%q is not a time such as 100ms or 3s", v)
		}
		set(c, time.Duration(n)*units[name])
		return nil
	}
}

// floatKey parses a number of at least least and at most most.
func floatKey(least, most float64, set func(*config, float64)) func(*config, string) error {
	return func(c *config, v string) error {
		f, err := strconv.ParseFloat(v, 64)
		if err != nil || !(f >= least && f <= most) {
			return fmt.Errorf("%q is not a number from %v to %v", v, least, most)
		}
		set(c, f)
		return nil
	}
}

// WithMaxTaskFailures sets after how many failures of one task its stage is given up (spark.task.maxFailures); 4 by
// default.
func WithMaxTaskFailures(n int) ContextOption {
	return func(c *config) { c.scheduling.maxFailures = n }
}

// WithLocalityWait sets how long a free slot is kept waiting for a task that prefers it, on each level of locality,
// before it gets one that would rather run elsewhere (spark.locality.wait); 3 seconds by default. It matters with
// several executors only.
func WithLocalityWait(d time.Duration) ContextOption {
	return func(c *config) { c.scheduling.localityWait = [2]time.Duration{d, d} }
}

// WithHosts names the hosts that the executors stand for, in turns: preferred locations can name them. Without it all
// are on "localhost".
func WithHosts(names ...string) ContextOption {
	return func(c *config) { c.scheduling.hosts = names }
}
