"""How the class is read from the layers of a Forward-Forward network.

Every layer gives evidence at every step; the score after some layers is a linear function of the
evidence so far, averaged over the steps of a sequence. Linear, so that the score after each step
comes for free.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from ..nn import ForwardForwardRNN, LayerOutput, Packed, with_neutral_label

# Inverse penalty on the weights of standardized evidence: hundreds of columns that say much the
# same, learnt from samples that the layers have seen.
INVERSE_PENALTY = 0.01


class Readout(ABC):
    """Evidence of a layer, and weights on the evidence of the first layers."""

    @abstractmethod
    def ask(self, network: ForwardForwardRNN, sequences: Packed) -> Packed:
        """Return what the network is to read."""

    @abstractmethod
    def evidence(self, output: LayerOutput) -> Tensor:
        """Return the evidence of a layer at each step: (n_steps, n_columns)."""

    @abstractmethod
    def weights(self, n_layers: int) -> tuple[Tensor, Tensor]:
        """Return (n_columns, n_outputs) weights and (n_outputs,) offsets after `n_layers`."""

    @abstractmethod
    def by_class(self, network: ForwardForwardRNN, outputs: Tensor) -> Tensor:
        """Return scores of class 1, or with more than two classes of each in a last axis."""

    def score(self, network: ForwardForwardRNN, evidence: Tensor, n_layers: int) -> Tensor:
        """Return the score of each sequence after `n_layers`, whose evidence comes first."""
        weights, offsets = self.weights(n_layers)
        outputs = evidence[:, : len(weights)] @ weights.to(evidence.device)
        return self.by_class(network, outputs + offsets.to(evidence.device))


class GoodnessReadout(Readout):
    """The mean over layers of G - theta: pure Forward-Forward (Hinton 2022)."""

    def ask(self, network: ForwardForwardRNN, sequences: Packed) -> Packed:
        """Return the sequences, with every label if there are more than two."""
        return network.ask_every_label(sequences)

    def evidence(self, output: LayerOutput) -> Tensor:
        """Return g_t - theta: one column."""
        return output.layer.margin(output.goodness.per_step)[:, None]

    def weights(self, n_layers: int) -> tuple[Tensor, Tensor]:
        """Return equal weights."""
        return torch.full((n_layers, 1), 1 / n_layers).double(), torch.zeros(1).double()

    def by_class(self, network: ForwardForwardRNN, outputs: Tensor) -> Tensor:
        """Return one score a label that was asked."""
        return network.by_label(outputs.squeeze(-1))


class LogisticReadout(Readout):
    """Logistic regression on the mean over steps of h, h^2 and g of every layer.

    The layers are done with learning: nothing of this reaches them. With more than two classes
    the sequences carry no label (Hinton 2022, section 3.3).

    Parameters
    ----------
    n_columns : sequence of int
        Columns of evidence of each layer.

    Attributes
    ----------
    stages : list of (Tensor, Tensor)
        Weights and offsets for every number of layers, in the form of :meth:`weights`.
    """

    stages: list[tuple[Tensor, Tensor]]

    def __init__(self, n_columns: list[int]) -> None:
        self.n_columns = n_columns

    def fit(
        self, evidence: np.ndarray, target: np.ndarray, weight: np.ndarray | None
    ) -> LogisticReadout:
        """Fit weights for every number of layers.

        Parameters
        ----------
        evidence : ndarray of shape (n_samples, n_columns of all layers)
            Means over steps.
        target : ndarray of int of shape (n_samples,)
            Class of each sample.
        weight : ndarray of shape (n_samples,), optional
            Weight of each sample.
        """
        self.stages = []
        for stop in np.cumsum(self.n_columns):
            columns = evidence[:, :stop]
            # By rounding, scikit-learn's weighted variance of a constant may lie below 0.
            with np.errstate(invalid="ignore"):
                scaler, regression = make_pipeline(
                    StandardScaler(), LogisticRegression(C=INVERSE_PENALTY, max_iter=1000)
                ).fit(
                    columns,
                    target,
                    standardscaler__sample_weight=weight,
                    logisticregression__sample_weight=weight,
                )
            weights = (regression.coef_ / scaler.scale_).T
            offsets = regression.intercept_ - scaler.mean_ @ weights
            self.stages.append((torch.tensor(weights), torch.tensor(offsets)))
        return self

    def ask(self, network: ForwardForwardRNN, sequences: Packed) -> Packed:
        """Return the sequences, with a neutral label if there are more than two."""
        if network.n_classes == 2:
            return sequences
        return with_neutral_label(sequences, network.n_classes)

    def evidence(self, output: LayerOutput) -> Tensor:
        """Return h, h^2 and g."""
        hidden, goodness = output.hidden.steps.double(), output.goodness.per_step.double()
        return torch.cat([hidden, hidden**2, goodness[:, None]], dim=1)

    def weights(self, n_layers: int) -> tuple[Tensor, Tensor]:
        """Return those that were fitted."""
        return self.stages[n_layers - 1]

    def by_class(self, network: ForwardForwardRNN, outputs: Tensor) -> Tensor:
        """Return one score, or one a class."""
        return outputs.squeeze(-1) if network.n_classes == 2 else outputs


def mean_evidence(network: ForwardForwardRNN, readout: Readout, sequences: Packed) -> Tensor:
    """Return what all layers say of each sequence, averaged over its steps."""
    outputs = network(readout.ask(network, sequences))
    return torch.cat(
        [output.hidden.mean_over_steps(readout.evidence(output)) for output in outputs], dim=1
    )


def stage_scores(network: ForwardForwardRNN, readout: Readout, sequences: Packed) -> Tensor:
    """Return the score after each layer: (n_sequences, n_layers[, n_classes])."""
    evidence = mean_evidence(network, readout, sequences)
    stages = range(1, len(network.layers) + 1)
    return torch.stack([readout.score(network, evidence, n) for n in stages], dim=1)


def scores_over_time(
    network: ForwardForwardRNN, readout: Readout, sequences: Packed, n_steps: int
) -> Tensor:
    """Return the score of all layers after each step: (n_sequences, n_steps[, n_classes]).

    NaN after the end of a sequence; `n_steps` is the length of the longest, or more.
    """
    asked = readout.ask(network, sequences)
    weights, offsets = (x.to(asked.steps.device) for x in readout.weights(len(network.layers)))
    outputs, done = weights.new_zeros(()), 0
    for output in network(asked):
        evidence = readout.evidence(output)
        columns = evidence.shape[1]
        outputs = outputs + evidence @ weights[done : done + columns]
        done += columns
    by_time = asked.running_mean(outputs).transpose(0, 1) + offsets
    scores = torch.stack([readout.by_class(network, at_one_time) for at_one_time in by_time], dim=1)
    padded = scores.new_full((len(scores), n_steps, *scores.shape[2:]), torch.nan)
    padded[:, : scores.shape[1]] = scores
    return padded
