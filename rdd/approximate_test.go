package rdd

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"
	"testing"
	"time"
)

// forever is a timeout that no test reaches.
const forever = time.Hour

// gated is Range whose partitions from the open-th on wait until gate is closed, or the job is cancelled.
func gated(sc *Context, n int64, parts, open int, gate <-chan struct{}) *RDD[int64] {
	return MapPartitions(Range(sc, 0, n, 1, parts), func(tc *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		if tc.Partition() < open {
			return in
		}
		select {
		case <-gate:
			return in
		case <-tc.Context().Done():
			return failed[int64](tc.Err())
		}
	})
}

// merging tells when so many results of a job have been merged.
type merging[U, R any] struct {
	ApproximateEvaluator[U, R]
	left   int
	enough chan struct{}
}

func (m *merging[U, R]) Merge(part int, v U) {
	m.ApproximateEvaluator.Merge(part, v)
	if m.left--; m.left == 0 {
		close(m.enough)
	}
}

// TestApproximateJob asks for the answer when two of four partitions are done, and then lets the others end.
func TestApproximateJob(t *testing.T) {
	sc, ctx := newTestContext(t), context.Background()
	gate := make(chan struct{})
	e := &merging[int64, BoundedDouble]{&countEvaluator{share: share{total: 4}, confidence: 0.95}, 2, make(chan struct{})}
	j := approximateJob[int64, int64, BoundedDouble]{r: gated(sc, 400, 4, 2, gate), evaluator: e,
		task: func(_ *TaskContext, in iter.Seq2[int64, error]) (int64, error) {
			return folded(in, new(elementKind[int64]), 0, func(n, _ int64) int64 { return n + 1 })
		}}
	ended := make(chan BoundedDouble)
	go func() {
		final, err := j.run(ctx, nil)
		if err != nil {
			t.Error(err)
		}
		ended <- final
	}()
	<-e.enough
	if got := must[BoundedDouble](t)(j.current()); got != (BoundedDouble{400, 0.95, 373, 428}) {
		t.Error("by half of the partitions:", got)
	}
	close(gate)
	if final := <-ended; final != exactly(400) {
		t.Errorf("in the end: %+v", final)
	}
}

// TestCountApprox is back before the job has ended, which goes on.
func TestCountApprox(t *testing.T) {
	sc, ctx := newTestContext(t), context.Background()
	gate := make(chan struct{})
	p := must[*PartialResult[BoundedDouble]](t)(CountApprox(ctx, gated(sc, 100, 4, 0, gate), 0, 0.95))
	if got := fmt.Sprint(p); p.InitialIsFinal() || got != "(partial: [0.000, Infinity])" {
		t.Errorf("before any task has ended: %s, final: %v", got, p.InitialIsFinal())
	}
	close(gate)
	if final := must[BoundedDouble](t)(p.Final()); final != exactly(100) {
		t.Errorf("final: %+v", final)
	}
	<-p.Done()
	if got := fmt.Sprint(p); got != "(final: [100.000, 100.000])" {
		t.Error(got)
	}
	in := Parallelize(sc, []int{3, 1, 2, 2, 5}, 3)
	for name, r := range map[string]*RDD[int]{"[5.000, 5.000]": in, "[0.000, 0.000]": Empty[int](sc)} {
		p := must[*PartialResult[BoundedDouble]](t)(CountApprox(ctx, r, forever, 0.9))
		if got := fmt.Sprint(p); !p.InitialIsFinal() || got != "(final: "+name+")" {
			t.Errorf("in time: %s, final: %v", got, p.InitialIsFinal())
		}
	}
	for _, confidence := range []float64{-1, 1.5, nan} {
		if _, err := CountApprox(ctx, in, forever, confidence); err == nil || !strings.Contains(err.Error(), "must be in [0,1]") {
			t.Errorf("confidence %v: %v", confidence, err)
		}
	}
}

// TestApproximateFailures come at once, or with the final answer when they come late; cancelling ends the job.
func TestApproximateFailures(t *testing.T) {
	sc := newTestContext(t)
	ctx, cancel := context.WithCancelCause(context.Background())
	late := must[*PartialResult[BoundedDouble]](t)(CountApprox(ctx, gated(sc, 100, 4, 2, nil), 0, 0.9))
	unwanted := errors.New("unwanted")
	cancel(unwanted)
	if _, err := late.Final(); !errors.Is(err, unwanted) {
		t.Errorf("cancelled late: %v", err)
	}
	if got := fmt.Sprint(late); !strings.HasPrefix(got, "(partial: ") {
		t.Errorf("a failed job is %s", got)
	}
	if _, err := CountApprox(ctx, Range(sc, 0, 10, 1, 2), forever, 0.9); !errors.Is(err, unwanted) {
		t.Errorf("cancelled before: %v", err)
	}
	var panicked *PanicError
	if _, err := RunApproximateJob(context.Background(), Range(sc, 0, 10, 1, 2),
		func(*TaskContext, iter.Seq2[int64, error]) (int, error) { return 0, nil }, panicking{}, forever); !errors.As(err, &panicked) {
		t.Errorf("an evaluator that panics: %v", err)
	}
}

