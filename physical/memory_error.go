package physical

import (
	"errors"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/rdd"
)

// outOfResources gives the errors for a lack of memory, or of room for spilled rows, Spark's conditions; nil for other errors. The message names the largest
// consumers.
func outOfResources(err error) error {
	var memory *rdd.MemoryError
	var limit *rdd.SpillLimitError
	var file *rdd.ScratchError
	switch {
	case errors.As(err, &memory):
		return columnar.Errorf("UNABLE_TO_ACQUIRE_MEMORY", "Unable to acquire %d bytes of memory, got 0: %w.", memory.Wanted, memory)
	case errors.As(err, &limit):
		return columnar.Errorf("SPILL_OUT_OF_MEMORY", "Error while spilling: %w.", limit)
	case errors.As(err, &file):
		return columnar.Errorf("SPILL_OUT_OF_MEMORY", "Error while spilling: %w.", file)
	}
	return nil
}
