package main

import (
	"fmt"
	"os"
	"runtime/pprof"
)

// profileTo writes a CPU profile of the run to a file, for "go tool pprof"; an empty path is no profile. What it returns ends
// the profile, and tells if the file could not be written.
func profileTo(path string) (end func() error, err error) {
	if path == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("cannot write the profile: %w", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("cannot write the profile: %w", err)
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}
