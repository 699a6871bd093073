package rdd

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// logLine is what the tests read of a line of the log.
type logLine struct {
	Event   string
	Job     int       `json:"Job ID"`
	Stage   int       `json:"Stage ID"`
	Attempt int       `json:"Stage Attempt ID"`
	Info    logStage  `json:"Stage Info"`
	Task    logTask   `json:"Task Info"`
	Reason  logReason `json:"Task End Reason"`
	Metrics struct {
		Peak    int64            `json:"Peak Execution Memory"`
		Result  int64            `json:"Result Size"`
		Memory  int64            `json:"Memory Bytes Spilled"`
		Disk    int64            `json:"Disk Bytes Spilled"`
		Read    map[string]int64 `json:"Shuffle Read Metrics"`
		Written map[string]int64 `json:"Shuffle Write Metrics"`
	} `json:"Task Metrics"`
	Result struct{ Result string } `json:"Job Result"`
}

type logStage struct {
	ID      int    `json:"Stage ID"`
	Attempt int    `json:"Stage Attempt ID"`
	Tasks   int    `json:"Number of Tasks"`
	Failure string `json:"Failure Reason"`
}

type logTask struct {
	ID     int64 `json:"Task ID"`
	Failed bool
}

type logReason struct{ Reason string }

// readLog parses a whole log.
func readLog(t *testing.T, r io.Reader) (lines []logLine) {
	t.Helper()
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var l logLine
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			t.Fatalf("%v: %s", err, in.Text())
		}
		lines = append(lines, l)
	}
	return lines
}

// TestEventLogIsWholeAndInOrder reads a log back: it has everything that another listener was told, in an order in which
// nothing ends before it begins.
func TestEventLogIsWholeAndInOrder(t *testing.T) {
	dir := t.TempDir()
	var seen recorder
	sc := newTestContext(t, WithEventLog(dir), WithAppName("a test"), WithListener(&seen), WithFaults(5, 0.3), WithShuffleFiles(),
		WithMemory(400<<10), WithMaster("local-cluster[2,2,1]"))
	if files, _ := filepath.Glob(filepath.Join(dir, "*")); len(files) > 0 {
		t.Errorf("%v was made before the first event", files)
	}
	must[[]string](t)(manyStages(sc).Collect(t.Context()))
	large := KeyBy(Range(sc, 0, 80_000, 1, 2), func(v int64) int64 { return v % 20_000 }) // whose keys do not fit
	must[int64](t)(ReduceByKey(large, add, NumPartitions(4)).Count(t.Context()))
	if err := Range(sc, 0, 4, 1, 2).Foreach(t.Context(), func(int64) error { return errors.New("no luck") }); err == nil {
		t.Fatal("no error")
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "local-*.inprogress")); len(files) != 1 {
		t.Errorf("while the context lives: %v", files)
	}
	if err := sc.Close(); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(files) != 1 || strings.HasSuffix(files[0], ".inprogress") {
		t.Fatalf("after Close: %v", files)
	}
	f := must[*os.File](t)(os.Open(files[0]))
	defer f.Close()
	lines := readLog(t, f)
	if lines[0].Event != "SparkListenerLogStart" || lines[1].Event != "SparkListenerApplicationStart" ||
		lines[len(lines)-1].Event != "SparkListenerApplicationEnd" {
		t.Errorf("the log begins with %s, %s and ends with %s", lines[0].Event, lines[1].Event, lines[len(lines)-1].Event)
	}
	checkComplete(t, &seen, lines)
	checkOrder(t, lines)
}

