package parquet

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/klauspost/compress/s2"
)

// stepped decodes without runSnappy.
func stepped(dst, block []byte) error {
	n, k := binary.Uvarint(block)
	if k <= 0 || n != uint64(len(dst)) {
		return errPageSize
	}
	d, s, src := 0, 0, block[k:]
	for s < len(src) {
		var err error
		if d, s, err = stepSnappy(dst, src, d, s); err != nil {
			return err
		}
	}
	if d != len(dst) {
		return errSnappy
	}
	return nil
}

// sameSnappy decodes a block with and without runSnappy, and neither may touch anything behind dst.
func sameSnappy(t *testing.T, block []byte) (out []byte, err error) {
	t.Helper()
	n, k := binary.Uvarint(block)
	if k <= 0 || n > 1<<22 {
		return nil, errPageSize
	}
	space := bytes.Repeat([]byte{0xa5}, int(n)+100)
	want := make([]byte, n)
	err, slow := decodeSnappy(space[:n:n], block), stepped(want, block)
	if (err == nil) != (slow == nil) {
		t.Fatalf("%v, but step by step %v", err, slow)
	}
	if !bytes.Equal(space[n:], bytes.Repeat([]byte{0xa5}, 100)) {
		t.Fatal("bytes behind the end were written")
	}
	if err == nil && !bytes.Equal(space[:n], want) {
		t.Fatal("not the same as step by step")
	}
	return space[:n], err
}

// snappyInputs are data whose elements differ: numbers, text, runs with short and long periods, noise.
func snappyInputs(r *rand.Rand) map[string][]byte {
	in := map[string][]byte{"empty": {}, "one": {7}, "zeros": make([]byte, 100_000)}
	for _, period := range []int{1, 2, 3, 5, 7, 8, 9, 12, 15, 16, 17, 31, 33, 64, 100, 5000} {
		unit := make([]byte, period)
		for i := range unit {
			unit[i] = byte(r.Uint32())
		}
		in[fmt.Sprintf("period %d", period)] = bytes.Repeat(unit, 50_000/period)
	}
	for _, bits := range []int{4, 10, 17, 24, 40} {
		var numbers []byte
		for range 20_000 {
			numbers = binary.LittleEndian.AppendUint64(numbers, r.Uint64N(1<<bits))
		}
		in[fmt.Sprintf("numbers of %d bits", bits)] = numbers
	}
	var text []byte
	for len(text) < 200_000 {
		text = append(text, []string{"carefully ", "final ", "deposits ", "sleep ", "after the ", "ironic, ", "x"}[r.IntN(7)]...)
		if r.IntN(40) == 0 {
			text = fmt.Appendf(text, "%d%x", r.Uint64(), r.Uint64())
		}
	}
	in["text"] = text
	noise := make([]byte, 70_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	in["noise"], in["text and noise"] = noise, append(append([]byte{}, text[:50_000]...), noise...)
	return in
}

func TestSnappy(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, want := range snappyInputs(r) {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{len(want), len(want) / 2, min(len(want), 200), min(len(want), 81)} {
				for encoder, block := range map[string][]byte{"fast": s2.EncodeSnappy(nil, want[:n]), "best": s2.EncodeSnappyBest(nil, want[:n])} {
					got, err := sameSnappy(t, block)
					if err != nil || !bytes.Equal(got, want[:n]) {
						t.Fatalf("%s, %d bytes: %v", encoder, n, err)
					}
				}
			}
		})
	}
}

// Damage gives an error or other bytes, with and without assembly the same, and nothing is read or written outside.
func TestDamagedSnappy(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for name, data := range snappyInputs(r) {
		t.Run(name, func(t *testing.T) {
			whole := s2.EncodeSnappy(nil, data[:min(len(data), 20_000)])
			for range 300 {
				block := bytes.Clone(whole)
				for range 1 + r.IntN(3) {
					block[r.IntN(len(block))] = byte(r.Uint32())
				}
				if r.IntN(3) == 0 {
					block = block[:r.IntN(len(block)+1)]
				}
				_, _ = sameSnappy(t, block)
			}
		})
	}
}

// Elements that no usual encoder makes: offsets of 32 bits, literals with longer lengths than they need, copies of a byte.
func TestUnusualSnappy(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		var want, body []byte
		for len(want) < 3000 {
			n := 1 + r.IntN(64)
			if len(want) == 0 || r.IntN(4) == 0 {
				lit := make([]byte, n)
				for i := range lit {
					lit[i] = byte(r.Uint32())
				}
				switch k := r.IntN(6); {
				case k < 4:
					body = append(body, byte(60+k)<<2)
					body = append(body, []byte{byte(n - 1), 0, 0, 0}[:k+1]...)
				case n <= 60:
					body = append(body, byte(n-1)<<2)
				default:
					continue
				}
				body, want = append(body, lit...), append(want, lit...)
				continue
			}
			offset := 1 + r.IntN(len(want))
			switch kind := r.IntN(3); {
			case kind == 0 && n >= 4 && n <= 11 && offset < 2048:
				body = append(body, byte(1|(n-4)<<2|offset>>8<<5), byte(offset))
			case kind == 1:
				body = append(body, byte(2|(n-1)<<2), byte(offset), byte(offset>>8))
			default:
				body = append(body, byte(3|(n-1)<<2), byte(offset), byte(offset>>8), 0, 0)
			}
			for range n {
				want = append(want, want[len(want)-offset])
			}
		}
		got, err := sameSnappy(t, append(binary.AppendUvarint(nil, uint64(len(want))), body...))
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("wrong: %v", err)
		}
	}
}

func FuzzSnappy(f *testing.F) {
	for _, data := range snappyInputs(rand.New(rand.NewPCG(7, 8))) {
		f.Add(s2.EncodeSnappy(nil, data[:min(len(data), 2000)]))
	}
	f.Fuzz(func(t *testing.T, block []byte) { _, _ = sameSnappy(t, block) })
}

func BenchmarkSnappy(b *testing.B) {
	for name, data := range snappyInputs(rand.New(rand.NewPCG(9, 10))) {
		block, dst := s2.EncodeSnappy(nil, data), make([]byte, len(data))
		for engine, decode := range map[string]func(){"ours": func() { _ = decodeSnappy(dst, block) }, "s2": func() { _, _ = s2.Decode(dst, block) }} {
			b.Run(name+"/"+engine, func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				for b.Loop() {
					decode()
				}
			})
		}
	}
}
