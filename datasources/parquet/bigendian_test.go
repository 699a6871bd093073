package parquet

import (
	"math/rand/v2"
	"testing"

	"github.com/parquet-go/parquet-go/format"
)

// TestWords: decimals of every length up to 8 bytes are what bigEndian makes of them, in order, picked and passed over.
func TestWords(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const count = 100
	for n := 1; n <= 8; n++ {
		data := make([]byte, count*n, count*n+slack)
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		want := make([]int64, count)
		for i := range want {
			v, err := bigEndian(data[i*n : i*n+n])
			if err != nil {
				t.Fatal(err)
			}
			want[i] = v.Int64()
		}
		s := &source[int64]{chunk: &chunk{leaf: &leaf{physical: format.FixedLenByteArray, length: n}}, plain: data}
		got := make([]int64, 10)
		check := func(at int, err error) {
			t.Helper()
			for i, v := range got {
				if err != nil || v != want[at+i] {
					t.Fatalf("%d bytes, value %d: %d, want %d (%v)", n, at+i, v, want[at+i], err)
				}
			}
		}
		check(0, s.decodePlain(got))
		if err := s.skipValues(7); err != nil {
			t.Fatal(err)
		}
		check(17, s.decodePlain(got))
		picked := make([]int64, 40)
		if err := s.pickWords(picked, piece{done: 10, k: 30}, []int32{10, 19, 39}); err != nil {
			t.Fatal(err)
		}
		if picked[10] != want[27] || picked[19] != want[36] || picked[39] != want[56] {
			t.Fatalf("%d bytes: picked %v", n, picked)
		}
		check(57, s.decodePlain(got))
		if err := s.skipValues(count - 67 - 9); err != nil {
			t.Fatal(err)
		}
		if s.decodePlain(got) == nil || s.pickWords(got, piece{k: 10}, nil) == nil || s.skipValues(10) == nil {
			t.Errorf("%d bytes: values behind the end of the page", n)
		}
	}
}
