package physical

import (
	"errors"
	"io"

	"github.com/gosql-engine/gosql/columnar"
)

var errNoBlocks = errors.New("batches cannot be written to disk")

func encodeBatch(io.Writer, columnar.Batch) error { return errNoBlocks }
func decodeBatch(io.Reader, *columnar.Schema) (columnar.Batch, error) {
	return columnar.Batch{}, errNoBlocks
}
