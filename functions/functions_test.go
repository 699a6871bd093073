package functions

import (
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Builtin() {
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			if seen[name] {
				t.Errorf("%s is there twice", name)
			}
			if name != strings.ToLower(name) {
				t.Errorf("%s is not in lower case", name)
			}
			seen[name] = true
		}
		if f.Usage == "" {
			t.Errorf("%s has no Usage", f.Name)
		}
		if f.Kind == nil {
			t.Errorf("%s does nothing", f.Name)
		}
	}
}

func TestLookup(t *testing.T) {
	if f := Lookup("CoaLesce"); f == nil || f.Name != "coalesce" {
		t.Errorf("Lookup finds %v", f)
	}
	if f := Lookup("no such function"); f != nil {
		t.Errorf("Lookup finds %v", f)
	}
}
