#!/usr/bin/env bash
# A suite on gosql, DuckDB, Polars and DataFusion, side by side: the same files and threads, the engines in turns for every query.
#
#   bench/run.sh tpch [SF]            TPC-H over Parquet as DuckDB writes it
#   bench/run.sh tpch-arrow [SF]      … as Arrow-based writers do
#   bench/run.sh tpch-csv [SF]        … over CSV
#   bench/run.sh clickbench [ROWS]    the 43 queries of ClickBench on a table like its own, 10 million rows if not said otherwise
#   bench/run.sh h2o-groupby [ROWS]   bench/run.sh h2o-join [ROWS]   10 million rows if not said otherwise
#   bench/run.sh csv [SF]             count, one sum, all columns typed and grouped, and CSV to Parquet, on lineitem
#   bench/run.sh csv-gz [SF]          the same, compressed by gzip
#   bench/run.sh startup [SF]         fresh processes: SELECT 1, and LIMIT 10 of lineitem as Parquet and as CSV
#   bench/run.sh micro [PATTERN]      kernels and their naive twins
#
# Needs Go, Python 3 and the package index, once. Environment: THREADS (2), RUNS (5), MEMORY, ENGINES, ONLY (q01,q02); CHECK=1 compares
# the answers in place of the times; CORPORA is the folder with the texts of TPC-H and ClickBench, by default that beside the checkout.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
suite=${1:?which suite?}
size=${2:-}
corpora=${CORPORA:-../../shared/corpora}
python=data/venv/bin/python
mkdir -p data
venv() { # venv NAME PACKAGES…
  [ -x "data/$1/bin/pip" ] && return
  python3 -m venv "data/$1"
  "data/$1/bin/pip" install -q "${@:2}"
}
made() { # made DIR COMMAND…: the command makes DIR.part, unless the folder is there whole
  [ -d "$1" ] && return
  rm -rf "$1.part"
  "${@:2}"
  mv "$1.part" "$1"
}
tables() { # tables SF LAYOUT: the tables of TPC-H in a layout, in $data
  local from=data/tpch-sf$1-generated
  data=data/tpch-sf$1-$2
  [ -d "$data" ] && return
  venv venv-gen duckdb==0.10.3
  made "$from" data/venv-gen/bin/python make.py tpch "$from.part" "$1"
  made "$data" $python make.py layout "$data.part" "$from" "$2"
}
texts() { # texts DIR: the folder has to be there
  [ -d "$1" ] || { echo "no texts of queries at $1: name their folder by CORPORA" >&2; exit 2; }
}
side() { # side TABLES QUERIES [OPTIONS]
  $python side.py --tables "$1" --queries "$2" "${@:3}" --threads "${THREADS:-2}" --runs "${RUNS:-5}" --memory "${MEMORY:-}" \
    --engines "${ENGINES:-gosql,duckdb,polars,datafusion}" --only "${ONLY:-}" ${CHECK:+--check}
}
if [ "$suite" = micro ]; then
  exec python3 micro.py "${size:-.}" "${RUNS:-6}"
fi
venv venv duckdb polars datafusion pyarrow numpy duckdb-cli
CGO_ENABLED=0 go build -trimpath -o data/gosql ../cmd/gosql
case $suite in
  tpch | tpch-arrow | tpch-csv)
    layout=${suite#tpch-} kind=parquet
    [ "$suite" != tpch ] || layout=duckdb
    [ "$suite" != tpch-csv ] || kind=csv
    texts "$corpora/tpch-queries"
    tables "${size:-1}" "$layout"
    side "$data/*.$kind" "$corpora/tpch-queries" ;;
  clickbench)
    data=data/hits-${size:-1e7}
    texts "$corpora/clickbench"
    made "$data" $python hits.py "$data.part" "${size:-1e7}"
    $python hits.py queries data/hits-queries "$corpora"
    side "$data/hits.parquet" "data/hits-queries/{engine}.sql" --setup "queries/hits.{engine}.sql" ;;
  h2o-groupby | h2o-join)
    data=data/h2o-${size:-1e7}
    made "$data" $python make.py h2o "$data.part" "${size:-1e7}"
    side "$data/${suite#h2o-}/*.parquet" "queries/$suite.sql" ;;
  csv)
    tables "${size:-1}" csv
    side "$data/lineitem.csv" queries/csv.sql ;;
  csv-gz)
    tables "${size:-1}" csv
    made "$data-gz" $python make.py gzip "$data-gz.part" "$data"
    side "$data-gz/lineitem.csv.gz" queries/csv.sql ;;
  startup)
    tables "${size:-1}" csv
    tables "${size:-1}" duckdb
    $python startup.py data/gosql data/venv/bin/duckdb "$data/lineitem.parquet" "${data%duckdb}csv/lineitem.csv" "${RUNS:-15}" ;;
  *) echo "no suite $suite" >&2; exit 2 ;;
esac
