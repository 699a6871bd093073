"""Make the data of a suite, from a seed.

    make.py tpch DIR SF       the tables of TPC-H as DuckDB's generator gives them (this needs DuckDB 0.10.3, whose wheel carries it)
    make.py layout DIR FROM KIND
                              the tables of the folder FROM again: as DuckDB writes Parquet (duckdb: row groups of 122,880 rows, a page each),
                              as Arrow-based writers do (arrow: row groups of a million rows in pages of 1 MB), or as CSV (csv)
    make.py gzip DIR FROM     lineitem.csv of the folder FROM, compressed
    make.py h2o DIR N         the tables of the group-by and join tasks of the h2o benchmark with N rows, 100 groups and no NULLs
"""
import glob
import os
import sys


def tpch(folder, sf):
    import duckdb
    con = duckdb.connect()
    con.execute("CALL dbgen(sf=%s)" % sf)
    for (t,) in con.execute("SHOW TABLES").fetchall():
        con.execute("COPY %s TO '%s/%s.parquet' (FORMAT parquet)" % (t, folder, t))


def layout(folder, source, kind):
    import duckdb
    import pyarrow.parquet as pq
    for f in sorted(glob.glob(source + "/*.parquet")):
        to = os.path.join(folder, os.path.basename(f))
        if kind == "arrow":
            pq.write_table(pq.read_table(f), to, compression="snappy", row_group_size=1_000_000)
        elif kind == "csv":
            duckdb.connect().execute("COPY (FROM '%s') TO '%s' (FORMAT csv, HEADER)" % (f, to[:-len("parquet")] + "csv"))
        else:
            duckdb.connect().execute("COPY (FROM '%s') TO '%s' (FORMAT parquet, COMPRESSION snappy)" % (f, to))


def gzip(folder, source):
    import gzip
    import shutil
    with open(source + "/lineitem.csv", "rb") as text, gzip.open(folder + "/lineitem.csv.gz", "wb", 6) as out:
        shutil.copyfileobj(text, out, 1 << 20)


def h2o(folder, n):
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq
    rng, groups = np.random.default_rng(1), 100

    def names(form, count):
        return pa.array([form % i for i in range(1, count + 1)])

    def write(name, **columns):
        os.makedirs(os.path.dirname("%s/%s" % (folder, name)), exist_ok=True)
        pq.write_table(pa.table(columns), "%s/%s.parquet" % (folder, name), compression="snappy", row_group_size=122_880)

    def some(high, rows=n):
        return rng.integers(1, high + 1, rows)

    def each(high, rows):
        return rng.permutation(high)[:rows] + 1

    def named(words, ids):
        return words.take(pa.array(ids - 1))

    def values(rows):
        return np.round(rng.random(rows) * 100, 6)
    few, many = names("id%03d", groups), names("id%010d", n // groups)
    write("groupby/x", id1=named(few, some(groups)), id2=named(few, some(groups)), id3=named(many, some(n // groups)),
          id4=some(groups), id5=some(groups), id6=some(n // groups), v1=some(5), v2=some(15), v3=values(n))
    small, medium = max(n // 1_000_000, 1), n // 1000
    words = {1: names("id%d", small), 2: names("id%d", medium), 3: names("id%d", n)}

    def joined(name, value, rows, *keys):
        columns = {"id%d" % i: k for i, k in enumerate(keys, 1)}
        columns.update({"id%d" % (i + 3): named(words[i], k) for i, k in enumerate(keys, 1)})
        write("join/" + name, **columns, **{value: values(rows)})
    joined("x", "v1", n, some(small), some(medium), each(n, n))
    joined("small", "v2", small, each(small, small))
    joined("medium", "v2", medium, some(small, medium), each(medium, medium))
    joined("big", "v2", n, some(small), some(medium), each(n, n))


if __name__ == "__main__":
    what, folder = sys.argv[1], sys.argv[2]
    os.makedirs(folder, exist_ok=True)
    if what == "tpch":
        tpch(folder, sys.argv[3])
    elif what == "layout":
        layout(folder, sys.argv[3], sys.argv[4])
    elif what == "gzip":
        gzip(folder, sys.argv[3])
    else:
        h2o(folder, int(float(sys.argv[3])))
