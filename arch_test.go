package gosql_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// layers says which of our packages each package may import. It is the architecture, not a description of it. Do not relax it to fix a build.
//
// "x/*" stands for the packages below x; every package may import internal packages other than internal/slt.
const layers = `
columnar:
rdd:                 rdd/vfs
rdd/vfs:
logical:             columnar
logical/analyzer:    logical columnar
logical/optimizer:   logical columnar
functions:           logical columnar
sql:                 logical columnar
datasources:         logical columnar
datasources/*:       logical columnar datasources
physical:            logical rdd columnar
.:                   columnar rdd logical logical/analyzer logical/optimizer functions sql datasources datasources/* physical
cmd/gosql:           . columnar rdd logical sql functions datasources
internal/slt:        .
internal/*:
examples/*:          . rdd
bench/*:             . rdd
`

// owners says which packages may import a module from outside; modules that are not listed may not be imported at all.
const owners = `
github.com/apache/arrow/go/v17:            columnar datasources/arrowipc
github.com/pingcap/tidb/pkg/parser:        sql
github.com/parquet-go/parquet-go:          datasources/parquet
github.com/chzyer/readline:                cmd/gosql
github.com/spf13/cobra:                    cmd/gosql
github.com/klauspost/compress:             rdd datasources datasources/*
github.com/pierrec/lz4/v4:                 rdd datasources datasources/*
github.com/andybalholm/brotli:             datasources datasources/*
github.com/rivo/uniseg:                    . cmd/gosql
golang.org/x/sys:                          rdd columnar datasources datasources/*
`

const module = "github.com/gosql-engine/gosql"

// parseTable reads "name: word word" lines.
func parseTable(text string) map[string][]string {
	out := map[string][]string{}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		name, rest, _ := strings.Cut(line, ":")
		out[name] = strings.Fields(rest)
	}
	return out
}

// lookup finds a package in a table, by its name or by the pattern of its folder.
func lookup(table map[string][]string, pkg string) ([]string, bool) {
	if v, ok := table[pkg]; ok {
		return v, true
	}
	if i := strings.LastIndexByte(pkg, '/'); i >= 0 {
		v, ok := table[pkg[:i]+"/*"]
		return v, ok
	}
	return nil, false
}

func allowed(list []string, pkg string) bool {
	for _, a := range list {
		if a == pkg || strings.HasSuffix(a, "/*") && strings.HasPrefix(pkg, a[:len(a)-1]) {
			return true
		}
	}
	return false
}

// TestLayers holds the imports of every file against the tables. Imports are read in-process, so that the test cache sees what they depend on.
func TestLayers(t *testing.T) {
	table, third := parseTable(layers), parseTable(owners)
	files := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files++
		pkg := filepath.ToSlash(filepath.Dir(path))
		may, ok := lookup(table, pkg)
		if !ok {
			t.Errorf("%s: package %s stands in no layer: add it to the table, with a reason in ARCHITECTURE.md", path, pkg)
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			checkImport(t, path, pkg, strings.Trim(spec.Path.Value, `"`), may, third)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Fatal("no files read")
	}
}

func checkImport(t *testing.T, path, pkg, imp string, may []string, third map[string][]string) {
	t.Helper()
	switch {
	case imp == module || strings.HasPrefix(imp, module+"/"):
		ours := strings.TrimPrefix(strings.TrimPrefix(imp, module), "/")
		if ours == "" {
			ours = "."
		}
		if strings.HasPrefix(ours, "internal/") && ours != "internal/slt" {
			if strings.HasPrefix(pkg, "internal/") && pkg != "internal/slt" {
				t.Errorf("%s: internal packages import none of ours, but this imports %s", path, ours)
			}
			return
		}
		if !allowed(may, ours) {
			t.Errorf("%s: package %s may not import %s", path, pkg, ours)
		}
	case strings.Contains(strings.SplitN(imp, "/", 2)[0], "."):
		for mod, pkgs := range third {
			if imp == mod || strings.HasPrefix(imp, mod+"/") {
				if !allowed(pkgs, pkg) {
					t.Errorf("%s: %s belongs to %s, not to %s", path, mod, strings.Join(pkgs, ", "), pkg)
				}
				return
			}
		}
		t.Errorf("%s: %s is a module that no package owns", path, imp)
	}
}
