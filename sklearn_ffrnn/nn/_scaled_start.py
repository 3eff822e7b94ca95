"""Scale the initial weights of each layer so that its goodness starts at its threshold."""

from __future__ import annotations

import math

import torch

from ._dataset import SequenceDataset
from ._forward_forward import ForwardForwardRNN
from ._forward_forward_layer import ForwardForwardLayer
from ._losses import weighted_mean

# Sequences that the initial activity is measured on, spread evenly over the data.
N_SEQUENCES = 256
# Mean squared activity to start from where the threshold does not say one.
UNIT_ACTIVITY = 1.0


@torch.no_grad()
def start_at_threshold(network: ForwardForwardRNN, dataset: SequenceDataset) -> None:
    """Scale each layer, from the first to the last, to the goodness that its threshold asks for.

    A layer of ReLU units is homogeneous in its input weights and its bias: scaling both by c scales
    every hidden state by c, whatever the recurrent weights, and the mean squared activity by c^2.
    So c = sqrt(a / mean squared activity) starts the layer at the activity a, in one pass.

    A layer that starts far below its threshold gets the same gradient from all positives, "more",
    and next to none from negatives. Its activity then grows through the recurrence until it
    overshoots. At the threshold both classes pull alike.

    Parameters
    ----------
    network : ForwardForwardRNN
        An untrained network, scaled in place. The statistics of its normalizations get a first
        estimate.
    dataset : SequenceDataset
        What it is to be trained on.
    """
    n = len(dataset)
    batch = dataset.batch(torch.arange(n)[:: math.ceil(n / N_SEQUENCES)])
    x, _, weight = network.positives_and_negatives(batch)
    network.train()
    x = network.differences(x, weight)
    for layer in network.layers:
        activity, hidden = layer.recurrent.squared_activity(x)
        mean = weighted_mean(hidden.mean_over_steps(activity[:, 0]), weight)
        factor = torch.sqrt(initial_activity(layer) / mean)
        if factor.isfinite():  # else nothing is active, whatever the weights
            layer.recurrent.scale_input(factor)
            hidden = hidden.with_steps(hidden.steps * factor.to(hidden.steps.dtype))
        x = layer.normalize(hidden, weight)


def initial_activity(layer: ForwardForwardLayer) -> float:
    """Return the mean squared activity that a layer starts from.

    For "mean" goodness that is theta, for "sum" theta / n_units, with theta the midpoint of the
    two thresholds. A ratio does not depend on it, an adaptive threshold follows it, and no
    activity has a goodness below zero: there it is 1, as it is for a standardized input.
    """
    theta = float(layer.theta.mean())
    if layer.goodness == "log_ratio" or not theta > 0:
        return UNIT_ACTIVITY
    return theta / layer.recurrent.n_units if layer.goodness == "sum" else theta
