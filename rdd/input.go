package rdd

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"syscall"
)

// inputFile is a file to be read and its size when it was listed.
type inputFile struct {
	location
	size int64
}

// listInput lists the files that paths (with commas between) stand for, by the rules of Hadoop's FileInputFormat: a
// folder gives the files in it, in order of their names.
func (sc *Context) listInput(paths string, recursive bool) ([]inputFile, error) {
	var files []inputFile
	for _, p := range splitOutsideBraces(paths) {
		if p == "" {
			return nil, fmt.Errorf("an input path of %q is empty", paths)
		}
		at, err := sc.locate(p)
		if err != nil {
			return nil, err
		}
		found, err := expandGlob(at)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if files, err = appendInput(files, f, recursive, true); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

// isHidden tells whether Hadoop would skip the file: names that begin with _ or . hold markers and files under way.
func isHidden(name string) bool {
	name = path.Base(name)
	return name != "." && name != ".." && (name[0] == '_' || name[0] == '.')
}

// appendInput adds a file, or the files of a folder.
func appendInput(files []inputFile, at location, recursive, asked bool) ([]inputFile, error) {
	info, err := at.fs.Stat(at.name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return append(files, inputFile{at, info.Size()}), nil
	}
	if !asked && !recursive {
		return nil, fmt.Errorf("%s is a folder in an input folder: these are read with RecursiveInput only", at)
	}
	entries, err := at.fs.ReadDir(at.name)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if isHidden(e.Name()) {
			continue
		}
		if files, err = appendInput(files, at.in(e.Name()), recursive, false); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// globMeta are the characters that make a path a pattern.
const globMeta = `*?[{`

// expandGlob gives the paths that match, in order. Only the last part of a path must not be hidden, as in Hadoop.
func expandGlob(pattern location) ([]location, error) {
	if !strings.ContainsAny(unescapedOnly(pattern.name), globMeta) {
		at := pattern
		at.name = unescape(pattern.name)
		if _, err := at.fs.Stat(at.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		} else if err != nil || isHidden(at.name) {
			return nil, fmt.Errorf("input path does not exist: %s", at)
		}
		return []location{at}, nil
	}
	plain, err := expandBraces(pattern.name)
	var names []string
	for i := 0; err == nil && i < len(plain); i++ {
		var more []string
		more, err = matchParts(pattern, "", plain[i])
		names = append(names, more...)
	}
	if err != nil {
		return nil, fmt.Errorf("bad input pattern %s: %w", pattern, err)
	}
	names = slices.DeleteFunc(names, isHidden)
	if len(names) == 0 {
		return nil, fmt.Errorf("input pattern %s matches 0 files", pattern)
	}
	slices.Sort(names)
	var found []location
	for _, n := range slices.Compact(names) {
		found = append(found, location{pattern.fs, n, pattern.prefix})
	}
	return found, nil
}

// matchParts lists what matches a pattern without braces below the folder done, which ends in / or is empty.
func matchParts(in location, done, pattern string) ([]string, error) {
	part, rest, deeper := strings.Cut(pattern, "/")
	if !strings.ContainsAny(unescapedOnly(part), globMeta) {
		name := done + unescape(part)
		if deeper {
			return matchParts(in, name+"/", rest)
		}
		if _, err := in.fs.Stat(name); err != nil {
			return nil, ignoreAbsent(err)
		}
		return []string{name}, nil
	}
	part = strings.ReplaceAll(part, "[!", "[^")
	if _, err := path.Match(part, ""); err != nil {
		return nil, fmt.Errorf("%q: %w", part, err)
	}
	entries, err := in.fs.ReadDir(folderName(done))
	if err != nil {
		return nil, ignoreAbsent(err)
	}
	var found []string
	for _, e := range entries {
		if ok, _ := path.Match(part, e.Name()); !ok {
			continue
		}
		if !deeper {
			found = append(found, done+e.Name())
			continue
		}
		info, err := in.fs.Stat(done + e.Name()) // follows links
		if err != nil || !info.IsDir() {
			continue
		}
		more, err := matchParts(in, done+e.Name()+"/", rest)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}

// folderName is the name by which a folder whose path ends in / can be listed.
func folderName(done string) string {
	switch {
	case done == "":
		return "."
	case strings.Trim(done, "/") == "":
		return "/"
	}
	return strings.TrimSuffix(done, "/")
}

// ignoreAbsent drops the errors that mean that nothing matches there.
func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil
	}
	return err
}

// unescapedOnly blanks the characters behind backslashes.
func unescapedOnly(s string) string {
	b := []byte(s)
	for i := 0; i+1 < len(b); i++ {
		if b[i] == '\\' {
			b[i+1] = ' '
			i++
		}
	}
	return string(b)
}

// unescape takes out the backslashes that keep the next character from having a meaning.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// splitOutsideBraces cuts at the commas that are neither inside braces nor behind a backslash.
func splitOutsideBraces(s string) []string {
	var parts []string
	depth, from := 0, 0
	plain := unescapedOnly(s)
	for i := range len(s) {
		switch plain[i] {
		case '{':
			depth++
		case '}':
			depth--
		case ',':
			if depth <= 0 {
				parts = append(parts, s[from:i])
				from = i + 1
			}
		}
	}
	return append(parts, s[from:])
}

// expandBraces writes a{x,y}b out as axb and ayb, also when nested.
func expandBraces(s string) ([]string, error) {
	plain := unescapedOnly(s)
	open := strings.IndexByte(plain, '{')
	if open < 0 {
		return []string{s}, nil
	}
	depth := 0
	for i := open; i < len(s); i++ {
		switch plain[i] {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth > 0 {
			continue
		}
		var out []string
		for _, alternative := range splitOutsideBraces(s[open+1 : i]) {
			more, err := expandBraces(s[:open] + alternative + s[i+1:])
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
		return out, nil
	}
	return nil, fmt.Errorf("brace of %q is not closed", s)
}
