"""The baseline: the same recurrent layers, trained by backpropagation through time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from ._base_network import Network
from ._dataset import Batch
from ._differences import Differences
from ._dropout import Dropout
from ._losses import class_cross_entropy
from ._packed import Packed
from ._recurrent_layer import RecurrentLayer, make_layers


class BackpropRNN(Network):
    """Recurrent layers with one linear output on the last.

    Parameters
    ----------
    n_channels, n_classes : int
        Channels of the sequences and number of classes.
    hidden_layer_sizes : sequence of int
        Units of each layer.
    n_steps : int
        Number of steps that the output reads with ``pooling="flatten"``; later steps are ignored.
    pooling : {"flatten", "mean", "last"}
        What the output reads: all steps, each with its own weights (a shorter sequence adds
        nothing for the steps it lacks), the mean over steps, or the last step.
    dropout : float
        Dropout rate between layers; see `Dropout`.
    n_differences : int
        Highest order of the differences that are added to the input; see `Differences`.
    generator : torch.Generator, optional
        Draws the initial weights and seeds the dropout masks.
    dtype : torch.dtype, optional
        Type of the weights.
    activity_dtype : torch.dtype, optional
        Type of the activations; None is the type of the weights.
    """

    layers: Sequence[RecurrentLayer]

    def __init__(
        self,
        n_channels: int,
        n_classes: int,
        *,
        hidden_layer_sizes: Sequence[int],
        n_steps: int,
        pooling: str = "flatten",
        dropout: float = 0.5,
        n_differences: int = 0,
        generator: torch.Generator | None = None,
        dtype: torch.dtype | None = None,
        activity_dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.n_classes = n_classes
        self.pooling = pooling
        self.differences = Differences(n_channels, n_differences, dtype=dtype)
        layers = make_layers(
            n_channels * (1 + n_differences),
            hidden_layer_sizes,
            generator=generator,
            dtype=dtype,
            activity_dtype=activity_dtype,
        )
        self.layers = nn.ModuleList(layers)  # type: ignore[assignment]  # it has no element type
        n_last = layers[-1].n_units
        self.dropout = Dropout(dropout, generator)
        n_outputs = 1 if n_classes == 2 else n_classes
        n_read = n_steps if pooling == "flatten" else 1
        bound = 1 / math.sqrt(n_read * n_last)
        head = torch.empty(n_read, n_last, n_outputs, dtype=dtype)
        self.head = nn.Parameter(head.uniform_(-bound, bound, generator=generator))
        self.head_bias = nn.Parameter(torch.zeros(n_outputs, dtype=dtype))
        self.register_buffer("layers_in_use", torch.ones(1, dtype=torch.bool))

    def parameter_blocks(self) -> list[list[nn.Parameter]]:
        """Return all parameters as one block."""
        return [list(self.parameters())]

    def forward(self, sequences: Packed, weight: Tensor | None = None) -> Tensor:
        """Return logits: (n_sequences,) of class 1, or (n_sequences, n_classes).

        In training, `weight` (n_sequences,) weights the statistics of the differences.
        """
        x = self.differences(sequences, weight)
        for i, layer in enumerate(self.layers):
            x = layer(x if i == 0 else self.dropout(x))
        steps = x.steps.to(self.head.dtype)
        if self.pooling == "mean":
            logits = sequences.mean_over_steps(steps) @ self.head[0]
        elif self.pooling == "last":
            logits = sequences.last_steps(steps) @ self.head[0]
        else:
            by_time = sequences.pad(steps)
            if len(by_time) > len(self.head):  # else the slice would cost a copy of the gradient
                by_time = by_time[: len(self.head)]
            logits = torch.bmm(by_time, self.head[: len(by_time)]).sum(dim=0)
        logits = logits + self.head_bias
        return logits[:, 0] if self.n_classes == 2 else logits

    def layer_losses(self, batch: Batch) -> Iterator[Tensor]:
        """Yield the only loss, whose gradient reaches every layer."""
        assert batch.target is not None
        logits = self(batch.sequences, batch.weight)
        yield class_cross_entropy(logits, batch.target, batch.weight)

    def evaluate(self, batch: Batch) -> tuple[list[Tensor], Tensor]:
        """Return the loss, in a list, and the scores."""
        assert batch.target is not None
        logits = self(batch.sequences)
        return [class_cross_entropy(logits, batch.target, batch.weight)], logits[:, None]

    def scores(self, sequences: Packed) -> Tensor:
        """Return the logits as the scores of a single stage: (n, 1[, n_classes])."""
        logits: Tensor = self(sequences)
        return logits.double()[:, None]
