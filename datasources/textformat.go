package datasources

import (
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
)

// TextFormats are how dates and times are written in text: by patterns of Java's DateTimeFormatter, or where there is none, as CAST
// reads them. One belongs to one task and is not shared.
type TextFormats struct {
	date, timestamp, ntz *javafmt.Formatter
	zone                 *columnar.Zone
	location             *time.Location
}

// NewTextFormats reads the options dateFormat, timestampFormat, timestampNTZFormat and timeZone.
func NewTextFormats(o Options) (*TextFormats, error) {
	t := &TextFormats{}
	for _, p := range []struct {
		option string
		to     **javafmt.Formatter
	}{{"dateFormat", &t.date}, {"timestampFormat", &t.timestamp}, {"timestampNTZFormat", &t.ntz}} {
		pattern, ok := o.Get(p.option)
		if !ok {
			continue
		}
		f, err := javafmt.NewFormatter(pattern, javafmt.ForParsing)
		if err != nil {
			return nil, patternError(err)
		}
		*p.to = f
	}
	var err error
	if t.location, err = o.Zone(); err != nil {
		return nil, err
	}
	t.zone = columnar.NewZone(t.location)
	return t, nil
}

// patternError gives an error about a pattern the form of all others.
func patternError(err error) error {
	if e, ok := err.(*javafmt.Error); ok {
		return columnar.Errorf(e.Condition, "%s", e.Message)
	}
	return err
}

// Clone returns formats for another task.
func (t *TextFormats) Clone() *TextFormats {
	c := *t
	c.zone = columnar.NewZone(t.location)
	return &c
}

// Location is the time zone of timestamps without one.
func (t *TextFormats) Location() *time.Location { return t.location }

// HasTimestamp says whether timestamps have a pattern of their own.
func (t *TextFormats) HasTimestamp() bool { return t.timestamp != nil }

// Date reads a date.
func (t *TextFormats) Date(s []byte) (int32, bool) {
	if t.date == nil {
		return columnar.ParseDate(s)
	}
	p, err := t.date.Parse(string(s))
	if err != nil {
		return 0, false
	}
	days := p.LocalMicros / columnar.MicrosPerDay
	if p.LocalMicros%columnar.MicrosPerDay < 0 {
		days--
	}
	return int32(days), true
}

// InferDate reads a date as strictly as finding a schema asks for: the pattern, or else yyyy-MM-dd.
func (t *TextFormats) InferDate(s []byte) bool {
	if t.date == nil && (len(s) != 10 || s[4] != '-' || s[7] != '-') {
		return false
	}
	_, ok := t.Date(s)
	return ok
}

// Timestamp reads a TIMESTAMP.
func (t *TextFormats) Timestamp(s []byte) (int64, bool) {
	if t.timestamp == nil {
		return columnar.ParseTimestamp(s, t.zone)
	}
	p, err := t.timestamp.Parse(string(s))
	switch {
	case err != nil:
		return 0, false
	case p.HasOffset:
		return p.LocalMicros - int64(p.Offset)*columnar.MicrosPerSecond, true
	case p.Zone != "":
		loc, err := columnar.ParseZone(p.Zone)
		if err != nil {
			return 0, false
		}
		return columnar.NewZone(loc).FromLocal(p.LocalMicros)
	}
	return t.zone.FromLocal(p.LocalMicros)
}

// TimestampNTZ reads a TIMESTAMP_NTZ.
func (t *TextFormats) TimestampNTZ(s []byte) (int64, bool) {
	if t.ntz == nil {
		return columnar.ParseTimestampNTZ(s)
	}
	p, err := t.ntz.Parse(string(s))
	return p.LocalMicros, err == nil
}
