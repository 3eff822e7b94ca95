"""Layers trained side by side, each in a process of its own.

A Forward-Forward layer needs nothing from the layers above it. So while the second layer learns
from a batch, the first can learn from the next one; activations are handed on through shared
memory (layer-parallel Forward-Forward, arXiv:2404.08573). Every layer sees the same batches, and
the activations of the same weights below, as when they take turns: the result is the same.
"""

from __future__ import annotations

import copy
import signal
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from multiprocessing import current_process
from multiprocessing.connection import wait
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np
import torch
from joblib.externals.loky.backend import get_context
from torch.optim.lr_scheduler import OneCycleLR

from ..nn import BatchIterator, ForwardForwardRNN, SequenceDataset
from ._one_cycle import one_cycle
from ._options import TrainingOptions

# Batches that a layer may be ahead of the next one.
AHEAD = 2


def may_start_workers(device: torch.device) -> bool:
    """Tell whether layers can be trained side by side on `device`, with a warning where not.

    Raises
    ------
    ValueError
        If `device` is not the CPU.
    """
    if device.type != "cpu":
        raise ValueError(
            f"layer_parallel=True trains on the CPU, not on {device}; set device='cpu', or "
            "layer_parallel=False."
        )
    daemon = current_process().daemon
    if daemon:
        warnings.warn(
            "layer_parallel=True trains the layers in turn here, with the same result: this "
            "process is a daemon (a worker of Dask or multiprocessing), which may start no "
            "other. Set layer_parallel=False.",
            UserWarning,
            stacklevel=6,
        )
    return not daemon


class _Slots:
    """A ring of batches of activations, written by one process and read by the next."""

    def __init__(self, context: Any, max_steps: int, n_units: int, dtype: np.dtype) -> None:
        self.shape = (AHEAD, max_steps, n_units)
        self.dtype = dtype
        size = int(np.prod(self.shape)) * dtype.itemsize
        self.memory = SharedMemory(create=True, size=size)
        self.free = context.Semaphore(AHEAD)
        self.filled = context.Semaphore(0)

    def __getitem__(self, k: int) -> torch.Tensor:
        """Return the place of batch `k`."""
        ring = np.ndarray(self.shape, self.dtype, buffer=self.memory.buf)
        return torch.from_numpy(ring[k % AHEAD])

    def close(self) -> None:
        """Give the memory back; for the process that made it."""
        self.memory.close()
        self.memory.unlink()


class LayerWorkers:
    """One process a layer, for as long as the `with` block lasts.

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

    def __enter__(self) -> LayerWorkers:
        context = get_context("loky")
        network, dataset, n_layers = self.network, self.dataset, len(self.network.layers)
        dtype = np.dtype(str(dataset.values.dtype).removeprefix("torch."))
        copies = network.n_classes if network.n_classes > 2 else 1
        n_units = [layer.recurrent.n_units for layer in network.layers]
        longest = dataset.lengths.sort(descending=True).values[: self.options.batch_size]
        max_steps = int(longest.sum()) * copies
        self.connections: list[Any] = []
        self.processes: list[Any] = []
        with ExitStack() as stack:
            between = [
                stack.enter_context(
                    closing(_Slots(context, max_steps, n_units[i], dtype))
                )
                for i in range(n_layers - 1)
            ]
            for i in range(n_layers):
                ours, theirs = context.Pipe()
                below = between[i - 1] if i > 0 else None
                above = between[i] if i < n_layers - 1 else None
                process = context.Process(target=_work, args=(i, below, above, theirs))
                process.start()
                stack.callback(_stop, process, ours)
                theirs.close()
                self.connections.append(ours)
                self.processes.append(process)
            # Above the first layer, sequences are known by their lengths alone.
            no_channels = dataset.values.new_empty(len(dataset.values), 0)
            blank = SequenceDataset(no_channels, dataset.lengths, dataset.target, dataset.weight)
            for i, connection in enumerate(self.connections):
                moments = _of_layer(self.optimizer_state, network, i)
                connection.send((network, blank if i else dataset, self.options, moments))
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_: Any) -> None:
        self.stack.close()

    def train_epoch(
        self, order: torch.Tensor, learning_rate: float
    ) -> Iterator[tuple[int, list[float]]]:
        """Train on all sequences in the order given; yield size and losses of each batch."""
        for connection in self.connections:
            connection.send((order.numpy(), learning_rate))
        by_layer: list[list[float]] = []
        moments: list[dict[str, torch.Tensor]] = []
        for i, (tensors, own_moments, by_batch) in enumerate(self._answers()):
            moments += [
                {name: torch.from_numpy(value) for name, value in moment.items()}
                for moment in own_moments
            ]
            for mine, theirs in zip(_tensors(self.network, i), tensors, strict=True):
                mine.data.copy_(torch.from_numpy(theirs))
            by_layer.append(by_batch)
        self.moments = dict(enumerate(moments))
        sizes = [len(index) for index in order.split(self.options.batch_size)]
        yield from zip(sizes, map(list, zip(*by_layer, strict=True)), strict=True)

    def _answers(self) -> list[Any]:
        """Return what each layer says; the first error is the caller's, whoever waits for it."""
        answers: dict[Any, Any] = {}
        while len(answers) < len(self.connections):
            ready: list[Any] = wait([c for c in self.connections if c not in answers])
            for connection in ready:
                answers[connection] = connection.recv()
                if isinstance(answers[connection], Exception):
                    raise answers[connection]
        return [answers[connection] for connection in self.connections]


