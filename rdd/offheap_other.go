//go:build !unix

package rdd

import (
	"errors"
	"runtime"
)

// offHeapSupported is why OffHeap cannot be used here.
var offHeapSupported = errors.New("memory outside Go's heap needs a Unix system, this is " + runtime.GOOS)

// mapOffHeap fails.
func mapOffHeap(int) ([]byte, error) { return nil, offHeapSupported }

// unmapOffHeap has nothing to do.
func unmapOffHeap([]byte) {}
