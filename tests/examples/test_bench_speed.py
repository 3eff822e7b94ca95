"""The benchmark of speed runs, on a tiny problem."""

import subprocess
import sys

from tests.helpers import ROOT


def test_prints_a_row_for_every_target():
    options = "--only epochs fit prediction memory --repeats 1 --sequences 64 --length 4 --units 4"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "examples.benchmarks.bench_speed"),
            *(*options.split(), "--predict", "50"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    verdicts = [line for line in done.stdout.splitlines() if line.endswith(("met |", "missed |"))]
    assert len(verdicts) == 9
    assert "1 thread(s)" in done.stdout
