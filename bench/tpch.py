"""TPC-H: make the data, or run the queries on each engine and print the least time of each in ms, with gosql's ratio to the best of the others.

    tpch.py make DIR SF
    tpch.py run DIR QUERIES THREADS RUNS
"""
import glob
import json
import os
import subprocess
import sys
import time


def make(folder, sf):
    import duckdb
    con = duckdb.connect()
    con.execute("CALL dbgen(sf=%s)" % sf)
    os.makedirs(folder)
    for (t,) in con.execute("SHOW TABLES").fetchall():
        con.execute("COPY %s TO '%s/%s.parquet' (FORMAT parquet)" % (t, folder, t))


def name(path):
    return os.path.basename(path).rsplit(".", 1)[0]


def gosql(files, queries, threads, runs):
    """All queries in one process, each run as often as asked; a query of several statements counts as their sum."""
    argv = [os.path.join("data", "gosql"), "--threads", str(threads), "--timing=json", "--keep-going"] + files
    per = []
    for q in queries:
        n = len([s for s in open(q).read().split(";") if s.strip()])
        for _ in range(runs):
            per.append((name(q), n))
            argv += ["-f", q]
    p = subprocess.run(argv, capture_output=True, text=True)
    lines = [json.loads(l) for l in p.stderr.splitlines() if l.startswith("{")]
    out, at = {}, 0
    for q, n in per:
        part, at = lines[at:at + n], at + n
        if any("error" in x for x in part):
            continue
        out[q] = min(out.get(q, 1e18), sum(x["ms"] for x in part))
    return out


def timed(queries, runs, execute):
    out = {}
    for q in queries:
        text = open(q).read().strip().rstrip(";")
        for _ in range(runs):
            start = time.time()
            try:
                execute(text)
            except Exception as e:  # an engine that cannot run a query is left out for it
                print("# %s: %s" % (name(q), str(e).splitlines()[0][:120]), file=sys.stderr)
                break
            out[name(q)] = min(out.get(name(q), 1e18), (time.time() - start) * 1000)
    return out


def duckdb(files, queries, threads, runs):
    import duckdb
    con = duckdb.connect()
    con.execute("SET threads = %d" % threads)
    for f in files:
        con.execute("CREATE VIEW %s AS SELECT * FROM '%s'" % (name(f), f))
    return timed(queries, runs, lambda q: con.execute(q).fetchall())


def datafusion(files, queries, threads, runs):
    from datafusion import SessionConfig, SessionContext
    ctx = SessionContext(SessionConfig().with_target_partitions(threads))
    for f in files:
        ctx.register_parquet(name(f), f)
    return timed(queries, runs, lambda q: ctx.sql(q).collect())


def polars(files, queries, threads, runs):
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import polars as pl
    ctx = pl.SQLContext({name(f): pl.scan_parquet(f) for f in files})
    return timed(queries, runs, lambda q: ctx.execute(q).collect())


def run(folder, queries, threads, runs):
    files = sorted(glob.glob(folder + "/*.parquet"))
    queries = sorted(glob.glob(queries + "/q*.sql"))
    engines = [("gosql", gosql), ("duckdb", duckdb), ("datafusion", datafusion), ("polars", polars)]
    got = {e: f(files, queries, threads, runs) for e, f in engines}
    print("%-6s" % "query" + "".join("%12s" % e for e, _ in engines) + "%14s" % "gosql / best")
    sums = {}
    for q in map(name, queries):
        best = min([got[e].get(q, 1e18) for e, _ in engines[1:]])
        row = "".join("%12.1f" % got[e][q] if q in got[e] else "%12s" % "-" for e, _ in engines)
        print("%-6s%s%14.2f" % (q, row, got["gosql"].get(q, float("nan")) / best))
    for e, _ in engines:
        sums[e] = sum(got[e].values())
        print("# %s: %d queries, %.0f ms in all" % (e, len(got[e]), sums[e]))


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2], sys.argv[3])
    else:
        run(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
