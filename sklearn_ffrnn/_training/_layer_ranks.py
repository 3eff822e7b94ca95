"""Layers trained side by side, each in a process of its own.

A Forward-Forward layer needs nothing from the layers above it. So while the second layer learns
from a batch, the first can learn from the next one; activations are handed on through
`torch.distributed` (layer-parallel Forward-Forward, arXiv:2404.08573). Every layer sees the same
batches, and the activations of the same weights below, as when they take turns: the result is the
same.

The process of the first layer leads: it holds the loop, the callbacks and the held-out part, and
tells the others what comes next.
"""

from __future__ import annotations

import copy
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor

from ..nn import ForwardForwardRNN, SequenceDataset
from ._layer_group import connected, is_rank, joined_group, started_group, what_ended
from ._options import TrainingOptions
from ._outcome import LayerLostError, Training
from ._own_layer import Learnt, OwnLayer, Task, layer_tensors


class _Epoch(NamedTuple):
    """Order of the sequences, and the learning rate where no schedule sets it."""

    order: Tensor
    learning_rate: float


class LayerRanks:
    """One process a layer, for as long as the `with` block lasts; this one trains the first.

    Network and moments are those after the last epoch that all layers finished.

    Parameters
    ----------
    network : ForwardForwardRNN
        To train.
    dataset : SequenceDataset
        What to train on.
    options : TrainingOptions
        How to train.
    optimizer_state : dict or None
        State of an Adam over all parameters, to go on from.

    Attributes
    ----------
    moments : dict
        The "state" of an Adam over all parameters.
    processes : list
        Those that were started for this fit; none if the user's program started all.
    """

    def __init__(
        self,
        network: ForwardForwardRNN,
        dataset: SequenceDataset,
        options: TrainingOptions,
        optimizer_state: dict[str, Any] | None,
    ) -> None:
        self.network = network
        self.dataset = dataset
        self.options = replace(options, callbacks=None)  # they are for the caller
        self.optimizer_state = optimizer_state
        self.moments: dict[int, Any] = {}
        self.processes: list[Any] = []
        self.group: Any = None
        self.listening = False  # whether the others wait for what comes next

    def __enter__(self) -> LayerRanks:
        n_layers = len(self.network.layers)
        task = Task(self.network, self.dataset, self.options, self.optimizer_state)
        with ExitStack() as stack:
            if is_rank():
                self.group = stack.enter_context(joined_group(n_layers))
            else:
                self.processes = stack.enter_context(started_group(n_layers, _work))
            self.own = OwnLayer(0, task, self.group)
            self._tell(_of_followers(task, torch.device("cpu")))
            self.listening = True
            self.stack = stack.pop_all()
        return self

    def __exit__(self, _: Any, error: BaseException | None, __: Any) -> None:
        with self.stack:
            if error is not None and not self.processes and self.listening:
                self._tell(RuntimeError(f"The process of the first layer gave up: {error!r}"))

    def share(self, training: Training) -> None:
        """Give the trained network to the processes of the user's program."""
        if self.listening and not self.processes:
            self._tell((copy.deepcopy(self.network).cpu().state_dict(), training))
            self.listening = False

    def train_epoch(self, order: Tensor, learning_rate: float) -> Iterator[tuple[int, list[float]]]:
        """Train on all sequences in the order given; yield size and losses of each batch.

        Raises
        ------
        LayerLostError
            If the process of another layer is gone.
        """
        self.listening = False
        with _one_thread() if self.processes else nullcontext():
            try:
                self._tell(_Epoch(order, learning_rate))
                learnt = _exchange(self.own.learn(order, learning_rate), self.group)
            except LayerLostError as error:
                for process in self.processes:
                    process.join(timeout=1)  # each ends when a neighbour does
                ended = what_ended(self.processes)
                raise error if ended is None else LayerLostError(ended) from error
        self.moments = _take_over(self.network, learnt)
        self.listening = True
        sizes = [len(index) for index in order.split(self.options.batch_size)]
        by_layer = [layer.losses for layer in learnt]
        yield from zip(sizes, map(list, zip(*by_layer, strict=True)), strict=True)

    def _tell(self, what: Any) -> None:
        with connected():
            dist.broadcast_object_list([what], src=0, group=self.group)


