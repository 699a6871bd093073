package csv

import (
	"testing"

	"github.com/gosql-engine/gosql/datasources/sourcetest"
)

func TestMessy(t *testing.T) {
	sourcetest.Messy(t, Format{}, "csv", "../..", sourcetest.Better{
		"comp.csv.xz": "Spark reads the compressed bytes as text; we name the compression that is missing",
		"05":          "Spark cuts UTF-16 at the bytes of line ends, and reads half characters",
	})
}
