"""The one-cycle learning rate, and the number of epochs that it needs."""

from __future__ import annotations

from typing import Any

# The highest rate over the initial one.
PEAK = 10.0
# The initial rate over the last one.
FINAL_DIVISOR = 100.0
# A training run sees at least this many time steps and makes at least this many updates,
N_STEPS, N_UPDATES = 1_200_000, 50
# but never fewer or more epochs than these.
MIN_EPOCHS, MAX_EPOCHS = 10, 200


def one_cycle(learning_rate_init: float, n_updates: int) -> dict[str, Any]:
    """Return the settings of `torch.optim.lr_scheduler.OneCycleLR`, stepped after each update.

    The rate rises from `learning_rate_init` to ten times that in the first three tenths of the
    updates, then falls to a hundredth of `learning_rate_init` (L. N. Smith and N. Topin,
    Super-convergence: very fast training of neural networks using large learning rates,
    arXiv:1708.07120, 2018).
    """
    return {
        "max_lr": PEAK * learning_rate_init,
        "div_factor": PEAK,
        "final_div_factor": FINAL_DIVISOR,
        "total_steps": n_updates + 1,  # the scheduler also sets a rate after the last update
        "cycle_momentum": False,
    }


def n_epochs_of_cycle(n_steps: int, n_batches: int) -> int:
    """Return the number of epochs of one cycle.

    Parameters
    ----------
    n_steps, n_batches : int
        Number of time steps and of batches in an epoch.
    """
    needed = max(-(-N_STEPS // n_steps), -(-N_UPDATES // n_batches))
    return min(max(needed, MIN_EPOCHS), MAX_EPOCHS)
