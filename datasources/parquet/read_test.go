package parquet

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources/sourcetest"
	"github.com/gosql-engine/gosql/logical"
)

// writeFile writes batches into a file, one row group a batch.
func writeFile(t *testing.T, path, codec string, batches ...columnar.Batch) {
	t.Helper()
	c, _, err := writeCodec(codec)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	e, err := newEncoder(&out, batches[0].Schema, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		if err := e.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := e.flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}

func schemaOf(t *testing.T, ddl string) *columnar.Schema {
	t.Helper()
	s, err := columnar.ParseSchema(ddl)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCodecs(t *testing.T) {
	schema := schemaOf(t, "i bigint, s string, d double, a array<int>")
	b := sourcetest.Batch(schema, 0, 70_000)
	for _, codec := range []string{"none", "snappy", "gzip", "zstd", "brotli", "lz4_raw"} {
		path := filepath.Join(t.TempDir(), "f.parquet")
		writeFile(t, path, codec, b)
		table, err := Format{}.Open(t.Context(), []string{path}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := sourcetest.Rows(t.Context(), table, nil, 0)
		if err != nil || len(rows) != b.Len {
			t.Fatalf("%s: %d rows, %v", codec, len(rows), err)
		}
		for i, r := range rows {
			for c, v := range b.Cols {
				if want := text(v, i); r[c] != want {
					t.Fatalf("%s: row %d column %d: %q, want %q", codec, i, c, r[c], want)
				}
			}
		}
	}
	if _, _, err := writeCodec("lzo"); sourcetest.Condition(err) != "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION" {
		t.Errorf("lzo: %v", err)
	}
}

func text(v columnar.Vector, i int) string {
	if v.IsNull(i) {
		return ""
	}
	return columnar.FormatValue(v, i)
}

func TestPruning(t *testing.T) {
	schema := schemaOf(t, "i bigint, s string, n int, d double")
	var groups []columnar.Batch
	for g := range 10 {
		groups = append(groups, sourcetest.Batch(schema, 100*g, 100*g+100))
	}
	path := filepath.Join(t.TempDir(), "f.parquet")
	writeFile(t, path, "snappy", groups...)
	table, err := Format{}.Open(t.Context(), []string{path}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	attrs := make([]*logical.Attr, schema.Len())
	for i, f := range schema.Fields {
		attrs[i] = logical.NewAttr(f.Name, f.Type, true)
	}
	call := func(name string, args ...logical.Expr) logical.Expr {
		return &logical.Call{Fn: &logical.Function{Name: name}, Args: args, T: columnar.BooleanType}
	}
	i, s, d := attrs[0], attrs[1], attrs[3]
	for _, c := range []struct {
		name   string
		filter logical.Expr
		groups int
	}{
		{"equal", call("=", i, logical.Lit(int64(350))), 1},
		{"mirrored", call(">", logical.Lit(int64(150)), i), 2},
		{"range", call("and", call(">=", i, logical.Lit(int64(300))), call("<", i, logical.Lit(int64(500)))), 2},
		{"or", call("or", call("=", i, logical.Lit(int64(5))), call("=", i, logical.Lit(int64(999)))), 2},
		{"or with unknown", call("or", call("=", i, logical.Lit(int64(5))), call("f", i)), 10},
		{"and with unknown", call("and", call("=", i, logical.Lit(int64(5))), call("f", i)), 1},
		{"in", call("in", i, logical.Lit(int64(5)), logical.Lit(int64(15)), logical.Lit(int64(777))), 2},
		{"none", call("<", i, logical.Lit(int64(0))), 0},
		{"prefix", call("like", s, logical.Lit("zzz%")), 0},
		{"is null", call("isnull", i), 0},
		{"is not null", call("isnotnull", s), 10},
		{"NaN is greatest", call(">", d, logical.Lit(1e300)), 10},
		{"double below", call("<", d, logical.Lit(-1.0)), 0},
		{"other type", call("=", i, logical.Lit(int32(5))), 10},
	} {
		scan, err := table.Scan(t.Context(), logical.ScanRequest{Columns: []int{0}, Filters: []logical.Expr{c.filter}, Attrs: attrs, Limit: -1})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(scan.Splits()); n != c.groups {
			t.Errorf("%s: %d row groups, want %d", c.name, n, c.groups)
		}
	}
	st := table.Statistics()
	if st.Rows != 1000 || columnar.FormatValue(st.Columns[0].Min, 0) != "0" || columnar.FormatValue(st.Columns[0].Max, 0) != "999" ||
		st.Columns[0].Nulls != 0 || !st.Columns[0].Exact || st.Columns[1].Nulls == 0 {
		t.Errorf("statistics: %+v", st)
	}
}

// A damaged file gives an error or wrong values, but never a panic.
func TestDamage(t *testing.T) {
	schema := schemaOf(t, "i bigint, s string, b boolean, w decimal(30,2), a array<struct<x:int,y:string>>, m map<string,double>")
	path := filepath.Join(t.TempDir(), "f.parquet")
	writeFile(t, path, "none", sourcetest.Batch(schema, 0, 500), sourcetest.Batch(schema, 500, 600))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 3000 {
		spoiled := bytes.Clone(whole)
		for range 1 + random.IntN(4) {
			spoiled[random.IntN(len(spoiled))] ^= byte(1 + random.IntN(255))
		}
		if n%10 == 0 {
			spoiled = spoiled[:random.IntN(len(spoiled))]
		}
		p := filepath.Join(t.TempDir(), fmt.Sprint(n))
		if err := os.WriteFile(p, spoiled, 0o666); err != nil {
			t.Fatal(err)
		}
		table, err := Format{}.Open(t.Context(), []string{p}, nil, nil)
		if err == nil {
			_, err = sourcetest.Rows(t.Context(), table, nil, 64)
		}
		if err != nil && sourcetest.Condition(err) == "" {
			t.Errorf("an error without a condition: %v", err)
		}
		os.Remove(p)
	}
}

func TestHybrid(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		width := uint(random.IntN(33))
		values := make([]int32, random.IntN(300))
		for i := range values {
			if i > 0 && random.IntN(3) > 0 {
				values[i] = values[i-1]
			} else if width > 0 {
				values[i] = int32(random.Uint64() & (1<<width - 1))
			}
		}
		src := appendHybrid(nil, values, width)
		h := newHybrid(append(src, make([]byte, slack)...)[:len(src)], width)
		got := make([]int32, len(values))
		for at := 0; at < len(values); {
			n := min(1+random.IntN(40), len(values)-at)
			if random.IntN(4) == 0 {
				if err := h.skip(n); err != nil {
					t.Fatal(err)
				}
				copy(got[at:at+n], values[at:])
			} else if err := h.decode(got[at : at+n]); err != nil {
				t.Fatal(err)
			}
			at += n
		}
		for i := range values {
			if got[i] != values[i] {
				t.Fatalf("width %d: value %d is %d, want %d", width, i, got[i], values[i])
			}
		}
	}
}
