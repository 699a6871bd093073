package functions

import (
	"math/bits"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// newSum makes the accumulator of sum for a type. Where try is set an overflow gives NULL.
func newSum(t columnar.Type, try bool) logical.Accumulator {
	switch {
	case t.IsFloating():
		return &floatSum{of: t}
	case t.Kind == columnar.Decimal:
		return &wideSum{of: t, result: sumResult(t), try: try}
	case t.Kind == columnar.CalendarInterval:
		return &intervalSum{}
	}
	return &intSum{of: t, result: sumResult(t), try: try}
}

// intSum adds integers and intervals of one unit in 64 bits.
type intSum struct {
	of, result columnar.Type
	try        bool
	sum        []int64
	seen       []uint8 // per group: sumSeen, sumOver
}

// The flags of a group.
const (
	sumSeen = 1 // a value has been added
	sumOver = 2 // the sum has overflowed
)

// Resize, StateTypes and Bytes implement logical.Accumulator.
func (a *intSum) Resize(groups int) { a.sum, a.seen = grow(a.sum, groups), grow(a.seen, groups) }
func (a *intSum) Bytes() int64      { return int64(cap(a.sum))*8 + int64(cap(a.seen)) }
func (a *intSum) StateTypes() []columnar.Type {
	return []columnar.Type{columnar.BigIntType, columnar.TinyIntType}
}

// Update implements logical.Accumulator.
func (a *intSum) Update(ec *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	var over bool
	switch v := columnar.Flatten(ec.Pool, args[0], rows).(type) {
	case *columnar.Fixed[int8]:
		over = addInts(a, group, rows, v)
	case *columnar.Fixed[int16]:
		over = addInts(a, group, rows, v)
	case *columnar.Fixed[int32]:
		over = addInts(a, group, rows, v)
	case *columnar.Fixed[int64]:
		over = addInts(a, group, rows, v)
	}
	if over && (ec.ANSI || a.of.IsInterval()) && !a.try {
		return sumOverflow(a.result)
	}
	return nil
}

// addInts adds the values to the sums of their groups and says whether any of these overflowed. A loop for each shape of input keeps
// the branches out of the common ones.
func addInts[T int8 | int16 | int32 | int64](a *intSum, group []uint32, rows columnar.Rows, v *columnar.Fixed[T]) bool {
	values := v.Values
	var over int64
	switch {
	case v.Valid == nil && rows.Sel == nil:
		for i, x := range values[:len(group)] {
			over |= a.add(group[i], int64(x))
		}
	case v.Valid == nil:
		for i, r := range rows.Sel {
			over |= a.add(group[i], int64(values[r]))
		}
	default:
		for i, g := range group {
			if r := rows.Row(i); v.Valid.Get(r) {
				over |= a.add(g, int64(values[r]))
			}
		}
	}
	return over < 0
}

// add adds x to the sum of group g; negative when that has wrapped around.
func (a *intSum) add(g uint32, x int64) int64 {
	was := a.sum[g]
	s := was + x
	over := (was ^ s) & (x ^ s)
	a.sum[g] = s
	a.seen[g] |= sumSeen | uint8(uint64(over)>>63)<<1
	return over
}

// State implements logical.Accumulator.
func (a *intSum) State() ([]columnar.Vector, error) {
	flags := make([]int8, len(a.seen))
	for i, s := range a.seen {
		flags[i] = int8(s)
	}
	return []columnar.Vector{columnar.NewFixed(columnar.BigIntType, a.sum, nil), columnar.NewFixed(columnar.TinyIntType, flags, nil)}, nil
}

// Merge implements logical.Accumulator.
func (a *intSum) Merge(ec *logical.EvalContext, group []uint32, state []columnar.Vector) error {
	if allSeen(state[1]) {
		return a.Update(ec, group, columnar.AllRows(len(group)), state)
	}
	sums, flags := flat[int64](state[0]).Values, flat[int8](state[1]).Values
	var over int64
	for i, g := range group {
		if flags[i] != 0 {
			over |= a.add(g, sums[i])
			a.seen[g] |= uint8(flags[i])
		}
	}
	if over < 0 && (ec.ANSI || a.of.IsInterval()) && !a.try {
		return sumOverflow(a.result)
	}
	return nil
}

// Result implements logical.Accumulator.
func (a *intSum) Result(ec *logical.EvalContext) (columnar.Vector, error) {
	valid, err := a.valid()
	if err != nil {
		return nil, err
	}
	if a.result.Layout() == columnar.LayoutInt32 { // year-month intervals
		out := make([]int32, len(a.sum))
		for i, s := range a.sum {
			out[i] = int32(s)
		}
		return columnar.NewFixed(a.result, out, valid), nil
	}
	return columnar.NewFixed(a.result, a.sum, valid), nil
}

// valid are the groups that have a sum. A sum of months that is no interval is an error, or in a try_ function NULL as every overflow is.
func (a *intSum) valid() (columnar.Bitmap, error) {
	if a.result.Layout() == columnar.LayoutInt32 {
		for i, s := range a.sum {
			if int64(int32(s)) == s {
				continue
			}
			if !a.try {
				return nil, sumOverflow(a.result)
			}
			a.seen[i] |= sumOver
		}
	}
	valid := present(a.seen)
	if a.try {
		valid = withoutOverflow(valid, a.seen)
	}
	return valid, nil
}

// withoutOverflow clears the groups that have overflowed.
func withoutOverflow(valid columnar.Bitmap, seen []uint8) columnar.Bitmap {
	for i, s := range seen {
		if s&sumOver == 0 {
			continue
		}
		if valid == nil {
			valid = columnar.FullBitmap(len(seen))
		}
		valid.Clear(i)
	}
	return valid
}

func sumOverflow(t columnar.Type) error {
	switch {
	case t.Kind == columnar.Decimal:
		return columnar.Errorf("ARITHMETIC_OVERFLOW", "Overflow in sum of decimals. Use 'try_sum' to tolerate overflow and return NULL instead. "+
			"If necessary set \"spark.sql.ansi.enabled\" to \"false\" to bypass this error.")
	case t.IsInterval():
		return columnar.Errorf("INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION",
			"Integer overflow while operating with intervals. Use `try_add` to tolerate overflow and return NULL instead.")
	}
	return columnar.Errorf("ARITHMETIC_OVERFLOW", "long overflow. Use 'try_sum' to tolerate overflow and return NULL instead. "+
		"If necessary set \"spark.sql.ansi.enabled\" to \"false\" to bypass this error.")
}

// floatSum adds doubles in the order in which they come.
type floatSum struct {
	of   columnar.Type
	sum  []float64
	seen []uint8
}

// Resize, StateTypes, State, Bytes and Result implement logical.Accumulator.
func (a *floatSum) Resize(groups int) { a.sum, a.seen = grow(a.sum, groups), grow(a.seen, groups) }
func (a *floatSum) Bytes() int64      { return int64(cap(a.sum))*8 + int64(cap(a.seen)) }
func (a *floatSum) StateTypes() []columnar.Type {
	return []columnar.Type{columnar.DoubleType}
}
func (a *floatSum) State() ([]columnar.Vector, error) {
	return []columnar.Vector{columnar.NewFixed(columnar.DoubleType, a.sum, present(a.seen))}, nil
}
func (a *floatSum) Result(*logical.EvalContext) (columnar.Vector, error) {
	return columnar.NewFixed(columnar.DoubleType, a.sum, present(a.seen)), nil
}

// Update implements logical.Accumulator.
func (a *floatSum) Update(ec *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	switch v := columnar.Flatten(ec.Pool, args[0], rows).(type) {
	case *columnar.Fixed[float64]:
		addFloats(a, group, rows, v)
	case *columnar.Fixed[float32]:
		addFloats(a, group, rows, v)
	}
	return nil
}

func addFloats[T float32 | float64](a *floatSum, group []uint32, rows columnar.Rows, v *columnar.Fixed[T]) {
	sum, seen, values := a.sum, a.seen, v.Values
	switch {
	case v.Valid == nil && rows.Sel == nil:
		for i, x := range values[:len(group)] {
			sum[group[i]] += float64(x)
			seen[group[i]] = sumSeen
		}
	case v.Valid == nil:
		for i, r := range rows.Sel {
			sum[group[i]] += float64(values[r])
			seen[group[i]] = sumSeen
		}
	default:
		for i, g := range group {
			if r := rows.Row(i); v.Valid.Get(r) {
				sum[g] += float64(values[r])
				seen[g] = sumSeen
			}
		}
	}
}

// Merge implements logical.Accumulator.
func (a *floatSum) Merge(_ *logical.EvalContext, group []uint32, state []columnar.Vector) error {
	addFloats(a, group, columnar.AllRows(len(group)), flat[float64](state[0]))
	return nil
}

// wideSum adds decimals in 128 bits, whatever their width: a sum has up to ten digits more than its values.
type wideSum struct {
	of, result columnar.Type
	try        bool
	sum        []columnar.Int128
	seen       []uint8
}

// Resize, StateTypes and Bytes implement logical.Accumulator.
func (a *wideSum) Resize(groups int) { a.sum, a.seen = grow(a.sum, groups), grow(a.seen, groups) }
func (a *wideSum) Bytes() int64      { return int64(cap(a.sum))*16 + int64(cap(a.seen)) }
func (a *wideSum) StateTypes() []columnar.Type {
	return []columnar.Type{columnar.DecimalType(columnar.MaxPrecision, int(a.of.Scale)), columnar.TinyIntType}
}

// Update implements logical.Accumulator.
func (a *wideSum) Update(ec *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	if a.addDictionary(group, rows, args[0]) {
		return nil
	}
	switch v := columnar.Flatten(ec.Pool, args[0], rows).(type) {
	case *columnar.Fixed[int64]:
		a.addNarrow(group, rows, v)
	case *columnar.Fixed[columnar.Int128]:
		a.addWide(group, rows, v)
	}
	return nil
}

// add64 adds a 64-bit value; 2^64 rows would be needed for an overflow.
func add64(s *columnar.Int128, x int64) {
	lo, carry := bits.Add64(s.Lo, uint64(x), 0)
	s.Lo, s.Hi = lo, s.Hi+x>>63+int64(carry)
}

func (a *wideSum) addNarrow(group []uint32, rows columnar.Rows, v *columnar.Fixed[int64]) {
	sum, seen, values := a.sum, a.seen, v.Values
	switch {
	case v.Valid == nil && len(sum) == 1:
		a.addAll(rows, values)
	case v.Valid == nil && len(sum) <= fewGroups && fewRows(len(group)) && a.of.Precision <= 15:
		var t fewTotals
		if rows.Sel == nil {
			t.add(group, values)
		} else {
			t.addSelected(group, rows.Sel, values)
		}
		a.addFew(&t, group)
	case v.Valid == nil && rows.Sel == nil:
		for i, x := range values[:len(group)] {
			add64(&sum[group[i]], x)
			seen[group[i]] |= sumSeen
		}
	case v.Valid == nil:
		for i, r := range rows.Sel {
			add64(&sum[group[i]], values[r])
			seen[group[i]] |= sumSeen
		}
	default:
		for i, g := range group {
			if r := rows.Row(i); v.Valid.Get(r) {
				add64(&sum[g], values[r])
				seen[g] |= sumSeen
			}
		}
	}
}

// addAll adds all selected values to the only group: in 64 bits as far as the digits of the values allow.
func (a *wideSum) addAll(rows columnar.Rows, values []int64) {
	if rows.Count() == 0 {
		return
	}
	a.seen[0] |= sumSeen
	s := a.sum[0]
	safe := int64(a.of.Precision) <= 15 && rows.Count() <= 8192 // 8192 × 10^15 < 2^63
	switch {
	case safe && rows.Sel == nil:
		var t int64
		for _, x := range values[:rows.N] {
			t += x
		}
		add64(&s, t)
	case safe:
		var t int64
		for _, r := range rows.Sel {
			t += values[r]
		}
		add64(&s, t)
	default:
		for i := range rows.Count() {
			add64(&s, values[rows.Row(i)])
		}
	}
	a.sum[0] = s
}

// addDictionary adds narrow decimals by their codes; false if they have none, or NULLs, or there are too many groups or too few rows.
func (a *wideSum) addDictionary(group []uint32, rows columnar.Rows, v columnar.Vector) bool {
	d, ok := v.(*columnar.Dict)
	if !ok || d.Valid != nil || len(a.sum) > fewGroups || !fewRows(len(group)) || a.of.Precision > 15 {
		return false
	}
	values, ok := d.Values.(*columnar.Fixed[int64])
	if !ok || values.Valid != nil {
		return false
	}
	var t fewTotals
	t.addCoded(group, rows.Sel, d.Codes, values.Values)
	a.addFew(&t, group)
	return true
}

// addFew adds the totals of a batch, none of whose values is NULL.
func (a *wideSum) addFew(t *fewTotals, group []uint32) {
	all := uint8(sumSeen)
	for g := range a.sum {
		all &= a.seen[g]
	}
	if all == 0 {
		for _, g := range group {
			a.seen[g] |= sumSeen
		}
	}
	for g := range a.sum {
		add64(&a.sum[g], t.of(g))
	}
}

// addWide adds 128-bit values; sums past 38 digits are found at the end, those past 127 bits here.
func (a *wideSum) addWide(group []uint32, rows columnar.Rows, v *columnar.Fixed[columnar.Int128]) {
	sum, seen, values := a.sum, a.seen, v.Values
	if v.Valid == nil && len(sum) <= fewGroups && fewRows(len(group)) {
		var t fewTotals
		if t.addShort(group, rows.Sel, values) {
			a.addFew(&t, group)
			return
		}
	}
	for i, g := range group {
		r := rows.Row(i)
		if v.Valid != nil && !v.Valid.Get(r) {
			continue
		}
		s, x := &sum[g], &values[r]
		lo, carry := bits.Add64(s.Lo, x.Lo, 0)
		hi := s.Hi + x.Hi + int64(carry)
		flag := uint8(uint64((s.Hi^hi)&(x.Hi^hi))>>63) * sumOver
		s.Lo, s.Hi = lo, hi
		seen[g] |= sumSeen | flag
	}
}

// State implements logical.Accumulator.
func (a *wideSum) State() ([]columnar.Vector, error) {
	types := a.StateTypes()
	flags := make([]int8, len(a.seen))
	for i, s := range a.seen {
		flags[i] = int8(s)
		if !a.sum[i].FitsPrecision(columnar.MaxPrecision) {
			flags[i] |= sumOver
		}
	}
	return []columnar.Vector{columnar.NewFixed(types[0], a.sum, present(a.seen)), columnar.NewFixed(types[1], flags, nil)}, nil
}

// Merge implements logical.Accumulator. The sum of no values is NULL in a state.
func (a *wideSum) Merge(_ *logical.EvalContext, group []uint32, state []columnar.Vector) error {
	a.addWide(group, columnar.AllRows(len(group)), flat[columnar.Int128](state[0]))
	for i, f := range flat[int8](state[1]).Values {
		a.seen[group[i]] |= uint8(f)
	}
	return nil
}

// Result implements logical.Accumulator.
func (a *wideSum) Result(ec *logical.EvalContext) (columnar.Vector, error) {
	valid := present(a.seen)
	for i := range a.sum {
		if a.seen[i]&sumOver == 0 && a.sum[i].FitsPrecision(int(a.result.Precision)) {
			continue
		}
		if ec.ANSI && !a.try {
			return nil, sumOverflow(a.result)
		}
		if valid == nil {
			valid = columnar.FullBitmap(len(a.sum))
		}
		valid.Clear(i)
	}
	return decimals(a.result, a.sum, valid), nil
}

// decimals is a vector of unscaled values in the width that the type asks for.
func decimals(t columnar.Type, values []columnar.Int128, valid columnar.Bitmap) columnar.Vector {
	if t.Layout() == columnar.LayoutInt128 {
		return columnar.NewFixed(t, values, valid)
	}
	out := make([]int64, len(values))
	for i, v := range values {
		out[i] = v.Int64()
	}
	return columnar.NewFixed(t, out, valid)
}

// intervalSum adds calendar intervals field by field.
type intervalSum struct {
	sum  []columnar.Interval
	seen []uint8
}

// Resize, StateTypes, State, Bytes, Result and Merge implement logical.Accumulator.
func (a *intervalSum) Resize(groups int) { a.sum, a.seen = grow(a.sum, groups), grow(a.seen, groups) }
func (a *intervalSum) Bytes() int64      { return int64(cap(a.sum))*16 + int64(cap(a.seen)) }
func (a *intervalSum) StateTypes() []columnar.Type {
	return []columnar.Type{columnar.CalendarType}
}
func (a *intervalSum) State() ([]columnar.Vector, error) {
	return []columnar.Vector{columnar.NewFixed(columnar.CalendarType, a.sum, present(a.seen))}, nil
}
func (a *intervalSum) Result(*logical.EvalContext) (columnar.Vector, error) {
	return columnar.NewFixed(columnar.CalendarType, a.sum, present(a.seen)), nil
}
func (a *intervalSum) Merge(ec *logical.EvalContext, group []uint32, state []columnar.Vector) error {
	return a.Update(ec, group, columnar.AllRows(len(group)), state)
}

// Update implements logical.Accumulator.
func (a *intervalSum) Update(ec *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	v, ok := columnar.Flatten(ec.Pool, args[0], rows).(*columnar.Fixed[columnar.Interval])
	if !ok {
		return nil
	}
	for i, g := range group {
		if r := rows.Row(i); !v.IsNull(r) {
			x, s := v.Values[r], &a.sum[g]
			s.Months, s.Days, s.Micros = s.Months+x.Months, s.Days+x.Days, s.Micros+x.Micros
			a.seen[g] = sumSeen
		}
	}
	return nil
}
