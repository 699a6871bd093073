package rdd

import (
	"context"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"
)

func TestHashPartitionerPlacesAsSpark(t *testing.T) {
	rows := sparkFacts(t, "hash_partitioner.csv")
	checked := 0
	for _, row := range rows {
		hash, ok := javaHashOf(row[0], row[1])
		if !ok {
			continue
		}
		checked++
		if want, _ := strconv.ParseInt(row[2], 10, 64); int64(hash) != want {
			t.Errorf("%s %s: hash %d, want %d", row[0], row[1], hash, want)
		}
	}
	if checked < 45 {
		t.Errorf("only %d of Spark's hashes were checked", checked)
	}
	for _, row := range rows {
		if row[0] != "String" {
			continue
		}
		for i, n := range []int{2, 7, 10, 200} {
			if got := NewHashPartitioner[string](n).Partition(row[1]); strconv.Itoa(got) != row[3+i] {
				t.Errorf("%q in %d partitions: %d, want %s", row[1], n, got, row[3+i])
			}
		}
	}
}

// javaHashOf computes the hash of a value of the corpus; false for types without a counterpart here.
func javaHashOf(kind, text string) (int32, bool) {
	switch kind {
	case "String":
		return hashAs(text), true
	case "Int":
		v, _ := strconv.ParseInt(text, 10, 32)
		return hashAs(int32(v)), true
	case "Long":
		v, _ := strconv.ParseInt(text, 10, 64)
		return hashAs(v), true
	case "Double":
		v, _ := strconv.ParseFloat(text, 64)
		return hashAs(v), text != "-0.0" // equal to 0 here
	case "Float":
		v, _ := strconv.ParseFloat(text, 32)
		return hashAs(float32(v)), text != "-0.0"
	case "Boolean":
		return hashAs(text == "true"), true
	case "Tuple2":
		return tupleHashOf(text)
	}
	return 0, false
}

func hashAs[K comparable](k K) int32 { return javaHasher(reflect.TypeFor[K]())(unsafe.Pointer(&k)) }

func tupleHashOf(text string) (int32, bool) {
	a, b, _ := strings.Cut(strings.Trim(text, "()"), ",")
	n, errA := strconv.ParseFloat(a, 64)
	m, errB := strconv.ParseInt(b, 10, 64)
	switch {
	case errB != nil:
		return hashAs(KV(a, b)), true
	case errA != nil:
		return hashAs(KV(a, m)), true
	case strings.Contains(a, "."):
		return hashAs(KV(n, m)), true
	}
	return hashAs(KV(int64(n), m)), true
}

func TestKeysOfFloats(t *testing.T) {
	sc := newTestContext(t)
	nan, minus := math.NaN(), math.Copysign(0, -1)
	otherNaN := math.Float64frombits(0x7ff8000000000123)
	got := must[[]float64](t)(Distinct(Parallelize(sc, []float64{nan, 0, minus, otherNaN, 1, 1}, 3)).Collect(context.Background()))
	if len(got) != 3 {
		t.Errorf("distinct: %v, want NaN, 0 and 1", got)
	}
	type point struct {
		x [2]float32
		y any
	}
	f := float32(nan)
	points := []point{{[2]float32{f, 0}, nan}, {[2]float32{f, float32(minus)}, nan}, {[2]float32{f, 0}, "s"}, {[2]float32{f, 0}, nil}}
	if n := must[int64](t)(Distinct(Parallelize(sc, points, 2)).Count(context.Background())); n != 3 {
		t.Errorf("%d distinct points, want 3", n)
	}
	joined := must[[]Pair[float64, Pair[int, int]]](t)(Join(Parallelize(sc, []Pair[float64, int]{{nan, 1}, {0, 2}}, 2),
		Parallelize(sc, []Pair[float64, int]{{otherNaN, 10}, {minus, 20}}, 1)).Collect(context.Background()))
	if len(joined) != 2 {
		t.Errorf("join on NaN and zero: %v", joined)
	}
}