// checkComplete compares the log with what a recorder saw.
func checkComplete(t *testing.T, seen *recorder, lines []logLine) {
	t.Helper()
	count := map[string]int{}
	var read, written, spilled, memory, results int64
	failed := 0
	for _, l := range lines {
		count[l.Event]++
		if l.Event == "SparkListenerTaskEnd" {
			read += l.Metrics.Read["Total Records Read"]
			written += l.Metrics.Written["Shuffle Bytes Written"]
			spilled += l.Metrics.Disk
			memory += l.Metrics.Memory
			results += l.Metrics.Result
			if (l.Reason.Reason != "Success") != l.Task.Failed {
				t.Errorf("task %d: %s, failed %v", l.Task.ID, l.Reason.Reason, l.Task.Failed)
			}
			if l.Task.Failed {
				failed++
			}
		}
	}
	var want TaskMetrics
	wantFailed := 0
	for _, e := range eventsOf[*TaskEnd](seen) {
		want.Add(&e.Metrics)
		if e.Err != nil {
			wantFailed++
		}
	}
	for event, n := range map[string]int{
		"SparkListenerJobStart": len(eventsOf[*JobStart](seen)), "SparkListenerJobEnd": len(eventsOf[*JobEnd](seen)),
		"SparkListenerStageSubmitted": len(eventsOf[*StageSubmitted](seen)), "SparkListenerStageCompleted": len(eventsOf[*StageCompleted](seen)),
		"SparkListenerTaskStart": len(eventsOf[*TaskStart](seen)), "SparkListenerTaskEnd": len(eventsOf[*TaskEnd](seen)),
	} {
		if n == 0 || count[event] != n {
			t.Errorf("%d × %s, want %d", count[event], event, n)
		}
	}
	if read != want.ShuffleReadRows || written != want.ShuffleWriteBytes || spilled != want.SpillBytes || memory != want.SpillMemoryBytes ||
		results != want.ResultBytes || failed != wantFailed {
		t.Errorf("read %d, written %d, spilled %d of %d, results %d, failed %d; want %+v and %d", read, written, spilled, memory,
			results, failed, want, wantFailed)
	}
	if read == 0 || written == 0 || spilled == 0 || memory == 0 || results == 0 || failed == 0 {
		t.Errorf("a figure is zero: %+v, %d failed", want, failed)
	}
}

// checkOrder tests that stages lie inside jobs' time, tasks inside their stages', and that failures are told.
func checkOrder(t *testing.T, lines []logLine) {
	t.Helper()
	jobs, tasks, ended := 0, map[int64]bool{}, map[string]int{}
	stages := map[[2]int]bool{}
	for _, l := range lines {
		at, info := [2]int{l.Stage, l.Attempt}, [2]int{l.Info.ID, l.Info.Attempt}
		switch l.Event {
		case "SparkListenerJobStart":
			jobs++
		case "SparkListenerStageSubmitted":
			stages[info] = true
			if jobs == 0 {
				t.Errorf("stage %v outside of any job", info)
			}
		case "SparkListenerTaskStart":
			if tasks[l.Task.ID] = true; !stages[at] {
				t.Errorf("task %d begins outside stage %v", l.Task.ID, at)
			}
		case "SparkListenerTaskEnd":
			if !tasks[l.Task.ID] || !stages[at] {
				t.Errorf("task %d ends before it begins, or outside stage %v", l.Task.ID, at)
			}
			delete(tasks, l.Task.ID)
		case "SparkListenerStageCompleted":
			delete(stages, info)
		case "SparkListenerJobEnd":
			jobs--
			ended[l.Result.Result]++
		}
	}
	if jobs != 0 || len(stages) != 0 || len(tasks) != 0 {
		t.Errorf("not ended: %d jobs, stages %v, tasks %v", jobs, stages, tasks)
	}
	if ended["JobFailed"] != 1 || ended["JobSucceeded"] == 0 {
		t.Errorf("jobs ended with %v", ended)
	}
}

// failingWriter takes some bytes, as a disk that fills up.
type failingWriter struct {
	room int
	bytes.Buffer
}

var errFull = errors.New("disk is full")

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.room -= len(p); w.room < 0 {
		return 0, errFull
	}
	return w.Buffer.Write(p)
}

