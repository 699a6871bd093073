package rdd

import (
	"os"
	"path/filepath"
)

// observingConf is what concerns events and their log.
type observingConf struct {
	appName  string
	logging  bool
	eventDir string
}

// defaultObserving are the defaults; Spark's folder of event logs is the same on every machine too.
func defaultObserving() observingConf {
	return observingConf{appName: filepath.Base(os.Args[0]), eventDir: filepath.Join(os.TempDir(), "spark-events")}
}

// observingKeys are the keys of events and their log.
var observingKeys = []confKey{
	{"spark.app.name", func(c *config, v string) error { c.observing.appName = v; return nil }},
	{"spark.eventLog.enabled", boolKey(func(c *config, b bool) { c.observing.logging = b })},
	{"spark.eventLog.dir", func(c *config, v string) error { c.observing.eventDir = v; return nil }},
}

// WithAppName names the program in the event log (spark.app.name); the name of the executable by default.
func WithAppName(name string) ContextOption { return func(c *config) { c.observing.appName = name } }

// WithEventLog writes the events of the Context as lines of JSON to a file of its own in the folder dir, which must be
// there (spark.eventLog.enabled and spark.eventLog.dir). The file is called local-<time>, with .inprogress behind it
// until the Context is closed. When it cannot be written the log ends, and Close tells why; jobs do not notice.
func WithEventLog(dir string) ContextOption {
	return func(c *config) { c.observing.logging, c.observing.eventDir = true, dir }
}
