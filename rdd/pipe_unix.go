//go:build unix

package rdd

import (
	"os/exec"
	"syscall"
)

// killTogether makes the command the head of a process group of its own, and has all of the group killed with it: a
// shell's children must not outlive the task.
func killTogether(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
