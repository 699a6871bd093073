package datasources

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every cut of a file into two splits must give the lines of the whole file, whatever ends them.
func TestLinesSplit(t *testing.T) {
	for _, c := range []struct{ text, sep string }{
		{"a\nbb\n\nccc", ""}, {"a\r\nbb\r\n\r\nccc\r\n", ""}, {"a\rbb\r\rccc\r", ""}, {"a\nb\r\nc\rd\n\re", ""},
		{"\n", ""}, {"one", ""}, {"x\ny|z|", "|"}, {"||a|b", "|"},
	} {
		path := filepath.Join(t.TempDir(), "f.txt")
		if err := os.WriteFile(path, []byte(c.text), 0o666); err != nil {
			t.Fatal(err)
		}
		files, err := Find(t.Context(), []string{path}, Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		f := files.List[0]
		want := strings.Join(linesOf(t, f, 0, -1, c.sep), ";")
		for cut := int64(0); cut <= f.Size; cut++ {
			got := strings.Join(append(linesOf(t, f, 0, cut, c.sep), linesOf(t, f, cut, f.Size, c.sep)...), ";")
			if got != want {
				t.Errorf("%q cut at %d: %q, want %q", c.text, cut, got, want)
			}
		}
	}
}

func linesOf(t *testing.T, f *File, start, end int64, sep string) []string {
	t.Helper()
	l, err := OpenLines(f, start, end, sep, "")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var out []string
	for {
		b, _, err := l.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		for len(b) > 0 {
			n, next := l.LineEnd(b)
			out = append(out, fmt.Sprintf("%q", b[:n]))
			b = b[next:]
		}
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"*.csv", "a.csv", true}, {"*.{csv,json}", "a.json", true}, {"a[0-9]?", "a1b", true}, {"a[^0-9]", "a1", false},
		{"{a,b{c,d}}e", "bde", true}, {"{a,b}", "{a,b}", false}, {`\*`, "*", true},
	} {
		if got := parseGlob(c.pattern).match(c.name); got != c.want {
			t.Errorf("%s on %s: %v", c.pattern, c.name, got)
		}
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.csv", "_hidden.csv", ".x.csv", "d/b.csv", "k=1/c.csv", "k=2/c.csv"} {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte("x"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		paths, want string
	}{
		{"*.csv", "a.csv"}, {"k=*/c.csv", "k=1/c.csv k=2/c.csv"}, {"{d,k=1}", "d/b.csv k=1/c.csv"}, {"_hidden.csv", "_hidden.csv"},
		{"k=1 a.csv", "k=1/c.csv a.csv"}, {"*/*.csv", "d/b.csv k=1/c.csv k=2/c.csv"},
	} {
		var paths, got []string
		for _, p := range strings.Fields(c.paths) {
			paths = append(paths, dir+"/"+p)
		}
		files, err := Find(t.Context(), paths, Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files.List {
			got = append(got, strings.TrimPrefix(f.Path, dir+"/"))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.paths, got, c.want)
		}
	}
	base := NewOptions(map[string]string{"basePath": dir})
	files, err := Find(t.Context(), []string{dir + "/k=*"}, base, nil)
	if err != nil || len(files.Partition) != 1 || files.Partition[0].Type.String() != "int" {
		t.Errorf("partitions below the base path: %v, %v", files, err)
	}
}

func TestFormatOf(t *testing.T) {
	for path, want := range map[string]string{
		"a/flights.csv.gz": "csv flights", "x.parquet": "parquet x", "t.json.zst": "json t", "dir/": " dir", "a.b.tsv": "csv a.b", "noext": " noext",
	} {
		if f, n := FormatOf(path); f+" "+n != want {
			t.Errorf("%s: %s %s, want %s", path, f, n, want)
		}
	}
}