def _stop(process: Any, connection: Any) -> None:
    process.terminate()  # it waits for work, or for a process that is gone
    process.join()
    connection.close()


def _of_layer(
    state: dict[str, Any] | None, network: ForwardForwardRNN, i: int
) -> dict[int, Any] | None:
    """Return the moments of the parameters of layer `i`."""
    if state is None:
        return None
    counts = [len(block) for block in network.parameter_blocks()]
    first = sum(counts[:i])
    return {k: state["state"][first + k] for k in range(counts[i])}


def _tensors(network: ForwardForwardRNN, i: int) -> list[torch.Tensor]:
    """Return all that learning in layer `i` changes."""
    modules = [network.layers[i], *([network.differences] if i == 0 else [])]
    return [tensor for module in modules for tensor in module.state_dict().values()]


def _work(i: int, below: _Slots | None, above: _Slots | None, connection: Any) -> None:
    """Train layer `i`, an epoch for each order of the sequences that comes in."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the caller to act on
    torch.set_num_threads(1)
    try:
        network, dataset, options, moments = connection.recv()
        network = copy.deepcopy(network)  # what is sent lies in memory that both ends share
        block = network.parameter_blocks()[i]
        optimizer = torch.optim.Adam(block, weight_decay=options.alpha)
        if moments is not None:
            state = optimizer.state_dict()
            optimizer.load_state_dict({**state, "state": moments})
        schedule = None
        if options.learning_rate == "one_cycle":
            n_batches = len(BatchIterator(dataset, options.batch_size))
            cycle = one_cycle(options.learning_rate_init, options.max_iter * n_batches)
            schedule = OneCycleLR(optimizer, **cycle)
        network.train()
        while True:
            order, learning_rate = connection.recv()
            if schedule is None:
                for group in optimizer.param_groups:
                    group.update(lr=learning_rate)
            losses = []
            for k, index in enumerate(torch.from_numpy(order).split(options.batch_size)):
                loss = _learn(i, k, network, dataset, index, below, above)
                if options.max_grad_norm is not None:
                    torch.nn.utils.clip_grad_norm_(block, options.max_grad_norm)
                optimizer.step()
                if schedule is not None:
                    schedule.step()
                optimizer.zero_grad()
                losses.append(loss)
            tensors = [tensor.detach().numpy().copy() for tensor in _tensors(network, i)]
            moments = [
                {name: value.numpy().copy() for name, value in moment.items()}
                for moment in optimizer.state_dict()["state"].values()
            ]
            connection.send((tensors, moments, losses))
    except (EOFError, BrokenPipeError):
        return  # the other end is done
    except Exception as error:
        connection.send(error)


def _learn(
    i: int,
    k: int,
    network: ForwardForwardRNN,
    dataset: SequenceDataset,
    index: torch.Tensor,
    below: _Slots | None,
    above: _Slots | None,
) -> float:
    """Compute the gradient of layer `i` on batch `k`, and hand on its activations first."""
    x, positive, weight = network.positives_and_negatives(dataset.batch(index))
    n_steps = len(x.sample)
    if below is None:
        x = network.differences(x, weight)
    else:
        below.filled.acquire()
        x = x.with_steps(below[k][:n_steps])
    layer = network.layers[i]
    goodness, hidden = layer(x)
    loss = layer.loss(goodness, positive, weight)
    if above is not None:
        above.free.acquire()
        above[k][:n_steps].copy_(layer.normalize(hidden.detach(), weight).steps)
        above.filled.release()
    loss.backward()
    if below is not None:
        below.free.release()
    return float(loss.detach())
