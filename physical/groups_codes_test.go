package physical

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
)

// TestCodeGroups: keys in dictionaries get the groups of their values, while dictionaries come and go, repeat entries, have NULL among them or in
// the codes, grow past what is remembered, or give way to plain vectors.
func TestCodeGroups(t *testing.T) {
	for _, c := range []struct {
		entries, keys, batches int
		plain                  int // every how many batches are no dictionaries; 0: none
	}{{1, 1, 5, 0}, {3, 2, 40, 0}, {3, 2, 40, 3}, {40, 2, 60, 0}, {300, 1, 60, 7}, {5, 4, 30, 0}, {200, 2, 20, 0}, {60_000, 1, 3, 0}} {
		t.Run(fmt.Sprintf("%d entries, %d keys", c.entries, c.keys), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(c.entries), uint64(c.keys)))
			types := []columnar.Type{columnar.StringType, columnar.DoubleType, columnar.BigIntType, columnar.DecimalType(30, 2)}[:c.keys]
			g := newGrouper(types)
			for range 2 {
				check := &codedCheck{t: t, r: r, g: g, types: types, numbers: map[string]uint32{}}
				for batch := range c.batches {
					check.batch(c.entries, batch%4 == 0, c.plain > 0 && batch%c.plain == 1)
				}
				if g.len() != len(check.numbers) || g.keys()[0].Len() != g.len() {
					t.Fatalf("%d groups, want %d", g.len(), len(check.numbers))
				}
				g.reset()
			}
		})
	}
}

type codedCheck struct {
	t       *testing.T
	r       *rand.Rand
	g       grouper
	types   []columnar.Type
	dicts   []columnar.Vector
	numbers map[string]uint32
}

func (c *codedCheck) batch(entries int, change, plain bool) {
	n := 200
	if c.dicts == nil || change {
		c.dicts = nil
		for _, t := range c.types {
			c.dicts = append(c.dicts, dictionaryOf(c.r, t, entries))
		}
	}
	keys := make([]columnar.Vector, len(c.types))
	for k := range keys {
		d := &columnar.Dict{Codes: make([]int32, n), Values: c.dicts[k]}
		for i := range d.Codes {
			d.Codes[i] = int32(c.r.IntN(entries))
		}
		if c.r.IntN(2) == 0 {
			d.Valid = columnar.FullBitmap(n)
			d.Valid.Clear(c.r.IntN(n))
		}
		if keys[k] = d; plain {
			keys[k] = columnar.Flatten(nil, d, columnar.AllRows(n))
		}
	}
	rows := columnar.AllRows(n)
	if c.r.IntN(2) == 0 {
		for i := 0; i < n; i += 1 + c.r.IntN(3) {
			rows.Sel = append(rows.Sel, int32(i))
		}
	}
	got := make([]uint32, rows.Count())
	c.g.assign(keys, rows, got)
	for i, g := range got {
		text := ""
		for _, k := range keys {
			text += columnar.FormatValue(k, rows.Row(i)) + fmt.Sprint(k.IsNull(rows.Row(i))) + "|"
		}
		want, known := c.numbers[text]
		if !known {
			want = uint32(len(c.numbers))
			c.numbers[text] = want
		}
		if g != want {
			c.t.Fatalf("row %d, %s, is in group %d, want %d", i, text, g, want)
		}
	}
}

// dictionaryOf has repeated entries, and now and then a NULL.
func dictionaryOf(r *rand.Rand, t columnar.Type, n int) columnar.Vector {
	b := columnar.NewBuilder(t, n)
	for range n {
		x := r.IntN(n + n/2 + 1)
		switch {
		case r.IntN(50) == 0:
			b.AppendNull()
		case t == columnar.StringType:
			b.Append(columnar.ScalarOf(fmt.Sprintf("%0*d", 1+x%20, x)), 0)
		case t == columnar.DoubleType:
			b.Append(columnar.ScalarOf([]float64{float64(x), math.NaN(), 0, 0.5}[min(x, 3)]), 0)
		case t == columnar.BigIntType:
			b.Append(columnar.ScalarOf(int64(x)-5), 0)
		default:
			b.Append(columnar.NewFixed(t, []columnar.Int128{columnar.Int128From(int64(x))}, nil), 0)
		}
	}
	return b.Build()
}
