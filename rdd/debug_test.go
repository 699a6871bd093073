package rdd

import (
	"context"
	"iter"
	"regexp"
	"strings"
	"testing"
)

// sparkLineages are what Spark 4.3's toDebugString prints for programs with the lineages that debugLineages builds.
const sparkLineages = `narrow:
(4) MapPartitionsRDD[4] at flatMap at p.scala:1 []
 |  MapPartitionsRDD[3] at filter at p.scala:1 []
 |  MapPartitionsRDD[2] at map at p.scala:1 []
 |  ParallelCollectionRDD[0] at parallelize at p.scala:1 []
wordcount:
(3) ShuffledRDD[8] at reduceByKey at p.scala:1 []
 +-(3) MapPartitionsRDD[7] at map at p.scala:1 []
    |  MapPartitionsRDD[6] at flatMap at p.scala:1 []
    |  ParallelCollectionRDD[5] at parallelize at p.scala:1 []
join:
(12) MapPartitionsRDD[13] at join at p.scala:1 []
 |   MapPartitionsRDD[12] at join at p.scala:1 []
 |   CoGroupedRDD[11] at join at p.scala:1 []
 +-(3) ShuffledRDD[9] at reduceByKey at p.scala:1 []
 |  +-(4) MapPartitionsRDD[1] at map at p.scala:1 []
 |     |  ParallelCollectionRDD[0] at parallelize at p.scala:1 []
 +-(5) ShuffledRDD[10] at groupByKey at p.scala:1 []
    +-(4) MapPartitionsRDD[1] at map at p.scala:1 []
       |  ParallelCollectionRDD[0] at parallelize at p.scala:1 []
union:
(12) UnionRDD[19] at union at p.scala:1 []
 |   UnionRDD[15] at union at p.scala:1 []
 |   ParallelCollectionRDD[0] at parallelize at p.scala:1 []
 |   MapPartitionsRDD[14] at map at p.scala:1 []
 |   ParallelCollectionRDD[0] at parallelize at p.scala:1 []
 |   MapPartitionsRDD[18] at distinct at p.scala:1 []
 |   ShuffledRDD[17] at distinct at p.scala:1 []
 +-(4) MapPartitionsRDD[16] at distinct at p.scala:1 []
    |  ParallelCollectionRDD[0] at parallelize at p.scala:1 []
copart:
(3) MapPartitionsRDD[23] at join at p.scala:1 []
 |  MapPartitionsRDD[22] at join at p.scala:1 []
 |  CoGroupedRDD[21] at join at p.scala:1 []
 |  ShuffledRDD[9] at reduceByKey at p.scala:1 []
 +-(4) MapPartitionsRDD[1] at map at p.scala:1 []
    |  ParallelCollectionRDD[0] at parallelize at p.scala:1 []
 |  ShuffledRDD[20] at reduceByKey at p.scala:1 []
 +-(4) MapPartitionsRDD[1] at map at p.scala:1 []
    |  ParallelCollectionRDD[0] at parallelize at p.scala:1 []
repartition:
(8) MapPartitionsRDD[31] at repartition at p.scala:1 []
 |  CoalescedRDD[30] at repartition at p.scala:1 []
 |  ShuffledRDD[29] at repartition at p.scala:1 []
 +-(100) MapPartitionsRDD[28] at repartition at p.scala:1 []
     |   MapPartitionsRDD[27] at mapValues at p.scala:1 []
     |   ShuffledRDD[26] at groupByKey at p.scala:1 []
     +-(120) MapPartitionsRDD[25] at map at p.scala:1 []
         |   ParallelCollectionRDD[24] at parallelize at p.scala:1 []
cachedbelow:
(4) ShuffledRDD[37] at sortByKey at p.scala:1 []
 +-(4) ShuffledRDD[34] at reduceByKey at p.scala:1 []
    +-(4) MapPartitionsRDD[32] at mapValues at p.scala:1 []
       |      CachedPartitions: 4; MemorySize: 4.7 KiB; DiskSize: 0.0 B
       |  MapPartitionsRDD[1] at map at p.scala:1 []
       |  ParallelCollectionRDD[0] at parallelize at p.scala:1 []
cachedboth:
(11) MapPartitionsRDD[42] at join at p.scala:1 []
 |   MapPartitionsRDD[41] at join at p.scala:1 []
 |   CoGroupedRDD[40] at join at p.scala:1 []
 +-(2) ShuffledRDD[38] at reduceByKey at p.scala:1 []
 |  |      CachedPartitions: 2; MemorySize: 456.0 B; DiskSize: 0.0 B
 |  +-(4) MapPartitionsRDD[32] at mapValues at p.scala:1 []
 |     |      CachedPartitions: 4; MemorySize: 4.7 KiB; DiskSize: 0.0 B
 |     |  MapPartitionsRDD[1] at map at p.scala:1 []
 |     |  ParallelCollectionRDD[0] at parallelize at p.scala:1 []
 +-(10) ShuffledRDD[39] at groupByKey at p.scala:1 []
    +-(4) MapPartitionsRDD[32] at mapValues at p.scala:1 []
       |      CachedPartitions: 4; MemorySize: 4.7 KiB; DiskSize: 0.0 B
       |  MapPartitionsRDD[1] at map at p.scala:1 []
       |  ParallelCollectionRDD[0] at parallelize at p.scala:1 []
cartesian:
(12) CartesianRDD[43] at cartesian at p.scala:1 []
 |   ParallelCollectionRDD[0] at parallelize at p.scala:1 []
 |   ShuffledRDD[9] at reduceByKey at p.scala:1 []
 +-(4) MapPartitionsRDD[1] at map at p.scala:1 []
    |  ParallelCollectionRDD[0] at parallelize at p.scala:1 []
empty:
(0) EmptyRDD[46] at emptyRDD at p.scala:1 []
cogroup3:
(5) MapPartitionsRDD[48] at cogroup at p.scala:1 []
 |  CoGroupedRDD[47] at cogroup at p.scala:1 []
 +-(3) ShuffledRDD[9] at reduceByKey at p.scala:1 []
 |  +-(4) MapPartitionsRDD[1] at map at p.scala:1 []
 |     |  ParallelCollectionRDD[0] at parallelize at p.scala:1 []
 |  ShuffledRDD[10] at groupByKey at p.scala:1 []
 +-(4) MapPartitionsRDD[1] at map at p.scala:1 []
    |  ParallelCollectionRDD[0] at parallelize at p.scala:1 []
 +-(4) MapPartitionsRDD[1] at map at p.scala:1 []
    |  ParallelCollectionRDD[0] at parallelize at p.scala:1 []
`

