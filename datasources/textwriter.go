package datasources

import (
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
)

// TextWriter writes values as text files have them: as CAST AS STRING does, but for dates and times, which follow the options
// dateFormat, timestampFormat and timestampNTZFormat. One belongs to one task and is not shared.
type TextWriter struct {
	date, timestamp, ntz *javafmt.Formatter
	location             *time.Location
	zone                 *columnar.Zone
}

// The patterns in which Spark writes timestamps.
const (
	timestampPattern    = "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]"
	timestampNTZPattern = "yyyy-MM-dd'T'HH:mm:ss[.SSS]"
)

// NewTextWriter reads the options.
func NewTextWriter(o Options) (*TextWriter, error) {
	t := &TextWriter{}
	for _, p := range []struct {
		option, def string
		to          **javafmt.Formatter
	}{
		{"dateFormat", "", &t.date}, {"timestampFormat", timestampPattern, &t.timestamp},
		{"timestampNTZFormat", timestampNTZPattern, &t.ntz},
	} {
		pattern := o.Text(p.def, p.option)
		if pattern == "" {
			continue
		}
		f, err := javafmt.NewFormatter(pattern, javafmt.ForFormatting)
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

// Clone returns a writer for another task.
func (t *TextWriter) Clone() *TextWriter {
	c := *t
	c.zone = columnar.NewZone(t.location)
	return &c
}

// Append appends row i of v, which is not NULL.
func (t *TextWriter) Append(dst []byte, v columnar.Vector, i int) ([]byte, error) {
	switch v.Type().Kind {
	case columnar.Date:
		if t.date != nil {
			return t.date.Format(dst, javafmt.Zoned{LocalMicros: columnar.Int64At(v, i) * columnar.MicrosPerDay, Zone: "UTC"})
		}
	case columnar.Timestamp:
		micros := columnar.Int64At(v, i)
		local := t.zone.ToLocal(micros)
		return t.timestamp.Format(dst, javafmt.Zoned{LocalMicros: local, Offset: int((local - micros) / columnar.MicrosPerSecond), Zone: t.location.String()})
	case columnar.TimestampNTZ:
		return t.ntz.Format(dst, javafmt.Zoned{LocalMicros: columnar.Int64At(v, i)})
	}
	return columnar.AppendString(dst, v, i, t.location), nil
}
