package functions

import (
	"slices"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// numberFormats read and write numbers by formats such as '$99,999.00MI' (Spark's ToNumberParser).
var numberFormats = []*logical.Function{
	toNumberFunction("to_number", false),
	toNumberFunction("try_to_number", true),
	{
		Name:      "to_char_number",
		Usage:     "to_char_number(number, format) - What to_char does for numbers: writes them by a format of digits (0, 9), grouping (, or G), the decimal point (. or D), $ and signs (S, MI, PR).",
		Examples:  []logical.Example{{SQL: "SELECT to_char(12454, '99G999')", Result: "12,454"}},
		TypeExprs: toCharNumberTypes,
		Pretty:    func(_ string, args []string) string { return "to_char(" + strings.Join(args, ", ") + ")" },
		Kind: text(columnar.StringType, func(ec *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			f, err := cachedFormat(ec, columnar.StringAt(args[1], r))
			if err != nil {
				return dst, false, err
			}
			return f.append(dst, columnar.FormatValue(args[0], r)), true, nil
		}),
	},
}

// numberFormat is a format taken apart. Digits are '0' and '9', with ',' between them in the whole part.
type numberFormat struct {
	text            string
	lead, trail     string // "", "S", "MI", and for trail also "PR"
	dollar          bool
	whole, fraction string
}

// precision and scale are those of the decimals that the format reads.
func (f *numberFormat) precision() int { return len(f.groups()) + len(f.fraction) }
func (f *numberFormat) groups() string { return strings.ReplaceAll(f.whole, ",", "") }

// parseNumberFormat reads a format; what is wrong with it is INVALID_FORMAT.
func parseNumberFormat(format string) (*numberFormat, error) {
	bad := func(kind, what string) (*numberFormat, error) {
		return nil, columnar.Errorf("INVALID_FORMAT."+kind, "The format is invalid: '%s'. %s", format, what)
	}
	if format == "" {
		return bad("EMPTY", "The number format string cannot be empty.")
	}
	f := &numberFormat{text: format}
	rest := strings.NewReplacer("G", ",", "D", ".").Replace(strings.ToUpper(format))
	f.lead, rest = cutSign(rest, strings.HasPrefix, strings.TrimPrefix, "S", "MI")
	if f.dollar = strings.HasPrefix(rest, "$"); f.dollar {
		rest = rest[1:]
	}
	f.trail, rest = cutSign(rest, strings.HasSuffix, strings.TrimSuffix, "S", "MI", "PR")
	switch {
	case strings.Count(rest, ".") > 1 || strings.Contains(rest, "$") && f.dollar || f.lead != "" && f.trail != "" || strings.ContainsAny(rest, "S"):
		return bad("WRONG_NUM_TOKEN", "The format string can contain each of the decimal point, the dollar sign and the signs only once.")
	case strings.Contains(rest, "$"):
		return bad("CUR_MUST_BEFORE_DIGIT", "Currency characters must appear before any number in the number format.")
	}
	f.whole, f.fraction, _ = strings.Cut(rest, ".")
	switch {
	case strings.Contains(f.fraction, ","):
		return bad("THOUSANDS_SEPS_MUST_BEFORE_DEC", "Thousands separators (, or G) may not appear after the decimal point in the number format.")
	case strings.HasPrefix(f.whole, ",") || strings.HasSuffix(f.whole, ",") || strings.Contains(f.whole, ",,"):
		return bad("CONT_THOUSANDS_SEPS", "Thousands separators (, or G) must have digits in between them in the number format.")
	case f.groups()+f.fraction == "" || strings.Trim(f.groups()+f.fraction, "09") != "":
		return bad("WRONG_NUM_DIGIT", "The format string requires at least one number digit.")
	}
	return f, nil
}

// cutSign takes one of the signs off an end of a format.
func cutSign(s string, has func(s, part string) bool, trim func(s, part string) string, signs ...string) (sign, rest string) {
	for _, m := range signs {
		if has(s, m) {
			return m, trim(s, m)
		}
	}
	return "", s
}

// read turns text into the digits of a number without point, padded to the format's scale; ok is false if the text is not of the format.
func (f *numberFormat) read(s string) (digits string, negative, ok bool) {
	s = strings.TrimSpace(s)
	if f.trail == "PR" && strings.HasPrefix(s, "<") && strings.HasSuffix(s, ">") {
		negative, s = true, s[1:len(s)-1]
	}
	for _, end := range []struct {
		sign string
		has  func(s, part string) bool
		trim func(s, part string) string
	}{{f.lead, strings.HasPrefix, strings.TrimPrefix}, {f.trail, strings.HasSuffix, strings.TrimSuffix}} {
		switch {
		case end.sign != "S" && end.sign != "MI":
		case end.has(s, "-"):
			negative, s = true, end.trim(s, "-")
		case end.sign == "S":
			s = end.trim(s, "+")
		}
	}
	if f.dollar != strings.HasPrefix(s, "$") {
		return "", false, false
	}
	whole, fraction, point := strings.Cut(strings.TrimPrefix(s, "$"), ".")
	if whole+fraction == "" || strings.Trim(whole, "0123456789,")+strings.Trim(fraction, "0123456789") != "" {
		return "", false, false
	}
	if len(fraction) > len(f.fraction) || point && f.fraction == "" || !f.fits(whole) {
		return "", false, false
	}
	return strings.ReplaceAll(whole, ",", "") + fraction + strings.Repeat("0", len(f.fraction)-len(fraction)), negative, true
}

// fits says whether the whole part of a text has its digits and separators where the format has them. Groups and digits of 9s may be missing on the left.
func (f *numberFormat) fits(whole string) bool {
	want, got := strings.Split(f.whole, ","), strings.Split(whole, ",")
	if len(got) > len(want) {
		return false
	}
	missing := want[:len(want)-len(got)]
	want = want[len(want)-len(got):]
	for i, g := range got {
		if len(g) > len(want[i]) || i > 0 && len(g) < len(want[i]) || len(g) < len(want[i]) && strings.HasPrefix(want[i], "0") {
			return false
		}
	}
	return !strings.Contains(strings.Join(missing, ""), "0")
}

// append writes a number, given in plain notation, by the format; a number that does not fit becomes # for each digit.
func (f *numberFormat) append(dst []byte, plain string) []byte {
	negative := strings.HasPrefix(plain, "-")
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(plain, "-"), ".")
	fraction = strings.TrimRight(fraction, "0")
	if whole = strings.TrimLeft(whole, "0"); whole == "" && f.fraction != "" {
		whole = "0"
	}
	size := len(f.groups())
	if size == 0 && whole == "0" {
		whole = ""
	}
	if len(whole) > size || len(fraction) > len(f.fraction) {
		return append(dst, strings.NewReplacer("0", "#", "9", "#", ",", " ").Replace(f.body())...)
	}
	var b strings.Builder
	if f.dollar {
		b.WriteByte('$')
	}
	f.writeWhole(&b, strings.Repeat(" ", size-len(whole))+whole)
	if f.fraction != "" {
		b.WriteString("." + fraction + strings.Repeat("0", len(f.fraction)-len(fraction)))
	}
	return append(dst, f.signed(b.String(), negative)...)
}

