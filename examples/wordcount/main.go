// Command wordcount prints the most frequent words of text files.
//
//	go run ./examples/wordcount -top 5 'docs/*.md' README.md
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"iter"
	"log"
	"os"
	"os/signal"
	"strings"
	"unicode"

	"github.com/gosql-engine/gosql/rdd"
)

func main() {
	top := flag.Int("top", 10, "how many words")
	flag.Parse()
	if flag.NArg() == 0 {
		log.Fatal("usage: wordcount [-top N] FILE…")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, strings.Join(flag.Args(), ","), *top); err != nil {
		log.Fatal(err)
	}
}

// run counts the words of the files, folders and globs in paths.
func run(ctx context.Context, out io.Writer, paths string, top int) error {
	sc, err := rdd.NewContext()
	if err != nil {
		return err
	}
	defer sc.Close()
	words := rdd.FlatMap(rdd.TextFile(sc, paths, 0), func(line string) iter.Seq[string] {
		return strings.FieldsFuncSeq(strings.ToLower(line), func(r rune) bool { return !unicode.IsLetter(r) })
	})
	ones := rdd.Map(words, func(word string) rdd.Pair[string, int] { return rdd.KV(word, 1) })
	counts := rdd.ReduceByKey(ones, func(a, b int) int { return a + b })

	// The largest are found in the tasks: nothing is sorted as a whole, and only top words of each come back.
	frequent, err := rdd.TopFunc(ctx, counts, top, func(a, b rdd.Pair[string, int]) int {
		return cmp.Or(cmp.Compare(a.Val, b.Val), cmp.Compare(b.Key, a.Key))
	})
	if err != nil {
		return err
	}
	for _, word := range frequent {
		fmt.Fprintf(out, "%6d  %s\n", word.Val, word.Key)
	}
	return nil
}
