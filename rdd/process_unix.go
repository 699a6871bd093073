//go:build unix

package rdd

import (
	"errors"
	"syscall"
)

// processIsGone tells that there is no process of that id on this machine.
func processIsGone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
