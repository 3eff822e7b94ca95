"""The benchmark of speed runs, on a tiny problem."""

import os
import subprocess
import sys

from tests.helpers import ROOT

SCRIPT = ROOT / "examples" / "benchmarks" / "bench_speed.py"


def test_prints_a_row_for_every_target():
    options = "--only epochs fit prediction memory --repeats 1 --sequences 64 --length 4 --units 4"
    paths = [str(SCRIPT.parents[2]), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *options.split(), "--predict", "50"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
    )
    assert done.returncode == 0, done.stderr
    verdicts = [line for line in done.stdout.splitlines() if line.endswith(("met |", "missed |"))]
    assert len(verdicts) == 9
    assert "1 thread(s)" in done.stdout
