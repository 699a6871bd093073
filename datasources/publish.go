package datasources

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// publishFolder puts a finished folder in the target's place. Where the file system can exchange two folders, readers see the old
// one or the new one at every moment; elsewhere there is a moment in which they see neither.
func publishFolder(out, target, staging string) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
		return err
	}
	err := os.Rename(out, target)
	if err == nil {
		return os.RemoveAll(staging)
	}
	if _, statErr := os.Lstat(target); statErr != nil {
		return err
	}
	if err := exchange(out, target); err == nil {
		return os.RemoveAll(staging) // with the old data in it
	}
	old := filepath.Join(staging, "old")
	if err := os.Rename(target, old); err != nil {
		return err
	}
	if err := os.Rename(out, target); err != nil {
		_ = os.Rename(old, target)
		return err
	}
	return os.RemoveAll(staging)
}

// journalPrefix begins the name of a file that says: the staging folder of that id is complete, and its files belong to this folder.
// Whoever finds it, a reader or the next writer, finishes the move.
const journalPrefix = "_gosql_append_"

// publishAppend adds the staged files to the target. The journal's appearance is the moment of the commit.
func publishAppend(target, staging, id string) error {
	if err := os.WriteFile(filepath.Join(target, journalPrefix+id), nil, 0o666); err != nil {
		return err
	}
	return completeAppend(target, id)
}

// completeAppends finishes the appends to a folder that were committed and cut short. Several readers may do it at once.
func completeAppends(folder string, entries []fs.DirEntry) (changed bool, err error) {
	for _, e := range entries {
		if id, ok := strings.CutPrefix(e.Name(), journalPrefix); ok {
			if err := completeAppend(folder, id); err != nil {
				return changed, err
			}
			changed = true
		}
	}
	return changed, nil
}

func completeAppend(target, id string) error {
	staging := filepath.Join(target, stagingPrefix+id)
	out := filepath.Join(staging, outFolder)
	err := filepath.WalkDir(out, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // another process is moving it too
			}
			return err
		}
		rel, err := filepath.Rel(out, path)
		if err != nil || rel == "." {
			return err
		}
		if e.IsDir() {
			return os.MkdirAll(filepath.Join(target, rel), 0o777)
		}
		if err := os.Rename(path, filepath.Join(target, rel)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := os.RemoveAll(staging); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(target, journalPrefix+id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