// body is the format without signs and currency.
func (f *numberFormat) body() string {
	if f.fraction == "" {
		return f.whole
	}
	return f.whole + "." + f.fraction
}

// writeWhole writes digits, filled with spaces to the format's number of them, into the places of the format.
func (f *numberFormat) writeWhole(b *strings.Builder, digits string) {
	i, begun := 0, false
	for _, place := range []byte(f.whole) {
		if place == ',' {
			if begun {
				b.WriteByte(',')
			} else {
				b.WriteByte(' ')
			}
			continue
		}
		d := digits[i]
		if d == ' ' && place == '0' {
			d = '0'
		}
		begun = begun || d != ' '
		b.WriteByte(d)
		i++
	}
}

// signed puts the signs around a number. One in front stands next to the first digit.
func (f *numberFormat) signed(s string, negative bool) string {
	front := func(sign string) string {
		bare := strings.TrimLeft(s, " ")
		return s[:len(s)-len(bare)] + sign + bare
	}
	sign := " "
	if negative {
		sign = "-"
	}
	switch {
	case f.trail == "PR" && negative:
		return front("<") + ">"
	case f.trail == "PR":
		return s + "  "
	case (f.lead == "S" || f.trail == "S") && !negative:
		sign = "+"
	}
	switch {
	case f.lead != "":
		return front(sign)
	case f.trail != "":
		return s + sign
	}
	return s
}

