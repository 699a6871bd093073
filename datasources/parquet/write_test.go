package parquet

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go/format"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources/sourcetest"
)

// shapes are ways in which the values of a column come; of 10 rows, row 3 is NULL in batches that have NULLs.
var shapes = map[string]func(r *rand.Rand, i int) int64{
	"few":         func(r *rand.Rand, _ int) int64 { return r.Int64N(5) },
	"all new":     func(_ *rand.Rand, i int) int64 { return int64(i) * 7919 },
	"new at last": func(_ *rand.Rand, i int) int64 { return int64(max(0, i-30_000)) },
	"new first":   func(_ *rand.Rand, i int) int64 { return int64(min(i, 5000)) },
	"in pairs":    func(_ *rand.Rand, i int) int64 { return int64(i / 2) },
	"runs":        func(_ *rand.Rand, i int) int64 { return int64(i / 1000) },
}

// shapedBatch makes n rows of a BIGINT, a DOUBLE with NaN and -0, a FLOAT, a STRING, a BOOLEAN and an array column.
func shapedBatch(t *testing.T, from, n int, nulls bool, value func(i int) int64) columnar.Batch {
	schema := schemaOf(t, "i bigint, d double, f float, s string, b boolean, a array<int>")
	builders := make([]columnar.Builder, schema.Len())
	for k, f := range schema.Fields {
		builders[k] = columnar.NewBuilder(f.Type, n)
	}
	for i := from; i < from+n; i++ {
		x := value(i)
		d := float64(x) / 2
		switch x % 5 {
		case 3:
			d = math.NaN()
		case 4:
			d = math.Copysign(0, -1)
		}
		list := &columnar.List{Typ: schema.Fields[5].Type, Offsets: []int32{0, int32(x & 1)}, Elems: columnar.NewFixed(columnar.IntType, []int32{int32(x)}[:x&1], nil)}
		row := []columnar.Vector{columnar.ScalarOf(x), columnar.ScalarOf(d), columnar.ScalarOf(float32(d)),
			columnar.ScalarOf(strings.Repeat("long prefix ", int(x%3)) + fmt.Sprint(x)), columnar.ScalarOf(x%2 == 0), list}
		for k, v := range row {
			if nulls && i%10 == 3 {
				builders[k].AppendNull()
			} else {
				builders[k].Append(v, 0)
			}
		}
	}
	out := columnar.Batch{Schema: schema, Len: n}
	for _, b := range builders {
		out.Cols = append(out.Cols, b.Build())
	}
	return out
}

// Batches with and without NULLs share row groups, so that levels are left out at first and filled in later.
func TestWriteShapes(t *testing.T) {
	for name, shape := range shapes {
		r := rand.New(rand.NewPCG(7, 7))
		value := func(i int) int64 { return shape(r, i) }
		var batches []columnar.Batch
		at := 0
		for k, n := range []int{1, 2047, 40_000, 10, 5000} {
			batches = append(batches, shapedBatch(t, at, n, k%2 == 1, value))
			at += n
		}
		var out bytes.Buffer
		e, err := newEncoder(&out, batches[0].Schema, format.Snappy)
		for _, b := range batches {
			if err == nil {
				err = e.Write(b)
			}
		}
		if err == nil {
			err = e.Close()
		}
		path := filepath.Join(t.TempDir(), "f.parquet")
		if err == nil {
			err = os.WriteFile(path, out.Bytes(), 0o666)
		}
		if err != nil {
			t.Fatal(name, err)
		}
		checkWritten(t, name, path, columnar.ConcatBatches(batches[0].Schema, batches))
	}
}

func checkWritten(t *testing.T, name, path string, want columnar.Batch) {
	t.Helper()
	table, err := Format{}.Open(t.Context(), []string{path}, nil, nil)
	if err != nil {
		t.Fatal(name, err)
	}
	rows, err := sourcetest.Rows(t.Context(), table, nil, 0)
	if err != nil || len(rows) != want.Len {
		t.Fatalf("%s: %d rows, want %d, %v", name, len(rows), want.Len, err)
	}
	for i, r := range rows {
		for c, v := range want.Cols {
			if w := text(v, i); r[c] != w {
				t.Fatalf("%s: row %d column %d: %q, want %q", name, i, c, r[c], w)
			}
		}
	}
}

func TestDictionary(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for name, shape := range shapes {
		for _, n := range []int{1, 2, 100, 50_000} {
			words, texts := &leafBuffer{physical: format.Int64}, &leafBuffer{physical: format.ByteArray}
			for i := range n {
				x := shape(r, i)
				words.words = append(words.words, x)
				texts.data = fmt.Append(texts.data, x)
				texts.ends = append(texts.ends, len(texts.data))
			}
			for _, l := range []*leafBuffer{words, texts} {
				checkDictionary(t, fmt.Sprintf("%s of %d", name, n), l, n)
			}
		}
	}
}

// checkDictionary compares a dictionary, if there is one, and what statistics it gives with the values themselves.
func checkDictionary(t *testing.T, name string, l *leafBuffer, n int) {
	t.Helper()
	d := l.dictionary()
	if a, b := d.different(l).statistics(), l.statistics(); !bytes.Equal(a.MinValue, b.MinValue) || !bytes.Equal(a.MaxValue, b.MaxValue) {
		t.Errorf("%s: statistics %v, want %v", name, a, b)
	}
	if d == nil {
		return
	}
	for i := range n {
		if want, got := l.appendPlain(nil, i, i+1), l.appendPlain(nil, int(d.first[d.codes[i]]), int(d.first[d.codes[i]])+1); !bytes.Equal(got, want) {
			t.Fatalf("%s: value %d is %v, want %v", name, i, got, want)
		}
	}
	if len(d.plain) != len(l.appendPlain(nil, 0, n)) && len(d.first) == n {
		t.Errorf("%s: the dictionary has %d bytes", name, len(d.plain))
	}
}

func TestTextBounds(t *testing.T) {
	for _, values := range [][]string{
		{""}, {"b", "a"}, {"prefix 1", "prefix 12", "prefix 11", "prefix"}, {"a\x00", "a", "a\x00\x00"}, {"12345678b", "12345678a", "12345678", "1234567"},
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff", "\xff", ""},
	} {
		l := &leafBuffer{physical: format.ByteArray}
		lo, hi := values[0], values[0]
		for _, v := range values {
			l.data = append(l.data, v...)
			l.ends = append(l.ends, len(l.data))
			lo, hi = min(lo, v), max(hi, v)
		}
		if a, b := l.textBounds(); string(a) != lo || string(b) != hi {
			t.Errorf("%q: from %q to %q, want %q to %q", values, a, b, lo, hi)
		}
	}
}
