# What CI runs is `make check`; what a contributor runs is `make test`.
export CGO_ENABLED = 0
GO ?= go

.PHONY: build test race lint update bench tpch chaos check clean

build:            ## the command, in ./gosql
	$(GO) build -trimpath -o gosql ./cmd/gosql

test:             ## all tests, with the invariants checked
	$(GO) test -tags invariants ./...

race:             ## the machine, the operators, the parser and the suite under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race ./rdd ./physical ./sql ./internal/slt

lint:             ## formatting, vet, staticcheck
	test -z "$$(gofmt -l .)"
	$(GO) vet -tags invariants ./...
	$(GO) vet ./internal/invariants
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 -tags invariants ./...

update:           ## fill in the answers of .slt and .plan files, the command's transcripts, the list of functions
	$(GO) test . ./internal/slt ./cmd/gosql -run 'TestSuite|TestPlans|TestTPCHPlans|TestScripts' -update
	$(GO) test . -run TestFunctionsDocument -update-docs

bench:            ## benchmarks, to compare with benchstat
	$(GO) test -run '^$$' -bench . -benchmem ./columnar ./rdd ./physical ./datasources/...

tpch:             ## TPC-H beside DuckDB, Polars and DataFusion: make tpch SF=1
	bench/run.sh tpch $(or $(SF),1)

chaos:            ## programs of RDDs while everything goes wrong, and the suite under task failures, with many seeds
	GOSQL_CHAOS_RUNS=$(or $(RUNS),2000) GOSQL_CHAOS_TABLE=1 $(GO) test -tags invariants ./rdd -run 'TestChaos' -v -count=1 -timeout 60m
	GOSQL_CHAOS_SEEDS=$(or $(SEEDS),20) $(GO) test -tags invariants ./internal/slt -run TestSuite -timeout 60m

check: lint test race   ## what CI runs, but for the cross-compiles
	GOOS=windows GOARCH=arm64 $(GO) build -o /dev/null ./cmd/gosql
	GOOS=darwin GOARCH=arm64 $(GO) build -o /dev/null ./cmd/gosql

clean:            ## what build and bench left behind
	rm -rf gosql bench/data
