package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWordCount(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a.txt": "To be, or not to be:\nthat is the question.", "b.txt": "To do is to be!\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	if err := run(context.Background(), &out, dir, 4); err != nil {
		t.Fatal(err)
	}
	if want := "     4  to\n     3  be\n     2  is\n     1  do\n"; out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
