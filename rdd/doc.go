// Package rdd computes with partitioned, lazy, immutable collections that can be rebuilt from their lineage: Spark's
// resilient distributed datasets, in one process. It knows nothing of SQL; the SQL engine is one of its users.
//
// # An RDD is a recipe
//
//	sc, err := rdd.NewContext(rdd.WithThreads(4), rdd.WithMemory(2<<30))
//	defer sc.Close()
//	lines := rdd.TextFile(sc, "logs/*.gz", 8)
//	words := rdd.FlatMap(lines, strings.FieldsSeq)
//	ones := rdd.Map(words, func(w string) rdd.Pair[string, int] { return rdd.KV(w, 1) })
//	counts := rdd.ReduceByKey(ones, func(a, b int) int { return a + b })
//	pairs, err := counts.Collect(ctx)
//
// Only the last line runs anything. Each line before makes an [RDD] out of five things: a list of partitions, a function
// that computes one partition as a stream, the dependencies on parents, maybe a partitioner that says where keys are,
// and maybe preferred locations ([New] makes one from exactly these). Transformations that keep the element type are
// methods (Filter, Union, Cache); those that change it are functions (Map, Join), because Go's methods cannot have type
// parameters of their own. Actions (Collect, Count, Reduce, Take, Foreach, [RunJob], [Stream]) take a
// [context.Context]; nothing else does.
//
// # From lineage to tasks
//
// An action is a job. The lineage below it is cut into stages at the shuffle dependencies:
//
//	TextFile ─ FlatMap ─ Map ══╗ shuffle            one task per input split: lines are read, split,
//	         map stage         ║                     paired and combined in one go, chunk by chunk
//	                           ╚══ ReduceByKey      one task per reducer: reads its block of every map output
//	                                result stage     in map order, merges, and hands the result to the action
//
// Inside a stage everything is narrow: streams are iter.Seq2[T, error] functions that push into one another, the
// package's own operators in chunks of at most 1,024 elements (the first chunk has one), so nothing but a chunk
// is materialised between the operators of a chain. A stage whose shuffle outputs still exist is skipped; stages that do
// not depend on each other run at the same time. A task that fails is tried again, up to four times, unless its error
// says that this is pointless ([Permanent]); a panic is a failure like any other ([PanicError]). A task that finds a
// shuffle output missing or damaged does not fail the job: just that output is computed again from lineage.
//
// # What moves and what stays
//
// An element is lent to its consumer until the consumer's yield returns. Whoever keeps it (cache, shuffle, Collect, sort)
// keeps v.Retain() where T has that method ([Retainer]) and v where it has not. Shuffle blocks stay in memory by
// reference, so that a columnar batch changes sides for about 0.2 µs; when the memory budget refuses, blocks go through
// a [Codec] to one data file and one index file per map task, with checksums. SQL splits its batches itself and uses
// [NewExchange], [Materialize] and [ReadShuffle]: run the map stage, look at the sizes, then decide who reads what.
//
// Persist keeps computed partitions, evicting the least recently used; what was evicted is computed again. Operators
// claim memory with [TaskContext.Reserve] and are told to spill through the same reservation; a budget that cannot be
// kept is a [MemoryError] that names the largest consumers.
//
// # Keys
//
// Keys are compared by this package's own rules, not by Go's map: NaN equals NaN and −0 equals 0, at any depth of a
// struct. Slices are equal when their elements are, so that []byte is a key, and a type with an equality of its own
// implements [Key]. [HashPartitioner] puts strings, numbers, booleans and pairs where Spark puts them.
//
// # Caveats
//
// Functions given to transformations run concurrently for different partitions and more than once for one (retries,
// evicted blocks, lost outputs), so they should be pure; what must be counted exactly goes through an [Accumulator].
// An action called inside a task is an error. An action that is cancelled returns when its tasks have noticed, which
// built-in sources do every 1,024 elements; a function that blocks must watch [TaskContext.Context] itself.
package rdd