type panicking struct{}

func (panicking) Merge(int, int) { panic("no") }
func (panicking) Current() int   { return 0 }

// TestApproximateJobEndsWithTheContext leaves a job behind that nobody waits for; newTestContext looks for its
// goroutines.
func TestApproximateJobEndsWithTheContext(t *testing.T) {
	sc := newTestContext(t)
	p := must[*PartialResult[BoundedDouble]](t)(CountApprox(context.Background(), gated(sc, 100, 4, 0, nil), 0, 0.9))
	sc.Close()
	if _, err := p.Final(); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

func TestOtherApproximations(t *testing.T) {
	sc, ctx := newTestContext(t), context.Background()
	vs := Parallelize(sc, []float64{1, 2, 2, nan, nan, 4}, 3)
	counts := must[*PartialResult[map[float64]BoundedDouble]](t)(CountByValueApprox(ctx, vs, forever, 0.95)).Initial()
	if len(counts) != 4 || counts[2] != exactly(2) || counts[4] != exactly(1) {
		t.Errorf("by value: %v", counts)
	}
	keyed := must[*PartialResult[map[int64]BoundedDouble]](t)(CountByKeyApprox(ctx, KeyBy(Range(sc, 0, 10, 1, 3), func(v int64) int64 { return v % 3 }), forever, 0.95))
	if got := fmt.Sprint(keyed); got != "(final: map[0:[4.000, 4.000] 1:[3.000, 3.000] 2:[3.000, 3.000]])" {
		t.Errorf("by key: %v", got)
	}
	if got := must[*PartialResult[BoundedDouble]](t)(SumApprox(ctx, Range(sc, 0, 10, 1, 3), forever, 0.95)); got.Initial() != exactly(45) {
		t.Errorf("sum: %v", got)
	}
	if got := must[*PartialResult[BoundedDouble]](t)(MeanApprox(ctx, Range(sc, 0, 10, 1, 3), forever, 0.95)); got.Initial() != exactly(4.5) {
		t.Errorf("mean: %v", got)
	}
	none := must[*PartialResult[map[int64]BoundedDouble]](t)(CountByValueApprox(ctx, Empty[int64](sc), forever, 0.95))
	if got := fmt.Sprint(none); got != "(final: map[])" {
		t.Errorf("of nothing: %v", got)
	}
}

// TestBoundsAsSpark compares with the evaluators of Spark 4.3.
func TestBoundsAsSpark(t *testing.T) {
	for _, c := range []struct {
		total, merged, sum int
		want               BoundedDouble
	}{
		{10, 4, 100, BoundedDouble{250, 0.95, 226, 274}}, {10, 4, 100, BoundedDouble{250, 0.5, 242, 258}},
		{10, 9, 5, BoundedDouble{5.555555555555555, 0.95, 5, 7}}, {10, 9, 5, BoundedDouble{5.555555555555555, 0.5, 5, 6}},
		{10, 1, 20000, BoundedDouble{200000, 0.95, 199169, 200832}}, {10, 1, 20000, BoundedDouble{200000, 0.5, 199714, 200286}},
		{4, 2, 1, BoundedDouble{2, 0.95, 1, 4}}, {4, 2, 1, BoundedDouble{2, 0.5, 1, 3}},
		{1000, 1, 3, BoundedDouble{3000, 0.95, 2893, 3108}}, {10, 1, 0, BoundedDouble{High: inf}}, {10, 0, 0, BoundedDouble{High: inf}},
		{10, 10, 7, BoundedDouble{7, 1, 7, 7}},
	} {
		e := countEvaluator{share: share{total: c.total}, confidence: c.want.Confidence}
		for i := range c.merged {
			if i == 0 {
				e.Merge(i, int64(c.sum))
			} else {
				e.Merge(i, 0)
			}
		}
		sameBounds(t, fmt.Sprintf("count of %d in %d of %d", c.sum, c.merged, c.total), e.Current(), c.want)
	}
	many := make([]float64, 200)
	for i := range many {
		many[i] = float64(i) / 2
	}
	four := []float64{1, 2, 3, 4}
	for _, c := range []struct {
		total, merged int
		in            []float64
		sum, mean     BoundedDouble
	}{
		{4, 0, nil, BoundedDouble{0, 0, -inf, inf}, BoundedDouble{0, 0, -inf, inf}},
		{4, 1, nil, BoundedDouble{0, 0, -inf, inf}, BoundedDouble{0, 0, -inf, inf}},
		{4, 1, four, BoundedDouble{40, 0.95, -22.03729929368606, 102.03729929368606}, BoundedDouble{2.5, 0.95, 0.44573974351461043, 4.55426025648539}},
		{4, 1, four, BoundedDouble{40, 0.5, 25.08950355824249, 54.91049644175751}, BoundedDouble{2.5, 0.5, 2.0062641250747246, 2.9937358749252754}},
		{4, 3, four, BoundedDouble{13.333333333333332, 0.95, 2.0400906400030836, 24.62657602666358}, BoundedDouble{2.5, 0.95, 0.44573974351461043, 4.55426025648539}},
		{4, 3, []float64{5}, BoundedDouble{6.666666666666666, 0.95, -inf, inf}, BoundedDouble{5, 0.95, -inf, inf}},
		{4, 1, []float64{2, 2}, BoundedDouble{16, 0.95, -108.4948726838523, 140.4948726838523}, BoundedDouble{2, 0.95, 2, 2}},
		{4, 1, []float64{1, nan}, BoundedDouble{nan, 0.95, -inf, inf}, BoundedDouble{nan, 0.95, nan, nan}},
		{8, 1, many, BoundedDouble{79600, 0.95, 67844.28372151006, 91355.71627848994}, BoundedDouble{49.75, 0.95, 45.73925084159372, 53.76074915840628}},
		{8, 1, many, BoundedDouble{79600, 0.99, 64150.36994904414, 95049.63005095585}, BoundedDouble{49.75, 0.99, 44.47898211758143, 55.02101788241857}},
		{1, 1, four, exactly(10), exactly(2.5)},
	} {
		e := statEvaluator{share: share{total: c.total}, confidence: c.sum.Confidence}
		for i := range c.merged {
			if i == 0 {
				e.Merge(i, NewStatCounter(c.in...))
			} else {
				e.Merge(i, StatCounter{})
			}
		}
		sameBounds(t, fmt.Sprintf("sum of %v in %d of %d", c.in, c.merged, c.total), sumBounds(&e), c.sum)
		sameBounds(t, fmt.Sprintf("mean of %v in %d of %d", c.in, c.merged, c.total), meanBounds(&e), c.mean)
	}
}

// sameBounds compares as closely as Spark's solvers are exact.
func sameBounds(t *testing.T, name string, got, want BoundedDouble) {
	t.Helper()
	close := func(a, b float64) bool { return near(a, b) || math.Abs(a-b) < 1e-6*math.Abs(b) }
	if !close(got.Mean, want.Mean) || got.Confidence != want.Confidence || !close(got.Low, want.Low) || !close(got.High, want.High) {
		t.Errorf("%s: %+v, want %+v", name, got, want)
	}
}

// TestQuantiles compares with the tables of textbooks, and at the ends.
func TestQuantiles(t *testing.T) {
	for _, c := range []struct{ got, want float64 }{
		{normalQuantile(0.975), 1.959963985}, {normalQuantile(0.5), 0}, {normalQuantile(1), inf},
		{studentQuantile(1, 0.975), 12.70620474}, {studentQuantile(2, 0.975), 4.30265273}, {studentQuantile(3, 0.95), 2.353363435},
		{studentQuantile(10, 0.995), 3.169272673}, {studentQuantile(99, 0.975), 1.984216952}, {studentQuantile(4, 1), inf},
		{poissonQuantile(0, 0.9), 0}, {poissonQuantile(4, 0), 0}, {poissonQuantile(4, 1), inf}, {poissonQuantile(0.1, 0.9), 0},
		{poissonQuantile(0.1, 0.91), 1}, {poissonQuantile(4, 0.5), 4}, {poissonQuantile(4, 0.975), 8}, {poissonQuantile(1e7, 0.5), 1e7},
		{poissonQuantile(1e12, 0.975), 1e12 + 1959964},
	} {
		if math.Abs(c.got-c.want) > 1e-8*math.Max(1, math.Abs(c.want)) && c.got != c.want {
			t.Errorf("%v, want %v", c.got, c.want)
		}
	}
}