def follow(network: ForwardForwardRNN) -> Training:
    """Train the layer of this process as that of the first says, and end with the same network.

    Raises
    ------
    LayerLostError
        If the process of another layer is gone before the first epoch is over.
    Exception
        Whatever ended the training in one of the processes.
    """
    with joined_group(len(network.layers)) as group:
        follower = _Follower(group, next(network.parameters()).device)
        try:
            weights, training = follower.follow()
        except LayerLostError as lost:
            if not follower.history:
                raise
            weights = follower.network.state_dict()
            training = Training(follower.history, None, lost)
    network.eval().load_state_dict(weights)
    return training


def _work() -> None:
    """Train a layer in a process that was started for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the caller to act on
    follower = _Follower(None, torch.device("cpu"))
    with suppress(Exception):  # which the caller raises
        follower.follow()


class _Follower:
    """A process that trains another layer than the first, when it is told to.

    Network and history are those after the last epoch that all layers finished.
    """

    def __init__(self, group: Any, device: torch.device) -> None:
        task = _of_followers(_listen(group), device)
        self.group = group
        self.network = task.network
        self.batch_size = task.options.batch_size
        self.own = OwnLayer(dist.get_rank(group), task, group)
        self.history: list[dict[str, Any]] = []

    def follow(self) -> Any:
        """Return the weights and the training that the process of the first layer ends with."""
        while isinstance(message := _listen(self.group), _Epoch):
            learnt = _exchange(self.own.learn(*message), self.group)
            _take_over(self.network, learnt)
            sizes = [len(index) for index in message.order.split(self.batch_size)]
            self.history.append(_losses([layer.losses for layer in learnt], sizes))
        if isinstance(message, Exception):
            raise message
        return message


def _listen(group: Any) -> Any:
    what: list[Any] = [None]
    with connected():
        dist.broadcast_object_list(what, src=0, group=group)
    return what[0]


def _exchange(mine: Learnt | Exception, group: Any) -> list[Learnt]:
    """Return what each layer learnt; raise the error of the lowest that has one."""
    of_each: list[Any] = [None] * dist.get_world_size(group)
    with connected():
        dist.all_gather_object(of_each, mine, group=group)
    for learnt in of_each:
        if isinstance(learnt, Exception):
            raise learnt
    return of_each


def _take_over(network: ForwardForwardRNN, learnt: list[Learnt]) -> dict[int, Any]:
    """Put what each layer learnt into the network; return the moments of all parameters."""
    for i, layer in enumerate(learnt):
        for mine, theirs in zip(layer_tensors(network, i), layer.tensors, strict=True):
            mine.data.copy_(theirs)
    return dict(enumerate(moment for layer in learnt for moment in layer.moments))


def _losses(by_layer: list[list[float]], sizes: list[int]) -> dict[str, Any]:
    """Return the losses of an epoch as the history names them."""
    means = [float(np.average(losses, weights=sizes)) for losses in by_layer]
    return {"train_loss": sum(means)} | {f"train_loss_layer_{i}": m for i, m in enumerate(means)}


def _of_followers(task: Task, device: torch.device) -> Task:
    """Return the task on a device, with the sequences that layers above the first know."""
    dataset = task.dataset
    lengths_alone = SequenceDataset(
        dataset.values.new_empty(len(dataset.values), 0, device=device),
        dataset.lengths.to(device),
        None if dataset.target is None else dataset.target.to(device),
        None if dataset.weight is None else dataset.weight.to(device),
    )
    network = copy.deepcopy(task.network).to(device)
    return task._replace(network=network, dataset=lengths_alone)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Compute on one thread, as every other layer does."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
