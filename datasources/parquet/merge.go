package parquet

import (
	"slices"

	"github.com/gosql-engine/gosql/columnar"
)

// mergeSchemas is the schema with the columns of both, those of a first. Columns of one name must have one type, but for structs,
// whose fields are merged in turn.
func mergeSchemas(a, b *columnar.Schema) (*columnar.Schema, error) {
	out := slices.Clone(a.Fields)
	for _, f := range b.Fields {
		k := columnar.NewSchema(out...).Index(f.Name)
		if k < 0 {
			out = append(out, f)
			continue
		}
		t, ok := mergeTypes(out[k].Type, f.Type)
		if !ok {
			return nil, columnar.Errorf("CANNOT_MERGE_SCHEMAS", "The column %q is %s in one file and %s in another.",
				f.Name, out[k].Type.SQL(), f.Type.SQL())
		}
		out[k].Type = t
	}
	return columnar.NewSchema(out...), nil
}

func mergeTypes(a, b columnar.Type) (columnar.Type, bool) {
	if a == b {
		return a, true
	}
	if a.Kind != b.Kind {
		return a, false
	}
	switch a.Kind {
	case columnar.Struct:
		s, err := mergeSchemas(columnar.NewSchema(a.Fields()...), columnar.NewSchema(b.Fields()...))
		if err != nil {
			return a, false
		}
		return columnar.StructOf(s.Fields...), true
	case columnar.Array:
		e, ok := mergeTypes(a.Elem(), b.Elem())
		return columnar.ArrayOf(e), ok
	case columnar.Map:
		k, ok1 := mergeTypes(a.Key(), b.Key())
		v, ok2 := mergeTypes(a.Elem(), b.Elem())
		return columnar.MapOf(k, v), ok1 && ok2
	case columnar.Decimal:
		scale := max(a.Scale, b.Scale)
		whole := max(a.Precision-a.Scale, b.Precision-b.Scale)
		if a.Scale == b.Scale && whole+scale <= columnar.MaxPrecision {
			return columnar.DecimalType(int(whole+scale), int(scale)), true
		}
	}
	return a, false
}
