package rdd

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"
)

// TestCancelledWhileAStageIsSubmitted cancels jobs at the moment between a stage's announcement and its first task.
func TestCancelledWhileAStageIsSubmitted(t *testing.T) {
	var cancel atomic.Pointer[context.CancelFunc]
	sc := newTestContext(t, WithThreads(2), WithListener(ListenerFunc(func(e Event) {
		if _, ok := e.(*StageSubmitted); ok {
			(*cancel.Load())()
		}
	})))
	job := func() error {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		cancel.Store(&stop)
		ended := make(chan error, 1)
		go func() {
			_, err := Range(sc, 0, 2, 1, 2).Count(ctx)
			ended <- err
		}()
		select {
		case err := <-ended:
			return err
		case <-time.After(20 * time.Second):
			return errors.New("it does not end")
		}
	}
	for i := range 2000 {
		if err := job(); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatalf("job %d: %v", i, err)
		}
	}
}