// debugLineages builds the lineages of sparkLineages, RDD by RDD.
func debugLineages(sc *Context) map[string]*RDD[int] {
	rdd := func(name string, parts int, deps ...Dependency) *RDD[int] {
		return New(sc, deps, fixedPartitions(parts), func(*TaskContext, Partition) iter.Seq2[int, error] {
			return func(yield func(int, error) bool) { yield(1, nil) }
		}, Named(name))
	}
	narrow := func(of *RDD[int]) Dependency { return &Narrow{Of: of} }
	shuffle := func(of *RDD[int]) Dependency { return newShuffleDependency(of, 1, nil, coderFor[int](settings{})) }
	mapped := func(parts int, of *RDD[int], times int) *RDD[int] {
		for range times {
			of = rdd("MapPartitionsRDD", parts, narrow(of))
		}
		return of
	}
	shuffled := func(parts int, of *RDD[int]) *RDD[int] { return rdd("ShuffledRDD", parts, shuffle(of)) }
	source := func(parts int) *RDD[int] { return rdd("ParallelCollectionRDD", parts) }
	src := source(4)
	m := mapped(4, src, 1)
	l, r := shuffled(3, m), shuffled(5, m)
	cached := mapped(4, m, 1).Cache()
	reduced := shuffled(2, cached).Cache()
	stored(sc, cached)
	return map[string]*RDD[int]{
		"narrow":    mapped(4, src, 3),
		"wordcount": shuffled(3, mapped(3, source(3), 2)),
		"join":      mapped(12, rdd("CoGroupedRDD", 12, shuffle(l), shuffle(r)), 2),
		"union": rdd("UnionRDD", 12, narrow(rdd("UnionRDD", 8, narrow(src), narrow(mapped(4, src, 1)))),
			narrow(mapped(4, shuffled(4, mapped(4, src, 1)), 1))),
		"copart": mapped(3, rdd("CoGroupedRDD", 3, narrow(l), narrow(shuffled(3, m))), 2),
		"repartition": mapped(8, rdd("CoalescedRDD", 8, narrow(shuffled(8,
			mapped(100, shuffled(100, mapped(120, source(120), 1)), 2)))), 1),
		"cachedbelow": shuffled(4, shuffled(4, cached)),
		"cachedboth":  mapped(11, rdd("CoGroupedRDD", 11, shuffle(stored(sc, reduced)), shuffle(shuffled(10, cached))), 2),
		"cartesian":   rdd("CartesianRDD", 12, narrow(src), narrow(l)),
		"empty":       rdd("EmptyRDD", 0),
		"cogroup3":    mapped(5, rdd("CoGroupedRDD", 5, shuffle(l), narrow(r), shuffle(m)), 1),
	}
}

