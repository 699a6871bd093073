#!/usr/bin/env bash
# Package rdd beside Spark's RDDs in Scala: the same programs on the same machine and threads, the two engines in turns.
#
#   bench/rdd.sh [SCALE]        bench/rdd.sh 1        SPARK_SHELL=/opt/spark/bin/spark-shell bench/rdd.sh 0.1
#
# Needs Go, Java, and Spark's shell: SPARK_SHELL, or that of the pyspark package of PYTHON (python3). THREADS (2) is the number of
# threads of both, ROUNDS (3) how often each engine is started, RUNS (3) how often a start runs each program (the first run does not
# count), ONLY a part of the names of programs to run, MEMORY (2g) the heap of Spark. Its stack is large, as the lineage of PageRank
# overflows it otherwise.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export SCALE=${1:-1} RUNS=${RUNS:-3} ONLY=${ONLY:-} WORDS=$PWD/data/words-${1:-1}.txt
threads=${THREADS:-2}
shell=${SPARK_SHELL:-$("${PYTHON:-python3}" -c 'import os, pyspark; print(os.path.join(os.path.dirname(pyspark.__file__), "bin", "spark-shell"))')}
mkdir -p data
CGO_ENABLED=0 go build -o data/rdd ./rdd
[ -f "$WORDS" ] || { data/rdd -words "$WORDS.part" -scale "$SCALE" -write && mv "$WORDS.part" "$WORDS"; }
: >data/ours.txt
: >data/theirs.txt
for round in $(seq "${ROUNDS:-3}"); do
  echo "round $round" >&2
  data/rdd -scale "$SCALE" -runs "$RUNS" -threads "$threads" -only "$ONLY" -words "$WORDS" >>data/ours.txt
  "$shell" --master "local[$threads]" --driver-memory "${MEMORY:-2g}" --driver-java-options -Xss512m --conf spark.ui.enabled=false -i rdd/rdd.scala </dev/null 2>data/spark.err |
    grep -aE $'^(RESULT|VERSION|VmHWM)\t' >>data/theirs.txt || { tail -20 data/spark.err >&2; exit 1; }
done
data/rdd -compare data/ours.txt data/theirs.txt
