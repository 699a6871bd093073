package main

import (
	"context"
	"strings"
	"testing"
)

func TestKMeans(t *testing.T) {
	var out strings.Builder
	if err := run(context.Background(), &out, 4000, 3); err != nil {
		t.Fatal(err)
	}
	_, centres, _ := strings.Cut(out.String(), "\n")
	if want := "(10, 0)\n(20, 0)\n(30, 0)\n"; centres != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
