package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"testing"
)

// TestStatementsAsTheyCome talks to the command: the result of each statement is there before the next is written.
func TestStatementsAsTheyCome(t *testing.T) {
	cmd := command(t, t.TempDir(), nil)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var problems strings.Builder
	cmd.Stderr = &problems
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	results := bufio.NewReader(out)
	for i, statement := range []string{"SELECT 1 AS a;\n", "-- two lines; one statement\nSELECT ';'\n  AS a;\n", "SELECT 3 AS a; -- done\n"} {
		if _, err := io.WriteString(in, statement); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"a", []string{"1", ";", "3"}[i]} {
			if line, err := results.ReadString('\n'); err != nil || strings.TrimSpace(line) != want {
				t.Fatalf("statement %d: %q %v, want %q", i, line, err, want)
			}
		}
	}
	fmt.Fprint(in, "\nSELECT 4 AS a;\n  SELECT nope")
	in.Close()
	rest, _ := io.ReadAll(results)
	if err := cmd.Wait(); err == nil || string(rest) != "a\n4\n" || !strings.Contains(problems.String(), "<stdin>:8:10: ") {
		t.Errorf("%v, %q, %s", err, rest, problems.String())
	}
}
