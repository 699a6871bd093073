package rdd

// Broadcast is a read-only value that tasks share. Inside one process it goes by reference, so it costs nothing but the
// memory it already has. Safe for concurrent use.
type Broadcast[T any] struct {
	value   T
	reserve *Reservation
}

// NewBroadcast makes v available to all tasks; v must not be changed any more. A value that is a Sizer is charged to
// the memory budget, which may refuse it with a *MemoryError.
func NewBroadcast[T any](sc *Context, v T) (*Broadcast[T], error) {
	b := &Broadcast[T]{value: v, reserve: sc.Reserve("broadcast")}
	if s, ok := any(v).(Sizer); ok {
		if err := b.reserve.Grow(s.Bytes()); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// Value is the value.
func (b *Broadcast[T]) Value() T { return b.value }

// Destroy gives the memory back to the budget. The value must not be used any more.
func (b *Broadcast[T]) Destroy() {
	b.reserve.Release()
}