// cachedFormat parses a format, once for each call site.
func cachedFormat(ec *logical.EvalContext, format string) (*numberFormat, error) {
	if ec.State != nil {
		if f, ok := ec.State.Value.(*numberFormat); ok && f.text == format {
			return f, nil
		}
	}
	f, err := parseNumberFormat(strings.Clone(format))
	if err == nil && ec.State != nil {
		ec.State.Value = f
	}
	return f, err
}

// constantFormat is the format that a call is given; it must be a constant.
func constantFormat(arg logical.Expr) (*numberFormat, error) {
	l, ok := arg.(*logical.Literal)
	if !ok {
		return nil, columnar.Errorf("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "the input `format` should be a foldable \"STRING\" expression; however, got %q.", arg.String())
	}
	if l.Value.IsNull(0) || l.Value.Type().Kind != columnar.String {
		return nil, unexpectedType(1, "STRING", arg.Type())
	}
	return parseNumberFormat(columnar.StringAt(l.Value, 0))
}

func toCharNumberTypes(args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
	if err := arity("to_char", len(args), 2, 2); err != nil {
		return nil, columnar.StringType, err
	}
	if _, err := constantFormat(args[1]); err != nil {
		return nil, columnar.StringType, err
	}
	t := args[0].Type()
	switch {
	case t.Kind == columnar.Decimal:
	case t.IsInteger():
		t = logical.DecimalOf(t)
	case logical.ImplicitCast(t, columnar.DecimalType(38, 18)):
		t = columnar.DecimalType(38, 18)
	default:
		return nil, columnar.StringType, unexpectedRaw(0, `"DECIMAL"`, t)
	}
	return []columnar.Type{t, columnar.StringType}, columnar.StringType, nil
}

func toNumberFunction(name string, try bool) *logical.Function {
	return &logical.Function{
		Name:     name,
		Usage:    name + "(text, format) - Reads a number by a format of digits (0, 9), grouping (, or G), the decimal point (. or D), $ and signs (S, MI, PR).",
		Examples: []logical.Example{{SQL: "SELECT " + name + "('$78.12', '$99.99')", Result: "78.12"}},
		TypeExprs: func(args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
			if err := arity(name, len(args), 2, 2); err != nil {
				return nil, columnar.VoidType, err
			}
			if !logical.ImplicitCast(args[0].Type(), columnar.StringType) {
				return nil, columnar.VoidType, unexpectedType(0, "STRING", args[0].Type())
			}
			f, err := constantFormat(args[1])
			if err != nil {
				return nil, columnar.VoidType, err
			}
			if f.precision() > columnar.MaxPrecision {
				return nil, columnar.VoidType, columnar.Errorf("DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "Decimal precision %d exceeds max precision %d.", f.precision(), columnar.MaxPrecision)
			}
			return repeatType(columnar.StringType, 2), columnar.DecimalType(f.precision(), len(f.fraction)), nil
		},
		Nullable: alwaysNullable,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return toNumber(ec, rows, args, try)
		}),
	}
}

func toNumber(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector, try bool) (columnar.Vector, error) {
	if rows.Count() == 0 || args[1].IsNull(rows.Row(0)) {
		return columnar.NullVector(columnar.DecimalType(1, 0), rows.N), nil
	}
	f, err := cachedFormat(ec, columnar.StringAt(args[1], rows.Row(0)))
	if err != nil {
		return nil, err
	}
	t := columnar.DecimalType(f.precision(), len(f.fraction))
	plain, err := columnar.BuildStrings(ec.Pool, columnar.StringType, rows, func(dst []byte, r int) ([]byte, bool, error) {
		if args[0].IsNull(r) {
			return dst, false, nil
		}
		digits, negative, ok := f.read(columnar.StringAt(args[0], r))
		switch {
		case !ok && try:
			return dst, false, nil
		case !ok:
			return dst, false, columnar.Errorf("INVALID_FORMAT.MISMATCH_INPUT", "The format is invalid: '%s'. The input \"STRING\" '%s' does not match the format.", f.text, columnar.StringAt(args[0], r))
		}
		if negative {
			dst = append(dst, '-')
		}
		at := len(digits) - len(f.fraction)
		return slices.Concat(dst, []byte("0"+digits[:at]+"."+digits[at:]+"0")), true, nil
	})
	if err != nil {
		return nil, err
	}
	return columnar.Cast(columnar.CastContext{Pool: ec.Pool, Mode: columnar.CastANSI}, plain, t, rows)
}
