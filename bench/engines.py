"""The engines that are compared: what opens the tables in each, and how each is told a query.

A query is SQL of the engine's own dialect, or COPY TABLE, which stands for writing a table of the data as Parquet (snappy).
Run as a program it is one of the Python packages in a process of its own: engines.py ENGINE THREADS MEMORY OUT SETUP FILES…
"""
import json
import os
import shutil
import subprocess
import sys
import time

NAMES = ["gosql", "duckdb", "polars", "datafusion"]
COPY = {
    "gosql": "INSERT OVERWRITE DIRECTORY '{out}' USING parquet SELECT * FROM {table}",
    "duckdb": "COPY {table} TO '{out}' (FORMAT parquet, COMPRESSION snappy)",
    "datafusion": "COPY {table} TO '{out}' STORED AS PARQUET OPTIONS ('format.compression' 'snappy')",
    "polars": "COPY {table}",
}


def table_name(path):
    return os.path.basename(path).split(".")[0]


def statements(text):
    return [s for s in text.split(";") if s.strip()]


def in_dialect(engine, text, out):
    """The text of a query as the engine wants it. What COPY leaves at the path out is removed first."""
    if not text.startswith("COPY "):
        return text
    shutil.rmtree(out, ignore_errors=True)
    if os.path.isfile(out):
        os.remove(out)
    return COPY[engine].format(out=out, table=text.split()[1])


class Gosql:
    """The command itself, which runs statements as they come."""

    def __init__(self, files, args, setup, out):
        argv = [args.gosql, "--threads", str(args.threads), "--timing=json", "--format", "arrow", "--keep-going"]
        if args.memory:
            argv += ["--memory", args.memory]
        self.out = out
        self.process = subprocess.Popen(argv + files, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.version = subprocess.run([args.gosql, "--version"], capture_output=True, text=True).stdout.strip()
        if setup and isinstance(error := self.run(setup), str):
            sys.exit("gosql: " + error)

    def run(self, text):
        """Milliseconds, or the error. A query of several statements counts as their sum."""
        text = in_dialect("gosql", text, self.out)
        total, error = 0.0, None
        self.process.stdin.write(text.strip().rstrip(";") + ";\n")
        self.process.stdin.flush()
        for _ in statements(text):
            line = self.process.stderr.readline()
            while line and not line.startswith('{"statement"'):
                line = self.process.stderr.readline()
            if not line:
                return "the process ended"
            answer = json.loads(line)
            error = error or answer.get("error")
            total += answer["ms"]
        return error or total


class Package:
    """A Python package, in a process of its own that runs this file."""

    def __init__(self, engine, files, args, setup, out):
        argv = [sys.executable, os.path.abspath(__file__), engine, str(args.threads), args.memory or "", out, setup]
        env = dict(os.environ, POLARS_MAX_THREADS=str(args.threads))
        self.process = subprocess.Popen(argv + files, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
        self.version = json.loads(self.process.stdout.readline())

    def run(self, text):
        self.process.stdin.write(json.dumps(text) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        return json.loads(line) if line else "the process ended"


def start(engine, files, args, setup, out):
    return Gosql(files, args, setup, out) if engine == "gosql" else Package(engine, files, args, setup, out)


def duckdb(files, threads, memory, out):
    import duckdb
    con = duckdb.connect()
    con.execute("SET threads = %s" % threads)
    if memory:
        con.execute("SET memory_limit = '%s'" % memory)
    for f in files:
        con.execute("CREATE VIEW %s AS SELECT * FROM '%s'" % (table_name(f), f))

    def execute(q):
        rows = con.sql(q)
        return None if rows is None else rows.to_arrow_table()
    return execute, duckdb.__version__


def polars(files, threads, memory, out):
    import polars as pl

    def scan(f):
        return pl.scan_parquet(f) if f.endswith(".parquet") else pl.scan_csv(f, try_parse_dates=True)
    ctx = pl.SQLContext({table_name(f): scan(f) for f in files})

    def execute(q):
        if q.startswith("COPY "):
            return ctx.execute("SELECT * FROM " + q.split()[1]).sink_parquet(out, compression="snappy")
        return ctx.execute(q).collect()
    return execute, pl.__version__


def datafusion(files, threads, memory, out):
    import datafusion
    ctx = datafusion.SessionContext(datafusion.SessionConfig().with_target_partitions(int(threads)))
    for f in files:
        if f.endswith(".parquet"):
            ctx.register_parquet(table_name(f), f)
        elif f.endswith(".gz"):
            ctx.register_csv(table_name(f), f, file_extension=".gz", file_compression_type="gzip")
        else:
            ctx.register_csv(table_name(f), f)
    return (lambda q: ctx.sql(q).collect()), datafusion.__version__


def opened(engine, files, threads, memory, out, setup):
    """A function that runs a query and gives the engine's own result, and the version."""
    run, version = {"duckdb": duckdb, "polars": polars, "datafusion": datafusion}[engine](files, threads, memory, out)

    def execute(text):
        result = None
        for s in statements(in_dialect(engine, text, out)):
            result = run(s.strip())
        return result
    execute(setup)
    return execute, "%s %s" % (engine, version)


def main(engine, threads, memory, out, setup, *files):
    execute, version = opened(engine, files, threads, memory, out, setup)
    print(json.dumps(version), flush=True)
    for line in sys.stdin:
        text = json.loads(line)
        begin = time.perf_counter()
        try:
            execute(text)
            answer = (time.perf_counter() - begin) * 1000
        except BaseException as e:  # polars panics are no Exceptions
            answer = (str(e).splitlines() or ["failed"])[0][:200]
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
