package javafmt

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestCivil(t *testing.T) {
	check := func(days int64) {
		t.Helper()
		want := time.Unix(days*86400, 0).UTC()
		y, m, d := CivilFromDays(days)
		if y != want.Year() || m != int(want.Month()) || d != want.Day() {
			t.Fatalf("CivilFromDays(%d) = %d-%d-%d, want %s", days, y, m, d, want)
		}
		if back := DaysFromCivil(y, m, d); back != days {
			t.Fatalf("DaysFromCivil(%d, %d, %d) = %d, want %d", y, m, d, back, days)
		}
		if got := DayOfYear(y, m, d); got != want.YearDay() {
			t.Fatalf("DayOfYear(%d, %d, %d) = %d, want %d", y, m, d, got, want.YearDay())
		}
		if got := Weekday(days); got%7 != int(want.Weekday()) {
			t.Fatalf("Weekday(%d) = %d, want %s", days, got, want.Weekday())
		}
		if got, last := DaysInMonth(y, m), want.AddDate(0, 1, -d).Day(); got != last && d == 1 {
			t.Fatalf("DaysInMonth(%d, %d) = %d, want %d", y, m, got, last)
		}
	}
	for days := int64(-2 * daysPerCycle); days < 2*daysPerCycle; days++ {
		check(days)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		check(int64(int32(random.Uint32())))
	}
	for _, edge := range []int64{-1 << 31, 1<<31 - 1, -719162, 2932896} {
		check(edge)
	}
}

func BenchmarkCivilFromDays(b *testing.B) {
	sum := 0
	for i := range b.N {
		y, m, d := CivilFromDays(int64(i & 0x7fff))
		sum += y + m + d
	}
	if sum == 0 {
		b.Fatal("no dates")
	}
}
