package csv

import (
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources/sourcetest"
)

func TestMessy(t *testing.T) {
	sourcetest.Messy(t, Format{}, "csv", "../..", sourcetest.Better{
		"comp.csv.xz": "Spark reads the compressed bytes as text; we name the compression that is missing",
		"05":          "Spark cuts UTF-16 at the bytes of line ends, and reads half characters",
	})
}

func TestSuite(t *testing.T) {
	schema, err := columnar.ParseSchema("i bigint, b boolean, t tinyint, sm smallint, n int, f float, d double, dec decimal(12,2), wide decimal(30,2), s string, dt date, ts timestamp, nt timestamp_ntz")
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Suite{Format: Format{}, Schema: schema, Read: map[string]string{"header": "true"}, Write: map[string]string{"header": "true", "compression": "gzip"}}.Run(t)
}