func TestTableAgainstMap(t *testing.T) {
	table := newTable[string, int](keyOpsOf[string]())
	want := map[string]int{}
	for i := range 10_000 {
		k := strconv.Itoa(i * i % 4001)
		c, fresh := table.find(k)
		if _, ok := want[k]; ok == fresh {
			t.Fatalf("key %s: fresh %v", k, fresh)
		}
		*c++
		want[k]++
	}
	if len(table.entries) != len(want) {
		t.Fatalf("%d entries, want %d", len(table.entries), len(want))
	}
	for k, n := range want {
		if c := table.lookup(k); c == nil || *c != n {
			t.Errorf("key %s", k)
		}
	}
	if table.lookup("absent") != nil {
		t.Error("found an absent key")
	}
}

func TestHashesOfStructsSeeEveryField(t *testing.T) {
	type key struct {
		a int8
		b string
		c uint16
	}
	ops, seen := keyOpsOf[key](), map[uint64]key{}
	for a := range int8(5) {
		for _, b := range []string{"", "x", "longer than eight bytes", "longer than eight bytez"} {
			for c := range uint16(5) {
				k := key{a, b, c}
				h := ops.hash(&k)
				if o, ok := seen[h]; ok {
					t.Errorf("%v and %v hash alike", k, o)
				}
				seen[h] = k
			}
		}
	}
}

type recursive struct {
	Name string
	Next *recursive
	tags map[string][]int
}

func TestDerivedCodecRoundTrips(t *testing.T) {
	type all struct {
		A bool
		b int8
		C uint64
		D float32
		E complex128
		F [3]int16
		G []string
		H map[int]*float64
		I struct{}
		J time.Time
		K []struct{}
	}
	pi := 3.14
	roundTrip(t, []all{{}, {true, -3, 1 << 60, 2.5, 1i, [3]int16{1, 2, 3}, []string{"", "é"}, map[int]*float64{1: &pi, 2: nil},
		struct{}{}, time.Date(2024, 2, 29, 1, 2, 3, 4, time.UTC), make([]struct{}, 4)}})
	roundTrip(t, []recursive{{"a", &recursive{"b", nil, map[string][]int{"x": {}, "y": nil}}, nil}})
	roundTrip(t, make([]struct{}, 5))
	roundTrip(t, []string{})
	roundTrip(t, []int64{-1, 0, math.MaxInt64})
	if _, err := CodecOf[struct{ F func() }](); err == nil || !strings.Contains(err.Error(), "field F") {
		t.Errorf("a function: %v", err)
	}
	if _, err := CodecOf[[]any](); err == nil || !strings.Contains(err.Error(), "interface") {
		t.Errorf("an interface: %v", err)
	}
}

func roundTrip[T any](t *testing.T, vs []T) {
	t.Helper()
	codec := must[Codec[T]](t)(CodecOf[T]())
	var b strings.Builder
	if err := codec.Encode(&b, vs); err != nil {
		t.Fatal(err)
	}
	got := []T{}
	for v, err := range codec.Decode(strings.NewReader(b.String())) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, v)
	}
	if !reflect.DeepEqual(got, vs) {
		t.Errorf("%T: %v came back as %v", vs, vs, got)
	}
	for cut := range b.Len() {
		for _, err := range codec.Decode(strings.NewReader(b.String()[:cut])) {
			if err != nil {
				break
			}
		}
	}
}

func TestRangeBounds(t *testing.T) {
	keys := func(ks ...float64) (sample []weightedKey[float64]) {
		for _, k := range ks {
			sample = append(sample, weightedKey[float64]{k, 1})
		}
		return sample
	}
	for _, c := range []struct {
		sample []weightedKey[float64]
		n      int
		want   []float64
	}{
		{keys(4, 1, 3, 2), 2, []float64{2}},
		{keys(1, 2, 3, 4, 5, 6), 3, []float64{2, 4}},
		{keys(7, 7, 7, 7), 3, []float64{7}},
		{keys(), 3, nil},
		{[]weightedKey[float64]{{1, 10}, {2, 1}, {3, 1}}, 2, []float64{1}},
	} {
		if got := chooseBounds(c.sample, c.n, compareKeys[float64]); !slices.Equal(got, c.want) {
			t.Errorf("%v in %d: %v, want %v", c.sample, c.n, got, c.want)
		}
	}
}
