package gosql

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gosql-engine/gosql/columnar"
)

// setting is a configuration key that gosql heeds.
type setting struct {
	key, value, doc string // value is the default
	check           func(string) error
}

// settings are the keys that change what gosql does, under Spark's names. Others can be set and read, as in Spark, without effect.
var settings = []setting{
	{"spark.sql.ansi.enabled", "true", "ANSI mode: errors in place of NULL or wrapped values.", checkBool},
	{"spark.sql.session.timeZone", "", "The session's time zone; the system's by default.", checkZone},
	{"spark.sql.shuffle.partitions", "", "Partitions of a shuffle; by default the next power of two above 4 times the workers.", checkCount},
	{"spark.sql.autoBroadcastJoinThreshold", "10485760", "Largest estimated size in bytes of a side that a join broadcasts; -1 for never.", checkBytes},
	{"spark.sql.caseSensitive", "false", "Names of columns and tables differ by case; only false is supported.", checkFalse},
	{"spark.sql.groupByAliases", "true", "GROUP BY may name select-list aliases.", checkBool},
	{"spark.sql.groupByOrdinal", "true", "Numbers in GROUP BY are positions of the select list.", checkBool},
	{"spark.sql.orderByOrdinal", "true", "Numbers in ORDER BY are positions of the select list.", checkBool},
	{"spark.sql.sources.default", "parquet", "The format of tables and paths where none is named.", nil},
	{"spark.sql.ansi.doubleQuotedIdentifiers", "false", "Text in double quotes is an identifier.", checkBool},
	{"spark.sql.parser.escapedStringLiterals", "false", "Backslashes in string literals stand for themselves.", checkBool},
	{"spark.sql.optimizer.excludedRules", "", "Optimizer rules, parted by commas, that are not run; \"*\" for all.", nil},
	{"spark.sql.timestampType", "TIMESTAMP_LTZ", "What TIMESTAMP means.", checkTimestampType},
	{"spark.sql.decimalOperations.allowPrecisionLoss", "true", "Results of decimals beyond 38 digits give up fractional ones.", checkBool},
	{"spark.sql.function.concatBinaryAsString", "false", "concat of binaries is a string.", checkBool},
	{"spark.sql.function.eltOutputAsString", "false", "elt of binaries is a string.", checkBool},
	{"spark.sql.cteRecursionLevelLimit", "100", "Rounds of a recursive query after which it fails.", checkCount},
	{"spark.sql.cteRecursionRowLimit", "1000000", "Rows of a recursive query after which it fails.", checkCount},
	{"spark.sql.binaryOutputStyle", "UTF-8", "How the shell prints binary values in the hive format: UTF-8, BASIC, BASE64, HEX or HEX_DISCRETE.", nil},
	{"spark.gosql.batch.rows", "2048", "Rows of a batch.", checkCount},
}

func checkBool(v string) error {
	if _, err := strconv.ParseBool(v); err != nil {
		return fmt.Errorf("%w 'boolean' value", errSettingType)
	}
	return nil
}

// errSettingType begins the errors about text that is no value of a setting's type.
var errSettingType = errors.New("should be a/an")

func checkFalse(v string) error {
	if b, err := strconv.ParseBool(v); err != nil || b {
		return fmt.Errorf("only false is supported, but was %s", v)
	}
	return nil
}

func checkTimestampType(v string) error {
	if v := strings.ToUpper(v); v != "TIMESTAMP_LTZ" && v != "TIMESTAMP_NTZ" {
		return fmt.Errorf("should be TIMESTAMP_LTZ or TIMESTAMP_NTZ, but was %s", v)
	}
	return nil
}

func checkCount(v string) error {
	if n, err := strconv.Atoi(v); err != nil || n <= 0 {
		return fmt.Errorf("the value must be a positive number, but was %s", v)
	}
	return nil
}

func checkBytes(v string) error {
	_, err := ParseBytes(v)
	return err
}

func checkZone(v string) error {
	_, err := loadZone(v)
	return err
}

// loadZone finds a time zone by region or as an offset; "" is the system's.
func loadZone(name string) (*time.Location, error) {
	if name == "" {
		return time.Local, nil
	}
	z, err := columnar.ParseZone(name)
	if err != nil {
		return nil, fmt.Errorf("cannot resolve the given timezone %q", name)
	}
	return z, nil
}

