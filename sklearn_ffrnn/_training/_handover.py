"""How activations get from the process of one layer to that of the next.

Through memory that both share if the fit has started them on one host: a message of that size costs
three times as much on the loopback. Else in messages.
"""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import torch
import torch.distributed as dist
from torch import Tensor

from ._layer_group import connected

# Batches that a layer may be ahead of the next one.
AHEAD = 2
# Where Linux keeps files in memory.
MEMORY = "/dev/shm"


class Way(NamedTuple):
    """From a layer to the next: the places for batches (`AHEAD`, most steps, units), and where."""

    shape: tuple[int, int, int]
    dtype: torch.dtype
    file: str | None = None  # None stands for messages


@contextmanager
def shared_memory(ways: Sequence[Way]) -> Iterator[list[Way]]:
    """Yield the ways as files in memory, or as they are if there is no room for all."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(TemporaryDirectory(dir=MEMORY))
            shared = [_reserve(way, Path(folder, str(i))) for i, way in enumerate(ways)]
        except (OSError, AttributeError):  # other systems lack the folder, or the function
            shared = list(ways)
        yield shared


def _reserve(way: Way, path: Path) -> Way:
    with path.open("wb") as file:  # without room, a process would die when it writes
        os.posix_fallocate(file.fileno(), 0, math.prod(way.shape) * way.dtype.itemsize)
    return way._replace(file=str(path))


class Handover:
    """What process `i` hands to process `i` + 1; each makes one, and uses its own end.

    Parameters
    ----------
    i : int
        The process that hands on.
    way : Way
        How it does.
    device : torch.device
        Where the activations are.
    group : ProcessGroup or None
        Of the processes; None stands for the default group.
    """

    def __init__(self, i: int, way: Way, device: torch.device, group: Any) -> None:
        self.i = i
        self.way = way
        self.device = device
        self.group = group
        self.shared: Tensor | None = None
        if way.file is not None:
            size = math.prod(way.shape)
            memory = torch.from_file(way.file, shared=True, size=size, dtype=way.dtype)
            self.shared = memory.view(way.shape)
        self.underway: deque[Any] = deque()

    def nothing(self, n_steps: int) -> Tensor:
        """Return a batch of so many steps that stands for one that failed."""
        return torch.empty(n_steps, self.way.shape[2], dtype=self.way.dtype, device=self.device)

    def receive(self, sizes: Sequence[int]) -> Iterator[Tensor]:
        """Yield batches of so many steps; one is overwritten when the next is asked for."""
        places = self.shared
        if places is None:
            places = torch.empty(self.way.shape, dtype=self.way.dtype, device=self.device)
        wanted = [places[k % AHEAD, :size] for k, size in enumerate(sizes)]
        incoming = wanted if self.shared is None else [_sign() for _ in sizes]
        coming: deque[Any] = deque()
        for k, batch in enumerate(wanted):
            with connected():
                for message in incoming[k + len(coming) : k + AHEAD]:
                    coming.append(dist.irecv(message, self.i, group=self.group))
                coming.popleft().wait()
            yield batch
            if self.shared is not None and k + AHEAD < len(sizes):
                self._send(_sign(), self.i)  # that the place is free

    def send(self, k: int, batch: Tensor) -> None:
        """Hand on batch `k` of an epoch; wait if the next layer is too far behind."""
        batch = batch.to(self.way.dtype)
        if self.shared is not None:
            if k >= AHEAD:
                with connected():
                    dist.recv(_sign(), self.i + 1, group=self.group)
            self.shared[k % AHEAD, : len(batch)].copy_(batch)
            batch = _sign()
        self._send(batch, self.i + 1)

    def finish(self) -> None:
        """Wait until all has arrived."""
        with connected():
            while self.underway:
                self.underway.popleft().wait()

    def _send(self, message: Tensor, to: int) -> None:
        with connected():
            if len(self.underway) == AHEAD:
                self.underway.popleft().wait()
            self.underway.append(dist.isend(message, to, group=self.group))


def _sign() -> Tensor:
    """Return a message that says enough by coming."""
    return torch.zeros(1, dtype=torch.uint8)
