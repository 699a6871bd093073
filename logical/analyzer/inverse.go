package analyzer

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// inverse are the functions that take their values from WITHIN GROUP (ORDER BY value), with the number of their own arguments.
var inverse = map[string]int{"percentile_cont": 1, "percentile_disc": 1, "mode": 0}

// isInverse says whether a call is one of those in the form with WITHIN GROUP, and checks that form.
func isInverse(c *logical.Call, e *logical.UnresolvedCall) (bool, error) {
	args, ok := inverse[c.Name]
	if !ok || !c.Distinct && len(c.OrderBy) == 0 && c.Name == "mode" && len(c.Args) > 0 {
		return false, nil
	}
	fail := func(condition, text string) (bool, error) {
		return false, columnar.Errorf("INVALID_INVERSE_DISTRIBUTION_FUNCTION."+condition, "Invalid inverse distribution function %s. %s", quoteParts([]string{c.Name}), text).At(c.Pos)
	}
	switch {
	case e.Distinct:
		return fail("DISTINCT_UNSUPPORTED", "Cannot use DISTINCT with WITHIN GROUP.")
	case len(c.OrderBy) == 0:
		return fail("WITHIN_GROUP_MISSING", "WITHIN GROUP is required for inverse distribution function.")
	case len(c.OrderBy) != 1:
		return fail("WRONG_NUM_ORDERINGS", "Requires 1 orderings in WITHIN GROUP but got "+columnar.FormatValue(columnar.ScalarOf(int32(len(c.OrderBy))), 0)+".")
	case len(c.Args) != args && c.Name != "mode":
		return false, columnar.Errorf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "The %s requires %d parameters but the actual number is %d.", quoteParts([]string{c.Name}), args, len(c.Args)).At(c.Pos)
	case len(c.Args) > args:
		return fail("WRONG_NUM_ORDERINGS", "Requires 0 orderings in WITHIN GROUP but got 1.")
	}
	return true, nil
}

// inverseCall makes the ordering's value the first argument, and a descending order a last argument TRUE.
func (q *query) inverseCall(c *logical.Call, s *scope) (logical.Expr, error) {
	k := c.OrderBy[0]
	direction := ""
	if k.Desc {
		direction = " DESC"
	}
	text := c.Name + "(" + logical.JoinStrings(c.Args) + ") WITHIN GROUP (ORDER BY " + k.Child.String() + direction + ")"
	if c.Filter != nil {
		text += " FILTER (WHERE " + c.Filter.String() + ")"
	}
	value := plain(k.Child)
	if c.Name == "mode" {
		return q.orderedMode(c, value, k.Desc, s)
	}
	d := *c
	d.Args, d.OrderBy = append([]logical.Expr{value}, c.Args...), nil
	if k.Desc {
		d.Args = append(d.Args, logical.Lit(true))
	}
	out, err := q.typed(&d, s)
	if err != nil {
		return nil, err
	}
	return &sugar{plain(out), text}, nil
}

// modeArguments makes mode(col, TRUE) the form with WITHIN GROUP (ORDER BY col), and mode(col, FALSE) mode(col).
func (q *query) modeArguments(c *logical.Call) error {
	if c.Name != "mode" || len(c.Args) != 2 || len(c.OrderBy) > 0 {
		return nil
	}
	choice := plain(c.Args[1])
	if t := choice.Type(); t.Kind != columnar.Boolean && t.Kind != columnar.Void {
		return columnar.Errorf("UNEXPECTED_INPUT_TYPE", "Parameter 2 of function `mode` requires the \"BOOLEAN\" type, however %q has the type %q.", choice, t.SQL()).At(c.Pos)
	}
	l, err := q.a.constant(choice)
	switch {
	case err != nil:
		return err
	case l == nil:
		return columnar.Errorf("NON_FOLDABLE_ARGUMENT", "The function `mode` requires the parameter `deterministic` to be a foldable expression of the type \"BOOLEAN\", but the actual argument is a non-foldable.").At(c.Pos)
	case l.Value.IsNull(0):
		return q.callError(columnar.Errorf("DATATYPE_MISMATCH.UNEXPECTED_NULL", "The `deterministic` must not be null."), c)
	case columnar.BoolAt(l.Value, 0):
		c.OrderBy, c.Args = []*logical.SortKey{{Child: c.Args[0]}}, nil
	default:
		c.Args = c.Args[:1]
	}
	return nil
}

// orderedMode is mode() WITHIN GROUP (ORDER BY value). Spark shows the order the wrong way round, and so do we.
func (q *query) orderedMode(c *logical.Call, value logical.Expr, desc bool, s *scope) (logical.Expr, error) {
	text, order := "mode() WITHIN GROUP (ORDER BY "+value.String(), int8(1)
	if desc {
		order = -1
	} else {
		text += " DESC"
	}
	text += ")"
	if c.Filter != nil {
		text += " FILTER (WHERE " + c.Filter.String() + ")"
	}
	d := *c
	d.Args, d.OrderBy = []logical.Expr{value, logical.Lit(order)}, nil
	out, err := q.typed(&d, s)
	if err != nil {
		return nil, err
	}
	return &sugar{plain(out), text}, nil
}
