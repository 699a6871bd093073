package main

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/chzyer/readline"
)

// TestKeyFilter: the library takes Delete on an empty line for the end of input, moves by one character for Ctrl-Left, and submits each line of a pasted text.
func TestKeyFilter(t *testing.T) {
	tests := []struct{ name, in, want string }{ // a vertical bar is where one read of the terminal ends
		{"letters", "SELECT 1\r", "SELECT 1\r"},
		{"delete", "a\x1b[3~b", "ab"},
		{"word left", "\x1b[1;5D", "\x1bb"},
		{"word right", "\x1b[1;5C", "\x1bf"},
		{"cut", "\x1b[|1;5|C", "\x1bf"},
		{"arrow", "\x1b[A", "\x1b[A"},
		{"escape alone", "\x1b", "\x1b"},
		{"paste", "\x1b[200~a,\r\tb\n\x1b[201~;\r", "a,↵    b↵;\r"},
		{"not ASCII", "日本", "日本"},
	}
	for _, c := range tests {
		k := &keyFilter{}
		for _, keys := range strings.Split(c.in, "|") {
			k.translate([]byte(keys))
		}
		if got := string(k.pending); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestPainter(t *testing.T) {
	t.Setenv("NO_COLOR", "")
	if err := os.Unsetenv("NO_COLOR"); err != nil {
		t.Fatal(err)
	}
	got := string(painter{}.Paint([]rune("SELECT 'x', 1 -- c"), 0))
	want := "\x1b[34mSELECT\x1b[0m \x1b[32m'x'\x1b[0m, \x1b[36m1\x1b[0m \x1b[33m-- c\x1b[0m"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestComplete(t *testing.T) {
	for text, want := range map[string]bool{
		"SELECT 1;": true, "SELECT 1": false, "SELECT ';": false, "SELECT 1 /* ;": false, "-- nothing": true, "SELECT 1; SELECT 2": false, "SELECT `a;b`;": true,
	} {
		if complete(text) != want {
			t.Errorf("complete(%q) = %v", text, !want)
		}
	}
}

func TestPlainEditor(t *testing.T) {
	e := &plainEditor{in: strings.NewReader("one\ntwo\n\nlast")}
	for _, want := range []string{"one", "two", "", "last"} {
		if got, err := e.ReadLine(""); got != want || err != nil {
			t.Errorf("ReadLine = %q, %v; want %q", got, err, want)
		}
	}
	if _, err := e.ReadLine(""); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

var (
	_ readline.AutoCompleter = (*completer)(nil)
	_ readline.Painter       = painter{}
)
