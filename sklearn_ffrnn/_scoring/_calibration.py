"""Calibration: from scores to probabilities."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize, root
from scipy.special import expit, log_softmax, softmax

from .._typing import FloatArray

# A larger slope only means that the classes are separable in few samples.
MAX_LOG_SLOPE = np.log(1e3)


class Calibration:
    """Platt scaling of one score per class: ``softmax(slope * scores + intercept)``.

    With two classes this is Platt's (1999) sigmoid. With more, all classes share one slope and
    each has its own intercept. The slope is positive: calibration shifts and scales scores but
    does not reverse their order.

    Attributes
    ----------
    slope : float
        Factor on the scores; 1 before :meth:`fit`.
    intercept : ndarray of shape (n_classes,)
        Shift of each class; 0 for the first.
    """

    def __init__(self, n_classes: int) -> None:
        self.slope = 1.0
        self.intercept: FloatArray = np.zeros(n_classes)

    def fit(
        self, scores: np.ndarray, target: np.ndarray, weight: np.ndarray | None = None
    ) -> Calibration:
        """Maximise the likelihood of `target` under smoothed labels.

        Parameters
        ----------
        scores : ndarray of shape (n,) or (n, n_classes)
            One score for class 1, or one for every class.
        target : ndarray of int of shape (n,)
            Class of each sample.
        weight : ndarray of shape (n,), optional
            Weight of each sample.
        """
        n_classes = len(self.intercept)
        weight = np.ones(len(target)) if weight is None else weight
        columns = self._columns(scores)
        spread = columns.std() or 1.0
        columns = columns / spread
        # Platt's targets: (N + 1) / (N + n_classes) for a class of N samples. With targets of 1,
        # separable samples would lead to an infinite slope.
        totals = np.bincount(target, weight, minlength=n_classes)[target]
        soft = np.repeat(1 / (totals + n_classes)[:, None], n_classes, axis=1)
        soft[np.arange(len(target)), target] = (totals + 1) / (totals + n_classes)
        soft *= (weight / weight.sum())[:, None]

        def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
            slope = np.exp(parameters[0])
            log_p = log_softmax(slope * columns + np.append(0, parameters[1:]), axis=1)
            excess = soft.sum(axis=1, keepdims=True) * np.exp(log_p) - soft
            gradient = np.append(slope * (excess * columns).sum(), excess.sum(axis=0)[1:])
            return -(soft * log_p).sum(), gradient

        start = np.zeros(n_classes)
        bounds = [(-MAX_LOG_SLOPE, MAX_LOG_SLOPE)] + [(None, None)] * (n_classes - 1)
        fitted = minimize(
            loss,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 1000},
        ).x
        fitted = _polished(fitted, lambda parameters: loss(parameters)[1])
        self.slope = float(np.exp(fitted[0]) / spread)
        self.intercept = np.append(0.0, fitted[1:])
        return self

    def logits(self, scores: FloatArray) -> FloatArray:
        """Return log-odds (n,) of class 1, or unnormalised log-probabilities (n, n_classes)."""
        shift = self.intercept[1:] if len(self.intercept) == 2 else self.intercept
        return self.slope * scores + shift

    def log_loss(
        self, scores: np.ndarray, target: np.ndarray, weight: np.ndarray | None = None
    ) -> float:
        """Return the mean log loss of the calibrated probabilities; arguments as in `fit`."""
        log_p = log_softmax(self._columns(self.logits(scores)), axis=1)
        return float(np.average(-log_p[np.arange(len(target)), target], weights=weight))

    def _columns(self, scores: np.ndarray) -> np.ndarray:
        if scores.ndim == 1:
            return np.column_stack([np.zeros_like(scores), scores])
        return scores


def _polished(parameters: FloatArray, gradient: Callable[[FloatArray], FloatArray]) -> FloatArray:
    """Return the root of the gradient near `parameters`.

    A minimiser that compares losses finds only half of the digits of a minimum; the others would
    depend on the order of the samples.
    """
    polished = root(gradient, parameters, options={"xtol": 1e-14}).x
    inside = abs(polished[0]) <= MAX_LOG_SLOPE
    closer = np.abs(gradient(polished)).max() < np.abs(gradient(parameters)).max()
    return polished if inside and closer else parameters


def to_probabilities(decision: np.ndarray) -> np.ndarray:
    """Turn calibrated log-odds into (n, n_classes) probabilities."""
    if decision.ndim == 1:
        return np.column_stack([expit(-decision), expit(decision)])
    return softmax(decision, axis=1)


def fit_calibrations(
    scores: np.ndarray, target: np.ndarray, weight: np.ndarray | None, n_classes: int
) -> list[Calibration]:
    """Return one calibration for each stage; `scores` are (n, n_stages[, n_classes])."""
    return [
        Calibration(n_classes).fit(scores[:, stage], target, weight)
        for stage in range(scores.shape[1])
    ]
