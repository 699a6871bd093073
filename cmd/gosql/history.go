package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
)

// history is the statements of this and earlier shells, oldest first. The file holds one JSON string a line, so that statements of several lines survive, and only its owner can read it.
type history struct {
	path    string
	entries []string
}

// historyLimit is how many statements are kept.
const historyLimit = 2000

// openHistory reads the history; a shell without one works too.
func openHistory() *history {
	h := &history{path: historyPath()}
	f, err := os.Open(h.path)
	if err != nil {
		return h
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var s string
		if json.Unmarshal(lines.Bytes(), &s) == nil {
			h.entries = append(h.entries, s)
		}
	}
	if len(h.entries) > historyLimit {
		h.entries = h.entries[len(h.entries)-historyLimit:]
		h.rewrite()
	}
	return h
}

// historyPath is in the folder that the XDG rules name for state.
func historyPath() string {
	dir := os.Getenv("XDG_STATE_HOME")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(dir, "gosql", "history")
}

// add appends a statement, unless it is the last one again or holds a secret.
func (h *history) add(s string) {
	if s == "" || len(h.entries) > 0 && h.entries[len(h.entries)-1] == s || holdsSecret(s) {
		return
	}
	h.entries = append(h.entries, s)
	if h.path == "" || os.MkdirAll(filepath.Dir(h.path), 0o700) != nil {
		return
	}
	f, err := os.OpenFile(h.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return // the shell works without a history
	}
	defer f.Close()
	_ = json.NewEncoder(f).Encode(s)
}

// holdsSecret says whether a statement seems to set a password or key.
func holdsSecret(s string) bool {
	l := strings.ToLower(s)
	for _, w := range []string{"password", "secret", "access.key", "token="} {
		if strings.Contains(l, w) {
			return true
		}
	}
	return false
}

func (h *history) rewrite() {
	f, err := os.OpenFile(h.path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	enc := json.NewEncoder(f)
	for _, s := range h.entries {
		_ = enc.Encode(s)
	}
}
