"""What the training loop and the classifiers ask of a network."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from torch import Tensor, nn

from ._dataset import Batch
from ._packed import Packed


class Network(nn.Module, ABC):
    """Recurrent layers and what they minimise."""

    n_classes: int
    # Which of the scores count in the verdict: bool of shape (n_stages,).
    heard: Tensor

    @abstractmethod
    def parameter_blocks(self) -> list[list[nn.Parameter]]:
        """Return the parameters that learn together, a block for each loss."""

    @abstractmethod
    def layer_losses(self, batch: Batch) -> Iterator[Tensor]:
        """Yield the losses, each of which is propagated back before the next is computed."""

    @abstractmethod
    def evaluate(self, batch: Batch) -> tuple[list[Tensor], Tensor]:
        """Return the losses and the scores, from one pass."""

    @abstractmethod
    def scores(self, sequences: Packed) -> Tensor:
        """Return scores of class 1, or of each class in a last axis: (n, n_stages[, n_classes])."""
