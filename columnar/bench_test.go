package columnar

import (
	"math/rand/v2"
	"testing"
)

// Figures are ns a row: each benchmark works on one batch, from a pool that is reset as an operator does.

func benchInts(seed uint64) *Fixed[int64] {
	r := rand.New(rand.NewPCG(seed, 1))
	v := MakeFixed[int64](nil, BigIntType, BatchRows)
	for i := range v.Values {
		v.Values[i] = r.Int64N(1 << 30)
	}
	return v
}

func benchStrings() *Strings {
	r := rand.New(rand.NewPCG(3, 3))
	b := NewStringsBuilder(nil, StringType, BatchRows)
	words := []string{"AIR", "TRUCK", "REG AIR", "DELIVER IN PERSON", "furiously final deposits among the ideas"}
	for range BatchRows {
		b.AppendString(words[r.IntN(len(words))])
	}
	return b.Build()
}

// perRow runs f once a batch and reports ns a row.
func perRow(b *testing.B, name string, f func(p *Pool)) {
	b.Run(name, func(b *testing.B) {
		p := new(Pool)
		for b.Loop() {
			f(p)
			p.Reset()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/BatchRows, "ns/row")
	})
}

func BenchmarkCompare(b *testing.B) {
	x, y, s := benchInts(1), benchInts(2), benchStrings()
	c := NewConst(ScalarOf(int64(1<<29)), BatchRows)
	short, long := NewConst(ScalarOf("REG AIR"), BatchRows), NewConst(ScalarOf("DELIVER IN PERSON"), BatchRows)
	codes := make([]int32, BatchRows)
	for i := range codes {
		codes[i] = int32(i % 5)
	}
	dict := &Dict{Codes: codes, Values: NewStrings("AIR", "TRUCK", "REG AIR", "DELIVER IN PERSON", "MAIL")}
	all := AllRows(BatchRows)
	perRow(b, "bigint<const", func(p *Pool) { Compare(p, Lt, x, c, all) })
	perRow(b, "bigint=bigint", func(p *Pool) { Compare(p, Eq, x, y, all) })
	perRow(b, "string=short", func(p *Pool) { Compare(p, Eq, s, short, all) })
	perRow(b, "string=long", func(p *Pool) { Compare(p, Eq, s, long, all) })
	perRow(b, "string<const", func(p *Pool) { Compare(p, Lt, s, short, all) })
	perRow(b, "dict=const", func(p *Pool) { Compare(p, Eq, dict, short, all) })
}

func BenchmarkArith(b *testing.B) {
	x, y := benchInts(1), benchInts(2)
	c := NewConst(ScalarOf(int64(3)), BatchRows)
	price := NewFixed(DecimalType(15, 2), x.Values, nil)
	discount := NewFixed(DecimalType(15, 2), y.Values, nil)
	f := func(op ArithOp, l, r Vector, t Type) func(p *Pool) {
		return func(p *Pool) { _, _ = Arith(p, op, true, l, r, t, AllRows(BatchRows)) }
	}
	perRow(b, "bigint+bigint", f(Add, x, y, BigIntType))
	perRow(b, "bigint*const", f(Mul, x, c, BigIntType))
	perRow(b, "bigint%const", f(Mod, x, c, BigIntType))
	perRow(b, "decimal+decimal", f(Add, price, discount, DecimalType(16, 2)))
	perRow(b, "decimal*decimal", f(Mul, price, discount, DecimalType(31, 4)))
	perRow(b, "decimal/decimal", f(Div, price, discount, DecimalType(33, 18)))
}

func BenchmarkHash(b *testing.B) {
	x, y, s := benchInts(1), benchInts(2), benchStrings()
	dst := make([]uint64, BatchRows)
	perRow(b, "bigint", func(*Pool) { Hash([]Vector{x}, AllRows(BatchRows), dst) })
	perRow(b, "two_bigint", func(*Pool) { Hash([]Vector{x, y}, AllRows(BatchRows), dst) })
	perRow(b, "string", func(*Pool) { Hash([]Vector{s}, AllRows(BatchRows), dst) })
}

func BenchmarkTake(b *testing.B) {
	x, s := benchInts(1), benchStrings()
	r := rand.New(rand.NewPCG(4, 4))
	idx := make([]int32, BatchRows)
	for i := range idx {
		idx[i] = int32(r.IntN(BatchRows))
	}
	perRow(b, "bigint", func(p *Pool) { Take(p, x, idx) })
	perRow(b, "string", func(p *Pool) { Take(p, s, idx) })
}

func BenchmarkSelectTrue(b *testing.B) {
	x := benchInts(1)
	buf := make([]int32, 0, BatchRows)
	for _, share := range []struct {
		name  string
		bound int64
	}{{"1%", 1 << 30 / 100}, {"50%", 1 << 29}, {"99%", 1 << 30 / 100 * 99}} {
		v := Compare(nil, Lt, x, NewConst(ScalarOf(share.bound), BatchRows), AllRows(BatchRows))
		perRow(b, share.name, func(*Pool) { buf = SelectTrue(v, AllRows(BatchRows), buf) })
	}
}
