"""Figures of a detector, and the rows that they are kept in until all runs are in."""

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score, roc_curve

COLUMNS = ["table", "seed", "detector", "left out", "figure", "value"]


def auc(human, machine):
    return roc_auc_score(np.repeat([1, 0], [len(human), len(machine)]), [*human, *machine])


def accuracy(human, machine):
    """Return the mean of both classes' accuracy at the best threshold."""
    y = np.repeat([1, 0], [len(human), len(machine)])
    false, true, _ = roc_curve(y, [*human, *machine])
    return float(np.max((true + 1 - false) / 2))


def rows(table, seed, detector, left_out, figures):
    """Return one row a figure, of a dictionary of them."""
    return [(table, seed, detector, left_out, name, value) for name, value in figures.items()]


def save(frame, folder):
    """Write rows to files named after what they are of; runs of other things are left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for what, part in frame.groupby(COLUMNS[:4], sort=False):
        name = "-".join(str(each) for each in what if each != "")
        part.to_csv(folder / f"{name}.csv".replace(" ", "_").replace(",", ""), index=False)


def load(folder, order):
    """Return the rows of all files of a folder, detectors in the given order, others last."""
    frames = [pd.read_csv(path, keep_default_na=False) for path in sorted(folder.glob("*.csv"))]
    rows = pd.concat(frames)
    order = list(dict.fromkeys([*order, *rows["detector"]]))  # MiniRocket may not be here
    return rows.sort_values("detector", key=lambda names: names.map(order.index), kind="stable")


def markdown(frame):
    """Return the rows as tables in Markdown: means over seeds, and half of how far these lie apart.

    Where something was left out it has a line, and each detector a column.
    """
    parts = []
    for table, own in frame.astype({"value": float}).groupby("table", sort=False):
        cells = own.groupby(["left out", "detector", "figure"], sort=False)["value"].agg(_cell)
        if table == "machines":
            cells = cells.droplevel("left out").unstack("figure", sort=False)
        else:
            joined = cells.groupby(["left out", "detector"], sort=False).agg(" / ".join)
            cells = joined.unstack("detector", sort=False)
        lines = [["", *cells.columns], ["---"] * (1 + len(cells.columns))]
        lines += [[row[0], *row[1:]] for row in cells.itertuples()]
        text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        figures = ", ".join(own["figure"].unique())
        seeds = ", ".join(str(seed) for seed in sorted(own["seed"].unique()))
        parts.append(f"{table}: {figures}; seeds {seeds}\n\n{text}\n")
    return "\n".join(parts)


def _cell(values):
    spread = f" ± {(values.max() - values.min()) / 2:.3f}" if len(values) > 1 else ""
    return f"{values.mean():.3f}{spread}"
