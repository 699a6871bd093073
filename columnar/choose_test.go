package columnar

import (
	"math/rand/v2"
	"testing"
)

func TestChoose(t *testing.T) {
	eachCase(t, func(t *testing.T, r *rand.Rand, p *Pool, typ Type, f, g form, rows Rows) {
		a, b := randomVector(r, typ, rows.N, f), randomVector(r, typ, rows.N, g)
		null := NullVector(VoidType, rows.N)
		choices := []Choice{{Vector: a}, {Vector: b}, {Vector: null}}
		from := make([]Vector, rows.N)
		ways := 1 + r.IntN(4)
		for i := range rows.Count() {
			k, row := r.IntN(ways), rows.Row(i)
			from[row] = null
			if k < len(choices) {
				choices[k].Sel = append(choices[k].Sel, int32(row))
				from[row] = choices[k].Vector
			}
		}
		got := Choose(p, typ, choices, rows)
		if got.Type() != typ {
			t.Fatalf("the type is %s", got.Type())
		}
		checkRows(t, "Choose", got, rows, func(i int) (Vector, int) { return from[i], i })
	})
}
