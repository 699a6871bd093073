package json

import (
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources/sourcetest"
)

func TestMessy(t *testing.T) { sourcetest.Messy(t, Format{}, "json", "../..", nil) }

func TestSuite(t *testing.T) {
	schema, err := columnar.ParseSchema("i bigint, b boolean, t tinyint, sm smallint, n int, f float, d double, dec decimal(12,2), wide decimal(30,2), s string, dt date, ts timestamp, nt timestamp_ntz, bin binary, a array<int>, m map<string,double>, st struct<x:int,y:array<string>>, aa array<struct<p:double,q:array<boolean>>>")
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Suite{Format: Format{}, Schema: schema, Read: nil, Write: nil}.Run(t)
}