func TestFullDiskEndsTheLogNotTheJob(t *testing.T) {
	w := &failingWriter{room: 20000}
	log := NewEventLog(w)
	sc := newTestContext(t, WithListener(log))
	for range 20 {
		if n := must[int64](t)(Range(sc, 0, 100, 1, 4).Count(t.Context())); n != 100 {
			t.Errorf("%d", n)
		}
	}
	for range 2 {
		if err := log.Close(); !errors.Is(err, errFull) {
			t.Errorf("Close: %v", err)
		}
	}
	if w.Len() == 0 {
		t.Error("nothing was written")
	}
}

// blockedWriter waits, as a disk that hangs.
type blockedWriter struct {
	open chan struct{}
	bytes.Buffer
}

func (w *blockedWriter) Write(p []byte) (int, error) {
	<-w.open
	return w.Buffer.Write(p)
}

// TestTasksDoNotWaitForTheLog runs jobs while nothing can be written.
func TestTasksDoNotWaitForTheLog(t *testing.T) {
	w := &blockedWriter{open: make(chan struct{})}
	log := NewEventLog(w)
	var seen recorder
	sc := newTestContext(t, WithListener(log), WithListener(&seen))
	for range 20 {
		must[int64](t)(Range(sc, 0, 100, 1, 4).Count(t.Context()))
	}
	close(w.open)
	if err := log.Close(); err != nil {
		t.Error(err)
	}
	log.OnEvent(&JobStart{}) // after Close: ignored
	ends := 0
	for _, l := range readLog(t, &w.Buffer) {
		if l.Event == "SparkListenerTaskEnd" {
			ends++
		}
	}
	if want := len(eventsOf[*TaskEnd](&seen)); ends != want || want != 80 {
		t.Errorf("%d tasks in the log, want %d", ends, want)
	}
}

// TestEventLogCountsWhatItDrops fills the queue of a log that cannot write.
func TestEventLogCountsWhatItDrops(t *testing.T) {
	w := &blockedWriter{open: make(chan struct{})}
	log := NewEventLog(w)
	e := &BlockUpdated{}
	for range 2*maxQueuedEvents + 1 { // the first ones may be with the writer already
		log.OnEvent(e)
	}
	log.mu.Lock()
	lost := log.lost
	log.queue = log.queue[:1] // the rest would take long to write
	log.mu.Unlock()
	close(w.open)
	if err := log.Close(); lost == 0 || err == nil || !strings.Contains(err.Error(), "events are missing") {
		t.Errorf("%d dropped, Close: %v", lost, err)
	}
}

func TestEventLogKeysAndErrors(t *testing.T) {
	dir := t.TempDir()
	sc := newTestContext(t, WithConf(map[string]string{"spark.eventLog.enabled": "true", "spark.eventLog.dir": dir}))
	must[int64](t)(Range(sc, 0, 10, 1, 2).Count(t.Context()))
	if err := errors.Join(sc.Close(), sc.Close()); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "local-*"))
	if len(files) != 1 || strings.HasSuffix(files[0], inProgress) {
		t.Errorf("%v", files)
	}
	none := filepath.Join(dir, "none")
	if _, err := NewContext(WithEventLog(none)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
	if _, err := NewContext(WithEventLog(files[0])); err == nil {
		t.Error("a file was taken for a folder")
	}
}

// TestEndReasons: the words of Spark for what ends an attempt.
func TestEndReasons(t *testing.T) {
	for want, err := range map[string]error{
		"Success": nil, "FetchFailed": &FetchFailedError{Err: errExecutorLost}, "ExecutorLostFailure": errExecutorLost,
		"TaskKilled": context.Canceled, "ExceptionFailure": &PanicError{Value: "x", Stack: []byte("stack")},
	} {
		if got := endReason(&TaskEnd{Err: err})["Reason"]; got != want {
			t.Errorf("%v: %v, want %s", err, got, want)
		}
	}
}

