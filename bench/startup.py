"""Time fresh processes: SELECT 1, and the first rows of a big file.

    startup.py GOSQL DUCKDB PARQUET CSV [RUNS]

GOSQL and DUCKDB are the commands. Polars and DataFusion have none: they are imported by Python and called. Printed for each are
the medians of the time until the first byte of output and until the end, in ms, and the most resident memory, in MB. The engines take turns.
"""
import os
import statistics
import subprocess
import sys
import time

gosql, duckdb, parquet, csv = sys.argv[1:5]
runs = int((sys.argv + ["15"])[5])


def python(code):
    return [sys.executable, "-c", code]


def polars(expression):
    return python("import polars as pl; print(%s.collect())" % expression)


def datafusion(kind, path):
    return python("import datafusion as df; print(df.SessionContext().read_%s(%r).limit(10))" % (kind, path))


def rows(path):
    return "SELECT * FROM '%s' LIMIT 10" % path


CASES = {
    "SELECT 1": {
        "gosql": [gosql, "-c", "SELECT 1"], "duckdb": [duckdb, "-c", "SELECT 1"], "polars": polars("pl.LazyFrame({'1': [1]})"),
        "datafusion": python("import datafusion as df; print(df.SessionContext().sql('SELECT 1'))")},
    "LIMIT 10 of Parquet": {
        "gosql": [gosql, "t=" + parquet, "-c", "SELECT * FROM t LIMIT 10"], "duckdb": [duckdb, "-c", rows(parquet)],
        "polars": polars("pl.scan_parquet(%r).head(10)" % parquet), "datafusion": datafusion("parquet", parquet)},
    "LIMIT 10 of CSV": {
        "gosql": [gosql, "t=" + csv, "-c", "SELECT * FROM t LIMIT 10"], "duckdb": [duckdb, "-c", rows(csv)],
        "polars": polars("pl.scan_csv(%r, try_parse_dates=True).head(10)" % csv), "datafusion": datafusion("csv", csv)},
}


def measure(argv):
    """(ms to the first byte, ms to the end, MB) of one run. The memory is at least that of this small process, which begets it."""
    begin = time.perf_counter()
    p = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    first = os.read(p.stdout.fileno(), 1)
    at = time.perf_counter()
    rest = p.stdout.read()
    _, status, usage = os.wait4(p.pid, 0)
    end = time.perf_counter()
    if status:
        sys.exit("%s failed: %s" % (argv, (first + rest).decode(errors="replace")))
    return (at - begin) * 1000, (end - begin) * 1000, usage.ru_maxrss / 1024


print("%-20s%-12s%14s%10s%12s" % ("", "", "first byte ms", "end ms", "resident MB"))
for case, commands in CASES.items():
    got = {e: [] for e in commands}
    for turn in range(runs + 1):
        for e, argv in commands.items():
            m = measure(argv)
            if turn > 0:
                got[e].append(m)
    for e, ms in got.items():
        first, end, memory = (statistics.median(x) for x in zip(*ms))
        print("%-20s%-12s%14.1f%10.1f%12.0f" % (case, e, first, end, memory), flush=True)
