"""Finished runs on disk: a row of a CSV each, and a small file for the figures."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd

COLUMNS = [
    *("key", "data", "samples", "protocol", "run", "classifier", "setting", "normalization"),
    *("threshold", "units", "max_epochs", "AUC", "accuracy", "AUC_layer_1", "AUC_layer_2"),
    *("AUC_layer_3", "epochs", "seconds_per_epoch", "session"),
]


class Store:
    """A folder with ``runs.csv`` and ``runs/KEY.npz``, to which runs are only added."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.table = folder / "runs.csv"
        (folder / "runs").mkdir(parents=True, exist_ok=True)

    def rows(self, keys=None) -> pd.DataFrame:
        """Return the finished runs, or those of them that `keys` name."""
        if not self.table.exists():
            return pd.DataFrame(columns=COLUMNS)
        rows = pd.read_csv(self.table, keep_default_na=False, na_values=[""], dtype={"key": str})
        rows["normalization"] = rows["normalization"].fillna("")
        # Two processes that share a folder may both have done a run.
        rows = rows.drop_duplicates("key")
        return rows if keys is None else rows[rows["key"].isin(keys)]

    def add(self, key, run, outcome, *, samples, session):
        """Write the data to draw, then the row: a row means that its run is complete."""
        if outcome.curves:
            np.savez_compressed(self._curves(key), **outcome.curves)
        row = {
            "key": key,
            "data": run.data,
            "samples": samples,
            "protocol": run.protocol,
            "run": run.run,
            "units": run.units,
            "max_epochs": run.epochs,
            "session": session,
            **run.model._asdict(),
            **outcome.figures,
        }
        with self.table.open("a", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            if file.tell() == 0:
                writer.writeheader()
            writer.writerow(row)

    def curves(self, key):
        """Return the data to draw of a run."""
        with np.load(self._curves(key)) as archive:
            return dict(archive)

    def _curves(self, key):
        return self.folder / "runs" / f"{key}.npz"
