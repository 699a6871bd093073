#!/usr/bin/env bash
# A suite on gosql, DuckDB, Polars and DataFusion, side by side: the same files and threads, the engines in turns for every query.
#
#   bench/run.sh tpch [SF]            TPC-H over Parquet as DuckDB writes it
#   bench/run.sh tpch-arrow [SF]      … as Arrow-based writers do
#   bench/run.sh tpch-csv [SF]        … over CSV
#   bench/run.sh h2o-groupby [ROWS]   bench/run.sh h2o-join [ROWS]
#   bench/run.sh csv [SF]             count, one sum, and all columns of lineitem as CSV
#
# Needs Go, Python 3 and the package index, once. THREADS (2), RUNS (5), MEMORY, ENGINES and ONLY (q01,q02) are environment variables;
# QUERIES is the folder of q01.sql …, by default that of the shared corpora beside the checkout.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
suite=${1:?which suite?}
size=${2:-}
corpora=../../shared
mkdir -p data
venv() { # venv NAME PACKAGES…
  [ -d "data/$1" ] || { python3 -m venv "data/$1"; "data/$1/bin/pip" install -q "${@:2}"; }
}
made() { # made DIR COMMAND…: runs the command unless the folder is there whole
  [ -d "$1" ] && return
  rm -rf "$1.part"
  "${@:2}"
  mv "$1.part" "$1"
}
venv venv duckdb polars datafusion pyarrow numpy
tables() { # the tables of TPC-H in a layout
  local from=data/tpch-sf$1-generated to=data/tpch-sf$1-$2
  [ -d "$from" ] || { venv venv-gen duckdb==0.10.3; made "$from" data/venv-gen/bin/python make.py tpch "$from.part" "$1"; }
  made "$to" data/venv/bin/python make.py layout "$to.part" "$from" "$2"
  data=$to
}
kind=tpch
case $suite in
  tpch) tables "${size:-1}" duckdb; queries=$corpora/corpora/tpch-queries ;;
  tpch-arrow) tables "${size:-1}" arrow; queries=$corpora/corpora/tpch-queries ;;
  tpch-csv) tables "${size:-1}" csv; queries=$corpora/corpora/tpch-queries; kind=tpch-csv ;;
  csv) tables "${size:-1}" csv; queries=$corpora/check/bench/csv; kind=csv ;;
  h2o-groupby | h2o-join)
    made "data/h2o-${size:-1e7}" data/venv/bin/python make.py h2o "data/h2o-${size:-1e7}.part" "${size:-1e7}"
    data=data/h2o-${size:-1e7}/${suite#h2o-}; queries=$corpora/check/bench/$suite; kind=h2o ;;
  *) echo "no suite $suite" >&2; exit 2 ;;
esac
queries=${QUERIES:-$queries}
[ -d "$queries" ] || { echo "no folder of queries at $queries: name one by QUERIES" >&2; exit 2; }
CGO_ENABLED=0 go build -trimpath -o data/gosql ../cmd/gosql
data/venv/bin/python side.py "$kind" --data "$data" --queries "$queries" --threads "${THREADS:-2}" --runs "${RUNS:-5}" \
  --memory "${MEMORY:-}" --engines "${ENGINES:-gosql,duckdb,polars,datafusion}" --only "${ONLY:-}"
