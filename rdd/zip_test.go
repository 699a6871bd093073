package rdd

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
)

func TestZipPartitionsOfMany(t *testing.T) {
	sc := newTestContext(t)
	a, b := Range(sc, 0, 4, 1, 2), Parallelize(sc, []string{"p", "q"}, 2)
	c, d := Parallelize(sc, []bool{true}, 2), Parallelize(sc, []float64{0.5, 1.5, 2.5}, 2)
	three := ZipPartitions3(a, b, c, func(_ *TaskContext, a iter.Seq2[int64, error], b iter.Seq2[string, error], c iter.Seq2[bool, error]) iter.Seq2[string, error] {
		return inMemory([]string{fmt.Sprint(listed(a), listed(b), listed(c))})
	})
	if got := show(t, three); got != "[[[0 1] [p] []] [[2 3] [q] [true]]]" {
		t.Error(got)
	}
	four := ZipPartitions4(a, b, c, d, func(_ *TaskContext, a iter.Seq2[int64, error], b iter.Seq2[string, error], c iter.Seq2[bool, error], d iter.Seq2[float64, error]) iter.Seq2[string, error] {
		return inMemory([]string{fmt.Sprint(listed(a), listed(b), listed(c), listed(d))})
	})
	if got := show(t, four); got != "[[[0 1] [p] [] [0.5]] [[2 3] [q] [true] [1.5 2.5]]]" {
		t.Error(got)
	}
	uneven := ZipPartitions3(a, b, Range(sc, 0, 4, 1, 3), func(_ *TaskContext, a iter.Seq2[int64, error], _ iter.Seq2[string, error], _ iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		return a
	})
	if _, err := uneven.Count(context.Background()); err == nil || !strings.Contains(err.Error(), "2 and 3") {
		t.Errorf("unequal partitions: %v", err)
	}
}

// listed gives the elements of a stream that cannot fail.
func listed[T any](in iter.Seq2[T, error]) (vs []T) {
	for v := range in {
		vs = append(vs, v)
	}
	return vs
}

func TestZipPrefersCommonPlaces(t *testing.T) {
	sc := newTestContext(t)
	z := Zip(placed(sc, []string{"x", "y"}, []string{"x"}, nil), placed(sc, []string{"y", "z"}, []string{"z"}, nil))
	if got := fmt.Sprint(locationsOf(t, z)); got != "[[y] [x z] []]" {
		t.Error(got)
	}
}

func TestNumberingElements(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithListener(&seen))
	ctx := context.Background()
	r := Parallelize(sc, strings.Split("abcdefg", ""), 3) // ab cd efg
	if got := show(t, ZipWithUniqueId(r)); got != "[[{a 0} {b 3}] [{c 1} {d 4}] [{e 2} {f 5} {g 8}]]" {
		t.Error(got)
	}
	if n := len(eventsOf[*JobStart](&seen)); n != 1 {
		t.Errorf("unique ids took %d jobs", n)
	}
	seen.reset()
	must[int64](t)(ZipWithIndex(r).Count(ctx))
	tasks := 0
	for _, e := range eventsOf[*TaskEnd](&seen) {
		if e.Stage.Tasks == 2 {
			tasks++
		}
	}
	if tasks != 2 {
		t.Errorf("%d tasks counted; all partitions but the last need it", tasks)
	}
	if _, err := ZipWithIndex(brokenAfter(sc, 1, 2)).Count(ctx); !errors.Is(err, errBroken) {
		t.Errorf("counting a broken source: %v", err)
	}
}

func TestDeterminacyOfWhatDependsOnPosition(t *testing.T) {
	sc := newTestContext(t)
	with := func(d Determinacy) *RDD[int64] {
		return MapPartitions(Range(sc, 0, 4, 1, 2), func(_ *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
			return in
		}, WithDeterminacy(d))
	}
	fixed := with(Determinate)
	for name, of := range map[string]func(r *RDD[int64]) Lineage{
		"zip":             func(r *RDD[int64]) Lineage { return Zip(fixed, r) },
		"zipWithIndex":    func(r *RDD[int64]) Lineage { return ZipWithIndex(r) },
		"zipWithUniqueId": func(r *RDD[int64]) Lineage { return ZipWithUniqueId(r) },
		"repartition":     func(r *RDD[int64]) Lineage { return r.Repartition(2) },
	} {
		for in, want := range map[Determinacy]Determinacy{Determinate: Determinate, Unordered: Indeterminate, Indeterminate: Indeterminate} {
			if got := of(with(in)).Determinacy(); got != want {
				t.Errorf("%s of %v is %v, want %v", name, in, got, want)
			}
		}
	}
	for name, of := range map[string]func(r *RDD[int64]) Lineage{
		"union": func(r *RDD[int64]) Lineage { return fixed.Union(r) },
	} {
		for _, d := range []Determinacy{Determinate, Unordered, Indeterminate} {
			if got := of(with(d)).Determinacy(); got != d {
				t.Errorf("%s of %v is %v", name, d, got)
			}
		}
	}
}
