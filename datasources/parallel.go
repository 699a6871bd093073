package datasources

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Parallel calls f for 0 to n-1 on as many goroutines as there are processors, and returns the error of the lowest number that has
// one. After an error no new calls begin.
func Parallel(ctx context.Context, n int, f func(i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var failed atomic.Bool
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && !failed.Load() && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if errs[i] = f(i); errs[i] != nil {
					failed.Store(true)
				}
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return Cancelled(err)
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
