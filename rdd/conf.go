package rdd

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/gosql-engine/gosql/rdd/vfs"
)

// config is what the ContextOptions set, a part for each part of the engine.
type config struct {
	master      string
	parallelism int
	memory      int64
	manager     MemoryManager
	spillDir    string
	listeners   []Listener
	faults      faults

	scheduling schedulingConf
	shuffling  shufflingConf
	storing    storingConf
	observing  observingConf
	inputs     inputConf
	limiting   limitingConf

	fileSystems map[string]vfs.FS // by scheme, of WithFS

	wrong error             // what an option was given that it cannot take
	files []string          // of WithConfFile
	keys  map[string]string // of WithConf
}

// ContextOption configures NewContext.
type ContextOption func(*config)

// confKey is a configuration key under Spark's name, and where its value goes.
type confKey struct {
	name string
	set  func(c *config, value string) error
}

// contextKeys are the keys that concern the Context itself.
var contextKeys = []confKey{
	{"spark.master", func(c *config, v string) error { c.master = v; return nil }},
	{"spark.default.parallelism", intKey(1, func(c *config, n int) { c.parallelism = n })},
	{"spark.local.dir", func(c *config, v string) error { c.spillDir = v; return nil }},
}

// confKeys lists all keys by name.
func confKeys() map[string]confKey {
	all := map[string]confKey{}
	for _, keys := range [][]confKey{contextKeys, schedulingKeys, shufflingKeys, storingKeys, observingKeys, inputKeys, limitingKeys} {
		for _, k := range keys {
			all[k.name] = k
		}
	}
	return all
}

// WithConf sets keys under Spark's names ("spark.default.parallelism"). They go before those of a file and behind
// options of their own (WithParallelism). A key or value that this engine does not know is an error of NewContext.
func WithConf(conf map[string]string) ContextOption {
	return func(c *config) {
		if c.keys == nil {
			c.keys = map[string]string{}
		}
		maps.Copy(c.keys, conf)
	}
}

// WithConfFile reads keys from a file in the form of spark-defaults.conf: a key and its value on each line, apart by
// blanks or =, and comments behind #. Options and WithConf go before it.
func WithConfFile(path string) ContextOption {
	return func(c *config) { c.files = append(c.files, path) }
}

// newConfig applies options over WithConf over files over the defaults.
func newConfig(opts []ContextOption) (config, error) {
	asked := config{}
	for _, o := range opts {
		o(&asked)
	}
	c := config{master: "local[*]", scheduling: defaultScheduling(), shuffling: defaultShuffling(), storing: defaultStoring(),
		observing: defaultObserving(), inputs: defaultInputs(), limiting: defaultLimiting()}
	for _, path := range asked.files {
		if err := c.readFile(path); err != nil {
			return c, err
		}
	}
	known := confKeys()
	for _, name := range slices.Sorted(maps.Keys(asked.keys)) {
		if err := c.setKey(known, name, asked.keys[name]); err != nil {
			return c, err
		}
	}
	for _, o := range opts {
		o(&c)
	}
	return c, c.wrong
}

// setKey sets one key.
func (c *config) setKey(known map[string]confKey, name, value string) error {
	k, ok := known[name]
	if !ok {
		return fmt.Errorf("rdd: unknown configuration key %q; known are %s", name, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
	}
	if err := k.set(c, value); err != nil {
		return fmt.Errorf("rdd: configuration key %s: %w", name, err)
	}
	return nil
}

// readFile sets the keys of a file.
func (c *config) readFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("rdd: cannot read the configuration: %w", err)
	}
	defer f.Close()
	if err := c.readKeys(f); err != nil {
		return fmt.Errorf("%s:%w", path, err)
	}
	return nil
}

// readKeys sets the keys that r lists; errors begin with the line's number.
func (c *config) readKeys(r io.Reader) error {
	known := confKeys()
	return eachKey(r, func(key, value string) error { return c.setKey(known, key, value) })
}

// eachKey reads the form of spark-defaults.conf; errors begin with the line's number.
func eachKey(r io.Reader, set func(key, value string) error) error {
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		at := strings.IndexFunc(line, func(r rune) bool { return unicode.IsSpace(r) || r == '=' })
		if at < 0 {
			return fmt.Errorf("%d: %q has no value", n, line)
		}
		value := strings.TrimLeftFunc(line[at:], func(r rune) bool { return unicode.IsSpace(r) || r == '=' })
		if err := set(line[:at], value); err != nil {
			return fmt.Errorf("%d: %w", n, err)
		}
	}
	return lines.Err()
}

// IsConfKey tells whether WithConf knows the key.
func IsConfKey(name string) bool {
	_, ok := confKeys()[name]
	return ok
}

// ReadConfFile gives all keys of a file that WithConfFile could read, also those that it would refuse: for programs
// with keys of their own in the same file. Of a key that is there twice the last value counts.
func ReadConfFile(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("rdd: cannot read the configuration: %w", err)
	}
	defer f.Close()
	keys := map[string]string{}
	if err := eachKey(f, func(key, value string) error { keys[key] = value; return nil }); err != nil {
		return nil, fmt.Errorf("%s:%w", path, err)
	}
	return keys, nil
}

// intKey parses a whole number of at least least.
func intKey(least int, set func(*config, int)) func(*config, string) error {
	return func(c *config, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < least {
			return fmt.Errorf("%q is not a whole number of at least %d", v, least)
		}
		set(c, n)
		return nil
	}
}

// boolKey parses true or false.
func boolKey(set func(*config, bool)) func(*config, string) error {
	return func(c *config, v string) error {
		b, err := strconv.ParseBool(v)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", v)
		}
		set(c, b)
		return nil
	}
}
