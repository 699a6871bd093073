//go:build !unix

package rdd

// processIsGone cannot be told here.
func processIsGone(int) bool { return false }
