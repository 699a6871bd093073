package javafmt

import (
	"math/rand/v2"
	"testing"
)

// TestNoPanic feeds random patterns and texts made of the characters that mean
// something to each compiler. Any outcome but a panic is right; a pattern that
// compiles must also run.
func TestNoPanic(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	text := func(alphabet string, n int) string {
		runes := []rune(alphabet)
		out := make([]rune, random.IntN(n))
		for i := range out {
			out[i] = runes[random.IntN(len(runes))]
		}
		return string(out)
	}
	args := []Arg{IntArg(-5, 32), DoubleArg(12.5), StringArg("é"), NullArg(), BoolArg(true)}
	for range 40_000 {
		pattern := text("yuMLdDHhkKmsSaGEzZXxOVQqF'[]-:. é", 10)
		for _, purpose := range []Purpose{ForFormatting, ForParsing} {
			if f, err := NewFormatter(pattern, purpose); err == nil {
				_, _ = f.Format(nil, Zoned{LocalMicros: int64(random.Uint64()), Offset: random.IntN(90000) - 45000, Zone: "UTC"})
				_, _ = f.Parse(text("0123456789-+: APMZGTéJan'.", 14))
			}
		}
		if re, err := CompileRegex(text(`ab0\dDwWsbBQEpP{L}[^]()?<n>:|*+-&&$.ix,Z`, 10)); err == nil {
			subject := text("ab0 é\n\r😀\u2028", 8)
			re.FindAllSubmatchIndex(subject, -1)
			re.Split(subject, 2)
			if with, err := re.CompileReplacement(text(`$01{n}\a`, 5)); err == nil {
				re.AppendReplaceAll(nil, subject, with)
			}
		}
		if f, err := NewDecimalFormat(text("#0,.;%'x‰E-", 9)); err == nil {
			f.AppendDouble(nil, random.NormFloat64()*1e5)
			f.AppendInt(nil, int64(random.Uint64()))
			f.AppendDecimal(nil, "-0.050")
		}
		_, _ = AppendPrintf(nil, "%"+text("12$-#+ 0,(<.bhscdxefgn%", 7)+"d", args)
	}
}
