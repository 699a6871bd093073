package analyzer

import (
	"slices"
	"sort"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// maxSuggestions is how many names Spark proposes.
const maxSuggestions = 5

// unresolvedColumn is the error of a name that is no column, with the nearest names there are.
func unresolvedColumn(parts []string, cols []*logical.Attr, pos columnar.Pos) error {
	near := nearest(parts, cols)
	if len(near) == 0 {
		return columnar.Errorf("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION",
			"A column, variable, or function parameter with name %s cannot be resolved.", quoteParts(parts)).At(pos)
	}
	return columnar.Errorf("UNRESOLVED_COLUMN.WITH_SUGGESTION",
		"A column, variable, or function parameter with name %s cannot be resolved. Did you mean one of the following? [%s].",
		quoteParts(parts), strings.Join(near, ", ")).At(pos)
}

// nearest are the names of columns by likeness to a name, without the qualifiers that they all share (Spark's
// StringUtils.orderSuggestedIdentifiersBySimilarity).
func nearest(parts []string, cols []*logical.Attr) []string {
	names := make([][]string, len(cols))
	for i, a := range cols {
		names[i] = append(slices.Clone(a.Qualifier), a.Name)
	}
	for keep := len(parts); keep <= 2; keep++ {
		if samePrefix(names, keep) {
			for i, n := range names {
				names[i] = n[max(0, len(n)-keep):]
			}
			break
		}
	}
	want := quoteIfNeeded(parts)
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = quoteParts(n)
	}
	sort.SliceStable(quoted, func(i, j int) bool { return distance(quoted[i], want) < distance(quoted[j], want) })
	return quoted[:min(len(quoted), maxSuggestions)]
}

// samePrefix says whether the names are equal but for their last keep parts.
func samePrefix(names [][]string, keep int) bool {
	for _, n := range names {
		a, b := n[:max(0, len(n)-keep)], names[0][:max(0, len(names[0])-keep)]
		if !slices.Equal(a, b) {
			return false
		}
	}
	return true
}

func quoteIfNeeded(parts []string) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = p
		if strings.ContainsFunc(p, func(r rune) bool {
			return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
		}) {
			out[i] = quoteParts(parts[i : i+1])
		}
	}
	return strings.Join(out, ".")
}

// distance is Levenshtein's.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(y)]
}
