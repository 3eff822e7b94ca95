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
    """Recurrent layers, each trained by its own loss (Hinton 2022, The Forward-Forward Algorithm).

    With two classes, samples of class 1 are positive and samples of class 0 negative. With more,
    a label is added to the input as a one-hot code: a sequence with its correct label is positive,
    and with each wrong label negative (Hinton 2022, section 3.3).

    Parameters
    ----------
    n_channels, n_classes : int
        Channels of the sequences and number of classes.
    hidden_layer_sizes : sequence of int
        Units of each layer.
    threshold : sequence of (float, float), or None
        theta of each layer for positives and for negatives; None is adaptive, as in
        :class:`ForwardForwardLayer`.
    n_differences : int
        Highest order of the differences that are added to the input; see `Differences`.
    normalization : {"standardize", "layer_norm"} or None
        Normalization between layers.
    goodness : {"log_ratio", "mean", "sum"}
        How goodness is computed from the squared activations of a step; see `goodness_of`.
    objective : {"symmetric", "logistic"}
        Loss of a layer.
    generator : torch.Generator, optional
        Draws the initial weights.
    dtype : torch.dtype, optional
        Type of the weights.
    activity_dtype : torch.dtype, optional
        Type of the activations; None is the type of the weights.
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
        self.layers = nn.ModuleList(  # type: ignore[assignment]  # it has no element type
            ForwardForwardLayer(
                recurrent,
                goodness=goodness,
                objective=objective,
                threshold=None if threshold is None else threshold[i],
                # No layer reads the last one.
                normalization=make_normalization(
                    normalization if i < len(recurrent_layers) - 1 else None,
                    recurrent.n_units,
                    dtype=dtype,
                ),
            )
            for i, recurrent in enumerate(recurrent_layers)
        )
        self.register_buffer("layers_in_use", torch.ones(len(self.layers), dtype=torch.bool))

    def forward(
        self, x: Packed, weight: Tensor | None = None
    ) -> Iterator[tuple[ForwardForwardLayer, Goodness]]:
        """Yield each layer with its goodness: the algorithm, for training and for prediction.

        A layer is computed only when the caller asks for it. By then the layer before it can have
        learnt and freed its memory. In training, `weight` (n_sequences,) weights the statistics of
        the normalizations and of the differences.
        """
        x = self.differences(x, weight)
        for layer in self.layers:
            goodness, hidden = layer(x)  # the gradient stays in this layer
            yield layer, goodness
            x = layer.normalize(hidden.detach(), weight)

    def layer_losses(self, batch: Batch) -> Iterator[Tensor]:
        """Yield the loss of each layer; its gradient reaches this layer alone."""
        x, positive, weight = self.positives_and_negatives(batch)
        for layer, goodness in self(x, weight):
            yield layer.loss(goodness, positive, weight)

    def evaluate(self, batch: Batch) -> tuple[list[Tensor], Tensor]:
        """Return the losses and the scores of all layers."""
        x, positive, weight = self.positives_and_negatives(batch)
        losses, scores = [], []
        for layer, goodness in self(x):
            losses.append(layer.loss(goodness, positive, weight))
            scores.append(self._score(layer, goodness))
        return losses, torch.stack(scores, dim=1)

    def scores(self, sequences: Packed) -> Tensor:
        """Return G - theta of each layer: (n_sequences, n_layers[, n_classes])."""
        x = self.with_candidate_labels(sequences)
        return torch.stack([self._score(layer, goodness) for layer, goodness in self(x)], dim=1)

    def _score(self, layer: ForwardForwardLayer, goodness: Goodness) -> Tensor:
        # The margin is in double precision: a mean over a long sequence must not lose digits.
        margin = layer.margin(goodness.per_step)
        return self.by_label(goodness.layout.mean_over_steps(margin))

    def parameter_blocks(self) -> list[list[nn.Parameter]]:
        """Return the parameters of each layer."""
        return [list(layer.parameters()) for layer in self.layers]

    @property
    def thresholds(self) -> Tensor:
        """The threshold theta of each layer for positives and for negatives: (n_layers, 2)."""
        return torch.stack([layer.theta for layer in self.layers])

    def positives_and_negatives(self, batch: Batch) -> tuple[Packed, Tensor, Tensor | None]:
        """Return the input of the first layer, which sequences are positive, and their weights."""
        assert batch.target is not None
        if self.n_classes == 2:
            return batch.sequences, batch.target == 1, batch.weight
        x, label = with_every_label(batch.sequences, self.n_classes)
        target = batch.target.repeat_interleave(self.n_classes)
        weight = batch.weight
        if weight is not None:
            weight = weight.repeat_interleave(self.n_classes)
        return x, label == target, weight

    def with_candidate_labels(self, sequences: Packed) -> Packed:
        """Return each sequence once with every label; with two classes, as it is."""
        if self.n_classes == 2:
            return sequences
        return with_every_label(sequences, self.n_classes)[0]

    def by_label(self, values: Tensor) -> Tensor:
        """Give the values of :meth:`with_candidate_labels` an axis of labels; not with two classes.

        From (n_sequences * n_classes,) to (n_sequences, n_classes).
        """
        return values if self.n_classes == 2 else values.unflatten(0, (-1, self.n_classes))
