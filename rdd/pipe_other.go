//go:build !unix

package rdd

import "os/exec"

// killTogether kills the command alone: there are no process groups here.
func killTogether(cmd *exec.Cmd) {
	cmd.Cancel = func() error { return cmd.Process.Kill() }
}
