package physical

import (
	"context"
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/rdd"
)

// Kept is the rows of a plan that has been run, in the block stores: in memory, and on disk where that is short. Blocks that are lost are computed again.
type Kept struct {
	Batches     *rdd.RDD[columnar.Batch] // with the plan's schema, in its order
	Rows, Bytes int64
	release     context.CancelFunc
}

// Release gives back what computing the rows again would need, and the rows once nobody reads them. It may be called more than once.
func (k *Kept) Release() {
	k.Batches.Unpersist()
	k.release()
}

// Keep runs a plan and keeps its rows until Release.
func Keep(ctx context.Context, sc *rdd.Context, op Operator, conf Conf) (*Kept, error) {
	life, release := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, release) // while the rows are computed
	k, err := keep(ctx, life, sc, op, conf)
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		release()
		return nil, cleanError(err)
	}
	k.release = release
	return k, nil
}

func keep(ctx, life context.Context, sc *rdd.Context, op Operator, conf Conf) (*Kept, error) {
	r, _, err := newExec(life, sc, conf).settle(op)
	if err != nil {
		return nil, err
	}
	k := &Kept{Batches: settling(r).Persist(rdd.MemoryAndDisk, rdd.Encoding(batchCodec{op.Schema()}))}
	type size struct{ rows, bytes int64 }
	err = rdd.RunJob(ctx, k.Batches, nil, func(tc *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) (s size, err error) {
		for b, err := range in {
			if err != nil {
				return s, err
			}
			s.rows, s.bytes = s.rows+int64(b.Live()), s.bytes+b.Bytes()
		}
		return s, nil
	}, func(_ int, s size) bool {
		k.Rows, k.Bytes = k.Rows+s.rows, k.Bytes+s.bytes
		return true
	}, rdd.Tag(conf.Tag))
	if err != nil {
		k.Batches.Unpersist()
	}
	return k, err
}
