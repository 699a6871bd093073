"""Run the Go benchmarks named BenchmarkTwin, each of which has a kernel (by=kernel) and a naive twin (by=naive), and set the two beside each other.

    micro.py [PATTERN] [RUNS]

With benchstat on the path that says how they differ; otherwise the medians and their ratio are printed.
"""
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

pattern, runs = (sys.argv[1:] + [".", "6"][len(sys.argv) - 1:])[:2]
root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
argv = ["go", "test", "-run", "^$", "-bench", "BenchmarkTwin/" + pattern, "-benchtime", "0.2s", "-count", runs, "./columnar", "./physical"]
done = subprocess.run(argv, cwd=root, env=dict(os.environ, CGO_ENABLED="0"), stdout=subprocess.PIPE, text=True)
if done.returncode:
    sys.exit(done.stdout)
if shutil.which("benchstat"):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as f:
        f.write(done.stdout)
        f.flush()
        sys.exit(subprocess.run(["benchstat", "-col", "/by", f.name]).returncode)
times = {}
for name, by, ns in re.findall(r"^BenchmarkTwin/(\S+)/by=(kernel|naive)\S*.*?([\d.]+) ns/row", done.stdout, re.MULTILINE):
    times.setdefault(name, {}).setdefault(by, []).append(float(ns))
print("%-12s%16s%16s%16s" % ("ns a row", "kernel", "naive", "kernel / naive"))
for name, by in times.items():
    kernel, naive = (statistics.median(by[k]) for k in ("kernel", "naive"))
    print("%-12s%16.2f%16.2f%16.2f" % (name, kernel, naive, kernel / naive))
