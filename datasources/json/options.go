package json

import (
	"strings"

	"github.com/gosql-engine/gosql/datasources"
)

// mode says what happens to a record that cannot be read.
type mode uint8

const (
	permissive mode = iota
	dropMalformed
	failFast
)

// config is a table's options.
type config struct {
	options        datasources.Options
	multiLine      bool
	lineSep        string
	charset        string
	mode           mode
	corrupt        string
	sampling       float64
	ignoreCorrupt  bool
	asStrings      bool // primitivesAsString
	prefersDecimal bool
	dropAllNull    bool // dropFieldIfAllNull
	inferTimestamp bool
	grammar        grammar
	formats        *datasources.TextFormats
}

// grammar are the extensions of JSON that are allowed.
type grammar struct {
	comments, unquotedNames, singleQuotes, leadingZeros, nonNumeric, anyEscape, controlChars bool
}

func newConfig(m map[string]string) (*config, error) {
	o := datasources.NewOptions(m)
	c := &config{options: o, lineSep: o.Text("", "lineSep"), charset: o.Text("", "encoding", "charset"),
		corrupt: o.Text("_corrupt_record", "columnNameOfCorruptRecord")}
	var err error
	for _, b := range []struct {
		to   *bool
		name string
		def  bool
	}{
		{&c.multiLine, "multiLine", false}, {&c.asStrings, "primitivesAsString", false}, {&c.prefersDecimal, "prefersDecimal", false},
		{&c.dropAllNull, "dropFieldIfAllNull", false}, {&c.inferTimestamp, "inferTimestamp", false},
		{&c.ignoreCorrupt, "ignoreCorruptFiles", false}, {&c.grammar.comments, "allowComments", false},
		{&c.grammar.unquotedNames, "allowUnquotedFieldNames", false}, {&c.grammar.singleQuotes, "allowSingleQuotes", true},
		{&c.grammar.leadingZeros, "allowNumericLeadingZeros", false}, {&c.grammar.nonNumeric, "allowNonNumericNumbers", true},
		{&c.grammar.anyEscape, "allowBackslashEscapingAnyCharacter", false},
		{&c.grammar.controlChars, "allowUnquotedControlChars", false},
	} {
		if *b.to, err = o.Bool(b.name, b.def); err != nil {
			return nil, err
		}
	}
	if c.sampling, err = o.Float("samplingRatio", 1); err != nil {
		return nil, err
	}
	switch strings.ToUpper(o.Text("PERMISSIVE", "mode")) {
	case "DROPMALFORMED":
		c.mode = dropMalformed
	case "FAILFAST":
		c.mode = failFast
	}
	c.formats, err = datasources.NewTextFormats(o)
	return c, err
}
