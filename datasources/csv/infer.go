package csv

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"strconv"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
)

// inferSchema finds names and types of the columns: the names from the first file's header, the types (with inferSchema) from all
// rows of all files, as Spark's CSVInferSchema does; all are STRING without.
func (c *config) inferSchema(ctx context.Context, files []*datasources.File) (*columnar.Schema, error) {
	names, err := c.columnNames(files)
	if err != nil {
		return nil, err
	}
	types := make([]columnar.Type, len(names))
	if c.infer && len(names) > 0 {
		if err := c.inferTypes(ctx, files, types); err != nil {
			return nil, err
		}
	}
	fields := make([]columnar.Field, len(names))
	for i, n := range names {
		if types[i].Kind == columnar.Void {
			types[i] = columnar.StringType
		}
		fields[i] = columnar.Field{Name: n, Type: types[i], Nullable: true}
	}
	return columnar.NewSchema(fields...), nil
}

// columnNames reads the first record of the first file that has one.
func (c *config) columnNames(files []*datasources.File) ([]string, error) {
	for _, f := range files {
		r, err := openRecords(newTokenizer(c, nil, true), &datasources.LineSplit{Of: f, End: -1})
		if err != nil {
			return nil, err
		}
		first, err := firstRecord(r)
		r.lines.Close()
		if err != nil {
			return nil, datasources.ReadError(f.Path, err)
		}
		if first == nil {
			continue
		}
		if len(first) > c.maxColumns {
			return nil, datasources.ReadError(f.Path, columnar.Errorf("MALFORMED_CSV_RECORD",
				"The first record of %q has %d fields; the option maxColumns allows %d.", f.Path, len(first), c.maxColumns))
		}
		return c.safeNames(first), nil
	}
	return nil, nil
}

func firstRecord(r *records) ([]string, error) {
	for {
		if err := r.nextBlock(); err == io.EOF {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		if fields, ok := r.skipHeader(); ok {
			return fields, nil
		}
	}
}

// safeNames makes column names of a header: unnamed columns are called _c0, _c1, … by position, and names that come more than once,
// also by case, get their position behind them.
func (c *config) safeNames(header []string) []string {
	out := make([]string, len(header))
	if !c.header {
		for i := range header {
			out[i] = "_c" + strconv.Itoa(i)
		}
		return out
	}
	count := map[string]int{}
	for _, h := range header {
		count[strings.ToLower(h)]++
	}
	for i, h := range header {
		switch {
		case h == "" || h == c.nullValue:
			out[i] = "_c" + strconv.Itoa(i)
		case count[strings.ToLower(h)] > 1:
			out[i] = h + strconv.Itoa(i)
		default:
			out[i] = h
		}
	}
	return out
}

// inferTypes widens types by all values. The files are read in pieces, side by side; a column's types are merged in the pieces' order.
func (c *config) inferTypes(ctx context.Context, files []*datasources.File, types []columnar.Type) error {
	splits := datasources.SplitLines(files, runtime.GOMAXPROCS(0), c.multiLine || !datasources.Divisible(c.charset, c.lineSep))
	found := make([][]columnar.Type, len(splits))
	err := datasources.Parallel(ctx, len(splits), func(i int) error {
		var err error
		if found[i], err = c.inferSplit(ctx, splits[i].(*datasources.LineSplit), len(types)); c.ignoreCorrupt {
			return nil
		}
		return datasources.ReadError(splits[i].File().Path, err)
	})
	if err != nil {
		return err
	}
	for _, f := range found {
		for k, t := range f {
			types[k] = compatible(types[k], t)
		}
	}
	return nil
}

// inference finds types in the records of a split.
type inference struct {
	*config
	formats *datasources.TextFormats
	types   []columnar.Type
	open    []int // columns that are not known to be STRING
}

func (c *config) inferSplit(ctx context.Context, s *datasources.LineSplit, columns int) ([]columnar.Type, error) {
	wanted := make([]int, columns)
	for i := range wanted {
		wanted[i] = i
	}
	r, err := openRecords(newTokenizer(c, wanted, false), s)
	if err != nil {
		return nil, err
	}
	defer r.lines.Close()
	in := &inference{config: c, formats: c.formats.Clone(), types: make([]columnar.Type, columns)}
	spans := make([]span, columns)
	share := 0.0
	for ctx.Err() == nil {
		if err := r.nextBlock(); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		if c.header {
			r.skipHeader()
		}
		in.narrow(r.tokenizer)
		for {
			_, _, _, ok := r.next(spans)
			if !ok {
				break
			}
			if share += c.sampling; share < 1 {
				continue
			}
			share -= 1
			in.record(r, spans)
		}
	}
	return in.types, nil
}

// narrow lists the columns that may still change. A column that has been found to be STRING stays so: the values are not looked at
// any more, and the rest of a record behind the last other column is not even cut into fields.
func (in *inference) narrow(t *tokenizer) {
	in.open = in.open[:0]
	for i, typ := range in.types {
		if typ.Kind != columnar.String {
			in.open = append(in.open, i)
		}
	}
	last := -1
	if n := len(in.open); n > 0 {
		last = in.open[n-1]
	}
	t.slots = t.slots[:last+1]
}

func (in *inference) record(r *records, spans []span) {
	for _, i := range in.open {
		s := spans[i]
		if s == nullSpan || in.types[i].Kind == columnar.String {
			continue
		}
		b := r.bytes(s)
		if len(b) == 0 || string(b) == in.nullValue {
			continue
		}
		if !obvious(in.types[i].Kind, b) {
			in.types[i] = in.field(in.types[i], b)
		}
	}
}

// obvious is the fast path for the values of most files: digits in a column of numbers, one point among them in one of doubles. They
// change nothing, so that they need not be converted.
func obvious(k columnar.Kind, b []byte) bool {
	most, points := 9, 0
	switch k {
	case columnar.Int:
	case columnar.BigInt:
		most = 18
	case columnar.Double:
		most, points = 64, 1
	default:
		return false
	}
	if len(b) > most {
		return false
	}
	digits := 0
	for _, c := range b {
		if c-'0' <= 9 {
			digits++
		} else if c != '.' {
			return false
		}
	}
	return digits > 0 && len(b)-digits <= points
}

// field is the type of a column so far with one more value.
func (in *inference) field(sofar columnar.Type, b []byte) columnar.Type {
	var t columnar.Type
	switch sofar.Kind {
	case columnar.Void, columnar.Int:
		t = in.integer(b)
	case columnar.BigInt:
		t = in.integer(b)
		if t.Kind == columnar.Int {
			t = sofar
		}
	case columnar.Decimal:
		t = in.decimal(b)
	case columnar.Double:
		t = in.double(b)
	case columnar.Date:
		t = in.date(b)
	case columnar.Timestamp:
		t = in.timestamp(b)
	case columnar.Boolean:
		t = boolean(b)
	default:
		return columnar.StringType
	}
	if t == sofar {
		return t
	}
	return compatible(sofar, t)
}

// The types are tried from narrow to wide; each falls through to the next.

func (in *inference) integer(b []byte) columnar.Type {
	if v, ok := parseInt(b); ok {
		if v == int64(int32(v)) {
			return columnar.IntType
		}
		return columnar.BigIntType
	}
	return in.decimal(b)
}

func (in *inference) decimal(b []byte) columnar.Type {
	if digits, ok := wholeDigits(b); ok && digits <= columnar.MaxPrecision {
		return columnar.DecimalType(max(digits, 1), 0)
	}
	return in.double(b)
}

// wholeDigits counts the significant digits of a whole number, in which commas mean nothing.
func wholeDigits(b []byte) (int, bool) {
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		b = b[1:]
	}
	digits, any := 0, false
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9':
			any = true
			if digits > 0 || c != '0' {
				digits++
			}
		case c == ',' || c == '.' && i == len(b)-1:
		default:
			return 0, false
		}
	}
	return digits, any
}

