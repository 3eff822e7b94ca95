"""Callbacks: stop on divergence, record the validation score, show progress."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from skorch.callbacks import Callback
from tqdm.auto import tqdm

from .._scoring import Calibration

# The whole key of the history, since skorch adds keys that end in _best.
_LAYER_LOSS = re.compile(r"train_loss_layer_\d+")
# Weight of the network's loss in the choice of the best epoch: enough to choose among epochs that
# all rank a small validation part perfectly, too little to outweigh the log loss otherwise.
_TIE_BREAK = 0.01
REMEDY = (
    "Lower learning_rate_init, set max_grad_norm, or scale the input "
    "(VelocityTransformer(scale='dataset'))."
)


class StopOnDivergence(Callback):
    """End training when the loss is not finite, and restore the last weights with a finite loss."""

    def on_train_begin(self, net: Any, **_: Any) -> None:
        """Reset the state."""
        self.diverged_ = False
        self.good_: dict[str, torch.Tensor] | None = None

    def on_epoch_begin(self, net: Any, **_: Any) -> None:
        """Store the weights that the epoch starts from."""
        state = net.module_.state_dict()
        self.start_ = {name: value.clone() for name, value in state.items()}

    def on_epoch_end(self, net: Any, **_: Any) -> None:
        """If the loss is not finite, restore good weights, warn, and end training."""
        # The weights after an epoch are good if they give a finite loss on the next first batch.
        if len(net.history) > 1 and np.isfinite(net.history[-1, "batches", 0, "train_loss"]):
            self.good_ = self.start_
        if np.isfinite(net.history[-1, "train_loss"]):
            return
        self.diverged_ = True
        if self.good_ is None:
            raise ValueError(f"The loss was not finite from the first epoch on. {REMEDY}")
        net.module_.load_state_dict(self.good_)
        warnings.warn(
            f"The loss stopped being finite in epoch {len(net.history)}; the model is that of the "
            f"best epoch before, or of the last one if there is no validation part. {REMEDY}",
            UserWarning,
            stacklevel=2,
        )
        raise KeyboardInterrupt  # skorch's way to end training from a callback


class ValidationScore(Callback):
    """Record measures of the validation scores that do not depend on the scale of goodness.

    ``valid_score`` is the ROC AUC, or the accuracy with more than two classes.
    ``valid_log_loss`` is the log loss of the calibrated probabilities. ``valid_criterion``, which
    decides which epoch is best, adds a hundredth of the network's loss to break ties: the loss
    itself grows with confidence long before the ranking gets worse.
    """

    def on_epoch_begin(self, net: Any, **_: Any) -> None:
        """Start new lists."""
        self.scores_: list[np.ndarray] = []
        self.targets_: list[np.ndarray] = []
        self.weights_: list[np.ndarray] = []

    def on_batch_end(self, net: Any, batch: Any, training: bool, **outputs: Any) -> None:
        """Store the scores of a validation batch."""
        if not training:
            self.scores_.append(outputs["y_pred"].mean(dim=1).cpu().numpy())
            self.targets_.append(batch.target.cpu().numpy())
            if batch.weight is not None:
                self.weights_.append(batch.weight.cpu().numpy())

    def on_epoch_end(self, net: Any, **_: Any) -> None:
        """Record the measures of the epoch."""
        scores, target = np.concatenate(self.scores_), np.concatenate(self.targets_)
        weight = np.concatenate(self.weights_) if self.weights_ else None
        self.on_epoch_begin(net)
        score = log_loss = float("nan")
        if np.isfinite(scores).all():
            scores = scores.astype(np.float64)
            n_classes = scores.shape[1] if scores.ndim == 2 else 2
            calibration = Calibration(n_classes).fit(scores, target, weight)
            log_loss = calibration.log_loss(scores, target, weight)
            if scores.ndim == 2:
                score = float((scores.argmax(axis=1) == target).mean())
            elif 0 < target.sum() < len(target):
                score = float(roc_auc_score(target, scores))
        net.history.record("valid_score", score)
        net.history.record("valid_log_loss", log_loss)
        tie_break = _TIE_BREAK * net.history[-1, "valid_loss"]
        net.history.record("valid_criterion", log_loss + tie_break)


class FitProgress(Callback):
    """Show a progress bar over the epochs with the loss of each layer and the time left."""

    def on_train_begin(self, net: Any, **_: Any) -> None:
        """Open the bar."""
        self.bar_ = tqdm(total=net.max_epochs, unit="epoch", desc=type(net.module_).__name__)

    def on_epoch_end(self, net: Any, **_: Any) -> None:
        """Show the losses of the epoch."""
        epoch = net.history[-1]
        shown = {"loss": f"{epoch['train_loss']:.4f}"}
        layers = [epoch[key] for key in epoch if _LAYER_LOSS.fullmatch(key)]
        if layers:
            shown["layers"] = "/".join(f"{value:.3f}" for value in layers)
        if "valid_loss" in epoch:
            shown["valid"] = f"{epoch['valid_loss']:.4f}"
            shown["score"] = f"{epoch['valid_score']:.4f}"
        self.bar_.set_postfix(shown, refresh=False)
        self.bar_.update()

    def on_train_end(self, net: Any, **_: Any) -> None:
        """Close the bar."""
        self.bar_.close()
