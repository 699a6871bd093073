package gosql

import (
	"log/slog"
	"runtime"

	"github.com/gosql-engine/gosql/rdd"
)

// SessionOption sets something of a new Session.
type SessionOption func(*sessionConfig)

type sessionConfig struct {
	workers    int
	memory     string
	spillLimit string
	spillDir   string
	logger     *slog.Logger
	settings   map[string]string
	files      []string // of WithPropertiesFile
	listeners  []rdd.Listener
	faults     *faults
}

type faults struct {
	seed        uint64
	probability float64
}

// WithWorkers sets how many tasks run at once; the default is the number of CPUs, or what the key spark.master says.
func WithWorkers(n int) SessionOption { return func(c *sessionConfig) { c.workers = n } }

// WithMemoryLimit sets how much memory queries may use, such as "2GB"; what does not fit is spilled to disk or fails with UNABLE_TO_ACQUIRE_MEMORY, an
// error that names the largest consumers. The default is 70 % of the cgroup's limit or of the machine's memory. Operators may reserve three quarters of what is beyond 48 MB; the rest is for
// the garbage collector.
func WithMemoryLimit(size string) SessionOption { return func(c *sessionConfig) { c.memory = size } }

// WithSpillDir sets the folder for shuffle and spill files; the default is the system's temporary folder.
func WithSpillDir(dir string) SessionOption { return func(c *sessionConfig) { c.spillDir = dir } }

// WithSetting sets a configuration key, as SET does: WithSetting("spark.sql.session.timeZone", "UTC"). Keys of the machine below ("spark.default.parallelism",
// see rdd.WithConf) can be set here only, for SET comes too late for them; options of their own (WithWorkers) go before them.
func WithSetting(key, value string) SessionOption {
	return func(c *sessionConfig) { c.settings[key] = value }
}

// WithPropertiesFile sets the keys that a file in the form of spark-defaults.conf lists, where WithSetting does not.
func WithPropertiesFile(path string) SessionOption {
	return func(c *sessionConfig) { c.files = append(c.files, path) }
}

// WithLogger sets where the session logs; the default is nowhere.
func WithLogger(l *slog.Logger) SessionOption { return func(c *sessionConfig) { c.logger = l } }

// WithListener adds a listener to the events of jobs, stages and tasks.
func WithListener(l rdd.Listener) SessionOption {
	return func(c *sessionConfig) { c.listeners = append(c.listeners, l) }
}

// WithTaskFailures makes attempts of tasks fail at random, by the seed and with the probability given, but never so often that a job fails: a test that recovery
// does not change answers.
func WithTaskFailures(seed uint64, probability float64) SessionOption {
	return func(c *sessionConfig) { c.faults = &faults{seed, probability} }
}

func newSessionConfig(opts []SessionOption) (sessionConfig, error) {
	c := sessionConfig{logger: slog.New(slog.DiscardHandler), settings: map[string]string{}}
	for _, o := range opts {
		o(&c)
	}
	for i := len(c.files) - 1; i >= 0; i-- { // the last one goes first
		keys, err := rdd.ReadConfFile(c.files[i])
		if err != nil {
			return c, err
		}
		for k, v := range keys {
			if _, set := c.settings[k]; !set {
				c.settings[k] = v
			}
		}
	}
	return c, nil
}

// machineOptions are the options of the machine: its keys among the settings, and the options that go before them.
func (c *sessionConfig) machineOptions() []rdd.ContextOption {
	keys := map[string]string{}
	for k, v := range c.settings {
		if rdd.IsConfKey(k) {
			keys[k] = v
		}
	}
	if _, set := keys[sharedKey]; !set {
		keys[sharedKey] = sharedShare
	}
	opts := []rdd.ContextOption{rdd.WithConf(keys)}
	if _, set := keys["spark.master"]; c.workers > 0 || !set {
		n := c.workers
		if n <= 0 {
			n = runtime.GOMAXPROCS(0)
		}
		opts = append(opts, rdd.WithThreads(n))
	}
	if c.spillDir != "" {
		opts = append(opts, rdd.WithSpillDir(c.spillDir))
	}
	return opts
}
