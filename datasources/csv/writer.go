package csv

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// Create implements datasources.Format.
func (Format) Create(path string, partitionBy []string, options map[string]string) (logical.Sink, error) {
	return nil, columnar.Errorf("UNSUPPORTED_FEATURE", "Writing CSV is not supported.")
}
