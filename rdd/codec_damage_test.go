package rdd

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// nested has a field of every kind that a derived codec knows.
type nested struct {
	A    int8
	B    uint32
	C    float64
	Ok   bool
	Name string
	Raw  []byte
	Nums []int64
	Tags map[string]int16
	When time.Time
	Next *nested
	Grid [3]struct {
		X, Y int32
		Z    string
	}
	None [0]func0
	Many []struct{}
}

// func0 takes no memory.
type func0 struct{}

// samples makes some values of it.
func samples() []nested {
	a := nested{A: -1, B: 7, C: 1.5, Ok: true, Name: "añb", Raw: []byte{1, 2}, Nums: []int64{3, -4}, Tags: map[string]int16{"x": 1, "": 2},
		When: time.Unix(1700000000, 5).UTC(), Many: make([]struct{}, 9)}
	a.Grid[1].Z = "z"
	return []nested{a, {Next: &a, Raw: []byte{}}, {}}
}

func TestDerivedCodecKeepsEverything(t *testing.T) {
	codec := must[Codec[nested]](t)(CodecOf[nested]())
	var buf bytes.Buffer
	if err := codec.Encode(&buf, samples()); err != nil {
		t.Fatal(err)
	}
	var got []nested
	for v, err := range codec.Decode(&buf) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, v)
	}
	if !reflect.DeepEqual(got, samples()) {
		t.Errorf("got %+v", got)
	}
}

// TestElementsAndBlocksEncodeAlike lets the sort shuffle put a block together of elements that were encoded one by one.
func TestElementsAndBlocksEncodeAlike(t *testing.T) {
	codec := must[Codec[nested]](t)(CodecOf[nested]()).(*derivedCodec[nested])
	vs := samples()
	vs[0].Tags = nil // maps are written in any order
	vs[1].Next = nil
	single := []byte{byte(len(vs))}
	var err error
	for i := range vs {
		if single, err = codec.appendElement(single, &vs[i]); err != nil {
			t.Fatal(err)
		}
	}
	var written bytes.Buffer
	if err := codec.Encode(&written, vs); err != nil {
		t.Fatal(err)
	}
	if whole := must[[]byte](t)(codec.appendBlock(nil, vs)); !bytes.Equal(whole, single) || !bytes.Equal(whole, written.Bytes()) {
		t.Errorf("the forms differ: %d, %d and %d bytes", len(whole), len(single), written.Len())
	}
}

// TestDecodingDamage decodes cut and altered blocks: an error or other values, but no panic and no endless loop.
func TestDecodingDamage(t *testing.T) {
	seed := uint64(11)
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	codec := must[Codec[nested]](t)(CodecOf[nested]()).(*derivedCodec[nested])
	raw := must[[]byte](t)(codec.appendBlock(nil, samples()))
	for n := range raw {
		if _, err := codec.decodeBlock(raw[:n], nil); err == nil {
			t.Errorf("%d of %d bytes were enough", n, len(raw))
		}
	}
	for range 5000 {
		bad := slices.Clone(raw)
		for range 1 + random.IntN(4) {
			bad[random.IntN(len(bad))] = byte(random.Uint32())
		}
		codec.decodeBlock(bad, nil)
	}
}

// TestDamagedBlocksAreNoticed alters every byte of a file in turn, header and all, in every packing.
func TestDamagedBlocksAreNoticed(t *testing.T) {
	codec := must[Codec[string]](t)(CodecOf[string]())
	vs := []string{"one", "two", "two", "two", "two", "two", "two", "two", "two", "two", "two", "two", "two", "two", "two", "two"}
	for _, packing := range []compression{packNone, packLZ4, packZstd} {
		raw := must[[]byte](t)(encodeBlock(nil, vs, codec))
		block := must[[]byte](t)(frameBlock(nil, raw, packing))
		if packing != packNone && len(block) >= len(raw)+blockHeader {
			t.Errorf("packing %d made %d bytes of %d", packing, len(block), len(raw))
		}
		scan := func(block []byte) ([]string, error) {
			var s blockScan
			s.start(bytes.NewReader(block), fileSpan{length: int64(len(block))})
			raw, err := s.next()
			if err != nil {
				return nil, err
			}
			return decodeBlock(raw, nil, codec)
		}
		if got := must[[]string](t)(scan(block)); !slices.Equal(got, vs) {
			t.Errorf("packing %d: %q", packing, got)
		}
		for i := range block {
			bad := slices.Clone(block)
			bad[i] ^= 0x10
			if _, err := scan(bad); err == nil {
				t.Errorf("packing %d: byte %d of %d was altered unnoticed", packing, i, len(block))
			}
			if _, err := scan(block[:i]); err == nil && i > 0 {
				t.Errorf("packing %d: cut to %d of %d unnoticed", packing, i, len(block))
			}
		}
	}
}