// zoneName is the name under which Spark would show the system's time zone.
func zoneName(set string) string {
	if set != "" {
		return set
	}
	if tz := os.Getenv("TZ"); tz != "" {
		return strings.TrimPrefix(tz, ":")
	}
	if link, err := os.Readlink("/etc/localtime"); err == nil {
		if _, name, ok := strings.Cut(link, "zoneinfo/"); ok {
			return name
		}
	}
	if n := time.Local.String(); n != "Local" {
		return n
	}
	return "UTC"
}

// ParseBytes reads a size: a number of bytes, or one with a unit (k, kb, m, mb, g, gb, t, tb, in powers of 1024, any case). -1 stands for no limit.
func ParseBytes(s string) (int64, error) {
	text := strings.ToLower(strings.TrimSpace(s))
	num := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyz")
	shift, ok := map[string]uint{"": 0, "b": 0, "k": 10, "kb": 10, "m": 20, "mb": 20, "g": 30, "gb": 30, "t": 40, "tb": 40}[text[len(num):]]
	n, err := strconv.ParseFloat(strings.TrimSpace(num), 64)
	if err != nil || !ok {
		return 0, fmt.Errorf("cannot read %q as a size in bytes, such as 1048576, 512MB or 2g", s)
	}
	return int64(n * float64(int64(1)<<shift)), nil
}

// conf holds a session's settings. Safe for concurrent use.
type conf struct {
	mu     sync.RWMutex
	values map[string]string
	base   map[string]string // what RESET goes back to
}

func newConf(initial map[string]string) (*conf, error) {
	c := &conf{values: map[string]string{}, base: map[string]string{}}
	for k, v := range initial {
		if err := c.set(k, v); err != nil {
			return nil, err
		}
		c.base[k] = v
	}
	return c, nil
}

func lookupSetting(key string) *setting {
	for i := range settings {
		if settings[i].key == key {
			return &settings[i]
		}
	}
	return nil
}

// set changes a value; it fails with INVALID_CONF_VALUE if the key does not take it.
func (c *conf) set(key, value string) error {
	if s := lookupSetting(key); s != nil && s.check != nil && value != "" {
		if err := s.check(value); err != nil {
			if key == "spark.sql.session.timeZone" {
				return columnar.Errorf("INVALID_CONF_VALUE.TIME_ZONE", "The value '%s' in the config \"%s\" is invalid. Cannot resolve the given timezone.", value, key)
			}
			if errors.Is(err, errSettingType) {
				return columnar.Errorf("INVALID_CONF_VALUE.TYPE_MISMATCH", "The value '%s' in the config \"%s\" is invalid. It %s.", value, key, err)
			}
			return columnar.Errorf("INVALID_CONF_VALUE.REQUIREMENT", "The value '%s' in the config \"%s\" is invalid. %s", value, key, err)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.values[key] = value
	return nil
}

// get is the value of a key, or its default.
func (c *conf) get(key string) (value string, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if v, ok := c.values[key]; ok {
		return v, true
	}
	if s := lookupSetting(key); s != nil {
		return s.value, true
	}
	return "", false
}

func (c *conf) bool(key string) bool {
	v, _ := c.get(key)
	b, _ := strconv.ParseBool(v)
	return b
}

func (c *conf) int(key string) int {
	v, _ := c.get(key)
	n, _ := strconv.Atoi(v)
	return n
}

func (c *conf) bytes(key string) int64 {
	v, _ := c.get(key)
	n, _ := ParseBytes(v)
	return n
}

// reset takes a key, or all keys for "", back to what the session began with.
func (c *conf) reset(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k := range c.values {
		if key == "" || k == key {
			delete(c.values, k)
			if v, ok := c.base[k]; ok {
				c.values[k] = v
			}
		}
	}
}

// all lists keys and values that have been set, in the order of keys.
func (c *conf) all() [][2]string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var out [][2]string
	for k, v := range c.values {
		out = append(out, [2]string{k, v})
	}
	sort.Slice(out, func(i, j int) bool { return out[i][0] < out[j][0] })
	return out
}
