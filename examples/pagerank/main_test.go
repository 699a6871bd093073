package main

import (
	"context"
	"strings"
	"testing"
)

func TestPageRank(t *testing.T) {
	var out strings.Builder
	links := []link{{Key: 1, Val: 2}, {Key: 2, Val: 1}, {Key: 3, Val: 1}, {Key: 1, Val: 3}}
	if err := run(context.Background(), &out, links, 40); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 4 || lines[0] != "page 1: 1.459" || !strings.HasSuffix(lines[1], ": 0.771") || !strings.HasSuffix(lines[2], ": 0.771") {
		t.Errorf("got\n%s", out.String())
	}
}

func TestWebRepeats(t *testing.T) {
	a, b := web(50), web(50)
	if len(a) != len(b) || a[0] != b[0] || a[len(a)-1] != b[len(b)-1] {
		t.Error("one seed made two webs")
	}
}
