package functions

import "github.com/gosql-engine/gosql/columnar"

// Loops of aggregates over few groups. A total of one group that is read, added to and written for every row makes each row wait for the one
// before it. Four totals a group, of every fourth row each, let the processor go on.

// fewGroups is up to how many groups there are such totals.
const fewGroups = 64

// fewTotals are four totals of each group.
type fewTotals [4][fewGroups]int64

// of is the sum of the totals of a group.
func (t *fewTotals) of(g int) int64 { return t[0][g] + t[1][g] + t[2][g] + t[3][g] }

// count counts the rows of each group.
func (t *fewTotals) count(group []uint32) {
	i := 0
	for ; i+4 <= len(group); i += 4 {
		g := group[i : i+4 : i+4]
		t[0][g[0]%fewGroups]++
		t[1][g[1]%fewGroups]++
		t[2][g[2]%fewGroups]++
		t[3][g[3]%fewGroups]++
	}
	for ; i < len(group); i++ {
		t[0][group[i]%fewGroups]++
	}
}

// add adds the values to the totals of their groups.
func (t *fewTotals) add(group []uint32, values []int64) {
	values = values[:len(group)]
	i := 0
	for ; i+4 <= len(group); i += 4 {
		g, v := group[i:i+4:i+4], values[i:i+4:i+4]
		t[0][g[0]%fewGroups] += v[0]
		t[1][g[1]%fewGroups] += v[1]
		t[2][g[2]%fewGroups] += v[2]
		t[3][g[3]%fewGroups] += v[3]
	}
	for ; i < len(group); i++ {
		t[0][group[i]%fewGroups] += values[i]
	}
}

// addSelected adds the values of the selected rows to the totals of their groups.
func (t *fewTotals) addSelected(group []uint32, sel []int32, values []int64) {
	sel = sel[:len(group)]
	i := 0
	for ; i+4 <= len(group); i += 4 {
		g, r := group[i:i+4:i+4], sel[i:i+4:i+4]
		t[0][g[0]%fewGroups] += values[r[0]]
		t[1][g[1]%fewGroups] += values[r[1]]
		t[2][g[2]%fewGroups] += values[r[2]]
		t[3][g[3]%fewGroups] += values[r[3]]
	}
	for ; i < len(group); i++ {
		t[0][group[i]%fewGroups] += values[sel[i]]
	}
}

// addCoded adds the values that the codes of the selected rows (all if sel is nil) stand for to the totals of their groups.
func (t *fewTotals) addCoded(group []uint32, sel []int32, codes []int32, values []int64) {
	if sel == nil {
		codes = codes[:len(group)]
		for i, g := range group {
			t[i%4][g%fewGroups] += values[codes[i]]
		}
		return
	}
	sel = sel[:len(group)]
	for i, g := range group {
		t[i%4][g%fewGroups] += values[codes[sel[i]]]
	}
}

// addShort adds the values of the selected rows (all if sel is nil) to the totals of their groups, and says whether all of them are between
// -2^49 and 2^49: otherwise the totals are of no use.
func (t *fewTotals) addShort(group []uint32, sel []int32, values []columnar.Int128) bool {
	var high int64
	var low uint64
	if sel == nil {
		values = values[:len(group)]
		for i, g := range group {
			x := &values[i]
			sign := int64(x.Lo) >> 63
			high |= x.Hi ^ sign
			low |= x.Lo ^ uint64(sign)
			t[i%4][g%fewGroups] += int64(x.Lo)
		}
	} else {
		sel = sel[:len(group)]
		for i, g := range group {
			x := &values[sel[i]]
			sign := int64(x.Lo) >> 63
			high |= x.Hi ^ sign
			low |= x.Lo ^ uint64(sign)
			t[i%4][g%fewGroups] += int64(x.Lo)
		}
	}
	return high == 0 && low < 1<<49
}

// fewRows are the numbers of rows for which totals pay, and cannot overflow if the values are below 10^15 or 2^49.
func fewRows(n int) bool { return n >= 4*fewGroups && n <= 8192 }
