//go:build !amd64

package parquet

// assembledSnappy says that runSnappy is there.
const assembledSnappy = false

// runSnappy decodes nothing.
func runSnappy(_, _ []byte, d, s int) (nd, ns int) { return d, s }
