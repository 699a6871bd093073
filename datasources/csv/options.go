package csv

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
)

// mode says what happens to a row that does not fit the schema.
type mode uint8

const (
	permissive    mode = iota // what fits is kept, the rest is NULL, the row's text goes to the column of corrupt records
	dropMalformed             // the row is left out
	failFast                  // an error
)

// config is a table's options.
type config struct {
	delim          string
	quote, escape  byte // 0: none
	escapeEscape   byte
	comment        byte // 0: none
	header         bool
	infer          bool
	sampling       float64
	multiLine      bool
	lineSep        string
	charset        string
	nullValue      string
	emptyValue     string
	nan, inf, ninf string
	trimLeft       bool
	trimRight      bool
	mode           mode
	corrupt        string // name of the column of corrupt records
	preferDate     bool
	enforceSchema  bool
	maxColumns     int
	ignoreCorrupt  bool
	formats        *datasources.TextFormats
	options        datasources.Options
}

func newConfig(m map[string]string) (*config, error) {
	o := datasources.NewOptions(m)
	c := &config{
		options: o, charset: o.Text("", "encoding", "charset"), nullValue: o.Text("", "nullValue"), emptyValue: o.Text("", "emptyValue"),
		nan: o.Text("NaN", "nanValue"), inf: o.Text("Inf", "positiveInf"), ninf: o.Text("-Inf", "negativeInf"),
		corrupt: o.Text("_corrupt_record", "columnNameOfCorruptRecord"),
	}
	var err error
	for _, b := range []struct {
		to   *bool
		name string
		def  bool
	}{
		{&c.header, "header", false}, {&c.infer, "inferSchema", false}, {&c.multiLine, "multiLine", false},
		{&c.trimLeft, "ignoreLeadingWhiteSpace", false}, {&c.trimRight, "ignoreTrailingWhiteSpace", false},
		{&c.preferDate, "preferDate", true}, {&c.enforceSchema, "enforceSchema", true}, {&c.ignoreCorrupt, "ignoreCorruptFiles", false},
	} {
		if *b.to, err = o.Bool(b.name, b.def); err != nil {
			return nil, err
		}
	}
	if c.sampling, err = o.Float("samplingRatio", 1); err != nil {
		return nil, err
	}
	if c.maxColumns, err = o.Int("maxColumns", 20480); err != nil {
		return nil, err
	}
	if err := c.setCharacters(o); err != nil {
		return nil, err
	}
	if err := c.setMode(o); err != nil {
		return nil, err
	}
	if c.formats, err = datasources.NewTextFormats(o); err != nil {
		return nil, err
	}
	if locale := o.Text("en-US", "locale"); !strings.EqualFold(locale, "en-US") {
		return nil, datasources.InvalidOption("locale", locale, "en-US, the only one supported,")
	}
	return c, nil
}

func (c *config) setMode(o datasources.Options) error {
	switch text := o.Text("PERMISSIVE", "mode"); strings.ToUpper(text) {
	case "PERMISSIVE":
		c.mode = permissive
	case "DROPMALFORMED":
		c.mode = dropMalformed
	case "FAILFAST":
		c.mode = failFast
	default: // Spark takes an unknown mode for PERMISSIVE, with a warning
		c.mode = permissive
	}
	return nil
}

func (c *config) setCharacters(o datasources.Options) error {
	delim, err := delimiter(o.Text(",", "sep", "delimiter"))
	if err != nil {
		return err
	}
	c.delim = delim
	if c.quote, err = character(o, "quote", '"'); err != nil {
		return err
	}
	if c.escape, err = character(o, "escape", '\\'); err != nil {
		return err
	}
	if c.comment, err = character(o, "comment", 0); err != nil {
		return err
	}
	def := c.escape
	if c.escape == c.quote {
		def = 0
	}
	if c.escapeEscape, err = character(o, "charToEscapeQuoteEscaping", def); err != nil {
		return err
	}
	if sep, ok := o.Get("lineSep"); ok {
		if sep == "" || len(sep) > 2 {
			return datasources.InvalidOption("lineSep", sep, "one or two characters")
		}
		c.lineSep = sep
	}
	return nil
}

// character reads an option of one byte; empty stands for none.
func character(o datasources.Options, name string, def byte) (byte, error) {
	v, ok := o.Get(name)
	switch {
	case !ok:
		return def, nil
	case v == "" || v == "\x00" || v == `\u0000`:
		return 0, nil
	case len(v) == 1:
		return v[0], nil
	}
	return 0, datasources.InvalidOption(name, v, "one character of ASCII")
}

// delimiter reads the option sep, in which \t and the like stand for control characters.
func delimiter(s string) (string, error) {
	var out []byte
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			out = append(out, s[i])
			continue
		}
		if i+1 == len(s) {
			return "", columnar.Errorf("INVALID_DELIMITER_VALUE.SINGLE_BACKSLASH", "A delimiter cannot be a single backslash.")
		}
		i++
		switch s[i] {
		case 't':
			out = append(out, '\t')
		case 'r':
			out = append(out, '\r')
		case 'n':
			out = append(out, '\n')
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case '\\', '"', '\'':
			out = append(out, s[i])
		case 'u':
			if strings.HasPrefix(s[i:], "u0000") {
				out, i = append(out, 0), i+4
				continue
			}
			fallthrough
		default:
			return "", columnar.Errorf("INVALID_DELIMITER_VALUE.UNSUPPORTED_SPECIAL_CHARACTER", "The delimiter %q has an escape that is not known.", s)
		}
	}
	if len(out) == 0 {
		return "", columnar.Errorf("INVALID_DELIMITER_VALUE.EMPTY_STRING", "A delimiter cannot be empty.")
	}
	return string(out), nil
}
