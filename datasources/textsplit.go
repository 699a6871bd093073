package datasources

import "fmt"

// The sizes of the pieces that text files are cut into.
const (
	minSplit = 1 << 20
	maxSplit = 32 << 20
)

func lineRange(s *LineSplit) string {
	if s.End < 0 {
		return ""
	}
	return fmt.Sprintf(" bytes %d to %d", s.Start, s.End)
}

// SplitLines cuts files into pieces for about four tasks a slot; whole says that the files cannot be cut.
func SplitLines(files []*File, slots int, whole bool) []FileSplit {
	total := int64(0)
	for _, f := range files {
		total += f.Size
	}
	size := min(max(total/int64(4*max(slots, 1)), minSplit), maxSplit)
	var out []FileSplit
	for _, f := range files {
		if f.Size == 0 {
			continue
		}
		if whole || f.Compressed() || f.Size <= size {
			out = append(out, &LineSplit{f, 0, -1})
			continue
		}
		n := (f.Size + size - 1) / size
		for i := range n {
			out = append(out, &LineSplit{f, f.Size * i / n, f.Size * (i + 1) / n})
		}
	}
	return out
}

// Divisible says whether a text file can be read from a place inside: not if its characters are not bytes of UTF-8, and not if
// lines end with a text of several characters, for it may be ambiguous where one begins.
func Divisible(charset, lineSep string) bool { return IsUTF8(charset) && len(lineSep) <= 1 }
