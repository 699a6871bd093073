package rdd

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/gosql-engine/gosql/rdd/vfs"
)

// chaosKeeping are the programs that write what outlives a job: checkpoints, outputs, broadcasts, accumulators.
var chaosKeeping = []chaosProgram{
	{name: "checkpoints", run: chaosCheckpoints, allowed: isLostCheckpoint},
	{name: "outputs", run: chaosOutputs},
	{name: "broadcast", run: chaosBroadcast},
	{name: "trees", run: chaosTrees},
}

// isLostCheckpoint allows what local checkpoints say when a block of theirs is lost.
func isLostCheckpoint(err error) bool {
	return strings.Contains(err.Error(), "the local checkpoint of")
}

// chaosFS is where programs write: a file system in memory to which things happen, too.
const chaosFS = "chaos://"

// files gives the option that mounts the file system of a run.
func (r *chaosRun) files() ContextOption {
	return WithFS("chaos", vfs.NewFaulty(vfs.NewMemory(), vfs.Faults{Fail: func(op vfs.Op, name string) error {
		if r.kind.storage == nil {
			return nil
		}
		return r.kind.storage(r.inject, op)
	}}))
}

// failingStorage fails any operation but those that clean up.
func failingStorage(c *chaosInjector, op vfs.Op) error {
	if op != vfs.OpRemove && op != vfs.OpReadDir && c.strikes() {
		return fmt.Errorf("%s: %w", op, errChaos)
	}
	return nil
}

// chaosCheckpoints takes sums round and round, with a checkpoint in every other.
func chaosCheckpoints(r *chaosRun) error {
	data, keys, parts := r.numbers(80+r.random.IntN(80), 50), int64(3+r.random.IntN(5)), r.parts()
	sums := map[int64]int64{}
	for _, v := range data {
		sums[v%keys] += v
	}
	now := ReduceByKey(Map(Parallelize(r.sc, data, r.parts()), func(v int64) Pair[int64, int64] { r.user(); return KV(v%keys, v) }), add, NumPartitions(parts))
	path := ""
	for round := range 4 {
		now = MapValues(now, func(v int64) int64 { r.user(); return v + 1 })
		for k := range sums {
			sums[k]++
		}
		if r.random.IntN(2) == 0 {
			now.Persist(r.level())
		}
		switch {
		case round%2 == 1:
		case r.random.IntN(3) == 0:
			now.LocalCheckpoint()
		default:
			now.Checkpoint()
		}
		got, err := now.Collect(r.ctx)
		if err != nil {
			return err
		}
		if err := same("sums", byKey(got), asPairs(sums)); err != nil {
			return err
		}
		if p := now.CheckpointFile(); p != "" {
			path = p
			if err := r.reopened(path, sums); err != nil {
				return err
			}
		}
		now = ReduceByKey(now, add, NumPartitions(parts))
	}
	return nil
}

// reopened reads a checkpoint as another process would.
func (r *chaosRun) reopened(path string, want map[int64]int64) error {
	again, err := OpenCheckpoint[Pair[int64, int64]](r.sc, path)
	if err != nil {
		return err
	}
	got, err := again.Collect(r.ctx)
	if err != nil {
		return err
	}
	return same("checkpoint", byKey(got), asPairs(want))
}

// chaosOutputs writes text and objects by way of a shuffle, and reads them back. An output that failed is not there.
func chaosOutputs(r *chaosRun) error {
	words := make([]string, 100+r.random.IntN(100))
	for i := range words {
		words[i] = fmt.Sprintf("word %04d", r.random.IntN(1000))
	}
	sorted := SortBy(Parallelize(r.sc, words, r.parts()), func(s string) string { r.user(); return s }, NumPartitions(r.parts()))
	slices.Sort(words)
	for i := range 2 {
		path := fmt.Sprintf("%sout/%d", chaosFS, i)
		save, load := sorted.SaveAsTextFile, func() *RDD[string] { return TextFile(r.sc, path, r.parts()) }
		if i == 1 {
			save, load = func(ctx context.Context, path string, opts ...Option) error {
				return SaveAsObjectFile(ctx, sorted, path, opts...)
			},
				func() *RDD[string] { return ObjectFile[string](r.sc, path, r.parts()) }
		}
		if err := save(r.ctx, path); err != nil {
			return errors.Join(err, r.nothingAt(path))
		}
		got, err := load().Collect(r.ctx)
		if err != nil {
			return err
		}
		slices.Sort(got)
		if err := same(path, got, words); err != nil {
			return err
		}
	}
	return nil
}

// nothingAt checks that an output which failed has left nothing to be taken for one.
func (r *chaosRun) nothingAt(path string) error {
	at, err := r.sc.locate(path)
	if err != nil {
		return nil // the Context is closed
	}
	if there, err := vfs.Exists(at.fs, at.name); err == nil && there {
		return &wrongAnswer{"there is something at " + path + " although it could not be saved"}
	}
	return nil
}

// chaosBroadcast looks values up that were broadcast, and counts in accumulators: each element once, whatever was tried
// again.
func chaosBroadcast(r *chaosRun) error {
	names := map[int64]string{}
	for i := range int64(20) {
		names[i] = fmt.Sprint("name ", i)
	}
	shared, err := NewBroadcast(r.sc, names)
	if err != nil {
		return err
	}
	data, seen := r.numbers(150, 20), NewLongAccumulator(r.sc, "seen")
	named := MapPartitions(Parallelize(r.sc, data, r.parts()), func(tc *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			r.user()
			known, err := shared.ValueIn(tc)
			for v, e := range in {
				if err = errors.Join(err, e); err == nil {
					seen.Add(tc, v)
				}
				if !yield(known[v], err) || err != nil {
					return
				}
			}
		}
	})
	got, err := named.Collect(r.ctx)
	if err != nil {
		return err
	}
	want, sum := make([]string, len(data)), int64(0)
	for i, v := range data {
		want[i], sum = names[v], sum+v
	}
	return errors.Join(same("names", got, want), same("accumulator", seen.Value(), Tally[int64]{sum, int64(len(data))}))
}

// chaosTrees adds up over trees of tasks, where each level is a shuffle.
func chaosTrees(r *chaosRun) error {
	data := r.numbers(200, 1000)
	numbers := Map(Parallelize(r.sc, data, 4+r.parts()), func(v int64) int64 { r.user(); return v })
	depth := 1 + r.random.IntN(3)
	var opts []Option
	if r.random.IntN(2) == 0 {
		opts = append(opts, FinalAggregateOnExecutor())
	}
	counts, err := TreeAggregate(r.ctx, numbers, func() []int64 { return make([]int64, 5) },
		func(a []int64, v int64) []int64 { a[v%5]++; return a },
		func(a, b []int64) []int64 {
			for i := range a {
				a[i] += b[i]
			}
			return a
		}, depth, opts...)
	if err != nil {
		return err
	}
	sum, err := TreeReduce(r.ctx, numbers, add, depth, opts...)
	if err != nil {
		return err
	}
	wantCounts, wantSum := make([]int64, 5), int64(0)
	for _, v := range data {
		wantCounts[v%5]++
		wantSum += v
	}
	return errors.Join(same("counts", counts, wantCounts), same("sum", sum, wantSum))
}
