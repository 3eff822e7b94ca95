"""The losses: Forward-Forward's objectives, and the baseline's cross-entropy.

An objective takes the goodness of a batch of sequences, whether each sequence is positive, the
weight of each sequence or None, and the thresholds for positives and for negatives.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, softplus

from ._goodness import Goodness

# Sharpness alpha of the pairwise comparison; 4 is the value of Lee & Song (2023).
PAIR_SHARPNESS = 4.0


def weighted_mean(values: Tensor, weight: Tensor | None) -> Tensor:
    """Return the weighted mean of `values`; 0 if there are none, or if the weights sum to 0."""
    if weight is None:
        return values.sum() / max(len(values), 1)
    total = weight.sum()
    return (values * weight).sum() / torch.where(total > 0, total, 1)


def sum_of_class_means(loss: Tensor, positive: Tensor, weight: Tensor | None) -> Tensor:
    """Return E_pos[loss] + E_neg[loss]: the larger class does not outweigh the other."""
    total = loss.new_zeros(())
    for group in (positive, ~positive):
        total = total + weighted_mean(loss[group], None if weight is None else weight[group])
    return total


def signed_margin(goodness: Tensor, positive: Tensor, theta_pos: float, theta_neg: float) -> Tensor:
    """Return g - theta_pos for positives, theta_neg - g for negatives: above 0 if correct."""
    return torch.where(positive, goodness - theta_pos, theta_neg - goodness)


def logistic_objective(
    goodness: Goodness,
    positive: Tensor,
    weight: Tensor | None,
    theta_pos: float,
    theta_neg: float,
) -> Tensor:
    """-E_pos[mean_t log sigma(g_t - theta_pos)] - E_neg[mean_t log sigma(theta_neg - g_t)].

    The loss of the study: Hinton's (2022, equation 1) at every step.
    """
    layout = goodness.layout
    positive_step = positive[layout.sample]
    per_step = softplus(-signed_margin(goodness.per_step, positive_step, theta_pos, theta_neg))
    return sum_of_class_means(layout.mean_over_steps(per_step), positive, weight)


def symmetric_objective(
    goodness: Goodness,
    positive: Tensor,
    weight: Tensor | None,
    theta_pos: float,
    theta_neg: float,
) -> Tensor:
    """Compare whole sequences in pairs and with the threshold.

    With G the mean goodness of a sequence, the loss is the sum of

    - E_pairs[softplus(-alpha (G_pos - G_neg))] over all pairs of a positive and a negative of the
      batch (SymBa: Lee & Song 2023, equation 5), and
    - E_pos[softplus(theta_pos - G)] + E_neg[softplus(G - theta_neg)]. The first term fixes only
      differences; without the second all goodness could drift away from the threshold.
    """
    per_sequence = goodness.per_sequence
    anchor = softplus(-signed_margin(per_sequence, positive, theta_pos, theta_neg))
    difference = per_sequence[positive][:, None] - per_sequence[~positive]
    pair_weight = None if weight is None else weight[positive][:, None] * weight[~positive]
    pairs = softplus(-PAIR_SHARPNESS * difference).reshape(-1)
    anchor = sum_of_class_means(anchor, positive, weight)
    return anchor + weighted_mean(pairs, None if pair_weight is None else pair_weight.reshape(-1))


Objective = Callable[[Goodness, Tensor, "Tensor | None", float, float], Tensor]

OBJECTIVES: dict[str, Objective] = {
    "logistic": logistic_objective,
    "symmetric": symmetric_objective,
}


def class_cross_entropy(logits: Tensor, target: Tensor, weight: Tensor | None) -> Tensor:
    """Return the weighted mean cross-entropy of logits (n,) of class 1, or (n, n_classes)."""
    if logits.ndim == 1:
        sign = torch.where(target == 1, 1, -1).to(logits.dtype)
        return weighted_mean(softplus(-sign * logits), weight)
    return weighted_mean(cross_entropy(logits, target, reduction="none"), weight)
