"""The training loop of both classifiers: skorch's, with one loss for each layer."""

from __future__ import annotations

import copy
import warnings
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from skorch import NeuralNet
from skorch.callbacks import Callback, EarlyStopping

from ..nn import (
    BatchIterator,
    ForwardForwardRNN,
    Network,
    SequenceDataset,
    start_at_threshold,
)
from ._averaging import AverageOverEpochs
from ._callback_list import layer_loss_names, training_callbacks
from ._callbacks import REMEDY, StopOnDivergence
from ._layer_group import is_rank
from ._layer_ranks import LayerRanks, follow
from ._options import TrainingOptions
from ._outcome import LayerLostError, Training


class Trainer(NeuralNet):
    """skorch's training loop for a network that yields several losses.

    Each loss is propagated back at once, so that a layer frees its memory before the next one is
    computed.

    Parameters
    ----------
    *args, **kwargs : objects
        Arguments of `skorch.NeuralNet`.
    max_grad_norm : float or None
        Largest norm of the gradient of a layer; a longer gradient is clipped.
    average : AverageOverEpochs or None
        Average of the weights, to validate and keep instead of the weights.
    ranks : LayerRanks or None
        Processes that train the layers side by side; None trains the layers in turn.
    """

    def __init__(
        self,
        *args: Any,
        max_grad_norm: float | None = None,
        average: AverageOverEpochs | None = None,
        ranks: LayerRanks | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.max_grad_norm = max_grad_norm
        self.average = average
        self.ranks = ranks
        self.lost: LayerLostError | None = None

    def run_single_epoch(self, iterator: Any, training: bool, prefix: str, **kwargs: Any) -> None:
        """Run an epoch: skorch's, or in the processes of the layers if there are any."""
        if not training:
            super().run_single_epoch(iterator, training=training, prefix=prefix, **kwargs)
            return
        if self.ranks is not None:  # they hold the weights that are trained
            self._run_ranks(iterator, self.ranks)
        else:
            if self.average is not None:
                self.average.restore_weights()
            super().run_single_epoch(iterator, training=training, prefix=prefix, **kwargs)
        if self.average is not None:
            self.average.swap_in_average()

    def _run_ranks(self, iterator: Any, ranks: LayerRanks) -> None:
        learning_rate = self.optimizer_.param_groups[0]["lr"]
        n_batches = 0
        try:
            for size, losses in ranks.train_epoch(iterator.order(), learning_rate):
                n_batches += 1
                self.history.new_batch()
                step = self._record("train", [torch.tensor(loss) for loss in losses])
                self.history.record_batch("train_loss", step["loss"].item())
                self.history.record_batch("train_batch_size", size)
        except LayerLostError as error:
            self.lost = error
            raise KeyboardInterrupt from error  # skorch's way to end training
        self.history.record("train_batch_count", n_batches)

    def train_step_single(self, batch: Any, **_: Any) -> dict[str, torch.Tensor]:
        """Accumulate the gradients of one batch."""
        self.module_.train()
        losses = []
        for loss in self.module_.layer_losses(batch):
            loss.backward()
            losses.append(loss.detach())
        if self.max_grad_norm is not None:
            # By layer: with a norm over all layers, one could slow down another.
            for block in self.module_.parameter_blocks():
                torch.nn.utils.clip_grad_norm_(block, self.max_grad_norm)
        return self._record("train", losses)

    def validation_step(self, batch: Any, **_: Any) -> dict[str, torch.Tensor]:
        """Compute the losses and the scores of one batch."""
        self.module_.eval()
        with torch.inference_mode():
            losses, scores = self.module_.evaluate(batch)
        return {**self._record("valid", losses), "y_pred": scores}

    def _record(self, prefix: str, losses: list[torch.Tensor]) -> dict[str, torch.Tensor]:
        values = torch.stack(losses)
        if len(losses) > 1:
            for i, value in enumerate(values.tolist()):
                self.history.record_batch(f"{prefix}_loss_layer_{i}", value)
        return {"loss": values.sum()}

    def fit_loop(self, *args: Any, **kwargs: Any) -> Any:
        """Run skorch's loop; warn if the user ended it by Ctrl-C."""
        try:
            return super().fit_loop(*args, **kwargs)
        except KeyboardInterrupt:
            ended = any(_ended_training(callback) for _, callback in self.callbacks_)
            if self.has_learnt() and not ended and self.lost is None:
                warnings.warn(
                    f"Training was interrupted in epoch {len(self.history)}; the model is that of "
                    "the best epoch so far, or the current one if there is no validation part. "
                    "Call fit again to train anew.",
                    UserWarning,
                    stacklevel=2,
                )
            raise

    def has_learnt(self) -> bool:
        """Tell whether the network has learnt from at least one batch."""
        return any("train_loss" in batch for epoch in self.history for batch in epoch["batches"])


def _ended_training(callback: Callback) -> bool:
    if isinstance(callback, EarlyStopping):
        return bool(callback.misses_ >= callback.patience)
    return isinstance(callback, StopOnDivergence) and bool(callback.diverged_)


def make_generator(random_state: np.random.RandomState) -> torch.Generator:
    """Return a torch generator with a seed drawn from `random_state`."""
    return torch.Generator().manual_seed(int(random_state.randint(2**31 - 1)))


def train(
    network: Network,
    dataset: SequenceDataset,
    validation: SequenceDataset | None,
    options: TrainingOptions,
    *,
    untrained: bool,
    generator: torch.Generator | None,
    optimizer_state: dict[str, Any] | None = None,
) -> Training:
    """Train `network` in place; with `validation`, restore its best epoch.

    Parameters
    ----------
    network : Network
        The network.
    dataset : SequenceDataset
        Data to train on.
    validation : SequenceDataset or None
        Data to choose the best epoch by.
    options : TrainingOptions
        How to train.
    untrained : bool
        Whether the network has not been trained yet. If so, a Forward-Forward network is first
        scaled to its thresholds.
    generator : torch.Generator, optional
        Shuffles the sequences; None keeps their order.
    optimizer_state : dict, optional
        State of Adam to continue from.
    """
    if isinstance(network, ForwardForwardRNN):
        if options.layer_parallel and is_rank() and dist.get_rank() > 0:
            return follow(network)
        if untrained:
            start_at_threshold(network, dataset)
    losses = layer_loss_names(network, has_validation=validation is not None)
    trainer = Trainer(
        network,
        criterion=torch.nn.Identity,  # the network computes its losses
        optimizer=torch.optim.Adam,
        lr=options.learning_rate_init,
        optimizer__weight_decay=options.alpha,
        max_epochs=options.max_iter,
        batch_size=options.batch_size,
        iterator_train=BatchIterator,
        iterator_train__generator=generator,
        iterator_valid=BatchIterator,
        train_split=lambda data, y=None, **_: (data, validation),
        callbacks=training_callbacks(
            options,
            losses,
            n_batches=len(BatchIterator(dataset, options.batch_size)),
            has_validation=validation is not None,
        ),
        callbacks__print_log=None,
        verbose=0,
        device=None,  # network and data are on their device already
        max_grad_norm=options.max_grad_norm,
        average=AverageOverEpochs(network) if options.average else None,
    )
    trainer.initialize()
    # Adam changes its moments in place; the caller keeps its own, in case training fails.
    optimizer_state = copy.deepcopy(optimizer_state)
    if optimizer_state is not None:
        trainer.optimizer_.load_state_dict(optimizer_state)
        for group in trainer.optimizer_.param_groups:  # keep the moments, not the old settings
            group.update(lr=options.learning_rate_init, weight_decay=options.alpha)
    if not options.layer_parallel:
        trainer.partial_fit(dataset, y=None)
        return _outcome(trainer, options.watched, losses, trainer.optimizer_.state_dict())
    assert isinstance(network, ForwardForwardRNN)  # the baseline has a single loss
    with LayerRanks(network, dataset, options, optimizer_state) as trainer.ranks:
        trainer.partial_fit(dataset, y=None)
        final_state = {**trainer.optimizer_.state_dict(), "state": trainer.ranks.moments}
        training = _outcome(trainer, options.watched, losses, final_state)
        trainer.ranks.share(training)
    return training


def _outcome(trainer: Trainer, watched: str, losses: list[str], state: dict[str, Any]) -> Training:
    """Return the result of the training; only epochs with all losses are in its history."""
    if not trainer.has_learnt():
        # skorch has caught it, but there is no model to return.
        raise trainer.lost or KeyboardInterrupt
    network = trainer.module_.eval()
    recorded = {"train_loss", watched, *losses}
    history = [
        {key: value for key, value in epoch.items() if key != "batches"}
        for epoch in trainer.history
        if recorded <= epoch.keys()  # an interrupted epoch lacks some
    ]
    check_learnt(network, [epoch[watched] for epoch in history])
    # After divergence the moments are useless: they would spoil the weights at the next update.
    diverged = dict(trainer.callbacks_)["stop_on_divergence"].diverged_
    return Training(history, None if diverged else state, trainer.lost)


def check_learnt(network: Network, losses: list[float]) -> None:
    """Raise a ValueError if no loss is finite, or if a weight is not."""
    # No loss at all: training was interrupted in the first epoch.
    learnt = np.isfinite(losses).any() or not losses
    if not learnt or not all(bool(p.isfinite().all()) for p in network.parameters()):
        raise ValueError(f"Training produced weights or losses that are not finite. {REMEDY}")
