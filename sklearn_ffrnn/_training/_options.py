"""The options of a training run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TrainingOptions:
    """Options of a training run; most are parameters of the classifiers, described there.

    `watched` is the entry of the history that decides which epoch is best, and when to stop.
    """

    watched: str
    max_iter: int
    batch_size: int
    learning_rate_init: float
    learning_rate: str
    alpha: float
    max_grad_norm: float | None
    average: bool
    tol: float
    n_iter_no_change: int
    verbose: int
    callbacks: Any = None
    layer_parallel: bool = False
