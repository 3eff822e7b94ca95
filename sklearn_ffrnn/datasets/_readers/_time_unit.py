"""The unit of time stamps, told from the stamps where that is beyond doubt."""

from __future__ import annotations

import numpy as np

MILLISECONDS = {"s": 1e3, "ms": 1.0, "us": 1e-3, "ns": 1e-6}  # in one of each unit
# Usual times from point to point, in ms: mice report up to 8,000 times a second, and nothing that
# shows how a hand moved reports less than twice.
USUAL_STEPS = (0.12, 500.0)
EPOCH = (978_307_200_000.0, 4_102_444_800_000.0)  # of the years 2001 to 2100, in ms since 1970
FEWEST_STEPS = 10


def infer_time_unit(t: np.ndarray, steps: np.ndarray, where: str) -> str:
    """Return the unit of `t`, if there is only one that it can have.

    Where the usual step would fit two units (0.3 may be seconds of a slow clock or milliseconds of
    a fast one), it is the one in which `t` is a time since 1970, if exactly one is.

    Parameters
    ----------
    t : ndarray of shape (n_points,)
        Time stamps.
    steps : ndarray of shape (n_steps,)
        Their differences within movements.
    where : str
        What the message calls the file.

    Raises
    ------
    ValueError
        If it is in doubt; the message names the choices.
    """
    forward = steps[steps > 0]
    usual = float(np.median(forward)) if len(forward) >= FEWEST_STEPS else np.nan
    low, high = USUAL_STEPS
    units = [unit for unit, ms in MILLISECONDS.items() if low <= usual * ms <= high]
    if len(units) > 1:
        begin, end = EPOCH
        units = [unit for unit in units if begin <= t[0] * MILLISECONDS[unit] <= end]
    if len(units) != 1:
        seen = (
            f"the usual step is {usual:g}, the first time is {t[0]:g}"
            if len(t) and np.isfinite(usual)
            else f"it has {len(forward)} steps forward in time, fewer than {FEWEST_STEPS}"
        )
        raise ValueError(
            f"{where}: the unit of time is in doubt ({seen}). Name it: time_unit='s', 'ms', 'us' "
            "or 'ns'."
        )
    return units[0]
