package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gosql-engine/gosql"
	"github.com/gosql-engine/gosql/rdd"
)

// TestParallelismPrecedence: the argument of a call goes before the command line, that before a file of properties, and
// that before the number of slots.
func TestParallelismPrecedence(t *testing.T) {
	file := filepath.Join(t.TempDir(), "defaults.conf")
	text := "spark.default.parallelism 5\nspark.sql.session.timeZone UTC\nspark.sql.ansi.enabled false\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		call int
		want int
	}{
		{"default", []string{"--threads=3"}, 0, 3},
		{"master", []string{"--conf", "spark.master=local[4]"}, 0, 4},
		{"threads before master", []string{"--threads=3", "--conf", "spark.master=local[4]"}, 0, 3},
		{"file", []string{"--threads=3", "--properties-file", file}, 0, 5},
		{"command line", []string{"--threads=3", "--properties-file", file, "--conf", "spark.default.parallelism=6"}, 0, 6},
		{"command line by set", []string{"--set", "spark.default.parallelism=6", "--properties-file", file}, 0, 6},
		{"call", []string{"--conf", "spark.default.parallelism=6"}, 8, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sessionOf(t, c.args...)
			parts, err := rdd.Parallelize(s.RDD(), []int{1, 2, 3}, c.call).Partitions(t.Context())
			if err != nil || len(parts) != c.want {
				t.Errorf("%d partitions (%v), want %d", len(parts), err, c.want)
			}
		})
	}
	s := sessionOf(t, "--properties-file", file)
	if zone := s.Get("spark.sql.session.timeZone"); zone != "UTC" {
		t.Errorf("the time zone of the file is not set: %q", zone)
	}
	if ansi := s.Get("spark.sql.ansi.enabled"); ansi != "false" {
		t.Errorf("the ANSI mode of the file is not set: %q", ansi)
	}
}

// sessionOf starts the session that a command line asks for.
func sessionOf(t *testing.T, args ...string) *gosql.Session {
	t.Helper()
	o := &options{}
	cmd := o.command()
	if err := cmd.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	s, err := gosql.NewSession(o.sessionOptions()...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
