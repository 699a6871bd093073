package physical

import (
	"context"
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// Execute runs a plan and streams its batches in order, each lent until yield returns. An error ends the stream; leaving the loop
// cancels the query. The iterator may be used several times, each a run of its own.
func Execute(ctx context.Context, sc *rdd.Context, op Operator, conf Conf) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		run(ctx, sc, op, conf, yield)
	}
}

// run executes and returns the execution, for its metrics.
func run(ctx context.Context, sc *rdd.Context, op Operator, conf Conf, yield func(columnar.Batch, error) bool) *Exec {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	x := newExec(ctx, sc, conf)
	defer x.release()
	r, _, err := x.settle(op)
	if err != nil {
		yield(columnar.Batch{}, cleanError(err))
		return x
	}
	schema := op.Schema()
	opts := []rdd.Option{rdd.Encoding(batchCodec{schema}), rdd.Tag(conf.Tag)}
	for b, err := range rdd.Stream(ctx, settling(r), 4*conf.slots(), opts...) {
		if !yield(b, cleanError(err)) || err != nil {
			break
		}
	}
	return x
}

// Lower makes the RDD of a plan's batches, for programs that go on with RDDs. What has to run first (broadcasts, subqueries) runs now,
// and what that holds is given back when ctx is done.
func Lower(ctx context.Context, sc *rdd.Context, op Operator, conf Conf) (*rdd.RDD[columnar.Batch], error) {
	r, _, err := newExec(ctx, sc, conf).settle(op)
	return r, cleanError(err)
}

// cleanError gives the error of the SQL user alone, where there is one, without the scheduler's report around it.
func cleanError(err error) error {
	if err == nil {
		return nil
	}
	if lack := outOfResources(err); lack != nil {
		return lack
	}
	if e, ok := userError(err); ok {
		return e
	}
	return err
}

// Write runs a plan and writes its rows to a sink. Nothing is visible there before all has been written.
func Write(ctx context.Context, sc *rdd.Context, op Operator, conf Conf, sink logical.Sink, mode logical.SaveMode) error {
	job, err := sink.Write(ctx, op.Schema(), mode)
	if err != nil || job.Skip() {
		return err
	}
	done, err := writeAll(ctx, sc, op, conf, job)
	if err == nil {
		err = job.Commit(ctx, done)
	}
	if err != nil {
		// The write has failed already; what Abort adds would hide why.
		_ = job.Abort(context.WithoutCancel(ctx))
		return cleanError(err)
	}
	return nil
}

// writeAll writes each partition by a task.
func writeAll(ctx context.Context, sc *rdd.Context, op Operator, conf Conf, job logical.WriteJob) ([]logical.TaskResult, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	x := newExec(ctx, sc, conf)
	defer x.release()
	r, _, err := x.settle(op)
	if err != nil {
		return nil, err
	}
	parts, err := r.Partitions(ctx)
	if err != nil {
		return nil, err
	}
	done := make([]logical.TaskResult, len(parts))
	err = rdd.RunJob(ctx, r, nil, func(tc *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) (logical.TaskResult, error) {
		return writePartition(tc, job, in)
	}, func(part int, res logical.TaskResult) bool {
		done[part] = res
		return true
	}, rdd.Tag(conf.Tag))
	return done, err
}

func writePartition(tc *rdd.TaskContext, job logical.WriteJob, in iter.Seq2[columnar.Batch, error]) (logical.TaskResult, error) {
	w, err := job.Task(tc.Context(), tc.Partition(), tc.Attempt())
	if err != nil {
		return logical.TaskResult{}, err
	}
	for b, err := range in {
		if err == nil && b.Live() > 0 {
			err = w.Write(b)
		}
		if err != nil {
			_ = w.Abort() // the first error says why
			return logical.TaskResult{}, err
		}
	}
	return w.Close()
}
