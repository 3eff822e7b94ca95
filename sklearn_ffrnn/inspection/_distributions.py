"""Fit distributions to goodness and compare them with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

# With their fixed parameters: an exponential starts at 0, because no mean of squares is less.
FAMILIES: dict[str, tuple[Any, dict[str, float]]] = {
    "normal": (stats.norm, {}),
    "exponential": (stats.expon, {"floc": 0.0}),
}


def fit_distributions(goodness: np.ndarray, rows: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Fit each distribution to each class in each layer, by maximum likelihood.

    Parameters
    ----------
    goodness : ndarray of shape (n_samples, n_layers)
        What to fit to. If some of it is negative, no exponential is fitted.
    rows : mapping of str to ndarray of bool of shape (n_samples,)
        The samples of each class.

    Returns
    -------
    fits : DataFrame
        Columns ``layer`` (from 1), ``class_name``, ``distribution``, ``loc``, ``scale`` and
        ``ks_distance``, the largest difference between the fitted and the empirical cumulative
        distribution. No row where all values of a class are the same.
    """
    fits = []
    for i, of_layer in enumerate(goodness.T, start=1):
        for class_name, chosen in rows.items():
            values = of_layer[chosen]
            if not len(values) or np.ptp(values) == 0:
                continue  # a collapsed layer, whose width is 0
            for name, (family, fixed) in FAMILIES.items():
                if name == "exponential" and goodness.min() < 0:
                    continue
                loc, scale = family.fit(values, **fixed)
                distance = stats.kstest(values, family(loc, scale).cdf).statistic
                fits.append((i, class_name, name, loc, scale, distance))
    columns = ["layer", "class_name", "distribution", "loc", "scale", "ks_distance"]
    return pd.DataFrame(fits, columns=columns)


def density(name: str, loc: float, scale: float, at: np.ndarray) -> np.ndarray:
    """Return the density of the distribution `name`."""
    family, _ = FAMILIES[name]
    return family(loc, scale).pdf(at)
