package functions

import (
	"strings"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// windowOf makes two partitions of the rows before and from cut on; peers are neighbours with equal order values.
func windowOf(order []int, cut int, args ...columnar.Vector) logical.WindowPartition {
	n := len(order)
	p := logical.WindowPartition{N: n, Args: args}
	for i := range n {
		first, last := 0, cut
		if i >= cut {
			first, last = cut, n
		}
		start, end := i, i+1
		for start > first && order[start-1] == order[i] {
			start--
		}
		for end < last && order[end] == order[i] {
			end++
		}
		p.First, p.Last = append(p.First, int32(first)), append(p.Last, int32(last))
		p.PeerStart, p.PeerEnd = append(p.PeerStart, int32(start)), append(p.PeerEnd, int32(end))
		p.Lo, p.Hi = append(p.Lo, int32(first)), append(p.Hi, int32(end))
	}
	return p
}

func repeated(v columnar.Vector, n int) columnar.Vector { return columnar.NewConst(v, n) }

func TestWindowFunctions(t *testing.T) {
	order := []int{1, 1, 2, 3, 3, 3, 7, 9}
	b := columnar.NewBuilder(columnar.IntType, 8)
	for i := range 8 {
		if i == 1 || i == 4 {
			b.AppendNull()
		} else {
			b.Append(columnar.ScalarOf(int32(i)), 0)
		}
	}
	values := b.Build()
	num := func(x int32) columnar.Vector { return repeated(columnar.ScalarOf(x), 8) }
	f := func(name string, ignoreNulls bool, want string, args ...columnar.Vector) {
		t.Helper()
		types := make([]columnar.Type, len(args))
		for i, a := range args {
			types[i] = a.Type()
		}
		w, err := Lookup(name).Kind.(logical.Windower)(types)
		if err != nil {
			t.Fatal(err)
		}
		p := windowOf(order, 3, args...)
		p.IgnoreNulls = ignoreNulls
		v, err := w.Eval(&logical.EvalContext{}, p)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		got := make([]string, v.Len())
		for i := range got {
			got[i] = columnar.FormatValue(v, i)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s ignoring nulls %v = %s, want %s", name, ignoreNulls, s, want)
		}
	}
	f("row_number", false, "1 2 3 1 2 3 4 5")
	f("rank", false, "1 1 3 1 1 1 4 5")
	f("dense_rank", false, "1 1 2 1 1 1 2 3")
	f("percent_rank", false, "0.0 0.0 1.0 0.0 0.0 0.0 0.75 1.0")
	f("cume_dist", false, "0.6666666666666666 0.6666666666666666 1.0 0.6 0.6 0.6 0.8 1.0")
	f("ntile", false, "1 1 2 1 1 1 2 2", num(2))
	f("ntile", false, "1 2 3 1 2 3 4 5", num(10))
	f("lag", false, "NULL 0 NULL NULL 3 NULL 5 6", values)
	f("lag", false, "-9 -9 0 -9 -9 3 NULL 5", values, num(2), num(-9))
	f("lag", true, "NULL 0 0 NULL 3 3 5 6", values)
	f("lead", false, "NULL 2 NULL NULL 5 6 7 NULL", values)
	f("lead", true, "2 2 -9 5 5 6 7 -9", values, num(1), num(-9))
	f("lead", false, "0 NULL 2 3 NULL 5 6 7", values, num(0))
	f("lag", false, "NULL 2 NULL NULL 5 6 7 NULL", values, num(-1))
	f("nth_value", false, "NULL NULL NULL NULL NULL NULL NULL NULL", values, num(2))
	f("nth_value", true, "NULL NULL 2 5 5 5 5 5", values, num(2))
}

func TestWindowFunctionErrors(t *testing.T) {
	for _, name := range []string{"ntile", "nth_value"} {
		args := []columnar.Vector{repeated(columnar.ScalarOf(int32(0)), 3), repeated(columnar.ScalarOf(int32(0)), 3)}
		if name == "ntile" {
			args = args[:1]
		}
		w, err := Lookup(name).Kind.(logical.Windower)(nil)
		if err == nil {
			_, err = w.Eval(&logical.EvalContext{}, windowOf([]int{1, 2, 3}, 3, args...))
		}
		if e, ok := err.(*columnar.Error); !ok || e.Condition != "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE" {
			t.Errorf("%s of 0: %v", name, err)
		}
	}
}
