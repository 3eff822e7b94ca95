"""A stack of recurrent layers, each trained by its own goodness."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import torch
from torch import Tensor, nn

from ._differences import Differences
from ._goodness import StepGoodness, step_goodness
from ._layer import Layer
from ._layers import make_layers, output_sizes
from ._losses import OBJECTIVES, weighted_mean
from ._network import Network
from ._normalization import Standardize, make_normalization
from ._packed import Batch, Packed
from ._recurrent import RecurrentLayer

# Share of the newest batch in a threshold that follows the data.
THRESHOLD_MOMENTUM = 0.1


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
    threshold : sequence of float or of (float, float), or None
        theta of each layer, or its theta for positives and for negatives. With None both follow
        the data: a running midpoint between the mean goodness of positives and of negatives.
    cell : {"relu", "gru", "lstm"}
        Kind of unit.
    bidirectional : bool
        Whether every layer also reads the sequences from their end.
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

    threshold: Tensor

    def __init__(
        self,
        n_channels: int,
        n_classes: int,
        *,
        hidden_layer_sizes: Sequence[int],
        threshold: Sequence[float] | Sequence[tuple[float, float]] | None,
        cell: str = "relu",
        bidirectional: bool = False,
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
        self.follow_threshold = threshold is None
        start = [math.nan] * len(hidden_layer_sizes) if threshold is None else threshold
        thresholds = torch.tensor(start, dtype=torch.float64)
        if thresholds.ndim == 1:
            thresholds = torch.stack([thresholds, thresholds], dim=1)
        self.register_buffer("threshold", thresholds)
        self.goodness = goodness
        self.objective = objective
        self.differences = Differences(n_channels, n_differences, dtype=dtype)
        n_inputs = n_channels * (1 + n_differences) + (n_classes if n_classes > 2 else 0)
        self.layers = make_layers(
            n_inputs,
            hidden_layer_sizes,
            cell=cell,
            bidirectional=bidirectional,
            generator=generator,
            dtype=dtype,
            activity_dtype=activity_dtype,
        )
        self.output_sizes = output_sizes(hidden_layer_sizes, bidirectional)
        self.normalizations = nn.ModuleList(
            make_normalization(normalization, n_units, dtype=dtype)
            for n_units in self.output_sizes[:-1]
        )

    def parameter_blocks(self) -> list[list[nn.Parameter]]:
        """Return the parameters that learn together: those of one layer."""
        return [list(layer.parameters()) for layer in self.layers]

    def layer_goodness(
        self, sequences: Packed, weight: Tensor | None = None
    ) -> Iterator[StepGoodness]:
        """Yield the goodness of every step, layer by layer.

        A layer is computed when it is asked for, so that the one before can have learnt, and have
        freed its memory, by then. `weight` (n_sequences,) weighs the statistics that the
        normalizations, and the differences of the input, follow in training.
        """
        for i in range(len(self.layers)):
            result = self.goodness_of_layer(i, sequences, weight)
            yield result
            if i < len(self.normalizations):
                sequences = sequences.with_steps(self.hand_on(i, result, sequences, weight))

    def goodness_of_layer(
        self, i: int, sequences: Packed, weight: Tensor | None = None
    ) -> StepGoodness:
        """Return the goodness of every step in layer `i`, which reads `sequences`."""
        layer = self.layers[i]
        steps = self.differences(sequences, weight) if i == 0 else sequences.steps
        if i > 0 and self._folds(i - 1):
            standardize = self.normalizations[i - 1]
            assert isinstance(layer, RecurrentLayer)
            assert isinstance(standardize, Standardize)
            layer = layer.reading(*standardize.shift_and_scale())
        assert isinstance(layer, Layer)
        return step_goodness(layer, steps, sequences, self.goodness)

    def hand_on(
        self, i: int, result: StepGoodness, sequences: Packed, weight: Tensor | None
    ) -> Tensor:
        """Return the normalized activities of layer `i`, which the next layer reads."""
        if self._folds(i):
            return result.hidden
        per_step = None if weight is None else weight[sequences.sample]
        steps: Tensor = self.normalizations[i](result.hidden, per_step)
        return steps

    def _folds(self, i: int) -> bool:
        """Tell whether layer `i + 1` normalizes by its weights, which spares a pass over all steps.

        In training the statistics move from batch to batch.
        """
        standardizes = isinstance(self.normalizations[i], Standardize)
        return standardizes and not self.training and isinstance(self.layers[i + 1], RecurrentLayer)

    def layer_losses(self, batch: Batch) -> Iterator[Tensor]:
        """Yield the loss of each layer, whose gradient reaches that layer alone."""
        sequences, positive, weight = self.positives_and_negatives(batch)
        for i, result in enumerate(self.layer_goodness(sequences, weight)):
            yield self.loss_of_layer(i, result, sequences, positive, weight)

    def evaluate(self, batch: Batch) -> tuple[list[Tensor], Tensor]:
        """Return the loss of each layer and the scores, from one pass."""
        sequences, positive, weight = self.positives_and_negatives(batch)
        losses, goodness = [], []
        for i, result in enumerate(self.layer_goodness(sequences)):
            losses.append(self.loss_of_layer(i, result, sequences, positive, weight))
            goodness.append(result.goodness)
        return losses, self._scores(goodness, sequences)

    def loss_of_layer(
        self,
        i: int,
        result: StepGoodness,
        sequences: Packed,
        positive: Tensor,
        weight: Tensor | None,
    ) -> Tensor:
        """Return the loss of layer `i`; in training a threshold that follows the data moves."""
        if self.follow_threshold and self.training:
            self._follow(i, sequences.mean_over_steps(result.goodness.detach()), positive, weight)
        thresholds = self.threshold[i].tolist()
        loss = OBJECTIVES[self.objective](result.goodness, sequences, positive, weight, *thresholds)
        if result.price is None:
            return loss
        return loss + weighted_mean(sequences.mean_over_steps(result.price), weight)

    def scores(self, sequences: Packed) -> Tensor:
        """Return G - theta: (n_sequences, n_layers), with a last axis of labels if more than two.

        Where positives and negatives have thresholds of their own, theta is their midpoint. The
        mean over steps is taken in double precision: a long sequence must not lose digits that a
        short one keeps.
        """
        sequences = self.questions(sequences)
        goodness = (result.goodness for result in self.layer_goodness(sequences))
        return self._scores(goodness, sequences)

    def _scores(self, goodness: Iterable[Tensor], sequences: Packed) -> Tensor:
        scores = [
            self.by_label(sequences.mean_over_steps(self.margin(i, g)))
            for i, g in enumerate(goodness)
        ]
        return torch.stack(scores, dim=1)

    def margin(self, i: int, goodness: Tensor) -> Tensor:
        """Return g_t - theta in layer `i`, in double precision."""
        return goodness.double() - self.threshold[i].mean()

    def questions(self, sequences: Packed) -> Packed:
        """Return what the layers are asked: sequences, with every label if more than two."""
        return sequences if self.n_classes == 2 else self._with_every_label(sequences)[0]

    def unlabelled(self, sequences: Packed) -> Packed:
        """Return sequences that carry no label: the same share of each, if more than two."""
        if self.n_classes == 2:
            return sequences
        shape = (len(sequences), self.n_classes)
        return sequences.with_labels(sequences.steps.new_full(shape, 1 / self.n_classes))

    def by_label(self, values: Tensor) -> Tensor:
        """Lay out the values of `questions` as (n_sequences, n_classes) if more than two."""
        return values if self.n_classes == 2 else values.unflatten(0, (-1, self.n_classes))

    def _follow(self, i: int, goodness: Tensor, positive: Tensor, weight: Tensor | None) -> None:
        """Move threshold `i` towards the middle between the two classes."""
        groups = [group for group in (positive, ~positive) if group.any()]
        means = [
            weighted_mean(goodness[group], None if weight is None else weight[group])
            for group in groups
        ]
        middle = torch.stack(means).mean().double()
        if self.threshold[i].isnan().any():
            self.threshold[i] = middle
        else:
            self.threshold[i].lerp_(middle, THRESHOLD_MOMENTUM)

    def positives_and_negatives(self, batch: Batch) -> tuple[Packed, Tensor, Tensor | None]:
        """Return what a batch asks of the layers, which of it is positive, and its weights."""
        sequences, target, weight = batch.sequences, batch.target, batch.weight
        assert target is not None
        if self.n_classes == 2:
            return sequences, target == 1, weight
        sequences, label = self._with_every_label(sequences)
        if weight is not None:
            weight = weight.repeat_interleave(self.n_classes)
        return sequences, label == target.repeat_interleave(self.n_classes), weight

    def _with_every_label(self, sequences: Packed) -> tuple[Packed, Tensor]:
        label = torch.arange(self.n_classes, device=sequences.steps.device).repeat(len(sequences))
        copies = sequences.repeat_interleave(self.n_classes)
        return copies.with_labels(nn.functional.one_hot(label, self.n_classes)), label
