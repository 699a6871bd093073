package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	ours := file("ours", "RESULT\tsum\t1000\t10\t7\nRESULT\tsum\t1000\t30\t7\nRESULT\tsum\t1000\t20\t7\nVERSION\tours\nVmHWM\t1024\n")
	theirs := file("theirs", "Welcome\nRESULT\tsum\t1000\t100\t7\nVERSION\ttheirs\nVmHWM\t4096\n")
	var out strings.Builder
	if err := compare(&out, ours, theirs); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"ours against theirs", "5.0x", "4.0x"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if err := compare(&out, ours, file("other", "RESULT\tsum\t1000\t100\t8\n")); err == nil {
		t.Error("different answers are not an error")
	}
}

func TestWordsRepeat(t *testing.T) {
	dir := t.TempDir()
	var texts [2]string
	for i := range texts {
		path := filepath.Join(dir, "words")
		if err := writeWords(path, 1000); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = string(raw)
	}
	if texts[0] != texts[1] || len(strings.Fields(texts[0])) != 1000 || strings.Count(texts[0], "\n") != 100 {
		t.Errorf("%d words in %d lines, repeated %v", len(strings.Fields(texts[0])), strings.Count(texts[0], "\n"), texts[0] == texts[1])
	}
}
