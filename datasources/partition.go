package datasources

import (
	"math/big"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gosql-engine/gosql/columnar"
)

// defaultPartition is the folder value that stands for NULL, as Hive writes it.
const defaultPartition = "__HIVE_DEFAULT_PARTITION__"

// findPartitions sets the table's partition columns and each file's values of them from the key=value folders. The type of a
// column is that of the schema given, or else the narrowest type that holds all of its values.
func (fs *Files) findPartitions(schema *columnar.Schema, o Options) error {
	infer, err := o.Bool("partitionColumnTypeInference", true)
	if err != nil {
		return err
	}
	zone, err := o.Zone()
	if err != nil {
		return err
	}
	var names []string
	texts := make([][]string, len(fs.List)) // by file, then by column
	for i, f := range fs.List {
		keys, values := splitPartition(f.dirs)
		switch {
		case i == 0 || names == nil && len(keys) > 0 && allEmpty(texts[:i]):
			names = keys
		case !slices.EqualFunc(names, keys, strings.EqualFold) && len(keys)+len(names) > 0:
			return columnar.Errorf("CONFLICTING_PARTITION_COLUMN_NAMES",
				"The folders of %q do not agree about the partition columns: %s, but %s at %q.",
				strings.Join(fs.Paths, ", "), strings.Join(names, "/"), strings.Join(keys, "/"), f.Path)
		}
		texts[i] = values
	}
	if len(names) == 0 {
		return nil
	}
	for c, name := range names {
		column := make([]string, len(fs.List))
		for i := range fs.List {
			column[i] = texts[i][c]
		}
		t := columnar.StringType
		if k := fieldIndex(schema, name); k >= 0 {
			name, t = schema.Fields[k].Name, schema.Fields[k].Type
		} else if infer {
			t = inferPartition(column, zone)
		}
		fs.Partition = append(fs.Partition, columnar.Field{Name: name, Type: t, Nullable: true})
		if err := fs.setPartition(column, t, zone); err != nil {
			return err
		}
	}
	return nil
}

func fieldIndex(schema *columnar.Schema, name string) int {
	if schema == nil {
		return -1
	}
	return schema.Index(name)
}

func allEmpty(texts [][]string) bool {
	for _, t := range texts {
		if len(t) > 0 {
			return false
		}
	}
	return true
}

// splitPartition takes the keys and the unescaped values out of folder names.
func splitPartition(dirs []string) (keys, values []string) {
	for _, d := range dirs {
		k, v, ok := strings.Cut(d, "=")
		if !ok || k == "" {
			continue
		}
		keys = append(keys, unescapePath(k))
		values = append(values, unescapePath(v))
	}
	return keys, values
}

func unescapePath(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}

// setPartition parses the values of a column and hands them to the files.
func (fs *Files) setPartition(texts []string, t columnar.Type, zone *time.Location) error {
	for i, f := range fs.List {
		v, err := partitionValue(texts[i], t, zone)
		if err != nil {
			return err
		}
		f.Values = append(f.Values, v)
	}
	return nil
}

// The types that a partition value may show, each wider than those before it but for the dates.
var partitionTypes = []columnar.Type{
	columnar.IntType, columnar.BigIntType, columnar.DecimalType(columnar.MaxPrecision, 0), columnar.DoubleType,
}

func inferPartition(texts []string, zone *time.Location) columnar.Type {
	var seen []columnar.Type
	for _, s := range texts {
		if s == defaultPartition {
			continue
		}
		if t := partitionType(s, zone); !slices.Contains(seen, t) {
			seen = append(seen, t)
		}
	}
	switch {
	case len(seen) == 0:
		return columnar.StringType
	case len(seen) == 1:
		return seen[0]
	}
	widest := -1
	for _, t := range seen {
		k := slices.Index(partitionTypes, t)
		if k < 0 {
			return columnar.StringType
		}
		widest = max(widest, k)
	}
	return partitionTypes[widest]
}

func partitionType(s string, zone *time.Location) columnar.Type {
	for _, t := range partitionTypes {
		if v, err := partitionValue(s, t, zone); err == nil && !v.IsNull(0) {
			return t
		}
	}
	for _, t := range []columnar.Type{columnar.DateType, columnar.TimestampType} {
		if v, err := partitionValue(s, t, zone); err == nil && !v.IsNull(0) {
			return t
		}
	}
	return columnar.StringType
}

// partitionValue is the value that a folder name stands for, as a vector of one row.
func partitionValue(s string, t columnar.Type, zone *time.Location) (columnar.Vector, error) {
	if s == defaultPartition {
		return columnar.NullVector(t, 1), nil
	}
	bad := func() error {
		return columnar.Errorf("CAST_INVALID_INPUT", "The partition value %q is no %s.", s, t.SQL())
	}
	switch t.Kind {
	case columnar.String:
		return columnar.NewStrings(s), nil
	case columnar.Int:
		n, err := strconv.ParseInt(s, 10, 32)
		if err != nil {
			return nil, bad()
		}
		return columnar.ScalarOf(int32(n)), nil
	case columnar.BigInt:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return nil, bad()
		}
		return columnar.ScalarOf(n), nil
	case columnar.Double:
		if strings.ContainsAny(s, "xX_") {
			return nil, bad()
		}
		d, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return nil, bad()
		}
		return columnar.ScalarOf(d), nil
	case columnar.Decimal:
		if n, ok := new(big.Int).SetString(s, 10); t.Scale == 0 && ok && len(strings.TrimLeft(s, "+-0")) <= int(t.Precision) {
			return decimalVector(n, t), nil
		}
	case columnar.Date:
		if d, err := time.Parse(time.DateOnly, s); err == nil {
			return columnar.NewFixed(t, []int32{int32(d.Unix() / 86400)}, nil), nil
		}
	case columnar.Timestamp:
		if d, err := time.ParseInLocation("2006-01-02 15:04:05.999999", s, zone); err == nil {
			return columnar.NewFixed(t, []int64{d.UnixMicro()}, nil), nil
		}
	}
	v, err := columnar.Cast(columnar.CastContext{Mode: columnar.CastANSI, Zone: zone}, columnar.NewStrings(s), t, columnar.AllRows(1))
	if err != nil {
		return nil, bad()
	}
	return v, nil
}

func decimalVector(n *big.Int, t columnar.Type) columnar.Vector {
	if t.Precision <= columnar.MaxPrecision64 {
		return columnar.NewFixed(t, []int64{n.Int64()}, nil)
	}
	lo := new(big.Int).And(n, new(big.Int).SetUint64(^uint64(0))).Uint64()
	hi := new(big.Int).Rsh(n, 64).Int64()
	return columnar.NewFixed(t, []columnar.Int128{{Lo: lo, Hi: hi}}, nil)
}

// Zone is the time zone of the option timeZone, which sessions set to their own; UTC if there is none.
func (o Options) Zone() (*time.Location, error) {
	name, ok := o.Get("timeZone")
	if !ok {
		return time.UTC, nil
	}
	return columnar.ParseZone(name)
}
