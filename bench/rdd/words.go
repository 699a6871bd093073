package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
)

// The words: a hundred thousand, the most frequent first, in lines of ten; the seed makes the file the same everywhere.
const (
	vocabulary   = 100_000
	wordsPerLine = 10
	wordSeed     = 42
)

// word is a word of two to eight letters that depend on i and four that make it unlike all others.
func word(i int) string {
	var b strings.Builder
	h := uint64(mix(int64(i)))
	for k := range 2 + h%7 {
		b.WriteByte('a' + byte(h>>(4+5*k)%26))
	}
	for range 4 {
		b.WriteByte('a' + byte(i%26))
		i /= 26
	}
	return b.String()
}

// writeWords writes n words, word i about 1/i as often as the first.
func writeWords(path string, n int) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	words := make([]string, vocabulary)
	for i := range words {
		words[i] = word(i)
	}
	draw := rand.NewZipf(rand.New(rand.NewPCG(wordSeed, wordSeed)), 1.01, 1, vocabulary-1)
	out := bufio.NewWriterSize(f, 1<<20)
	for i := range n {
		end := " "
		if i%wordsPerLine == wordsPerLine-1 || i == n-1 {
			end = "\n"
		}
		if _, err := fmt.Fprint(out, words[draw.Uint64()], end); err != nil {
			return err
		}
	}
	return out.Flush()
}
