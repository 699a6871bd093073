package rdd

import (
	"slices"
	"strings"
	"testing"

	"github.com/gosql-engine/gosql/rdd/vfs"
)

// station is an element with all sorts of fields.
type station struct {
	Name  string
	Lines []int
	Next  *station
	Tags  map[string]float64
}

// stationMoved has station's fields in another order.
type stationMoved struct {
	Lines []int
	Name  string
	Next  *station
	Tags  map[string]float64
}

func TestObjectFile(t *testing.T) {
	mem := vfs.NewMemory()
	sc := newTestContext(t, WithFS("mem", mem))
	var want []station
	for i := range 5000 {
		want = append(want, station{Name: strings.Repeat("s", i%9), Lines: []int{i}, Next: &station{Name: "n"}, Tags: map[string]float64{"x": float64(i)}})
	}
	if err := SaveAsObjectFile(t.Context(), Parallelize(sc, want, 3), "mem://out"); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(filesIn(t, mem, "."), " "); got != "out/_SUCCESS out/part-00000 out/part-00001 out/part-00002" {
		t.Errorf("files %s", got)
	}
	for _, n := range []int{1, 2, 7, 40} {
		parts := must[[][]station](t)(Glom(ObjectFile[station](sc, "mem://out", n)).Collect(t.Context()))
		got := slices.Concat(parts...)
		if len(parts) < n || len(got) != len(want) {
			t.Fatalf("%d elements in %d partitions, want %d in %d", len(got), len(parts), len(want), n)
		}
		for i := range got {
			if got[i].Name != want[i].Name || got[i].Lines[0] != i || got[i].Next.Name != "n" || got[i].Tags["x"] != float64(i) {
				t.Fatalf("element %d: %v", i, got[i])
			}
		}
	}
	if _, err := ObjectFile[stationMoved](sc, "mem://out", 1).Count(t.Context()); err == nil ||
		!strings.Contains(err.Error(), "station={Name string; Lines []int") || !strings.Contains(err.Error(), "stationMoved={Lines []int; Name string") {
		t.Errorf("read as another type: %v", err)
	}
	if err := SaveAsObjectFile(t.Context(), Parallelize(sc, []func(){nil}, 1), "mem://funcs"); err == nil || !strings.Contains(err.Error(), "func()") {
		t.Errorf("functions were saved: %v", err)
	}
}

// TestObjectFileDamage: any altered or missing byte is found out.
func TestObjectFileDamage(t *testing.T) {
	mem := vfs.NewMemory()
	sc := newTestContext(t, WithFS("mem", mem), WithMaxTaskFailures(1))
	if err := SaveAsObjectFile(t.Context(), Parallelize(sc, []string{"one", "two"}, 1), "mem://out"); err != nil {
		t.Fatal(err)
	}
	whole := must[[]byte](t)(vfs.ReadFile(mem, "out/part-00000"))
	read := func(content []byte) error {
		if err := vfs.WriteFile(mem, "f", content); err != nil {
			t.Fatal(err)
		}
		_, err := ObjectFile[string](sc, "mem://f", 1).Count(t.Context())
		return err
	}
	for n := 0; n < len(whole); n += 3 {
		if read(whole[:n]) == nil {
			t.Errorf("%d of %d bytes were read as if whole", n, len(whole))
		}
	}
	for i := len(objectMagic); i < len(whole); i++ {
		altered := slices.Clone(whole)
		altered[i] ^= 4
		if read(altered) == nil {
			t.Errorf("altered byte %d of %d was not noticed", i, len(whole))
		}
	}
	if err := read(whole); err != nil {
		t.Error(err)
	}
}
