package columnar

import "cmp"

// EqualAt says whether row i of a and row j of b, of one type and in any form, are the same value for grouping: NULL equals NULL, NaN
// NaN and -0 equals 0. Maps are equal when they hold the same entries in the same order.
func EqualAt(a Vector, i int, b Vector, j int) bool {
	if an, bn := a.IsNull(i), b.IsNull(j); an || bn {
		return an && bn
	}
	a, i = resolve(a, i)
	b, j = resolve(b, j)
	switch a := a.(type) {
	case *Fixed[int64]:
		return a.Values[i] == b.(*Fixed[int64]).Values[j]
	case *Fixed[int32]:
		return a.Values[i] == b.(*Fixed[int32]).Values[j]
	case *Strings:
		return a.EqualAt(i, b.(*Strings), j)
	}
	return CompareAt(a, i, b, j) == 0
}

// CompareAt orders row i of a and row j of b, of one type and in any form: -1, 0 or 1. NULL comes first and equals NULL; NaN is the
// greatest and equals itself; -0 equals 0; strings go by bytes; arrays, structs and maps by their parts from the left.
func CompareAt(a Vector, i int, b Vector, j int) int {
	if an, bn := a.IsNull(i), b.IsNull(j); an || bn {
		return int(bit(bn)) - int(bit(an))
	}
	a, i = resolve(a, i)
	b, j = resolve(b, j)
	switch a := a.(type) {
	case *Fixed[int8]:
		return cmp.Compare(a.Values[i], b.(*Fixed[int8]).Values[j])
	case *Fixed[int16]:
		return cmp.Compare(a.Values[i], b.(*Fixed[int16]).Values[j])
	case *Fixed[int32]:
		return cmp.Compare(a.Values[i], b.(*Fixed[int32]).Values[j])
	case *Fixed[int64]:
		return cmp.Compare(a.Values[i], b.(*Fixed[int64]).Values[j])
	case *Fixed[float32]:
		return compareFloat(a.Values[i], b.(*Fixed[float32]).Values[j])
	case *Fixed[float64]:
		return compareFloat(a.Values[i], b.(*Fixed[float64]).Values[j])
	case *Fixed[Int128]:
		return a.Values[i].Cmp(b.(*Fixed[Int128]).Values[j])
	case *Fixed[Interval]:
		return compareInterval(a.Values[i], b.(*Fixed[Interval]).Values[j])
	case *Bool:
		return int(bit(a.Bits.Get(i))) - int(bit(b.(*Bool).Bits.Get(j)))
	case *Strings:
		return a.CompareAt(i, b.(*Strings), j)
	case *List:
		b := b.(*List)
		return compareRanges(a.Offsets[i], a.Offsets[i+1], b.Offsets[j], b.Offsets[j+1], func(x, y int) int {
			return CompareAt(a.Elems, x, b.Elems, y)
		})
	case *MapVector:
		b := b.(*MapVector)
		return compareRanges(a.Offsets[i], a.Offsets[i+1], b.Offsets[j], b.Offsets[j+1], func(x, y int) int {
			return cmp.Or(CompareAt(a.Keys, x, b.Keys, y), CompareAt(a.Values, x, b.Values, y))
		})
	case *StructVector:
		b := b.(*StructVector)
		for k, f := range a.Fields {
			if c := CompareAt(f, i, b.Fields[k], j); c != 0 {
				return c
			}
		}
		return 0
	}
	panic("unreachable: the set of vector forms is closed")
}

// compareFloat orders NaN last, where cmp.Compare orders it first.
func compareFloat[T float32 | float64](x, y T) int {
	if x != x || y != y {
		return int(bit(x != x)) - int(bit(y != y))
	}
	return cmp.Compare(x, y)
}

// compareInterval orders field by field. That is no order by length (30 days against a month), which is why SQL has no < for them; it
// serves grouping and equality.
func compareInterval(x, y Interval) int {
	return cmp.Or(cmp.Compare(x.Months, y.Months), cmp.Compare(x.Days, y.Days), cmp.Compare(x.Micros, y.Micros))
}

// compareRanges orders two runs of elements lexicographically; a run that is the beginning of the other comes first.
func compareRanges(lo, hi, lo2, hi2 int32, element func(x, y int) int) int {
	for ; lo < hi && lo2 < hi2; lo, lo2 = lo+1, lo2+1 {
		if c := element(int(lo), int(lo2)); c != 0 {
			return c
		}
	}
	return cmp.Compare(hi-lo, hi2-lo2)
}
