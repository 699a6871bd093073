package rdd

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
)

// SampleByKeyExact is SampleByKey whose sample has exactly the fraction of each key's pairs, rounded up to a whole
// number. A job inside the first action counts the keys of each partition; the counts are held by the caller's process.
// Over an r whose elements differ from pass to pass the sizes are not exact. Errors as for SampleByKey.
func SampleByKeyExact[K comparable, V any](r *RDD[Pair[K, V]], withReplacement bool, fractions map[K]float64, seed uint64) *RDD[Pair[K, V]] {
	if err := checkFractions(fractions); err != nil {
		return invalid[Pair[K, V]](r.sc, "SampleByKeyExact", err)
	}
	var shares []keyShares[K] // by partition; set when the partitions are listed, before any task reads it
	list := func(ctx context.Context) ([]Partition, error) {
		ps, err := r.Partitions(ctx)
		if err != nil || len(ps) == 0 {
			return ps, err
		}
		counts, err := countKeys(ctx, r, fractions, len(ps))
		if err != nil {
			return nil, err
		}
		shares = shareOut(counts, fractions, withReplacement, seed)
		return ps, nil
	}
	return New(r.sc, OneToOne(r), list, func(tc *TaskContext, p Partition) iter.Seq2[Pair[K, V], error] {
		return func(yield func(Pair[K, V], error) bool) {
			draw := shares[p.Index()].drawer(partitionRandom(seed, p.Index()), withReplacement)
			repeated(r.Iterate(tc, p), yield, func(kv Pair[K, V]) (int, error) { return draw(kv.Key), nil })
		}
	}, Named("SampleByKeyExact"), PartitionedBy(r.Partitioner()), byPosition(r))
}

// keyShares lists the keys of one partition.
type keyShares[K comparable] []Pair[K, keyShare]

// keyShare is how many pairs of one key a partition has, and how many of those are to be taken.
type keyShare struct{ count, take int64 }

// countKeys counts the pairs of each key in each partition, the keys in the order in which they come.
func countKeys[K comparable, V any](ctx context.Context, r *RDD[Pair[K, V]], fractions map[K]float64, n int) ([]keyShares[K], error) {
	counts, kind := make([]keyShares[K], n), kindOf[K]()
	err := RunJob(ctx, r, nil, func(_ *TaskContext, in iter.Seq2[Pair[K, V], error]) (keyShares[K], error) {
		known, t := fractionTable(fractions), newTable[K, keyShare](keyOpsOf[K]())
		for kv, err := range in {
			if err != nil {
				return nil, err
			}
			c := t.lookup(kv.Key)
			if c == nil {
				if known.lookup(kv.Key) == nil {
					return nil, Permanent(fmt.Errorf("sampleByKeyExact: no fraction for key %v", kv.Key))
				}
				c, _ = t.find(kind.keep(kv.Key))
			}
			c.count++
		}
		return t.entries, nil
	}, func(p int, found keyShares[K]) bool { counts[p] = found; return true })
	return counts, err
}

// fractionTable holds the fractions by this package's rules for keys.
func fractionTable[K comparable](fractions map[K]float64) *table[K, float64] {
	t := newTable[K, float64](keyOpsOf[K]())
	for k, f := range fractions {
		at, _ := t.find(k)
		*at = f
	}
	return t
}

// shareOut decides how many pairs of each key every partition gives, as if all pairs of the key were drawn from one urn.
func shareOut[K comparable](counts []keyShares[K], fractions map[K]float64, withReplacement bool, seed uint64) []keyShares[K] {
	known, left := fractionTable(fractions), newTable[K, keyShare](keyOpsOf[K]())
	for _, part := range counts {
		for _, c := range part {
			total, _ := left.find(c.Key)
			total.count += c.Val.count
		}
	}
	for i := range left.entries {
		e := &left.entries[i]
		e.Val.take = int64(math.Ceil(*known.lookup(e.Key) * float64(e.Val.count)))
		if !withReplacement {
			e.Val.take = min(e.Val.take, e.Val.count)
		}
	}
	random := rand.New(rand.NewPCG(seed, 0)) // the partitions' own have another second seed
	for _, part := range counts {
		for i := range part {
			total, c := left.lookup(part[i].Key), &part[i].Val
			if withReplacement {
				c.take = binomial(random, total.take, float64(c.count)/float64(total.count))
			} else {
				c.take = hypergeometric(random, total.count, c.count, total.take)
			}
			total.count -= c.count
			total.take -= c.take
		}
	}
	return counts
}

// drawer gives a function that says how often the next pair of a key is taken, so that the shares come out exactly.
func (s keyShares[K]) drawer(random *rand.Rand, withReplacement bool) func(k K) int {
	left := newTable[K, keyShare](keyOpsOf[K]())
	for _, e := range s {
		share, _ := left.find(e.Key)
		*share = e.Val
	}
	return func(k K) int {
		share := left.lookup(k)
		if share == nil || share.count <= 0 {
			return 0 // r has more than it had when it was counted
		}
		taken := int64(0)
		if withReplacement {
			taken = binomial(random, share.take, 1/float64(share.count))
		} else if random.Int64N(share.count) < share.take {
			taken = 1
		}
		share.count--
		share.take -= taken
		return int(taken)
	}
}

// binomial draws how many of n trials succeed.
func binomial(random *rand.Rand, n int64, p float64) int64 {
	if n <= 0 || p <= 0 {
		return 0
	}
	if p >= 1 {
		return n
	}
	yes, no := math.Log(p), math.Log1p(-p)
	return drawAround(random, 0, n, int64(float64(n+1)*p), func(k int64) float64 {
		return logChoose(n, k) + float64(k)*yes + float64(n-k)*no
	})
}

// hypergeometric draws how many of take balls, drawn from an urn of total, are among the first count.
func hypergeometric(random *rand.Rand, total, count, take int64) int64 {
	least, most := max(0, take-(total-count)), min(count, take)
	mode := int64(float64(take+1) * float64(count+1) / float64(total+2))
	all := logChoose(total, take)
	return drawAround(random, least, most, min(max(mode, least), most), func(k int64) float64 {
		return logChoose(count, k) + logChoose(total-count, take-k) - all
	})
}

// drawAround draws from a distribution over [least, most] with one peak, walking outwards from it: the number of steps
// is about the standard deviation. logP is the logarithm of the probability.
func drawAround(random *rand.Rand, least, most, peak int64, logP func(int64) float64) int64 {
	const negligible = 1e-18
	u := random.Float64()
	for down, up := peak, peak+1; down >= least || up <= most; down, up = down-1, up+1 {
		below, above := 0.0, 0.0
		if down >= least {
			if below = math.Exp(logP(down)); u < below {
				return down
			}
		}
		if up <= most {
			if above = math.Exp(logP(up)); u < below+above {
				return up
			}
		}
		if u -= below + above; below+above < negligible {
			break // what is left is the rounding of the sum
		}
	}
	return peak
}

// logChoose is the logarithm of the number of ways to choose k of n.
func logChoose(n, k int64) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}
