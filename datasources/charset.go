package datasources

import (
	"bufio"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gosql-engine/gosql/columnar"
)

// IsUTF8 says whether a character encoding, by the name of the option encoding or charset, needs no decoding.
func IsUTF8(charset string) bool {
	switch strings.ToUpper(charset) {
	case "", "UTF-8", "UTF8", "US-ASCII", "ASCII":
		return true
	}
	return false
}

// decodeText turns a stream of another encoding into UTF-8.
func decodeText(r io.ReadCloser, charset string) (io.ReadCloser, error) {
	if IsUTF8(charset) {
		return r, nil
	}
	in := bufio.NewReaderSize(r, streamBuffer)
	switch strings.ToUpper(charset) {
	case "ISO-8859-1", "ISO8859-1", "LATIN1", "ISO_8859_1":
		return stream{&runeReader{next: func() (rune, error) {
			b, err := in.ReadByte()
			return rune(b), err
		}}, r.Close}, nil
	case "UTF-16":
		little := false
		if mark, err := in.Peek(2); err == nil && (mark[0] == 0xff && mark[1] == 0xfe || mark[0] == 0xfe && mark[1] == 0xff) {
			little = mark[0] == 0xff
			_, _ = in.Discard(2)
		}
		return stream{&runeReader{next: utf16Reader(in, little)}, r.Close}, nil
	case "UTF-16LE":
		return stream{&runeReader{next: utf16Reader(in, true)}, r.Close}, nil
	case "UTF-16BE":
		return stream{&runeReader{next: utf16Reader(in, false)}, r.Close}, nil
	}
	return nil, columnar.Errorf("INVALID_PARAMETER_VALUE.CHARSET",
		"The character encoding %q is not supported: use UTF-8, ISO-8859-1, US-ASCII, UTF-16, UTF-16LE or UTF-16BE.", charset)
}

// runeReader encodes runes as UTF-8.
type runeReader struct {
	next func() (rune, error)
	left []byte
	err  error
}

func (r *runeReader) Read(p []byte) (int, error) {
	n := copy(p, r.left)
	r.left = r.left[n:]
	for r.err == nil && len(p)-n >= utf8.UTFMax {
		var c rune
		if c, r.err = r.next(); r.err == nil {
			n += utf8.EncodeRune(p[n:], c)
		}
	}
	if n == 0 && r.err == nil && len(p) > 0 { // less room than a rune may take
		var c rune
		if c, r.err = r.next(); r.err == nil {
			r.left = utf8.AppendRune(nil, c)
			return r.Read(p)
		}
	}
	if n > 0 {
		return n, nil
	}
	return 0, r.err
}

func utf16Reader(in *bufio.Reader, little bool) func() (rune, error) {
	unit := func() (rune, error) {
		var b [2]byte
		if _, err := io.ReadFull(in, b[:]); err != nil {
			return 0, err
		}
		if little {
			return rune(b[0]) | rune(b[1])<<8, nil
		}
		return rune(b[1]) | rune(b[0])<<8, nil
	}
	return func() (rune, error) {
		c, err := unit()
		if err != nil || !utf16.IsSurrogate(c) {
			return c, err
		}
		d, err := unit()
		return utf16.DecodeRune(c, d), err
	}
}
