package columnar

// fromList casts the elements that selected rows hold.
func (c *casting) fromList(v *List, rows Rows) (Vector, error) {
	elems, err := Cast(c.CastContext, v.Elems, c.to.Elem(), entryRows(v, v.Offsets, v.Elems.Len(), rows))
	if err != nil {
		return nil, err
	}
	return &List{Typ: c.to, Offsets: v.Offsets, Elems: elems, Valid: v.Valid, Lent: v.Lent}, nil
}

// fromMap casts the keys and values that selected rows hold.
func (c *casting) fromMap(v *MapVector, rows Rows) (Vector, error) {
	entries := entryRows(v, v.Offsets, v.Keys.Len(), rows)
	keys, err := Cast(c.CastContext, v.Keys, c.to.Key(), entries)
	if err != nil {
		return nil, err
	}
	values, err := Cast(c.CastContext, v.Values, c.to.Elem(), entries)
	if err != nil {
		return nil, err
	}
	return &MapVector{Typ: c.to, Offsets: v.Offsets, Keys: keys, Values: values, Valid: v.Valid, Lent: v.Lent}, nil
}

// entryRows are the entries, of n, of the selected rows of a list or map that are not NULL.
func entryRows(v Vector, offsets []int32, n int, rows Rows) Rows {
	if rows.Sel == nil && !v.HasNulls() && offsets[0] == 0 && int(offsets[rows.N]) == n {
		return AllRows(n)
	}
	sel := make([]int32, 0, n)
	for k := range rows.Count() {
		i := rows.Row(k)
		if v.IsNull(i) {
			continue
		}
		for e := offsets[i]; e < offsets[i+1]; e++ {
			sel = append(sel, e)
		}
	}
	return Rows{N: n, Sel: sel}
}

// fromStruct casts field by field, by position.
func (c *casting) fromStruct(v *StructVector, rows Rows) (Vector, error) {
	if v.Valid != nil {
		sel := make([]int32, 0, rows.Count())
		for k := range rows.Count() {
			if i := rows.Row(k); v.Valid.Get(i) {
				sel = append(sel, int32(i))
			}
		}
		rows.Sel = sel
	}
	out := &StructVector{Typ: c.to, Fields: make([]Vector, len(v.Fields)), N: v.N, Valid: v.Valid, Lent: v.Lent}
	for i, f := range v.Fields {
		field, err := Cast(c.CastContext, f, c.to.Fields()[i].Type, rows)
		if err != nil {
			return nil, err
		}
		out.Fields[i] = field
	}
	return out, nil
}
