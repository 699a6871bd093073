package physical

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// kindsOfKeys are build sides whose words differ in kind: dense, spread over a wide range, over all of it, with NULLs, and hashed.
func kindsOfKeys(r *rand.Rand, n int) map[string]columnar.Vector {
	ints := func(f func(i int) int64) columnar.Vector {
		v := make([]int64, n)
		for i := range v {
			v[i] = f(i)
		}
		return columnar.NewFixed(columnar.BigIntType, v, nil)
	}
	text, nulls := columnar.NewBuilder(columnar.StringType, n), columnar.NewBuilder(columnar.BigIntType, n)
	for i := range n {
		text.Append(columnar.ScalarOf(longText(i)), 0)
		if i%3 == 0 {
			nulls.AppendNull()
		} else {
			nulls.Append(columnar.ScalarOf(int64(i)*1000), 0)
		}
	}
	return map[string]columnar.Vector{
		"dense":   ints(func(i int) int64 { return int64(i) - 10 }),
		"repeats": ints(func(i int) int64 { return int64(i / 4) }),
		"spread":  ints(func(int) int64 { return r.Int64N(1 << 40) }),
		"extreme": ints(func(int) int64 { return int64(r.Uint64()) }),
		"edges":   ints(func(i int) int64 { return []int64{math.MinInt64, math.MaxInt64, 0}[i%3] }),
		"nulls":   nulls.Build(),
		"text":    text.Build(),
	}
}

func TestKeyFilter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 63, 64, 5000} {
		for name, keys := range kindsOfKeys(r, n) {
			t.Run(fmt.Sprintf("%s %d", name, n), func(t *testing.T) {
				table := newJoinTable(columnar.Batch{Len: n}, []columnar.Vector{keys}, []bool{false}, false, 1)
				own := make([]uint64, n)
				table.words(nil, []columnar.Vector{keys}, columnar.AllRows(n), own)
				want := map[uint64]int32{}
				for i := n - 1; i >= 0; i-- {
					if own[i] != noWord {
						want[own[i]] = int32(i)
					}
				}
				words := append(own, noWord, 0, 1, 1<<63)
				for range 4000 {
					words = append(words, r.Uint64N(table.wordLimit()))
				}
				checkFind(t, table, words, want)
				checkNarrow(t, newKeyFilter(table), words, want)
			})
		}
	}
}

// wordLimit is what the words of a probe side are below.
func (t *joinTable) wordLimit() uint64 {
	if t.packer != nil {
		return t.packer.size
	}
	return noWord
}

func checkFind(t *testing.T, table *joinTable, words []uint64, want map[uint64]int32) {
	heads := make([]int32, len(words))
	table.find(words, heads)
	for i, w := range words {
		row, ok := want[w]
		if !ok {
			row = -1
		}
		if heads[i] != row {
			t.Fatalf("word %x is found at %d, want %d", w, heads[i], row)
		}
	}
}

func checkNarrow(t *testing.T, f *keyFilter, words []uint64, want map[uint64]int32) {
	for _, sel := range [][]int32{nil, everyOther(len(words))} {
		rows := columnar.Rows{N: len(words), Sel: sel}
		in := make([]uint64, rows.Count())
		for i := range in {
			in[i] = words[rows.Row(i)]
		}
		kept, at := f.narrow(in, rows, make([]int32, len(in)))
		k, wrong := 0, 0
		for i := range rows.Count() {
			w := words[rows.Row(i)]
			passed := k < len(at) && at[k] == int32(rows.Row(i))
			if passed && kept[k] != w {
				t.Fatalf("row %d passes with word %x, not its own %x", at[k], kept[k], w)
			}
			_, ok := want[w]
			switch {
			case ok && !passed:
				t.Fatalf("word %x of the table does not pass", w)
			case passed && !ok:
				wrong++
			}
			if passed {
				k++
			}
		}
		if k != len(at) {
			t.Fatalf("%d rows passed that were not asked about", len(at)-k)
		}
		if wrong > len(words)/10 {
			t.Errorf("%d of %d words pass though the table does not have them", wrong, len(words))
		}
	}
}

func everyOther(n int) []int32 {
	sel := []int32{}
	for i := 0; i < n; i += 2 {
		sel = append(sel, int32(i))
	}
	return sel
}

