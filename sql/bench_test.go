package sql

import (
	"path/filepath"
	"testing"
)

// BenchmarkParse parses all TPC-DS queries, a realistic mix of statement sizes.
func BenchmarkParse(b *testing.B) {
	files, _ := filepath.Glob(filepath.Join(corpora, "spark-4.0/tpcds/*.sql"))
	if len(files) == 0 {
		b.Skip("no corpora")
	}
	var texts []string
	for _, f := range files {
		for _, s := range Split(readFile(b, f)) {
			texts = append(texts, s.Text)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range texts {
			if _, err := Parse(text); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(texts)), "µs/statement")
}
