package rdd

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// listInput lists the files that paths (with commas between) stand for, by the rules of Hadoop's FileInputFormat: a
// folder gives the files in it, in order of their names.
func listInput(paths string) ([]inputFile, error) {
	var files []inputFile
	for _, path := range splitOutsideBraces(paths) {
		path = localPath(strings.TrimSpace(path))
		found, err := expandGlob(path)
		if err != nil {
			return nil, err
		}
		for _, name := range found {
			if files, err = appendInput(files, name); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

// localPath takes the scheme off a file URI.
func localPath(path string) string {
	if rest, ok := strings.CutPrefix(path, "file:"); ok {
		if strings.HasPrefix(rest, "//") {
			rest = strings.TrimPrefix(rest[2:], "localhost")
		}
		return rest
	}
	return path
}

// isHidden tells whether Hadoop would skip the file: names that begin with _ or . hold markers and files under way.
func isHidden(path string) bool {
	name := filepath.Base(path)
	return name != "." && name != ".." && (name[0] == '_' || name[0] == '.')
}

// expandGlob gives the paths that match, in order. Alternatives in braces are sorted in with the rest.
func expandGlob(path string) ([]string, error) {
	if !strings.ContainsAny(path, "*?[{") {
		if _, err := os.Lstat(path); err != nil {
			return nil, fmt.Errorf("input path does not exist: %s", path)
		}
		if isHidden(path) {
			return nil, fmt.Errorf("input pattern %s matches 0 files", path)
		}
		return []string{path}, nil
	}
	var found []string
	for _, pattern := range expandBraces(path) {
		names, err := filepath.Glob(pattern)
		if err != nil {
			return nil, fmt.Errorf("bad input pattern %s: %w", path, err)
		}
		for _, n := range names {
			if !isHidden(n) {
				found = append(found, n)
			}
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("input pattern %s matches 0 files", path)
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// appendInput adds a file, or the files of a folder.
func appendInput(files []inputFile, name string) ([]inputFile, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return append(files, inputFile{name, info.Size()}), nil
	}
	entries, err := os.ReadDir(name) // sorted
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		path := filepath.Join(name, e.Name())
		if isHidden(path) {
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if info.IsDir() {
			return nil, fmt.Errorf("not a file: %s", path)
		}
		files = append(files, inputFile{path, info.Size()})
	}
	return files, nil
}

// splitOutsideBraces cuts at the commas that are not inside braces.
func splitOutsideBraces(s string) []string {
	var parts []string
	depth, from := 0, 0
	for i := range len(s) {
		switch s[i] {
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
func expandBraces(s string) []string {
	open := strings.IndexByte(s, '{')
	if open < 0 {
		return []string{s}
	}
	depth := 0
	for i := open; i < len(s); i++ {
		switch s[i] {
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
			out = append(out, expandBraces(s[:open]+alternative+s[i+1:])...)
		}
		return out
	}
	return []string{s}
}
