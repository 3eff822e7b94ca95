"""Scale the initial weights so that the goodness of each layer starts at its threshold."""

from __future__ import annotations

import math

import torch

from ._dataset import SequenceDataset
from ._forward_forward import ForwardForwardRNN
from ._forward_forward_layer import ForwardForwardLayer
from ._losses import weighted_mean

# Number of sequences to measure the initial activity on, spread evenly over the data.
N_SEQUENCES = 256
# Mean squared activity to start from if the threshold does not determine one.
UNIT_ACTIVITY = 1.0


@torch.no_grad()
def start_at_threshold(network: ForwardForwardRNN, dataset: SequenceDataset) -> None:
    """Scale each layer, from the first to the last, until its goodness is at its threshold.

    A layer of ReLU units is homogeneous in its input weights and its bias: scaling both by c scales
    every hidden state by c, whatever the recurrent weights, and the mean squared activity by c^2.
    So c = sqrt(a / mean squared activity) starts the layer at the activity a, in one pass.

    In a layer that starts far below its threshold, all positives ask for more activity and
    negatives have next to no gradient. Activity then grows through the recurrence until it
    overshoots and units die. At the threshold both classes have the same pull.

    Parameters
    ----------
    network : ForwardForwardRNN
        An untrained network, scaled in place. Its normalizations get first statistics.
    dataset : SequenceDataset
        Training data.
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
        if factor.isfinite():  # otherwise no unit is active, and no factor helps
            layer.recurrent.scale_input(factor)
            hidden = hidden.with_steps(hidden.steps * factor.to(hidden.steps.dtype))
        x = layer.normalize(hidden, weight)


def initial_activity(layer: ForwardForwardLayer) -> float:
    """Return the mean squared activity that a layer starts from.

    It is theta for "mean" goodness and theta / n_units for "sum", with theta midway between the
    two thresholds. It is 1, as for a standardized input, where theta does not determine it: a ratio
    does not depend on activity, an adaptive threshold follows it, and no mean square is negative.
    """
    theta = float(layer.theta.mean())
    if layer.goodness == "log_ratio" or not theta > 0:
        return UNIT_ACTIVITY
    return theta / layer.recurrent.n_units if layer.goodness == "sum" else theta
