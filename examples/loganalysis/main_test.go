package main

import (
	"context"
	"strings"
	"testing"
)

const want = `  41 × 200 OK
   8 × 500 Internal Server Error
   4 × 304 Not Modified
2024-05-01T08 h:   8 % errors
2024-05-01T09 h:  25 % errors
2024-05-01T10 h:  58 % errors
2024-05-01T11 h:   0 % errors
2024-05-01T12 h:   8 % errors
2 lines were skipped
`

func TestLogAnalysis(t *testing.T) {
	var out strings.Builder
	if err := run(context.Background(), &out, "testdata/*.log"); err != nil {
		t.Fatal(err)
	}
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
