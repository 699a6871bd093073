package text

import (
	"testing"

	"github.com/gosql-engine/gosql/datasources/sourcetest"
)

func TestMessy(t *testing.T) { sourcetest.Messy(t, Format{}, "text", "../..", nil) }
