"""Run queries on several engines side by side: each engine is one process with the data opened once, and for every query the engines take turns.

    side.py --tables GLOB --queries PATH [--setup FILE] [--engines a,b] [--only q01,q02] [--runs 5] [--threads 2] [--memory 1GB] [--check]

Each file of GLOB is a table of its name. PATH is a folder of q01.sql … or a file with a query on each line; FILE holds statements to run first.
Where engines differ in dialect, {engine} in PATH and FILE stands for the engine's name.
Every query runs once to warm up, and then --runs times. Printed are the medians in ms, gosql's ratio to the best other engine in the same turn
(the median of the ratios of the turns; below 1 gosql is ahead), the geometric means, the range in which the mean ratio lies in 95 % of 10,000
resamples of the turns, the peak resident memory of each process, and how much of the time other processes used the processors. With --check the answers are compared, and nothing is timed.
"""
import argparse
import glob
import math
import os
import random
import statistics
import sys
import time

import check
from engines import NAMES, start, table_name

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


def load(path, engine):
    """{name: text} of the queries."""
    path = path.replace("{engine}", engine)
    if os.path.isdir(path):
        return {table_name(q): open(q).read() for q in sorted(glob.glob(path + "/q*.sql"))}
    return {"q%02d" % i: line for i, line in enumerate(open(path).read().splitlines(), 1)}


def measure(engines, queries, runs):
    """{query: {engine: [ms of each turn] or an error}}"""
    got = {}
    for q, texts in queries.items():
        row = {e: [] for e in engines}
        order = list(engines)
        for turn in range(runs + 1):
            for e in order:
                if not isinstance(row[e], list):
                    continue
                answer = engines[e].run(texts[e])
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


def options():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--tables", required=True)
    p.add_argument("--queries", required=True)
    p.add_argument("--setup", default="")
    p.add_argument("--engines", default=",".join(NAMES))
    p.add_argument("--only", default="")
    p.add_argument("--runs", type=int, default=5)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--memory", default="")
    p.add_argument("--check", action="store_true")
    p.add_argument("--gosql", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "gosql"))
    return p.parse_args()


def main():
    args = options()
    names = args.engines.split(",")
    files = sorted(glob.glob(args.tables))
    loaded = {e: load(args.queries, e) for e in names}
    queries = {q: {e: loaded[e][q] for e in names} for q in loaded[names[0]] if not args.only or q in args.only.split(",")}
    if not files or not queries:
        sys.exit("no tables at %s, or no queries in %s" % (args.tables, args.queries))
    data = os.path.dirname(os.path.abspath(files[0]))
    setup = {e: open(args.setup.replace("{engine}", e)).read() if args.setup else "" for e in names}
    out = {e: os.path.join(os.path.dirname(data), "out-%s.parquet" % e) for e in names}
    if args.check:
        sys.exit(check.compare(queries, files, args, setup, out))
    compare(queries, {e: start(e, files, args, setup[e], out[e]) for e in names}, args)


def compare(queries, engines, args):
    print("# " + ", ".join(e.version for e in engines.values()) + "; %d threads, %d turns" % (args.threads, args.runs))
    print("%-8s%s%14s" % ("query", "".join("%12s" % e for e in engines), "gosql / best"))
    begin, began, own = time.time(), busy(), {e: used(x.process.pid) for e, x in engines.items()}
    got = measure(engines, queries, args.runs)
    took = time.time() - begin
    others = busy() - began - sum(used(x.process.pid) - own[e] for e, x in engines.items())
    summary(got, engines)
    print("# peak resident memory: " + ", ".join("%s %.0f MB" % (e, peak(x.process.pid)) for e, x in engines.items()))
    share = others / (took * (os.cpu_count() or 1))
    print("# other processes used %.1f %% of the processors%s" % (100 * share, "" if share <= 0.05 else ": repeat this on a quiet machine"))
    for x in engines.values():
        x.process.stdin.close()
        x.process.wait()


if __name__ == "__main__":
    main()
