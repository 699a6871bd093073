"""The load of bench/clients on DuckDB: clients.py TABLES QUERIES CLIENTS SECONDS MEMORY THREADS, with the same figures."""
import glob
import os
import random
import sys
import threading
import time

import duckdb

tables, queries, clients, seconds, memory, threads = sys.argv[1:7]
db = duckdb.connect(config={"memory_limit": memory, "threads": int(threads)})
for f in glob.glob(tables):
    db.execute("CREATE VIEW %s AS SELECT * FROM '%s'" % (os.path.splitext(os.path.basename(f))[0], f))
texts = [open(f).read() for f in sorted(glob.glob(os.path.join(queries, "*.sql")))]
until = time.time() + float(seconds)
done = [[] for _ in range(int(clients))]
errors = []


def client(i):
    r, con = random.Random(i), db.cursor()
    while True:
        for t in r.sample(texts, len(texts)):
            if time.time() > until:
                return
            at = time.time()
            try:
                con.sql(t).to_arrow_table()
            except Exception as e:
                errors.append(str(e))
            done[i].append(time.time() - at)


began = time.time()
running = [threading.Thread(target=client, args=(i,)) for i in range(len(done))]
for t in running:
    t.start()
for t in running:
    t.join()
took = time.time() - began
flat = sorted(x for d in done for x in d)
peak = next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]
print("%d queries, %.1f/s, p50 %.3fs, p99 %.3fs, slowest client %.2f of the mean, %d errors, %s kB resident at most" % (
    len(flat), len(flat) / took, flat[len(flat) // 2], flat[int(0.99 * (len(flat) - 1))], min(map(len, done)) / (len(flat) / len(done)), len(errors), peak))
if errors:
    sys.exit(errors[0])
