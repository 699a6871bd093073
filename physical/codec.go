package physical

import (
	"bufio"
	"errors"
	"io"
	"iter"

	"github.com/gosql-engine/gosql/columnar"
)

// batchCodec writes batches of one schema in columnar's block form: for shuffle files, spilled results and cached blocks.
type batchCodec struct{ schema *columnar.Schema }

// Encode implements rdd.Codec.
func (c batchCodec) Encode(w io.Writer, vs []columnar.Batch) error {
	for _, b := range vs {
		if err := columnar.EncodeBatch(w, b); err != nil {
			return err
		}
	}
	return nil
}

// Decode implements rdd.Codec.
func (c batchCodec) Decode(r io.Reader) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		in := bufio.NewReader(r)
		for {
			if _, err := in.Peek(1); errors.Is(err, io.EOF) {
				return
			}
			b, err := columnar.DecodeBatch(in, c.schema)
			if !yield(b, err) || err != nil {
				return
			}
		}
	}
}
