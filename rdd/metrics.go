package rdd

import (
	"runtime"
	"runtime/metrics"
	"time"
)

// TaskMetrics counts what a task did (Spark's task metrics; rows are what Spark calls records). Inside a task they
// belong to the task's own goroutine; StageCompleted carries their sum.
type TaskMetrics struct {
	RunTime time.Duration // from the start of the attempt to its end
	// GCTime is an estimate, as a garbage collector that runs beside the tasks stops none of them for long: the processor
	// time that the collector took in the whole process during the attempt, divided by GOMAXPROCS. Like Spark's, it
	// counts the same collection for each of the tasks it met. It is known at the end of the attempt, and only measured
	// when there are listeners; the runtime brings its figures up to date when a collection ends.
	GCTime time.Duration

	InputBytes  int64 // read from outside by sources
	InputRows   int64
	OutputBytes int64 // written to the outside by sinks
	OutputRows  int64
	ResultBytes int64 // the size in memory of what the task gave to the action; what is behind pointers is guessed
	ResultRows  int64

	ShuffleReadBytes  int64
	ShuffleReadRows   int64
	FetchWait         time.Duration // reading shuffle blocks that are in files
	ShuffleWriteBytes int64
	ShuffleWriteRows  int64
	ShuffleFiles      int64 // files made for shuffle outputs

	SpillBytes       int64 // written to disk because memory was refused (Spark's disk bytes spilled)
	SpillMemoryBytes int64 // what that took in memory (Spark's memory bytes spilled)
	PeakMemory       int64 // most bytes reserved at once (Spark's peak execution memory)
}

// Add adds o to m; of the peaks it keeps the larger.
func (m *TaskMetrics) Add(o *TaskMetrics) {
	m.RunTime += o.RunTime
	m.GCTime += o.GCTime
	m.InputBytes += o.InputBytes
	m.InputRows += o.InputRows
	m.OutputBytes += o.OutputBytes
	m.OutputRows += o.OutputRows
	m.ResultBytes += o.ResultBytes
	m.ResultRows += o.ResultRows
	m.ShuffleReadBytes += o.ShuffleReadBytes
	m.ShuffleReadRows += o.ShuffleReadRows
	m.FetchWait += o.FetchWait
	m.ShuffleWriteBytes += o.ShuffleWriteBytes
	m.ShuffleWriteRows += o.ShuffleWriteRows
	m.ShuffleFiles += o.ShuffleFiles
	m.SpillBytes += o.SpillBytes
	m.SpillMemoryBytes += o.SpillMemoryBytes
	m.PeakMemory = max(m.PeakMemory, o.PeakMemory)
}

// gcSeconds is the processor time of the collector since the process began, background work by idle processors left out.
func gcSeconds() float64 {
	s := [...]metrics.Sample{{Name: "/cpu/classes/gc/total:cpu-seconds"}, {Name: "/cpu/classes/gc/mark/idle:cpu-seconds"}}
	metrics.Read(s[:])
	if s[0].Value.Kind() != metrics.KindFloat64 || s[1].Value.Kind() != metrics.KindFloat64 {
		return 0 // a runtime that no longer has them
	}
	return s[0].Value.Float64() - s[1].Value.Float64()
}

// gcTimeSince is the estimate that TaskMetrics.GCTime documents.
func gcTimeSince(begin float64) time.Duration {
	return time.Duration((gcSeconds() - begin) / float64(runtime.GOMAXPROCS(0)) * float64(time.Second))
}
