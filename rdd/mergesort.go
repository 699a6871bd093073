package rdd

// mergeSort sorts stably, with half as many elements of room: it moves an element log n times where slices.SortStableFunc,
// which takes no memory, moves it log² n times.
func mergeSort[T any](vs, room []T, compare func(a, b T) int) {
	if len(vs) <= insertionLength {
		insertionSort(vs, compare)
		return
	}
	mid := len(vs) / 2
	mergeSort(vs[:mid], room, compare)
	mergeSort(vs[mid:], room, compare)
	if compare(vs[mid-1], vs[mid]) <= 0 {
		return
	}
	left, right, to := room[:copy(room, vs[:mid])], vs[mid:], 0
	for len(left) > 0 && len(right) > 0 {
		if compare(left[0], right[0]) <= 0 {
			vs[to], left = left[0], left[1:]
		} else {
			vs[to], right = right[0], right[1:]
		}
		to++
	}
	copy(vs[to:], left) // what is left on the right is in its place
}

// insertionSort is for few elements.
func insertionSort[T any](vs []T, compare func(a, b T) int) {
	for i := 1; i < len(vs); i++ {
		v, at := vs[i], i
		for at > 0 && compare(v, vs[at-1]) < 0 {
			vs[at] = vs[at-1]
			at--
		}
		vs[at] = v
	}
}
