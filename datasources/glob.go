package datasources

import (
	"io/fs"
	"path"
	"strings"
)

// glob is a pattern for one part of a path, as Hadoop knows them: * ? [a-z] [^a] {one,two} and \ before a literal character.
type glob struct {
	alternatives []string // patterns without braces
}

func parseGlob(pattern string) *glob { return &glob{expandBraces(pattern)} }

// expandBraces writes out every choice of {a,b}; nested ones too.
func expandBraces(p string) []string {
	open, depth := -1, 0
	var cuts []int
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '\\':
			i++
		case '{':
			if depth == 0 {
				open, cuts = i, nil
			}
			depth++
		case ',':
			if depth == 1 {
				cuts = append(cuts, i)
			}
		case '}':
			if depth--; depth != 0 {
				continue
			}
			var out []string
			start := open + 1
			for _, c := range append(cuts, i) {
				out = append(out, expandBraces(p[:open]+p[start:c]+p[i+1:])...)
				start = c + 1
			}
			return out
		}
	}
	return []string{p}
}

func (g *glob) match(name string) bool {
	for _, p := range g.alternatives {
		if ok, err := path.Match(p, name); ok && err == nil {
			return true
		}
	}
	return false
}

func hasMeta(p string) bool { return strings.ContainsAny(p, `*?[{\`) }

// expandGlob lists what matches the pattern, sorted. A pattern's * does not match hidden names.
func expandGlob(fsys FS, pattern string) ([]string, error) {
	if !hasMeta(pattern) {
		return nil, nil
	}
	var out []string
	for _, p := range expandBraces(pattern) {
		root := "."
		if strings.HasPrefix(p, "/") {
			root = "/"
		}
		parts := strings.Split(strings.Trim(p, "/"), "/")
		found, err := matchParts(fsys, root, parts)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

func matchParts(fsys FS, dir string, parts []string) ([]string, error) {
	if len(parts) == 0 {
		return []string{dir}, nil
	}
	if !hasMeta(parts[0]) {
		next := path.Join(dir, parts[0])
		if _, err := fsys.Stat(next); err != nil {
			return nil, nil
		}
		return matchParts(fsys, next, parts[1:])
	}
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return nil, nil // a file, or a folder that is closed to us: nothing matches there
	}
	var out []string
	for _, e := range entries {
		if ok, err := path.Match(parts[0], e.Name()); !ok || err != nil || hidden(e.Name()) && !strings.HasPrefix(parts[0], e.Name()[:1]) {
			continue
		}
		if len(parts) > 1 && e.Type()&fs.ModeSymlink == 0 && !e.IsDir() {
			continue
		}
		found, err := matchParts(fsys, path.Join(dir, e.Name()), parts[1:])
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}
