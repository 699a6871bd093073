package main

import (
	"errors"
	"io"
	"os"
	"strings"

	"github.com/chzyer/readline"
)

// lineEditor is the editor on chzyer/readline, with what that library lacks put around it: history of whole statements, pasted text of several lines, Delete on an empty line, word moves.
type lineEditor struct {
	rl    *readline.Instance
	stdin io.Closer // what the library reads keys from, below the wrapper that it puts around
}

// lineBreak stands for a line break inside a line that is edited: the library cannot show more than one.
const lineBreak = '↵'

func newEditor(s *shell, stdin io.Reader) editor {
	in, ok := stdin.(*os.File)
	if !ok {
		in = os.Stdin
	}
	keys := readline.NewCancelableStdin(&keyFilter{in: in})
	cfg := &readline.Config{
		Prompt:                 promptFirst,
		HistoryLimit:           historyLimit,
		DisableAutoSaveHistory: true,
		AutoComplete:           &completer{shell: s},
		Painter:                painter{},
		InterruptPrompt:        "^C",
		Stdin:                  keys,
		Stdout:                 os.Stderr, // results alone go to standard output
		Stderr:                 os.Stderr,
	}
	rl, err := readline.NewEx(cfg)
	if err != nil {
		return &plainEditor{in: in}
	}
	io.WriteString(os.Stderr, "\x1b[?2004h") // pasted text comes in brackets
	return &lineEditor{rl, keys}
}

func (e *lineEditor) ReadLine(prompt string) (string, error) {
	e.rl.SetPrompt(prompt)
	line, err := e.rl.Readline()
	if errors.Is(err, readline.ErrInterrupt) {
		return "", errInterrupt
	}
	return strings.ReplaceAll(line, string(lineBreak), "\n"), err
}

// SetHistory replaces the library's history: after an entry has been recalled, it saves the recalled text whatever it is told to save.
func (e *lineEditor) SetHistory(entries []string) {
	e.rl.ResetHistory()
	for _, s := range entries {
		_ = e.rl.SaveHistory(strings.ReplaceAll(s, "\n", string(lineBreak)))
	}
}

// Close gives the terminal back. The keyboard is closed first: the library closes its wrapper only, and would wait for a key if it has begun to read one.
func (e *lineEditor) Close() error {
	_ = e.stdin.Close() // never fails
	io.WriteString(os.Stderr, "\x1b[?2004l")
	return e.rl.Close()
}

// plainEditor reads lines where the terminal cannot be edited on.
type plainEditor struct {
	in  io.Reader
	buf []byte
}

func (e *plainEditor) ReadLine(prompt string) (string, error) {
	io.WriteString(os.Stderr, prompt)
	for {
		if i := strings.IndexByte(string(e.buf), '\n'); i >= 0 {
			line := string(e.buf[:i])
			e.buf = e.buf[i+1:]
			return line, nil
		}
		var chunk [4096]byte
		n, err := e.in.Read(chunk[:])
		e.buf = append(e.buf, chunk[:n]...)
		if err != nil && n == 0 {
			if len(e.buf) > 0 {
				line := string(e.buf)
				e.buf = nil
				return line, nil
			}
			return "", err
		}
	}
}

func (e *plainEditor) SetHistory([]string) {}
func (e *plainEditor) Close() error        { return nil }

// keyFilter changes what the keyboard sends into what the library understands.
type keyFilter struct {
	in      io.ReadCloser
	pending []byte // translated bytes not yet read
	paste   bool   // between the brackets of pasted text
	rest    []byte // the beginning of an escape sequence
}

// keys are sequences and what they become. Delete becomes Ctrl-D only where that deletes: on an empty line the library would take it for the end of input, so that it is
// dropped altogether and Ctrl-D stays the way to delete forward.
var keys = []struct{ from, to string }{
	{"\x1b[3~", ""},
	{"\x1b[1;5D", "\x1bb"},
	{"\x1b[1;5C", "\x1bf"},
	{"\x1b[200~", ""},
	{"\x1b[201~", ""},
}

const (
	pasteBegin = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

// Close implements io.Closer.
func (k *keyFilter) Close() error { return k.in.Close() }

// Read implements io.Reader.
func (k *keyFilter) Read(p []byte) (int, error) {
	for len(k.pending) == 0 {
		var chunk [1024]byte
		n, err := k.in.Read(chunk[:])
		if n == 0 && err != nil {
			return 0, err
		}
		k.translate(chunk[:n])
	}
	n := copy(p, k.pending)
	k.pending = k.pending[n:]
	return n, nil
}

func (k *keyFilter) translate(in []byte) {
	in = append(k.rest, in...)
	k.rest = nil
	for len(in) > 0 {
		if in[0] == 0x1b {
			n, ok := k.escape(in)
			if !ok {
				k.rest = append([]byte(nil), in...)
				return
			}
			in = in[n:]
			continue
		}
		k.pending = append(k.pending, k.plain(in[0])...)
		in = in[1:]
	}
}

// plain translates a byte: in pasted text a line break is shown as one, and a tab must not start completion.
func (k *keyFilter) plain(b byte) []byte {
	if k.paste {
		switch b {
		case '\r', '\n':
			return []byte(string(lineBreak))
		case '\t':
			return []byte("    ")
		}
	}
	return []byte{b}
}

// escape translates the sequence at the start of in and returns its length; ok is false if more bytes may belong to it.
func (k *keyFilter) escape(in []byte) (n int, ok bool) {
	text := string(in)
	for _, key := range keys {
		switch {
		case strings.HasPrefix(text, key.from):
			if key.from == pasteBegin || key.from == pasteEnd {
				k.paste = key.from == pasteBegin
			}
			k.pending = append(k.pending, key.to...)
			return len(key.from), true
		case len(in) > 1 && strings.HasPrefix(key.from, text):
			return 0, false
		}
	}
	k.pending = append(k.pending, in[0])
	return 1, true
}
