package parquet

// assembledSnappy says that runSnappy is there.
const assembledSnappy = true

// runSnappy decodes elements from src[s] on to dst[d] on, until one comes that it leaves to stepSnappy, or one of the margins is reached. It
// returns where it stopped. No element that it has taken reads before dst or writes behind it.
//
//go:noescape
func runSnappy(dst, src []byte, d, s int) (nd, ns int)
