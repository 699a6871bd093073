#!/usr/bin/env bash
# TPC-H over Parquet, gosql beside DuckDB, DataFusion and Polars on the same files and threads, one after the other in one run.
#
#   bench/tpch.sh [SF] [QUERIES]      bench/tpch.sh 1          bench/tpch.sh 1 ../queries
#
# Needs Go, Python 3 and the package index, once: the data are made by DuckDB 0.10.3, whose wheel carries the generator. QUERIES is a folder of q01.sql to q22.sql.
# THREADS (2) is the number of threads of every engine, RUNS (3) how often each query runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
sf=${1:-1}
queries=${2:-../../shared/corpora/tpch-queries}
[ -d "$queries" ] || { echo "no folder of queries at $queries: give one with q01.sql to q22.sql" >&2; exit 2; }
data=data/tpch-sf$sf
mkdir -p data
if [ ! -d data/venv ]; then
  python3 -m venv data/venv
  data/venv/bin/pip install -q duckdb polars datafusion pyarrow
fi
if [ ! -d "$data" ]; then
  [ -d data/venv-gen ] || { python3 -m venv data/venv-gen; data/venv-gen/bin/pip install -q duckdb==0.10.3; }
  data/venv-gen/bin/python tpch.py make "$data" "$sf"
fi
CGO_ENABLED=0 go build -o data/gosql ../cmd/gosql
data/venv/bin/python tpch.py run "$data" "$queries" "${THREADS:-2}" "${RUNS:-3}"
