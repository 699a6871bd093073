package gosql

import (
	"log/slog"
	"runtime"

	"github.com/gosql-engine/gosql/rdd"
)

// SessionOption sets something of a new Session.
type SessionOption func(*sessionConfig)

type sessionConfig struct {
	workers   int
	memory    string
	spillDir  string
	logger    *slog.Logger
	settings  map[string]string
	listeners []rdd.Listener
	faults    *faults
}

type faults struct {
	seed        uint64
	probability float64
}

// WithWorkers sets how many tasks run at once; the default is the number of CPUs.
func WithWorkers(n int) SessionOption { return func(c *sessionConfig) { c.workers = n } }

// WithMemoryLimit sets how much memory queries may use, such as "2GB"; what does not fit is spilled to disk or fails with an error that names the largest
// consumers. The default is derived from the cgroup's limit or the machine's memory.
func WithMemoryLimit(size string) SessionOption { return func(c *sessionConfig) { c.memory = size } }

// WithSpillDir sets the folder for shuffle and spill files; the default is the system's temporary folder.
func WithSpillDir(dir string) SessionOption { return func(c *sessionConfig) { c.spillDir = dir } }

// WithSetting sets a configuration key, as SET does: WithSetting("spark.sql.session.timeZone", "UTC").
func WithSetting(key, value string) SessionOption {
	return func(c *sessionConfig) { c.settings[key] = value }
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

func newSessionConfig(opts []SessionOption) sessionConfig {
	c := sessionConfig{workers: runtime.GOMAXPROCS(0), logger: slog.New(slog.DiscardHandler), settings: map[string]string{}}
	for _, o := range opts {
		o(&c)
	}
	return c
}
