package logical

import "testing"

func TestMapBudget(t *testing.T) {
	b := NewMapBudget(10)
	if !b.Take(7) || b.Take(4) || !b.Take(3) || b.Take(1) {
		t.Error("10 bytes are not 7 and 3")
	}
	if b.Give(4); b.Take(5) || !b.Take(4) {
		t.Error("what is given back is not there")
	}
	var none *MapBudget
	if none.Give(1); none.Take(1) {
		t.Error("no budget has bytes")
	}
}
