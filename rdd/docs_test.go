package rdd

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// declared lists what the files of this folder declare: names, methods under their type (RDD.Filter), and tests.
func declared(t *testing.T) (names, tests map[string]bool) {
	t.Helper()
	names, tests = map[string]bool{}, map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, path := range files {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		into := names
		if strings.HasSuffix(path, "_test.go") {
			into = tests
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				into[receiver(d)+d.Name.Name] = true
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if s, ok := s.(*ast.TypeSpec); ok {
						into[s.Name.Name] = true
					}
				}
			}
		}
	}
	return names, tests
}

// receiver is the type of a method with a dot behind it. What every RDD embeds counts as its own.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	name := ""
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" {
			name = id.Name
		}
		return name == ""
	})
	if name == "node" {
		name = "RDD"
	}
	return name + "."
}

var (
	apiName  = regexp.MustCompile("`(rdd|r|sc)\\.([A-Za-z0-9.]+)`")
	testName = regexp.MustCompile("`([A-Za-z0-9_]+)`")
)

// TestGuideNamesWhatExists holds the table of the guide against the source.
func TestGuideNamesWhatExists(t *testing.T) {
	guide, err := os.ReadFile("../docs/rdd.md")
	if err != nil {
		t.Fatal(err)
	}
	names, tests := declared(t)
	prefix := map[string]string{"rdd": "", "r": "RDD.", "sc": "Context."}
	rows := 0
	for line := range strings.Lines(string(guide)) {
		for _, m := range apiName.FindAllStringSubmatch(line, -1) { // in the text, too
			if !names[prefix[m[1]]+m[2]] {
				t.Errorf("%s.%s does not exist", m[1], m[2])
			}
		}
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !strings.Contains(cells[3], "`") {
			continue
		}
		rows++
		if !apiName.MatchString(cells[2]) && !strings.Contains(cells[2], "`context.Context`") {
			t.Errorf("no name of ours in %s", line)
		}
		for _, m := range testName.FindAllStringSubmatch(cells[3], -1) {
			if !tests[m[1]] {
				t.Errorf("test %s does not exist", m[1])
			}
		}
	}
	if rows < 60 {
		t.Errorf("%d rows found in the table", rows)
	}
}
