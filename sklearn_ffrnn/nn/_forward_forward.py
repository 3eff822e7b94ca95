"""Forward-Forward (Hinton 2022): a stack of recurrent layers, each of which learns alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from ._base_network import Network
from ._dataset import Batch
from ._differences import Differences
from ._forward_forward_layer import ForwardForwardLayer
from ._goodness import Goodness
from ._label_code import with_every_label
from ._normalization import make_normalization
from ._packed import Packed
from ._recurrent_layer import make_layers


class ForwardForwardRNN(Network):
    """Recurrent layers that learn alone (Hinton 2022, The Forward-Forward Algorithm).

    With two classes, class 1 is the positive data and class 0 the negative. With more, the label
    rides along the input as a one-hot code: a sequence with its right label is positive, with
    each wrong label negative (Hinton 2022, section 3.3).

    Parameters
    ----------
    n_channels, n_classes : int
        Channels of the sequences and number of classes.
    hidden_layer_sizes : sequence of int
        Units of each layer.
    threshold : sequence of (float, float), or None
        theta of each layer for positives and for negatives. With None both follow the data: a
        running midpoint between the mean goodness of positives and of negatives.
    n_differences : int
        Highest order of the differences from step to step that the first layer reads too.
    normalization : {"standardize", "layer_norm"} or None
        What stands between two layers.
    goodness : {"log_ratio", "mean", "sum"}
        How the squared activities of a step are pooled over units.
    objective : {"symmetric", "logistic"}
        The loss of a layer.
    generator : torch.Generator, optional
        Draws the initial weights.
    dtype : torch.dtype, optional
        Type of the weights.
    activity_dtype : torch.dtype, optional
        Type that activities are computed in; None takes that of the weights.
    """

    layers: Sequence[ForwardForwardLayer]

    def __init__(
        self,
        n_channels: int,
        n_classes: int,
        *,
        hidden_layer_sizes: Sequence[int],
        threshold: Sequence[tuple[float, float]] | None,
        n_differences: int = 0,
        normalization: str | None = "standardize",
        goodness: str = "log_ratio",
        objective: str = "symmetric",
        generator: torch.Generator | None = None,
        dtype: torch.dtype | None = None,
        activity_dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.n_classes = n_classes
        self.differences = Differences(n_channels, n_differences, dtype=dtype)
        recurrent_layers = make_layers(
            n_channels * (1 + n_differences) + (n_classes if n_classes > 2 else 0),
            hidden_layer_sizes,
            generator=generator,
            dtype=dtype,
            activity_dtype=activity_dtype,
        )
        # To mypy a ModuleList is one of modules, of whatever kind.
        self.layers = nn.ModuleList(  # type: ignore[assignment]
            ForwardForwardLayer(
                recurrent,
                goodness=goodness,
                objective=objective,
                threshold=None if threshold is None else threshold[i],
                # The last layer is read by no other.
                normalization=make_normalization(
                    normalization if i < len(recurrent_layers) - 1 else None,
                    recurrent.n_units,
                    dtype=dtype,
                ),
            )
            for i, recurrent in enumerate(recurrent_layers)
        )
        self.register_buffer("heard", torch.ones(len(self.layers), dtype=torch.bool))

    def forward(
        self, x: Packed, weight: Tensor | None = None
    ) -> Iterator[tuple[ForwardForwardLayer, Goodness]]:
        """Yield each layer and its goodness: the algorithm, for training and for prediction.

        A layer is computed when it is asked for, so that the one before can have learnt, and have
        freed its memory, by then. `weight` (n_sequences,) weighs the statistics that the
        normalizations, and the differences of the input, follow in training.
        """
        x = self.differences(x, weight)
        for layer in self.layers:
            goodness, hidden = layer(x)  # the gradient stays in this layer
            yield layer, goodness
            x = layer.normalize(hidden.detach(), weight)

    def layer_losses(self, batch: Batch) -> Iterator[Tensor]:
        """Yield the loss of each layer, whose gradient reaches that layer alone."""
        x, positive, weight = self.positives_and_negatives(batch)
        for layer, goodness in self(x, weight):
            yield layer.loss(goodness, positive, weight)

    def evaluate(self, batch: Batch) -> tuple[list[Tensor], Tensor]:
        """Return the loss of each layer and the scores, from one pass."""
        x, positive, weight = self.positives_and_negatives(batch)
        losses, scores = [], []
        for layer, goodness in self(x):
            losses.append(layer.loss(goodness, positive, weight))
            scores.append(self._score(layer, goodness))
        return losses, torch.stack(scores, dim=1)

    def scores(self, sequences: Packed) -> Tensor:
        """Return G - theta: (n_sequences, n_layers), with a last axis of labels if more than two.

        Where positives and negatives have thresholds of their own, theta is their midpoint.
        """
        x = self.ask_every_label(sequences)
        return torch.stack([self._score(layer, goodness) for layer, goodness in self(x)], dim=1)

    def _score(self, layer: ForwardForwardLayer, goodness: Goodness) -> Tensor:
        # In double precision: the mean over a long sequence must not lose digits.
        margin = layer.margin(goodness.per_step)
        return self.by_label(goodness.sequences.mean_over_steps(margin))

    def parameter_blocks(self) -> list[list[nn.Parameter]]:
        """Return the parameters that learn together: those of one layer."""
        return [list(layer.parameters()) for layer in self.layers]

    @property
    def thresholds(self) -> Tensor:
        """Threshold theta of each layer for positives and for negatives: (n_layers, 2)."""
        return torch.stack([layer.theta for layer in self.layers])

    def positives_and_negatives(self, batch: Batch) -> tuple[Packed, Tensor, Tensor | None]:
        """Return what the layers read of a batch, which of it is positive, and its weights."""
        assert batch.target is not None
        if self.n_classes == 2:
            return batch.sequences, batch.target == 1, batch.weight
        x, label = with_every_label(batch.sequences, self.n_classes)
        target = batch.target.repeat_interleave(self.n_classes)
        weight = batch.weight
        if weight is not None:
            weight = weight.repeat_interleave(self.n_classes)
        return x, label == target, weight

    def ask_every_label(self, sequences: Packed) -> Packed:
        """Return the sequences with every label in turn if there are more than two classes."""
        if self.n_classes == 2:
            return sequences
        return with_every_label(sequences, self.n_classes)[0]

    def by_label(self, values: Tensor) -> Tensor:
        """Return values of :meth:`ask_every_label` as (n_sequences, n_classes) if more than two."""
        return values if self.n_classes == 2 else values.unflatten(0, (-1, self.n_classes))
