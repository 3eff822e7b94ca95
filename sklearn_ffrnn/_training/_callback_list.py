"""The callbacks of a training run, in the order in which skorch calls them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from skorch.callbacks import Callback, EarlyStopping, LRScheduler, PassthroughScoring
from torch.optim.lr_scheduler import OneCycleLR

from ..nn import Network
from ._callbacks import FitProgress, StopOnDivergence, ValidationScore
from ._one_cycle import one_cycle
from ._options import TrainingOptions


def training_callbacks(
    options: TrainingOptions, losses: Sequence[str], *, n_batches: int, has_validation: bool
) -> list[tuple[str, Any]]:
    """Return all callbacks with their names, in order.

    Parameters
    ----------
    options : TrainingOptions
        How to train.
    losses : sequence of str
        Names of the layer losses to record.
    n_batches : int
        Number of batches, hence of updates, in an epoch.
    has_validation : bool
        Whether there is a validation part. If so, the best epoch is restored.
    """
    patience, tolerance = options.n_iter_no_change, options.tol
    callbacks: list[tuple[str, Any]] = []
    if has_validation:
        callbacks.append(("validation_score", ValidationScore()))
    for name in losses:
        callbacks.append((name, PassthroughScoring(name, on_train=name.startswith("train"))))
    if options.verbose:
        callbacks.append(("progress", FitProgress()))
    # User callbacks come before those that end training, so that they see the last epoch too.
    callbacks += named_callbacks(options.callbacks or ())
    callbacks.append(("stop_on_divergence", StopOnDivergence()))
    if options.learning_rate == "one_cycle":
        cycle = one_cycle(options.learning_rate_init, options.max_iter * n_batches)
        schedule = LRScheduler(OneCycleLR, **cycle, step_every="batch")
        callbacks.append(("learning_rate", schedule))
        patience = options.max_iter  # the best epochs come late, when the rate has fallen
    if options.learning_rate == "adaptive":
        schedule = LRScheduler(
            "ReduceLROnPlateau",
            monitor=options.watched,
            factor=0.5,
            patience=patience // 2,
            threshold=tolerance,
            threshold_mode="abs",
        )
        callbacks.append(("learning_rate", schedule))
    stopping = EarlyStopping(
        monitor=options.watched,
        patience=patience,
        threshold=tolerance,
        threshold_mode="abs",
        load_best=has_validation,
    )
    callbacks.append(("early_stopping", stopping))
    return callbacks


def layer_loss_names(network: Network, *, has_validation: bool) -> list[str]:
    """Return the names of the layer losses in the history; none if there is only one loss."""
    n_losses = len(network.parameter_blocks())
    prefixes = ["train", "valid"] if has_validation else ["train"]
    layers = range(n_losses if n_losses > 1 else 0)
    return [f"{prefix}_loss_layer_{i}" for prefix in prefixes for i in layers]


def named_callbacks(callbacks: Sequence[Any]) -> list[tuple[str, Any]]:
    """Return the user's skorch callbacks, instances or classes, as pairs with a name.

    Raises
    ------
    TypeError
        If an entry is not a skorch callback; the message names it.
    """
    named = []
    for i, entry in enumerate(callbacks):
        pair = entry if isinstance(entry, tuple) and len(entry) == 2 else (f"user_{i}", entry)
        is_class = isinstance(pair[1], type) and issubclass(pair[1], Callback)
        if not isinstance(pair[0], str) or not (is_class or isinstance(pair[1], Callback)):
            raise TypeError(
                f"callbacks[{i}] is {entry!r}; give a skorch.callbacks.Callback, or a pair of a "
                "name and one."
            )
        named.append(pair)
    return named