// A probe side long enough for a task to turn its filter on, and, where it begins to match, off again.
func TestJoinTurnsFilterOnAndOff(t *testing.T) {
	key, other := logical.NewAttr("k", columnar.BigIntType, true), logical.NewAttr("j", columnar.BigIntType, true)
	const rows, distinct = 20 * columnar.BatchRows, 100
	probe, build := &local{cols: []*logical.Attr{key}}, &local{cols: []*logical.Attr{other}}
	matches := 0
	for lo := 0; lo < rows; lo += columnar.BatchRows {
		v := make([]int64, columnar.BatchRows)
		for i := range v {
			v[i] = int64(lo+i) * 7
			if lo > rows/2 {
				v[i] = int64(i%distinct) * 7000
			}
			if v[i]%7000 == 0 && v[i] < distinct*7000 {
				matches++
			}
		}
		probe.batches = append(probe.batches, columnar.NewBatch(probe.Schema(), len(v), columnar.NewFixed(columnar.BigIntType, v, nil)))
	}
	v := make([]int64, distinct)
	for i := range v {
		v[i] = int64(i) * 7000
	}
	build.batches = []columnar.Batch{columnar.NewBatch(build.Schema(), distinct, columnar.NewFixed(columnar.BigIntType, v, nil))}
	for kind, want := range map[logical.JoinType]int{
		logical.Inner: matches, logical.LeftSemi: matches, logical.LeftAnti: rows - matches, logical.LeftOuter: rows, logical.RightOuter: matches,
	} {
		n := &logical.Join{Left: &logical.Local{Cols: probe.cols}, Right: &logical.Local{Cols: build.cols}, Type: kind, Cond: testCall("=", key, other)}
		j := newHashJoin(newJoinSpec(n, probe.cols, build.cols), probe, build, false, kind != logical.RightOuter)
		got, err := testRows(t, j, Conf{Slots: 1})
		if err != nil || len(got) != want {
			t.Errorf("%v: %d rows, want %d (%v)", kind, len(got), want, err)
		}
	}
}

// Chains of a table too large for the near caches are walked ahead, and give what they give without: every row of a key, in order.
func TestJoinOfLongChains(t *testing.T) {
	key, other := logical.NewAttr("k", columnar.BigIntType, true), logical.NewAttr("j", columnar.BigIntType, true)
	const rows, keys = 3 * cachedRows / 2, 9000
	v, giant := make([]int64, rows), 0
	for i := range v {
		v[i] = int64(i*7919) % keys // 10 or 11 of each, far apart
		if i%100 == 0 {
			v[i] = -5
			giant++
		}
	}
	build := &local{cols: []*logical.Attr{other}}
	build.batches = []columnar.Batch{columnar.NewBatch(build.Schema(), rows, columnar.NewFixed(columnar.BigIntType, v, nil))}
	for _, n := range []int{1, 255, 256, 257, 2000} {
		probe := &local{cols: []*logical.Attr{key}}
		p, want := make([]int64, n), 0
		for i := range p {
			p[i] = int64(i*5) - 10
			for _, x := range v {
				if x == p[i] {
					want++
				}
			}
		}
		probe.batches = []columnar.Batch{columnar.NewBatch(probe.Schema(), n, columnar.NewFixed(columnar.BigIntType, p, nil))}
		for _, kind := range []logical.JoinType{logical.Inner, logical.LeftSemi} {
			j := &logical.Join{Left: &logical.Local{Cols: probe.cols}, Right: &logical.Local{Cols: build.cols}, Type: kind, Cond: testCall("=", key, other)}
			got, err := testRows(t, newHashJoin(newJoinSpec(j, probe.cols, build.cols), probe, build, false, true), Conf{Slots: 1})
			if kind == logical.LeftSemi {
				want = 0
				for _, x := range p {
					if slices.Contains(v, x) {
						want++
					}
				}
			}
			if err != nil || len(got) != want {
				t.Errorf("%v of %d rows: %d rows, want %d (%v)", kind, n, len(got), want, err)
			}
		}
	}
	if giant < aheadSteps {
		t.Fatal("no chain is longer than what is walked ahead")
	}
}
