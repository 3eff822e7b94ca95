"""A learning rate that rises and falls once in a training."""

from __future__ import annotations

from typing import Any

# The highest rate, as a multiple of the initial one.
PEAK = 10.0
# The initial rate, as a multiple of the last one.
FINAL_DIVISOR = 100.0
# Time steps to learn from, and updates to make, at least, within these bounds of the epochs.
N_STEPS, N_UPDATES = 1_200_000, 50
MIN_EPOCHS, MAX_EPOCHS = 10, 200


def one_cycle(learning_rate_init: float, n_updates: int) -> dict[str, Any]:
    """Return the settings of `torch.optim.lr_scheduler.OneCycleLR`, stepped after each update.

    The rate rises from `learning_rate_init` to ten times that in the first three tenths of the
    training and falls to a hundredth of it by the end (L. N. Smith and N. Topin, Super-convergence:
    very fast training of neural networks using large learning rates, arXiv:1708.07120, 2018).
    """
    return {
        "max_lr": PEAK * learning_rate_init,
        "div_factor": PEAK,
        "final_div_factor": FINAL_DIVISOR,
        "total_steps": n_updates + 1,  # the rate after the last update counts too
        "cycle_momentum": False,
    }


def n_epochs_of_cycle(n_steps: int, n_batches: int) -> int:
    """Return how many epochs a training takes.

    Parameters
    ----------
    n_steps, n_batches : int
        Time steps of all sequences, and batches, in an epoch.
    """
    needed = max(-(-N_STEPS // n_steps), -(-N_UPDATES // n_batches))
    return min(max(needed, MIN_EPOCHS), MAX_EPOCHS)