func (in *inference) double(b []byte) columnar.Type {
	if _, ok := in.parseDouble(b); ok {
		return columnar.DoubleType
	}
	return in.date(b)
}

func (in *inference) date(b []byte) columnar.Type {
	if in.preferDate && in.formats.InferDate(b) {
		return columnar.DateType
	}
	return in.timestamp(b)
}

func (in *inference) timestamp(b []byte) columnar.Type {
	if b[0] >= '0' && b[0] <= '9' || b[0] == 'T' || b[0] == '-' || b[0] == '+' || in.formats.HasTimestamp() {
		if _, ok := in.formats.Timestamp(b); ok {
			return columnar.TimestampType
		}
	}
	return boolean(b)
}

func boolean(b []byte) columnar.Type {
	if _, ok := parseBool(b); ok {
		return columnar.BooleanType
	}
	return columnar.StringType
}

func parseBool(b []byte) (v, ok bool) {
	switch {
	case bytes.EqualFold(b, []byte("true")):
		return true, true
	case bytes.EqualFold(b, []byte("false")):
		return false, true
	}
	return false, false
}

// compatible is the narrowest type that holds the values of both; STRING if there is nothing else.
func compatible(a, b columnar.Type) columnar.Type {
	switch {
	case a == b || b.Kind == columnar.Void:
		return a
	case a.Kind == columnar.Void:
		return b
	case a.Kind == columnar.Date && b.Kind == columnar.Timestamp, a.Kind == columnar.Timestamp && b.Kind == columnar.Date:
		return columnar.TimestampType
	case !numeric(a) || !numeric(b):
		return columnar.StringType
	case a.Kind == columnar.Double || b.Kind == columnar.Double:
		return columnar.DoubleType
	case a.Kind == columnar.Decimal || b.Kind == columnar.Decimal:
		digits := max(digitsOf(a), digitsOf(b))
		if digits > columnar.MaxPrecision {
			return columnar.DoubleType
		}
		return columnar.DecimalType(digits, 0)
	}
	return columnar.BigIntType
}

func numeric(t columnar.Type) bool {
	return t.IsInteger() || t.Kind == columnar.Decimal || t.Kind == columnar.Double
}

func digitsOf(t columnar.Type) int {
	switch t.Kind {
	case columnar.Int:
		return 10
	case columnar.BigInt:
		return 20
	}
	return int(t.Precision)
}
