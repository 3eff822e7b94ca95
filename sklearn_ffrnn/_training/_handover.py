"""How activations get from the process of one layer to that of the next."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import torch.distributed as dist
from torch import Tensor

from ._layer_group import connected

# Batches that a layer may be ahead of the next one.
AHEAD = 2


def receive(places: Tensor, sizes: Sequence[int], source: int, group: Any) -> Iterator[Tensor]:
    """Yield batches of so many steps from process `source`.

    They come into `places` (`AHEAD`, most steps, units): one is overwritten after the next is asked
    for.
    """
    batches = [places[k % AHEAD, :size] for k, size in enumerate(sizes)]
    coming: deque[Any] = deque()
    for k, batch in enumerate(batches):
        with connected():
            for place in batches[k + len(coming) : k + AHEAD]:
                coming.append(dist.irecv(place, source, group=group))
            coming.popleft().wait()
        yield batch


class Sender:
    """Sends batches to process `target`, which may fall back by `AHEAD` of them."""

    def __init__(self, target: int, group: Any) -> None:
        self.target = target
        self.group = group
        self.underway: deque[Any] = deque()

    def send(self, batch: Tensor) -> None:
        """Send a batch; wait until there is room for it."""
        with connected():
            if len(self.underway) == AHEAD:
                self.underway.popleft().wait()
            self.underway.append(dist.isend(batch, self.target, group=self.group))

    def finish(self) -> None:
        """Wait until all have arrived."""
        with connected():
            while self.underway:
                self.underway.popleft().wait()