// stored computes and keeps the partitions of r without its parents.
func stored(sc *Context, r *RDD[int]) *RDD[int] {
	parts, _ := r.Partitions(context.Background())
	alone := New(sc, nil, fixedPartitions(len(parts)), r.Iterate)
	if _, err := alone.Count(context.Background()); err != nil {
		panic(err)
	}
	return r
}

// What Spark's lines and ours do not share: ids, call sites, and sizes. Spark describes every line by the storage level
// of the RDD that was asked; here each has its own.
var (
	debugIDs   = regexp.MustCompile(`\[\d+\]( at \w+ at p\.scala:1)?`)
	debugLevel = regexp.MustCompile(`\[[A-Z][^\]]*\]`)
	debugSizes = regexp.MustCompile(`[0-9.]+ (B|KiB)`)
)

func debugShape(debug string) string {
	debug = debugLevel.ReplaceAllString(debugIDs.ReplaceAllString(debug, ""), "[]")
	return strings.TrimSpace(debugSizes.ReplaceAllString(debug, "n B"))
}

func TestToDebugStringIsSparks(t *testing.T) {
	sc := newTestContext(t)
	lineages := debugLineages(sc)
	seen := 0
	for _, program := range regexp.MustCompile(`(?m)^\w+:$`).FindAllStringIndex(sparkLineages, -1) {
		name := strings.TrimSuffix(sparkLineages[program[0]:program[1]], ":")
		want := sparkLineages[program[1]:]
		if next := regexp.MustCompile(`(?m)^\w+:$`).FindStringIndex(want); next != nil {
			want = want[:next[0]]
		}
		seen++
		got := lineages[name].ToDebugString(context.Background())
		if debugShape(got) != debugShape(want) {
			t.Errorf("%s: got\n%s\nSpark has\n%s", name, debugShape(got), debugShape(want))
		}
	}
	if seen != len(lineages) {
		t.Errorf("%d of %d programs compared", seen, len(lineages))
	}
}

func TestToDebugStringShowsWhatIsKept(t *testing.T) {
	sc := newTestContext(t)
	r := Map(Range(sc, 0, 10, 1, 4), func(v int64) int64 { return v }).Cache()
	level := " [" + MemoryOnly.Description() + "]\n"
	if got, want := r.ToDebugString(context.Background()), "(4) Map[1]"+level+" |  Range[0] []\n"; got != want {
		t.Errorf("before the first action:\n%swant\n%s", got, want)
	}
	must[int64](t)(r.Count(context.Background()))
	want := "(4) Map[1]" + level + " |       CachedPartitions: 4; MemorySize: 80 B; DiskSize: 0 B\n |  Range[0] []\n"
	if got := r.ToDebugString(context.Background()); got != want {
		t.Errorf("afterwards:\n%swant\n%s", got, want)
	}
}
