//go:build !linux || !(amd64 || arm64)

package parquet

import (
	"errors"
	"os"
)

// canMap says whether files can be read in place.
const canMap = false

func mapFile(*os.File, int64) ([]byte, error) { return nil, errors.ErrUnsupported }
func unmapFile([]byte)                        {}
func readAheadMapped([]byte, int64, int64)    {}
