package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// progress draws a bar on standard error while a statement runs, if that is a terminal and the statement takes longer than half a second.
type progress struct {
	once           sync.Once
	done, finished chan struct{}
}

const (
	progressAfter = 500 * time.Millisecond
	progressEvery = 100 * time.Millisecond
)

func startProgress(r *runner) *progress {
	p := &progress{done: make(chan struct{}), finished: make(chan struct{})}
	if !isTerminal(r.err) {
		close(p.finished)
		return p
	}
	go func() {
		defer close(p.finished)
		p.draw(r)
	}()
	return p
}

// stop takes the bar away and returns when it is gone. It may be called again.
func (p *progress) stop() {
	p.once.Do(func() { close(p.done) })
	<-p.finished
}

func (p *progress) draw(r *runner) {
	start := time.Now()
	wait := time.NewTimer(progressAfter)
	defer wait.Stop()
	drawn := false
	for {
		select {
		case <-p.done:
			if drawn {
				io.WriteString(r.err, "\r\x1b[K")
			}
			return
		case <-wait.C:
			wait.Reset(progressEvery)
			drawn = true
			io.WriteString(r.err, "\r\x1b[K"+progressLine(r, time.Since(start)))
		}
	}
}

// barWidth is the number of characters of a full bar.
const barWidth = 30

func progressLine(r *runner, took time.Duration) string {
	t := r.session.Progress()
	if t.Tasks == 0 {
		return fmt.Sprintf("%.1f s", took.Seconds())
	}
	full := barWidth * t.DoneTasks / t.Tasks
	return fmt.Sprintf("[%s%s] stage %d of %d, task %d of %d, %.1f s", strings.Repeat("█", full), strings.Repeat("░", barWidth-full),
		min(t.DoneStages+1, t.Stages), t.Stages, t.DoneTasks, t.Tasks, took.Seconds())
}
