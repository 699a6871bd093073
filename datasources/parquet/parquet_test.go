package parquet

import (
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources/sourcetest"
)

func TestMessy(t *testing.T) {
	sourcetest.Messy(t, Format{}, "parquet", "../..", sourcetest.Better{
		"bad-checksum.parquet":      "Spark returns spoiled rows; the checksum tells",
		"corrupt-page.parquet":      "Spark returns spoiled rows, and without a checksum so do we",
		"codec-brotli.parquet":      "a valid file for which Spark lacks a class",
		"timestamps-units.parquet":  "valid; Spark has no type for nanoseconds",
		"uuid.parquet":              "valid; Spark has no type for it",
		"float16.parquet":           "valid; Spark has no type for it",
		"decimal-bytearray.parquet": "valid; Spark's vectorized reader fails",
		"no-created-by.parquet":     "valid; Spark's vectorized reader fails",
		"no-columns.parquet":        "valid; it has rows and no columns",
		"hive":                      "Spark takes the bytes of an escaped UTF-8 name for characters",
		"36":                        "as hive",
	})
}

func TestSuite(t *testing.T) {
	schema, err := columnar.ParseSchema("i bigint, b boolean, t tinyint, sm smallint, n int, f float, d double, dec decimal(12,2), wide decimal(30,2), s string, dt date, ts timestamp, nt timestamp_ntz, bin binary, a array<int>, m map<string,double>, st struct<x:int,y:array<string>>, aa array<struct<p:double,q:array<boolean>>>, ll array<array<bigint>>")
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Suite{Format: Format{}, Schema: schema, Read: nil, Write: nil}.Run(t)
}
