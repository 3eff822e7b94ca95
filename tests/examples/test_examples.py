"""Every script that the repository shows runs, at its smallest size.

The gallery (plot_*.py) and the guide's figures run while the documentation is built.
"""

import re
import runpy
import subprocess
import sys

import pytest

from tests.helpers import ROOT, STUDY_DATA

pytest.importorskip("cursory")

# Arguments of the smallest run; DATA is the folder of the study's data sets.
SMALLEST = {
    "examples/demo.py": "--movements 40 --folds 2 --epochs 1 --jobs 1 --output OUT",
    "examples/live_page/make_live_page.py": "--people 60 --epochs 1 --out OUT",
    "examples/scale_out/layers_on_hosts.py": "--sequences 20 --steps 4 --units 4 --epochs 1",
    "examples/scale_out/stream_parquet.py": "--movements 40 --passes 1",
    "examples/scale_out/scale_out_dask.py": "--movements 30 --folds 2 --epochs 1 --workers 2",
    "examples/unseen/catch_unseen_machines.py": "--train 100 --test 40 --negatives 1"
    " --each 3 --tables machines families recorders --kinds spline --out OUT"
    " --detectors HumanMovementDetector IsolationForest",
    "examples/study/reproduce_study.py": "--data DATA --sets mobiletouchdb --protocol grouped"
    " --runs 1 --thresholds 7 --epochs 1 --units 4 --samples 120 --out OUT",
    "examples/benchmarks/bench_defects.py": "--data DATA --sets mobiletouchdb --samples 200"
    " --epochs 1 --folds 1",
    "examples/benchmarks/bench_detector.py": "--train 40 --test 2",
    "examples/benchmarks/bench_export.py": "--data DATA --sets mobiletouchdb --samples 60",
    "examples/benchmarks/bench_fairness.py": "--data DATA --sets MCYT --samples 20 --strengths 1",
    "examples/benchmarks/bench_fit.py": "--data DATA --rows dollar-one-20ms --samples 30"
    " --models FF --splits 1",
    "examples/benchmarks/bench_gestures.py": "--data DATA --folds 1 --samples 64 --epochs 1"
    " --models FF",
    "examples/benchmarks/bench_goodness_ideas.py": "--data DATA --sets mobiletouchdb gestures"
    " --choose --samples 60 --epochs 1 --folds 1 --seeds 1",
    "examples/benchmarks/bench_grid_search.py": "--data DATA --samples 60 --epochs 1 --jobs 1",
    "examples/benchmarks/bench_logs.py": "--rows 2000",
    "examples/benchmarks/bench_objectives.py": "--data DATA --sets mobiletouchdb --samples 60"
    " --epochs 1 --folds 1",
    "examples/benchmarks/bench_one_class.py": "--train 60 --test 40 --epochs 1 --units 4",
    "examples/benchmarks/bench_options.py": "--data DATA --sets mobiletouchdb --samples 60"
    " --epochs 1 --folds 1",
    "examples/benchmarks/bench_rivals.py": "--data DATA --sets mobiletouchdb --samples 200"
    " --epochs 1 --folds 2 --first 1",
    "examples/benchmarks/bench_sigma_lognormal.py": "--data DATA --samples 5 --n-jobs 1",
    "examples/benchmarks/bench_speed.py": "--only epochs fit prediction memory --repeats 1"
    " --sequences 64 --length 4 --units 4 --predict 50",
    "examples/benchmarks/bench_study_data.py": "--data DATA --sets mobiletouchdb --samples 200"
    " --epochs 1 --folds 2 --first 1",
    "examples/benchmarks/gpu_check.py": "--device cpu --lengths 5 --batches 6 --repeats 1",
    "docs/figures/human_and_machine.py": "OUT.png",
}


# Those that start processes, which import their script.
OF_PROCESSES = ("examples/scale_out/", "examples/benchmarks/bench_fit.py")


def scripts():
    """Return the programs: all scripts but the gallery and what they share."""
    folders = ("examples", "examples/*", "docs/figures")
    paths = [path for folder in folders for path in sorted(ROOT.glob(f"{folder}/*.py"))]
    return [
        path.relative_to(ROOT).as_posix()
        for path in paths
        if "__main__" in path.read_text(encoding="utf-8") and not path.name.startswith("plot_")
    ]


@pytest.mark.slow
@pytest.mark.parametrize("script", SMALLEST)
def test_runs(script, tmp_path, monkeypatch, capsys, off_screen):
    arguments = SMALLEST[script].replace("OUT", str(tmp_path / "out"))
    if "DATA" in arguments and not STUDY_DATA.exists():
        pytest.skip("the study's data are not here")
    arguments = arguments.replace("DATA", str(STUDY_DATA)).split()
    if script.startswith(OF_PROCESSES):
        command = [sys.executable, "-m", script.removesuffix(".py").replace("/", ".")]
        subprocess.run([*command, *arguments], cwd=ROOT, check=True, timeout=300)
        return
    # In this process, which has imported torch and the rest already.
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "argv", [script, *arguments])
    runpy.run_path(script, run_name="__main__")
    if script.endswith("bench_speed.py"):
        printed = capsys.readouterr().out
        rows = [line for line in printed.splitlines() if line.endswith(("met |", "missed |"))]
        assert len(rows) == 9  # one for every target
        assert "1 thread(s)" in printed


def test_every_script_runs_here_or_in_the_documentation():
    written = [path for end in ("rst", "md") for path in (ROOT / "docs").rglob(f"*.{end}")]
    pages = "".join(path.read_text(encoding="utf-8") for path in written)
    drawn = {f"docs/figures/{name}" for name in re.findall(r"plot:: figures/(\w+\.py)", pages)}
    assert set(scripts()) | set(SMALLEST) == set(SMALLEST)
    figures = {f"docs/figures/{path.name}" for path in (ROOT / "docs/figures").glob("*.py")}
    assert figures <= drawn | set(SMALLEST)


def test_no_placeholder_is_left():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("this is no checkout")
    text = (".md", ".rst", ".py", ".toml", ".cff", ".yaml", ".yml")
    for name in tracked.stdout.splitlines():
        path = ROOT / name
        if name.endswith(text) and path.exists():
            found = re.search(r"@[A-Z][A-Z_]+@", path.read_text(encoding="utf-8"))
            assert not found, f"{name} holds the placeholder {found[0]}"


def test_cells_of_the_gallery_begin_on_lines_of_their_own():
    for path in (ROOT / "examples").glob("plot_*.py"):
        joined = re.findall(r"^# %% +\S.*$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert not joined, f"{path.name}: {joined}"
