"""One of the layers that learn side by side, in the process that trains it."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.optim.lr_scheduler import OneCycleLR

from ..nn import BatchIterator, ForwardForwardRNN, SequenceDataset
from ._handover import AHEAD, Sender, receive
from ._one_cycle import one_cycle
from ._options import TrainingOptions


class Task(NamedTuple):
    """What a process needs to train its layer.

    Above the first layer the sequences of `dataset` are known by their lengths alone;
    `optimizer_state` is that of an Adam over all parameters, to go on from.
    """

    network: ForwardForwardRNN
    dataset: SequenceDataset
    options: TrainingOptions
    optimizer_state: dict[str, Any] | None


class Learnt(NamedTuple):
    """What a layer has after an epoch: its tensors, Adam's moments, and the loss of each batch."""

    tensors: list[Tensor]
    moments: list[dict[str, Tensor]]
    losses: list[float]


def layer_tensors(network: ForwardForwardRNN, i: int) -> list[Tensor]:
    """Return all that learning in layer `i` changes."""
    modules = [network.layers[i], *([network.differences] if i == 0 else [])]
    return [tensor for module in modules for tensor in module.state_dict().values()]


class OwnLayer:
    """Layer `i` of a network, which learns from what process `i` - 1 hands to it.

    Parameters
    ----------
    i : int
        Number of the layer, and of its process.
    task : Task
        Its network is copied: what is learnt here belongs to it only when all layers have learnt.
    group : ProcessGroup or None
        Of the processes; None stands for the default group.
    """

    def __init__(self, i: int, task: Task, group: Any) -> None:
        network, dataset, options, optimizer_state = task
        self.i = i
        self.network = copy.deepcopy(network).train()
        self.dataset = dataset
        self.options = options
        self.group = group
        blocks = self.network.parameter_blocks()
        self.block = blocks[i]
        self.optimizer = torch.optim.Adam(self.block, weight_decay=options.alpha)
        if optimizer_state is not None:
            first = sum(map(len, blocks[:i]))
            moments = {k: optimizer_state["state"][first + k] for k in range(len(self.block))}
            self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": moments})
        self.schedule = None
        if options.learning_rate == "one_cycle":
            n_batches = len(BatchIterator(dataset, options.batch_size))
            cycle = one_cycle(options.learning_rate_init, options.max_iter * n_batches)
            self.schedule = OneCycleLR(self.optimizer, **cycle)
        if i > 0:
            longest = dataset.lengths.sort(descending=True).values[: options.batch_size]
            self.places = self._room(i - 1, AHEAD, self._n_steps(longest))
        self.sender = Sender(i + 1, group) if i + 1 < len(blocks) else None

    def learn(self, order: Tensor, learning_rate: float) -> Learnt | Exception:
        """Learn from all sequences in the order given.

        An error is returned, and the epoch goes on for the other layers, which can be told of it
        when it ends.

        Raises
        ------
        LayerLostError
            If a neighbour is gone.
        """
        if self.schedule is None:
            for group in self.optimizer.param_groups:
                group.update(lr=learning_rate)
        batches = order.split(self.options.batch_size)
        sizes = [self._n_steps(self.dataset.lengths[index]) for index in batches]
        below: Iterable[Tensor | None] = [None] * len(sizes)
        if self.i > 0:
            below = receive(self.places, sizes, self.i - 1, self.group)
        losses: list[float] = []
        first_error = _FirstError()
        for index, size, steps in zip(batches, sizes, below, strict=True):
            hidden = None
            if first_error.kept is None:
                with first_error:
                    loss, hidden = self._forward(index, steps)
                    losses.append(float(loss.detach()))
            if self.sender is not None:
                self.sender.send(self._room(self.i, size) if hidden is None else hidden)
            if first_error.kept is None:
                with first_error:
                    self._update(loss)
        if self.sender is not None:
            self.sender.finish()
        if first_error.kept is not None:
            return first_error.kept
        tensors = [tensor.cpu() for tensor in layer_tensors(self.network, self.i)]
        moments = [
            {name: value.cpu() for name, value in moment.items()}
            for moment in self.optimizer.state_dict()["state"].values()
        ]
        return Learnt(tensors, moments, losses)

    def _forward(self, index: Tensor, steps: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return the loss of a batch, and what the next layer reads."""
        network, layer = self.network, self.network.layers[self.i]
        x, positive, weight = network.positives_and_negatives(self.dataset.batch(index))
        x = network.differences(x, weight) if steps is None else x.with_steps(steps)
        goodness, hidden = layer(x)
        loss = layer.loss(goodness, positive, weight)
        return loss, layer.normalize(hidden.detach(), weight).steps.to(self.dataset.values.dtype)

    def _update(self, loss: Tensor) -> None:
        loss.backward()
        if self.options.max_grad_norm is not None:
            torch.nn.utils.clip_grad_norm_(self.block, self.options.max_grad_norm)
        self.optimizer.step()
        if self.schedule is not None:
            self.schedule.step()
        self.optimizer.zero_grad()

    def _room(self, i: int, *size: int) -> Tensor:
        """Return room for what layer `i` hands on."""
        return self.dataset.values.new_empty(*size, self.network.layers[i].recurrent.n_units)

    def _n_steps(self, lengths: Tensor) -> int:
        """Return how many steps the layers read of sequences of these lengths."""
        copies = self.network.n_classes if self.network.n_classes > 2 else 1
        return int(lengths.sum()) * copies


class _FirstError:
    """Keeps an error instead of raising it."""

    def __init__(self) -> None:
        self.kept: Exception | None = None

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: Any, error: BaseException | None, __: Any) -> bool:
        if isinstance(error, Exception):
            self.kept = error
        return isinstance(error, Exception)
