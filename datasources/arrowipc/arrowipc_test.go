package arrowipc

import (
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources/sourcetest"
)

func TestSuite(t *testing.T) {
	schema, err := columnar.ParseSchema("i bigint, b boolean, t tinyint, n int, f float, d double, dec decimal(12,2), wide decimal(30,2), s string, " +
		"dt date, ts timestamp, nt timestamp_ntz, bin binary, a array<int>, m map<string,double>, st struct<x:int,y:array<string>>")
	if err != nil {
		t.Fatal(err)
	}
	for _, compression := range []string{"none", "zstd"} {
		t.Run(compression, func(t *testing.T) {
			sourcetest.Suite{Format: Format{}, Schema: schema, Write: map[string]string{"compression": compression}}.Run(t)
		})
	}
}
