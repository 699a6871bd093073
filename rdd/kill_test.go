//go:build unix

package rdd

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// killedIn names the folder in which a process that is to be killed works; TestKilledProcess is that process.
const killedIn = "GOSQL_TEST_KILLED_IN"

// outputLines are the lines of every output of the killed processes.
func outputLines() []string {
	lines := make([]string, 400)
	for i := range lines {
		lines[i] = fmt.Sprintf("%04d", i)
	}
	return lines
}

// writeOutputs writes one output after the other, from the first that is not there, and a checkpoint with each, by way of a
// shuffle with files.
func writeOutputs(sc *Context, dir string, most int) error {
	lines := outputLines()
	if err := sc.SetCheckpointDir(filepath.Join(dir, "checkpoints")); err != nil {
		return err
	}
	for i := 0; most > 0; i++ {
		text, object := filepath.Join(dir, fmt.Sprintf("text-%04d", i)), filepath.Join(dir, fmt.Sprintf("object-%04d", i))
		sorted := SortBy(Parallelize(sc, lines, 4), func(s string) string { return s }, NumPartitions(4))
		for _, path := range []string{text, object} {
			if _, err := os.Stat(path); err == nil {
				continue
			}
			most--
			var err error
			if path == text {
				err = sorted.SaveAsTextFile(sc.closing, path)
			} else {
				err = SaveAsObjectFile(sc.closing, sorted, path)
			}
			if err == nil {
				err = sorted.CheckpointNow(sc.closing)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// TestKilledProcess is what TestKill starts and kills.
func TestKilledProcess(t *testing.T) {
	dir := os.Getenv(killedIn)
	if dir == "" {
		t.Skip("only runs as a process of TestKill")
	}
	sc, err := NewContext(WithThreads(2), WithSpillDir(filepath.Join(dir, "spill")), WithShuffleFiles())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("ready")
	if err := writeOutputs(sc, dir, 1<<30); err != nil {
		t.Fatal(err)
	}
}

// TestKill kills processes that write outputs, at random moments: what is to be seen is always whole, and the next
// process goes on and clears up. GOSQL_KILLS says how often.
func TestKill(t *testing.T) {
	kills := 3
	if n, err := strconv.Atoi(os.Getenv("GOSQL_KILLS")); err == nil {
		kills = n
	}
	const seed = 1
	t.Logf("seed %d, %d kills; more by GOSQL_KILLS", seed, kills)
	random := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "spill"), 0o700); err != nil {
		t.Fatal(err)
	}
	sc := newTestContext(t)
	found, checkpoints := 0, 0
	for range kills {
		runAndKill(t, dir, time.Duration(random.Int64N(int64(40*time.Millisecond))))
		found = checkOutputs(t, sc, dir)
		checkpoints = checkCheckpoints(t, sc, dir)
	}
	sc = newTestContext(t, WithSpillDir(filepath.Join(dir, "spill")), WithShuffleFiles()) // clears up after the last of them
	if err := writeOutputs(sc, dir, 2); err != nil {
		t.Fatal(err)
	}
	if n := checkOutputs(t, sc, dir); n < found+2 {
		t.Errorf("%d outputs after another two, %d before", n, found)
	}
	if n := checkCheckpoints(t, sc, dir); n == checkpoints {
		t.Errorf("%d checkpoints, and no more after two outputs", n)
	}
	for _, name := range filesOf(t, dir) {
		if isHidden(name) {
			t.Errorf("left behind: %s", name)
		}
	}
	if err := sc.Close(); err != nil {
		t.Error(err)
	}
	if left := filesOf(t, filepath.Join(dir, "spill")); len(left) > 0 {
		t.Errorf("temporary folders left behind: %v", left)
	}
}

// runAndKill starts a process and kills it some time after it has begun to write.
func runAndKill(t *testing.T, dir string, after time.Duration) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledProcess$", "-test.v")
	cmd.Env = append(os.Environ(), killedIn+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if said = append(said, lines.Text()); lines.Text() == "ready" {
			break
		}
	}
	time.Sleep(after) // the moment is what is being varied; nothing waits for it
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	var ended *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &ended) || ended.Exited() {
		t.Fatalf("the process ended by itself (%v): %s", err, strings.Join(said, "\n"))
	}
}

// checkOutputs reads all outputs that are to be seen, each of which must be whole, and counts them.
func checkOutputs(t *testing.T, sc *Context, dir string) int {
	t.Helper()
	want, n := outputLines(), 0
	for _, e := range must[[]os.DirEntry](t)(os.ReadDir(dir)) {
		if e.Name() == "spill" || e.Name() == "checkpoints" || isHidden(e.Name()) {
			continue
		}
		n++
		path := filepath.Join(dir, e.Name())
		names := strings.Join(filesOf(t, path), " ")
		if names != "_SUCCESS part-00000 part-00001 part-00002 part-00003" {
			t.Errorf("%s has %s", path, names)
			continue
		}
		in := TextFile(sc, path, 1)
		if strings.HasPrefix(e.Name(), "object") {
			in = ObjectFile[string](sc, path, 1)
		}
		if got := must[[]string](t)(in.Collect(t.Context())); !slices.Equal(got, want) {
			t.Errorf("%s: %d lines, want %d", path, len(got), len(want))
		}
	}
	return n
}

// checkCheckpoints reads all checkpoints that are to be seen, each of which must be whole, and counts them.
func checkCheckpoints(t *testing.T, sc *Context, dir string) (n int) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "checkpoints", "*", "rdd-*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		r := must[*RDD[string]](t)(OpenCheckpoint[string](sc, path))
		if got := must[[]string](t)(r.Collect(t.Context())); !slices.Equal(got, outputLines()) {
			t.Errorf("%s: %d lines, want %d", path, len(got), len(outputLines()))
		}
	}
	return len(paths)
}

// filesOf lists the names in a folder.
func filesOf(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	for _, e := range must[[]os.DirEntry](t)(os.ReadDir(dir)) {
		names = append(names, e.Name())
	}
	return names
}
