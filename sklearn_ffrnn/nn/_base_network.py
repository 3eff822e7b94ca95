"""The interface of a network to the training loop and the classifiers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from torch import Tensor, nn

from ._dataset import Batch
from ._packed import Packed


class Network(nn.Module, ABC):
    """Recurrent layers with their losses and scores."""

    n_classes: int
    # Whether the score of each stage takes part in predictions: bool of shape (n_stages,). With
    # Forward-Forward every layer is a stage; a network with one output has one stage.
    layers_in_use: Tensor

    @abstractmethod
    def parameter_blocks(self) -> list[list[nn.Parameter]]:
        """Return the parameters that each loss trains, one block for each loss."""

    @abstractmethod
    def layer_losses(self, batch: Batch) -> Iterator[Tensor]:
        """Yield the losses; the caller propagates each back before it asks for the next."""

    @abstractmethod
    def evaluate(self, batch: Batch) -> tuple[list[Tensor], Tensor]:
        """Return the losses and the scores from one forward pass."""

    @abstractmethod
    def scores(self, sequences: Packed) -> Tensor:
        """Return the scores of class 1, or of all classes: (n, n_stages[, n_classes])."""