// TestMetricsOfAStageAreTheSum compares StageCompleted with its successful tasks.
func TestMetricsOfAStageAreTheSum(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithListener(&seen))
	counts := ReduceByKey(KeyBy(Range(sc, 0, 20000, 1, 4), func(v int64) int64 { return v % 5000 }), add, NumPartitions(3))
	must[[]Pair[int64, int64]](t)(counts.Collect(t.Context()))
	sums := map[int]*TaskMetrics{}
	for _, e := range eventsOf[*TaskEnd](&seen) {
		if sums[e.Stage.ID] == nil {
			sums[e.Stage.ID] = &TaskMetrics{}
		}
		sums[e.Stage.ID].Add(&e.Metrics)
	}
	for _, s := range eventsOf[*StageCompleted](&seen) {
		if *sums[s.ID] != s.Metrics {
			t.Errorf("stage %d: %+v, want %+v", s.ID, s.Metrics, *sums[s.ID])
		}
	}
	result := eventsOf[*StageCompleted](&seen)[1].Metrics
	if result.ResultRows != 5000 || result.ResultBytes < 5000*16 || result.ShuffleReadRows != 20000 || result.PeakMemory == 0 {
		t.Errorf("%+v", result)
	}
}

// TestProgressCounts follows a job whose stage is tried again.
func TestProgressCounts(t *testing.T) {
	var p Progress
	sc := newTestContext(t, WithListener(&p), WithFaults(3, 0.4))
	must[[]string](t)(manyStages(sc).Collect(t.Context()))
	if c := p.Counts(); c.DoneStages != c.Stages || c.DoneTasks != c.Tasks || c.FailedTasks == 0 || c.Tasks == 0 {
		t.Errorf("in the end %+v", c)
	}
	// What began before the reset is not counted.
	running := StageInfo{ID: 7, Tasks: 2}
	p.OnEvent(&StageSubmitted{StageInfo: running})
	p.Reset()
	p.OnEvent(&TaskEnd{TaskInfo: TaskInfo{Stage: running}})
	p.OnEvent(&StageCompleted{StageInfo: running})
	if c := p.Counts(); c != (ProgressCounts{}) {
		t.Errorf("what ran at Reset was counted: %+v", c)
	}
}

// TestEventLogTellsWhatUsersNamed reads back groups, descriptions and accumulators, and the events of exclusion.
func TestEventLogTellsWhatUsersNamed(t *testing.T) {
	var out strings.Builder
	log := NewEventLog(&out)
	sc := newTestContext(t, WithListener(log), WithThreads(2))
	sum := NewLongAccumulator(sc, "sum")
	add := func(tc *TaskContext, in iter.Seq2[int64, error]) error {
		for v := range in {
			sum.Add(tc, v)
		}
		return nil
	}
	if err := Range(sc, 0, 10, 1, 2).ForeachPartition(t.Context(), add, JobGroup("nightly", "adds up"), Tag("mine")); err != nil {
		t.Fatal(err)
	}
	log.OnEvent(&ExecutorExcluded{Executor: "1", Stage: 7, Failures: 2})
	log.OnEvent(&ExecutorExcluded{Executor: "1", Stage: -1, Failures: 3})
	log.OnEvent(&ExecutorUnexcluded{Executor: "1"})
	log.OnEvent(&TaskStart{TaskInfo: TaskInfo{Speculative: true}})
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"spark.jobGroup.id":"nightly"`, `"spark.job.description":"adds up"`, `"spark.job.tags":"mine"`, `"Speculative":true`,
		`"Name":"sum","Update":"{10 5}"`, `"Name":"sum","Update":"{35 5}"`, `"Name":"sum","Value":"{45 10}"`,
		`"Event":"org.apache.spark.scheduler.SparkListenerExecutorExcludedForStage","executorId":"1","stageAttemptId":0,"stageId":7,"taskFailures":2`,
		`"Event":"org.apache.spark.scheduler.SparkListenerExecutorExcluded","executorId":"1","taskFailures":3`,
		`"Event":"org.apache.spark.scheduler.SparkListenerExecutorUnexcluded","executorId":"1"`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the log lacks %s", want)
		}
	}
	if t.Failed() {
		t.Log(out.String())
	}
}
