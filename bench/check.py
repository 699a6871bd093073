"""Compare the answers of the engines: how many rows, and for each column how many values and their sum, of numbers as they are and
of all else by hash, so that neither the order of rows and columns nor the types' names count. A LIMIT at the end of a query is left out: which of
equal rows it keeps is the engine's choice."""
import math
import os
import re
import subprocess
import tempfile

import duckdb
import polars
import pyarrow

from engines import in_dialect, opened

LIMIT = re.compile(r"\s+LIMIT\s+\d+(\s+OFFSET\s+\d+)?\s*;?\s*$", re.IGNORECASE)
NUMBER = re.compile("(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$)|DOUBLE|FLOAT|DECIMAL|BOOLEAN")
TIME = re.compile("DATE|TIMESTAMP")


def compare(queries, files, args, setup, out):
    """Prints a line a query; the number of queries with differing answers."""
    engines = {e: gosql(files, args, setup[e], out[e]) if e == "gosql" else
               opened(e, files, args.threads, args.memory, out[e], setup[e])[0] for e in out}
    wrong = 0
    for q, texts in queries.items():
        got = {}
        for e, execute in engines.items():
            try:
                result = execute(LIMIT.sub("", texts[e]))
                got[e] = digest(written(out[e]) if texts[e].startswith("COPY ") else as_arrow(result))
            except BaseException as x:  # polars panics are no Exceptions
                print("#   %s: %s" % (e, (str(x).splitlines() or ["failed"])[0][:200]))
        first, *others = got or ["none"]
        unlike = [e for e in others if not same(got[first], got[e])]
        wrong += bool(unlike)
        print("%-8s%s" % (q, "equal: " + ", ".join(got) if not unlike else "differ from %s's %s:" % (first, got[first])), flush=True)
        for e in unlike:
            print("#   %s: %s" % (e, got[e]), flush=True)
    return wrong


def gosql(files, args, setup, out):
    """A function like those of the packages: the command, once for each query, its answer read from a file."""
    def execute(text):
        with tempfile.NamedTemporaryFile(suffix=".arrow") as f:
            argv = [args.gosql, "--threads", str(args.threads), "--format", "arrow"] + (["--memory", args.memory] if args.memory else [])
            argv += files + (["-c", setup] if setup else []) + ["-c", in_dialect("gosql", text, out)]
            done = subprocess.run(argv, stdout=f, stderr=subprocess.PIPE, text=True)
            if done.returncode:
                raise RuntimeError(done.stderr)
            return os.path.getsize(f.name) and pyarrow.ipc.open_file(f.name).read_all()
    return execute


def as_arrow(result):
    """An engine's result as a relation of DuckDB with columns of names all their own."""
    if isinstance(result, polars.DataFrame):
        result = result.to_arrow()
    elif isinstance(result, list):
        result = pyarrow.Table.from_batches(result) if result else pyarrow.table({"none": []})
    return duckdb.from_arrow(result.rename_columns(["c%d" % i for i in range(result.num_columns)]))


def written(path):
    """What COPY has written as a relation of DuckDB."""
    return duckdb.sql("FROM '%s'" % (path + "/*.parquet" if os.path.isdir(path) else path))


def digest(table):
    """[rows, then values and sum of each column] of a relation, whatever the order of its columns."""
    sums = []
    for name, kind in zip(table.columns, map(str, table.types)):
        value = name if NUMBER.match(kind) else "epoch(%s)" % name if TIME.match(kind) else "hash(%s::VARCHAR) %% 1000003" % name
        sums += ["count(%s)" % name, "sum(CASE WHEN isfinite((%s)::DOUBLE) THEN (%s)::DOUBLE END)" % (value, value)]
    rows, *sums = table.aggregate(", ".join(["count(*)"] + sums)).fetchall()[0]
    columns = sorted((n, s or 0) for n, s in zip(sums[::2], sums[1::2]))
    return [rows] + [x for column in columns for x in column]


def same(a, b):
    """Whether two digests say the same, but for the last digits of averages; of no rows at all there is nothing to compare."""
    return a[0] == b[0] == 0 or len(a) == len(b) and all(math.isclose(x, y, rel_tol=1e-6, abs_tol=1e-6 * a[0]) for x, y in zip(a, b))
