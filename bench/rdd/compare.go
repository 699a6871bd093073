package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

// output is what the runs of one engine printed.
type output struct {
	names    []string             // of the programs, in order
	millis   map[string][]float64 // by program
	records  map[string]float64
	answers  map[string]string
	peaks    []float64 // kilobytes
	versions []string
}

// readOutput reads the lines that both engines print; others, which Spark's shell adds, are left out.
func readOutput(path string) (*output, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	o := &output{millis: map[string][]float64{}, records: map[string]float64{}, answers: map[string]string{}}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if err := o.add(strings.Split(lines.Text(), "\t")); err != nil {
			return nil, fmt.Errorf("%s: %q: %w", path, lines.Text(), err)
		}
	}
	return o, lines.Err()
}

// add reads one line.
func (o *output) add(f []string) error {
	switch {
	case f[0] == "VERSION" && len(f) == 2 && !slices.Contains(o.versions, f[1]):
		o.versions = append(o.versions, f[1])
	case f[0] == "VmHWM" && len(f) == 2:
		kb, err := strconv.ParseFloat(f[1], 64)
		o.peaks = append(o.peaks, kb)
		return err
	case f[0] == "RESULT" && len(f) == 5:
		n, err := strconv.ParseFloat(f[2], 64)
		if err != nil {
			return err
		}
		ms, err := strconv.ParseFloat(f[3], 64)
		if err != nil {
			return err
		}
		name := f[1]
		if o.millis[name] == nil {
			o.names = append(o.names, name)
		}
		o.millis[name] = append(o.millis[name], ms)
		o.records[name], o.answers[name] = n, f[4]
	}
	return nil
}

// median is the middle of some numbers, 0 of none.
func median(vs []float64) float64 {
	if len(vs) == 0 {
		return 0
	}
	vs = slices.Sorted(slices.Values(vs))
	return (vs[(len(vs)-1)/2] + vs[len(vs)/2]) / 2
}

// compare prints the medians of two engines and their ratios. Different answers are an error.
func compare(w io.Writer, oursPath, theirsPath string) error {
	ours, err := readOutput(oursPath)
	if err != nil {
		return err
	}
	theirs, err := readOutput(theirsPath)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s against %s; medians\n", strings.Join(ours.versions, ", "), strings.Join(theirs.versions, ", "))
	fmt.Fprintf(w, "%-26s %12s %10s %10s %10s %10s %7s\n", "program", "records", "ours ms", "theirs ms", "ours M/s", "theirs M/s", "ratio")
	different := 0
	for _, name := range ours.names {
		a, b, n := median(ours.millis[name]), median(theirs.millis[name]), ours.records[name]
		if a == 0 || b == 0 {
			return fmt.Errorf("no time of %q", name)
		}
		fmt.Fprintf(w, "%-26s %12.0f %10.0f %10.0f %10.2f %10.2f %6.1fx\n", name, n, a, b, n/a/1e3, n/b/1e3, b/a)
		if ours.answers[name] != theirs.answers[name] || n != theirs.records[name] {
			different++
			fmt.Fprintf(w, "  the answers differ: %s and %s\n", ours.answers[name], theirs.answers[name])
		}
	}
	if p, q := median(ours.peaks), median(theirs.peaks); p > 0 && q > 0 {
		fmt.Fprintf(w, "%-26s %12s %8.0fMB %8.0fMB %28.1fx\n", "peak resident memory", "", p/1024, q/1024, q/p)
	}
	if different > 0 {
		return fmt.Errorf("%d programs gave different answers", different)
	}
	return nil
}
