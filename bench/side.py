"""Run queries on several engines side by side: each engine is one process with the data opened once, and for every query the engines take turns.

    side.py SUITE [--data DIR] [--queries DIR] [--engines a,b] [--only q01,q02] [--runs 5] [--threads 2] [--memory 1GB]

SUITE names how the data is laid out:
    tpch      DIR/*.parquet, one file a table           queries q01.sql … q22.sql
    tpch-csv  DIR/*.csv, with a header                  the same
    h2o       DIR/*.parquet                             q01.sql …
    csv       DIR/lineitem.csv                          q01.sql …
Every query runs once to warm up, and then --runs times. Printed are the medians in ms, gosql's ratio to the best other engine in the same turn
(the median of the ratios of the turns; below 1 gosql is ahead), the geometric means, the range in which the mean ratio lies in 95 % of 10,000
resamples of the turns, the peak resident memory of each process, and how much of the time other processes used the processors.
"""
import argparse
import glob
import json
import math
import os
import random
import statistics
import subprocess
import sys
import time

ENGINES = ["gosql", "duckdb", "polars", "datafusion"]


def table_name(path):
    return os.path.basename(path).rsplit(".", 1)[0]


# ---- the processes ------------------------------------------------------------------------------------------------------------------------


class Gosql:
    """The command itself, which runs statements as they come."""

    def __init__(self, files, args):
        argv = [args.gosql, "--threads", str(args.threads), "--timing=json", "--format", "arrow", "--keep-going"]
        if args.memory:
            argv += ["--memory", args.memory]
        self.process = subprocess.Popen(argv + files, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.version = subprocess.run([args.gosql, "--version"], capture_output=True, text=True).stdout.strip()

    def run(self, text):
        """Milliseconds, or the error. A query of several statements counts as their sum."""
        statements = [s for s in text.split(";") if s.strip()]
        total = 0.0
        self.process.stdin.write(text.strip().rstrip(";") + ";\n")
        self.process.stdin.flush()
        error = None
        for _ in statements:
            line = self.process.stderr.readline()
            while line and not line.startswith('{"statement"'):
                line = self.process.stderr.readline()
            if not line:
                return "the process ended"
            answer = json.loads(line)
            error = error or answer.get("error")
            total += answer["ms"]
        return error or total


class Worker:
    """A Python package, in a process of its own that runs this file."""

    def __init__(self, engine, files, args):
        argv = [sys.executable, os.path.abspath(__file__), "worker", engine, str(args.threads), args.memory or ""]
        env = dict(os.environ, POLARS_MAX_THREADS=str(args.threads))
        self.process = subprocess.Popen(argv + files, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
        self.version = json.loads(self.process.stdout.readline())

    def run(self, text):
        self.process.stdin.write(json.dumps(text) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        return json.loads(line) if line else "the process ended"


def worker(engine, threads, memory, files):
    execute, version = {"duckdb": open_duckdb, "polars": open_polars, "datafusion": open_datafusion}[engine](threads, memory, files)
    print(json.dumps("%s %s" % (engine, version)), flush=True)
    for line in sys.stdin:
        text = json.loads(line).strip().rstrip(";")
        start = time.perf_counter()
        try:
            for statement in filter(str.strip, text.split(";")):
                execute(statement)
            answer = (time.perf_counter() - start) * 1000
        except BaseException as e:  # polars panics are no Exceptions
            answer = (str(e).splitlines() or ["failed"])[0][:200]
        print(json.dumps(answer), flush=True)


def open_duckdb(threads, memory, files):
    import duckdb
    con = duckdb.connect()
    con.execute("SET threads = %d" % threads)
    if memory:
        con.execute("SET memory_limit = '%s'" % memory)
    for f in files:
        con.execute("CREATE VIEW %s AS SELECT * FROM '%s'" % (table_name(f), f))

    def execute(q):
        rows = con.sql(q)
        if rows is not None:
            rows.to_arrow_table()
    return execute, duckdb.__version__


def open_polars(threads, memory, files):
    import polars as pl
    scan = {"parquet": pl.scan_parquet, "csv": lambda f: pl.scan_csv(f, try_parse_dates=True)}
    ctx = pl.SQLContext({table_name(f): scan[f.rsplit(".", 1)[1]](f) for f in files})
    return (lambda q: ctx.execute(q).collect()), pl.__version__


def open_datafusion(threads, memory, files):
    import datafusion
    config = datafusion.SessionConfig().with_target_partitions(threads)
    ctx = datafusion.SessionContext(config)
    for f in files:
        (ctx.register_parquet if f.endswith(".parquet") else ctx.register_csv)(table_name(f), f)
    return (lambda q: ctx.sql(q).collect()), datafusion.__version__


# ---- what the machine does meanwhile ------------------------------------------------------------------------------------------------------


def busy():
    """Seconds that all processors have worked."""
    if not os.path.exists("/proc/stat"):
        return 0.0
    with open("/proc/stat") as f:
        v = [int(x) for x in f.readline().split()[1:]]
    return (v[0] + v[1] + v[2] + v[5] + v[6]) / os.sysconf("SC_CLK_TCK")


def used(pid):
    """Seconds that a process has worked."""
    try:
        with open("/proc/%d/stat" % pid) as f:
            v = f.read().rsplit(")", 1)[1].split()
        return (int(v[11]) + int(v[12])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return 0.0


def peak(pid):
    """The most memory in MB that a process had resident."""
    try:
        with open("/proc/%d/status" % pid) as f:
            return next(int(l.split()[1]) / 1024 for l in f if l.startswith("VmHWM"))
    except (OSError, StopIteration):
        return float("nan")


# ---- the comparison -----------------------------------------------------------------------------------------------------------------------


def measure(engines, queries, runs):
    """{query: {engine: [ms of each turn] or an error}}"""
    got = {}
    for q, path in queries:
        text = open(path).read()
        row = {e: [] for e in engines}
        order = list(engines)
        for turn in range(runs + 1):
            for e in order:
                if not isinstance(row[e], list):
                    continue
                answer = engines[e].run(text)
                if isinstance(answer, str):
                    row[e] = answer
                elif turn > 0:
                    row[e].append(answer)
            order = order[1:] + order[:1]
        got[q] = row
        show(q, row)
    return got


def best_other(row, turn):
    times = [t[turn] for e, t in row.items() if e != "gosql" and isinstance(t, list)]
    return min(times) if times else None


def ratios(row):
    """gosql's time over the best other one's, turn by turn."""
    mine = row.get("gosql")
    if not isinstance(mine, list):
        return []
    return [m / b for m, b in ((mine[i], best_other(row, i)) for i in range(len(mine))) if b]


def show(q, row):
    cells = "".join("%12.1f" % statistics.median(t) if isinstance(t, list) else "%12s" % "-" for t in row.values())
    r = ratios(row)
    print("%-8s%s%14s" % (q, cells, "%.2f" % statistics.median(r) if r else "-"), flush=True)
    for e, t in row.items():
        if not isinstance(t, list):
            print("#   %s: %s" % (e, t), flush=True)


def geomean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def summary(got, engines):
    for e in engines:
        times = [statistics.median(row[e]) for row in got.values() if isinstance(row[e], list)]
        if times:
            print("# %-11s %2d queries, sum %.0f ms, geometric mean %.1f ms" % (e, len(times), sum(times), geomean(times)))
    for e in engines:
        if e == "gosql" or "gosql" not in engines:
            continue
        both = [row for row in got.values() if isinstance(row[e], list) and isinstance(row["gosql"], list)]
        if both:
            pairs = [[m / o for m, o in zip(row["gosql"], row[e])] for row in both]
            low, mid, high = resampled(pairs)
            ahead = sum(statistics.median(p) < 1 for p in pairs)
            print("# gosql / %-11s geometric mean %.2f (%.2f … %.2f), ahead on %d of %d" % (e, mid, low, high, ahead, len(pairs)))
    pairs = [ratios(row) for row in got.values() if ratios(row)]
    if pairs and len(engines) > 2:
        low, mid, high = resampled(pairs)
        print("# gosql / best        geometric mean %.2f (%.2f … %.2f)" % (mid, low, high))


def resampled(pairs, times=10_000):
    """The geometric mean of the queries' mean ratios, and where it lies in 95 % of resamples of the turns."""
    rng = random.Random(1)
    logs = [[math.log(r) for r in p] for p in pairs]

    def mean(choose):
        return math.exp(sum(sum(choose(l)) / len(l) for l in logs) / len(logs))
    many = sorted(mean(lambda l: rng.choices(l, k=len(l))) for _ in range(times))
    return many[int(times * 0.025)], mean(lambda l: l), many[int(times * 0.975)]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("suite", choices=["tpch", "tpch-csv", "h2o", "csv"])
    p.add_argument("--data", required=True)
    p.add_argument("--queries", required=True)
    p.add_argument("--engines", default=",".join(ENGINES))
    p.add_argument("--only", default="")
    p.add_argument("--runs", type=int, default=5)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--memory", default="")
    p.add_argument("--gosql", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "gosql"))
    args = p.parse_args()
    kind = "csv" if args.suite in ("tpch-csv", "csv") else "parquet"
    files = sorted(glob.glob("%s/*.%s" % (args.data, kind)))
    queries = [(table_name(q), q) for q in sorted(glob.glob(args.queries + "/q*.sql"))]
    if args.only:
        queries = [(n, q) for n, q in queries if n in args.only.split(",")]
    if not files or not queries:
        sys.exit("no %s files in %s, or no q*.sql in %s" % (kind, args.data, args.queries))
    engines = {e: Gosql(files, args) if e == "gosql" else Worker(e, files, args) for e in args.engines.split(",")}
    print("# " + ", ".join(e.version for e in engines.values()) + "; %d threads, %d turns" % (args.threads, args.runs))
    print("%-8s%s%14s" % ("query", "".join("%12s" % e for e in engines), "gosql / best"))
    start, began, own = time.time(), busy(), {e: used(x.process.pid) for e, x in engines.items()}
    got = measure(engines, queries, args.runs)
    took = time.time() - start
    others = busy() - began - sum(used(x.process.pid) - own[e] for e, x in engines.items())
    summary(got, engines)
    print("# peak resident memory: " + ", ".join("%s %.0f MB" % (e, peak(x.process.pid)) for e, x in engines.items()))
    share = others / (took * (os.cpu_count() or 1))
    print("# other processes used %.1f %% of the processors%s" % (100 * share, "" if share <= 0.05 else ": repeat this on a quiet machine"))
    for x in engines.values():
        x.process.stdin.close()
        x.process.wait()


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "worker":
        worker(sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5:])
    else:
        main()
