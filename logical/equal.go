package logical

import "github.com/gosql-engine/gosql/columnar"

// Equal says whether two expressions compute the same: the same tree over the same columns, but for the order of the operands of
// commutative operators. Names and places do not count.
func Equal(a, b Expr) bool {
	if a == b {
		return true
	}
	if a.Type() != b.Type() || !equalNode(a, b) {
		return false
	}
	x, y := a.Children(), b.Children()
	if len(x) != len(y) {
		return false
	}
	if c, ok := a.(*Call); ok && len(x) == 2 && commutative[c.Fn.Name] && Equal(x[0], y[1]) && Equal(x[1], y[0]) {
		return true
	}
	for i := range x {
		if !Equal(x[i], y[i]) {
			return false
		}
	}
	return true
}

// commutative are the operators that give the same whichever operand comes first: GROUP BY a + b covers b + a.
var commutative = map[string]bool{"+": true, "*": true, "&": true, "|": true, "^": true, "and": true, "or": true, "=": true, "<=>": true}

// equalNode compares two expressions without their children.
func equalNode(a, b Expr) bool {
	switch a := a.(type) {
	case *Literal:
		b, ok := b.(*Literal)
		return ok && columnar.EqualAt(a.Value, 0, b.Value, 0)
	case *Attr:
		b, ok := b.(*Attr)
		return ok && a.ID == b.ID
	case *OuterRef:
		b, ok := b.(*OuterRef)
		return ok && a.Attr.ID == b.Attr.ID
	case *LambdaVar:
		b, ok := b.(*LambdaVar)
		return ok && a.ID == b.ID
	case *Call:
		b, ok := b.(*Call)
		return ok && a.Fn == b.Fn && a.Distinct == b.Distinct && a.IgnoreNulls == b.IgnoreNulls &&
			(a.Filter == nil) == (b.Filter == nil) && len(a.OrderBy) == len(b.OrderBy) && !a.Fn.NonDeterministic
	case *Cast:
		b, ok := b.(*Cast)
		return ok && a.To == b.To && a.Mode == b.Mode
	case *GetField:
		b, ok := b.(*GetField)
		return ok && a.Index == b.Index
	case *SortKey:
		b, ok := b.(*SortKey)
		return ok && a.Desc == b.Desc && a.NullsFirst == b.NullsFirst
	case *Alias:
		_, ok := b.(*Alias)
		return ok
	}
	return false
}
