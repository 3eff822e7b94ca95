"""Reproduce the study: its Tables 1, 2 and 3 with ours, and its figures.

Fits the Forward-Forward classifier and its backpropagation baseline, in the study's setting and at
our defaults, on the study's data, under two protocols: the study's (a random 70/10/20 split by
sample, a seed of its own in each run) and ours (whole writers in the test part, and in the part
held out for validation).

    python -m examples.study.reproduce_study --data DIR [--sets mcyt] [--runs 5]
        [--protocol grouped]

DIR holds ``NAME.npz`` files or the folders of the study's archive (see
`sklearn_ffrnn.datasets.load_study_folder`). The folder ``--out`` gets ``runs.csv``, with a row for
each finished run, ``tables.md`` and ``figures``. The whole takes hours and can be stopped at any
time; the same command continues, because runs in ``runs.csv`` are not repeated. Several processes
may fill one folder with ``--fit-only``, each with other sets, runs or models; a last one with all
of them then fits nothing and writes the tables. docs/reproduction.md says what differs from the
study.
"""

import argparse
import importlib.util
import signal
import sys
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from tqdm.auto import tqdm

from examples.study.data import DATA_SETS, load_set
from examples.study.models import CLASSIFIERS, SETTINGS, STUDY_THRESHOLD, all_models
from examples.study.report import describe, make_page
from examples.study.runs import Run, do_run
from examples.study.splits import PROTOCOLS
from examples.study.store import Store


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--sets", nargs="+", default=list(DATA_SETS), choices=list(DATA_SETS))
    parser.add_argument("--protocol", nargs="+", default=list(PROTOCOLS), choices=list(PROTOCOLS))
    parser.add_argument("--runs", type=int, default=5, help="of each model")
    parser.add_argument("--first-run", type=int, default=0, help="number of the first")
    parser.add_argument("--fit-only", action="store_true", help="write no tables and figures")
    parser.add_argument("--thresholds", nargs="+", type=float, default=[2.0, STUDY_THRESHOLD])
    parser.add_argument(
        "--classifiers", nargs="+", default=list(CLASSIFIERS), choices=list(CLASSIFIERS)
    )
    parser.add_argument("--settings", nargs="+", default=list(SETTINGS), choices=SETTINGS)
    parser.add_argument("--epochs", type=int, help="at most, other than 200 and our defaults")
    parser.add_argument("--units", type=int, default=96, help="of each of the three layers")
    parser.add_argument("--samples", type=int, help="use only N of each data set")
    parser.add_argument("--device", default="auto", help="cpu, cuda, ...")
    parser.add_argument(
        "--session", help="runs of one name are timed against each other (default: this process)"
    )
    parser.add_argument("--out", type=Path, default=Path("study_output"))
    return parser.parse_args(arguments)


def plan(options):
    """Load all data now, so that a missing file shows at once; return data and runs by key."""
    data_sets = {
        name: load_set(options.data, name, options.samples)
        for name in tqdm(options.sets, desc="reading", unit="set")
    }
    runs = {}
    for name, movements in data_sets.items():
        fingerprint = movements.fingerprint()
        # Models that are timed against each other run one after the other.
        models = all_models(options.thresholds, options.classifiers, options.settings)
        numbers = range(options.first_run, options.first_run + options.runs)
        for protocol, number, model in product(options.protocol, numbers, models):
            run = Run(name, protocol, number, model, options.units, options.epochs, options.device)
            runs[run.key(fingerprint)] = run
    return data_sets, runs


def do_missing(runs, data_sets, store, session):
    """Do the runs that are not in the store."""
    done = set(store.rows(runs)["key"])
    session = session or datetime.now(UTC).isoformat(timespec="seconds")
    with tqdm(total=len(runs), initial=len(done), unit="run") as bar:
        for key, run in runs.items():
            if key in done:
                continue
            bar.set_description(f"{run.data}, {run.protocol}, run {run.run}")
            movements = data_sets[run.data]
            outcome = do_run(run, movements, bar)
            store.add(key, run, outcome, samples=len(movements.y), session=session)
            bar.update()


def write_tables(rows, options):
    """Write and print the tables of the finished runs."""
    page = describe(rows, options) + "\n"
    page += make_page(rows, options.sets, options.protocol, options.thresholds)
    path = options.out / "tables.md"
    path.write_text(page, encoding="utf-8")
    print(f"\n{page}\nThe tables are in {path}.")


def draw_figures(rows, store):
    """Draw the figures, if matplotlib is installed."""
    if importlib.util.find_spec("matplotlib") is None:
        print('There are no figures: they need pip install "sklearn-ffrnn[examples]".')
        return
    from examples.study.gallery import draw

    folder = store.folder / "figures"
    print(f"{len(draw(rows, store, folder))} figures are in {folder}.")


def main(arguments=None):
    options = parse(arguments)
    store = Store(options.out)
    data_sets, runs = plan(options)
    try:
        do_missing(runs, data_sets, store, options.session)
    finally:
        if not options.fit_only:
            write_tables(store.rows(runs), options)
    if not options.fit_only:
        draw_figures(store.rows(runs), store)


if __name__ == "__main__":
    # skorch treats Ctrl-C as the end of one fit: a half-trained model would count as a run.
    signal.signal(
        signal.SIGINT, lambda *_: sys.exit("Stopped. The same command goes on from here.")
    )
    main()
