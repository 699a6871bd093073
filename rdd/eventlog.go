package rdd

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// EventLog is a Listener that writes events as lines of JSON, under the names of Spark's event log, so that what reads
// those (its history server, for one) reads these. Events are queued and written by a goroutine that lives only while
// there is something to write: no task ever waits for a disk. A write that fails ends the log, not the job; Close tells.
// Safe for concurrent use.
type EventLog struct {
	open func() (io.Writer, error)
	name string // of the application
	id   string

	mu      sync.Mutex
	idle    *sync.Cond
	queue   []Event
	lost    int // events dropped because the queue was full
	writing bool
	closed  bool
	err     error

	out *bufio.Writer // of the writing goroutine
}

// maxQueuedEvents bounds the queue of a log whose writer is slower than the tasks; what comes beyond is dropped and
// counted (Spark's queue has 10,000).
const maxQueuedEvents = 1 << 17

// NewEventLog makes a log that writes to w; give it to WithListener, and Close it after the Context. It does not close w.
func NewEventLog(w io.Writer) *EventLog {
	return newEventLog(filepath.Base(os.Args[0]), fmt.Sprintf("local-%d", time.Now().UnixMilli()),
		func() (io.Writer, error) { return w, nil })
}

// newEventLog makes a log that opens its destination when the first event is there.
func newEventLog(name, id string, open func() (io.Writer, error)) *EventLog {
	l := &EventLog{name: name, id: id, open: open}
	l.idle = sync.NewCond(&l.mu)
	return l
}

// OnEvent implements Listener.
func (l *EventLog) OnEvent(e Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.err != nil {
		return
	}
	if len(l.queue) >= maxQueuedEvents {
		l.lost++
		return
	}
	l.queue = append(l.queue, e)
	if !l.writing {
		l.writing = true
		go l.write()
	}
}

// Close waits until all events are written and tells what went wrong, if anything: the first error of writing, or how
// many events came faster than they could be written. Later events are ignored. Closing twice is harmless.
func (l *EventLog) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.writing {
		l.idle.Wait()
	}
	if !l.closed && l.out != nil && l.err == nil {
		l.err = errors.Join(l.line(applicationEnd(time.Now())), l.out.Flush())
	}
	l.closed = true
	if l.err != nil {
		return fmt.Errorf("event log: %w", l.err)
	}
	if l.lost > 0 {
		return fmt.Errorf("event log: %d events are missing: they came faster than they could be written", l.lost)
	}
	return nil
}

// write empties the queue and ends.
func (l *EventLog) write() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.queue) > 0 && l.err == nil {
		events := l.queue
		l.queue = nil
		l.mu.Unlock()
		err := l.writeAll(events)
		l.mu.Lock()
		l.err = err
	}
	if l.err != nil {
		l.queue = nil
	}
	l.writing = false
	l.idle.Broadcast()
}

// writeAll writes some events and flushes, so that a log can be followed while it grows.
func (l *EventLog) writeAll(events []Event) error {
	if l.out == nil {
		w, err := l.open()
		if err != nil {
			return err
		}
		l.out = bufio.NewWriter(w)
		if err := errors.Join(l.line(logStart()), l.line(applicationStart(l.name, l.id, time.Now()))); err != nil {
			return err
		}
	}
	for _, e := range events {
		record := eventRecord(e)
		if record == nil {
			continue
		}
		if err := l.line(record); err != nil {
			return err
		}
	}
	return l.out.Flush()
}

// line writes one record.
func (l *EventLog) line(record any) error {
	raw, err := json.Marshal(record)
	if err != nil {
		return err
	}
	if _, err := l.out.Write(raw); err != nil {
		return err
	}
	return l.out.WriteByte('\n')
}

// eventLogFile is the log of a Context in a folder: while the Context lives its name ends in .inprogress, as Spark's.
type eventLogFile struct {
	*EventLog
	file  *os.File // nil before the first event
	close func() error
}

// newEventLogFile makes a log in a folder, which must be there. The file is created with the first event.
func newEventLogFile(dir, name string) (*eventLogFile, error) {
	if info, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("rdd: cannot keep an event log: %w", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("rdd: cannot keep an event log: %s is not a folder", dir)
	}
	f := &eventLogFile{}
	f.EventLog = newEventLog(name, "", func() (io.Writer, error) {
		var err error
		f.file, f.id, err = createEventLog(dir)
		return f.file, err
	})
	f.close = sync.OnceValue(f.finish)
	return f, nil
}

// inProgress ends the name of a log that is still written.
const inProgress = ".inprogress"

// createEventLog makes a file with a name of its own, which is the id of the application.
func createEventLog(dir string) (f *os.File, id string, err error) {
	for stamp := time.Now().UnixMilli(); ; stamp++ {
		id = fmt.Sprintf("local-%d", stamp)
		path := filepath.Join(dir, id)
		if _, err := os.Lstat(path); err == nil {
			continue
		}
		f, err = os.OpenFile(path+inProgress, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, os.ErrExist) {
			return f, id, err
		}
	}
}

// Close ends the log and gives the file its lasting name.
func (f *eventLogFile) Close() error { return f.close() }

// finish is Close, once.
func (f *eventLogFile) finish() error {
	err := f.EventLog.Close()
	if f.file == nil {
		return err
	}
	path := f.file.Name()
	return errors.Join(err, f.file.Close(), os.Rename(path, strings.TrimSuffix(path, inProgress)))
}
