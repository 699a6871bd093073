package text

import (
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources/sourcetest"
)

func TestMessy(t *testing.T) { sourcetest.Messy(t, Format{}, "text", "../..", nil) }

func TestSuite(t *testing.T) {
	schema, err := columnar.ParseSchema("value string")
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Suite{Format: Format{}, Schema: schema, Read: nil, Write: nil}.Run(t)
}
