"""How a network is trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TrainingOptions:
    """Options of a training, named and meant as the classifiers' parameters.

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
