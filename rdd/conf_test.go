package rdd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestParallelismPrecedence: the argument of a call goes before an option, that before keys given in the program, those
// before a file, and that before the number of slots.
func TestParallelismPrecedence(t *testing.T) {
	file := filepath.Join(t.TempDir(), "defaults.conf")
	text := "# keys of this machine\nspark.default.parallelism   5\nspark.master=local[3]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	keys := WithConf(map[string]string{"spark.default.parallelism": "6"})
	for _, c := range []struct {
		name string
		opts []ContextOption
		call int
		want int
	}{
		{"default", []ContextOption{WithThreads(3)}, 0, 3},
		{"file", []ContextOption{WithConfFile(file)}, 0, 5},
		{"program", []ContextOption{keys, WithConfFile(file)}, 0, 6},
		{"option", []ContextOption{WithParallelism(7), keys, WithConfFile(file)}, 0, 7},
		{"call", []ContextOption{WithParallelism(7), keys, WithConfFile(file)}, 8, 8},
	} {
		sc := newTestContext(t, c.opts...)
		parts, err := Parallelize(sc, []int{1, 2, 3}, c.call).Partitions(t.Context())
		if err != nil || len(parts) != c.want {
			t.Errorf("%s: %d partitions (%v), want %d", c.name, len(parts), err, c.want)
		}
	}
}

// TestConfErrors: what is not understood is refused with its place.
func TestConfErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "defaults.conf")
	for text, want := range map[string]string{
		"\nspark.default.paralelism 5": `:2: rdd: unknown configuration key "spark.default.paralelism"`,
		"spark.default.parallelism x":  `:1: rdd: configuration key spark.default.parallelism: "x" is not a whole number`,
		"spark.master":                 `:1: "spark.master" has no value`,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := NewContext(WithConfFile(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
	if _, err := NewContext(WithConfFile(file + ".none")); err == nil {
		t.Error("a file that is not there was accepted")
	}
}
