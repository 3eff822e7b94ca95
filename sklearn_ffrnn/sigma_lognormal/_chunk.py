"""Make the plans of a chunk of trajectories: units, parts, fit and residual."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from threading import Lock
from typing import NamedTuple

import numpy as np
from threadpoolctl import ThreadpoolController

from .._recording import regular_clock, stroke_starts
from ._fit import fit_parts
from ._parts import Part, make_part, split_parts
from ._plan import PlanPart, StrokePlan
from ._pulses import amplitudes, bases

SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}

_one_at_a_time = Lock()


class Recording(NamedTuple):
    """One trajectory prepared for the fit: a slice of points and a Part for each part."""

    trajectory: np.ndarray
    where: list[slice]
    parts: list[Part | None]  # None where there is nothing to model


class FittedPart(NamedTuple):
    """The strokes of one part in seconds, and its start relative to the trajectory's first point.

    Velocity, position and the model's errors of both are complex arrays at the part's fine time
    steps.
    """

    strokes: np.ndarray
    start: complex
    velocity: np.ndarray
    velocity_error: np.ndarray
    position: np.ndarray
    position_error: np.ndarray


def plan_chunk(
    trajectories: list[np.ndarray],
    *,
    smoothing: float,
    target_snr: float,
    max_rate: float,
    time_unit: str,
    max_iter: int,
) -> list[StrokePlan]:
    """Return the plan of each trajectory, which does not depend on the others."""
    recordings = [_record(x, smoothing, time_unit) for x in trajectories]
    parts = [part for recording in recordings for part in recording.parts if part is not None]
    most = [_stroke_limit(part, max_rate) for part in parts]
    # The matrices are small; threads would only make sums, and so results, depend on their number.
    # The limit belongs to the process: if two threads set it, one would lift it too early.
    with _one_at_a_time, _threadpools().limit(limits=1, user_api="blas"):
        found = fit_parts(parts, most, target_snr=target_snr, max_iter=max_iter)
        fitted = (_judge(part, *fit) for part, fit in zip(parts, found, strict=True))
        return [_plan(recording, fitted, smoothing, time_unit) for recording in recordings]


@cache
def _threadpools() -> ThreadpoolController:
    return ThreadpoolController()


def _record(trajectory: np.ndarray, smoothing: float, time_unit: str) -> Recording:
    seconds = (trajectory[:, 2] - trajectory[0, 2]) * SECONDS[time_unit]
    # Relative to the first point, so that a distant origin costs no precision.
    points = (trajectory[:, 0] - trajectory[0, 0]) + 1j * (trajectory[:, 1] - trajectory[0, 1])
    starts = stroke_starts(_stroke_id(trajectory), len(trajectory))
    clock = regular_clock(seconds, starts)
    where = split_parts(clock, points, starts)
    parts = [make_part(part, clock, points, smoothing * 1e-3) for part in where]
    return Recording(trajectory, where, parts)


def _stroke_id(trajectory: np.ndarray) -> np.ndarray | None:
    return trajectory[:, 3].copy() if trajectory.shape[1] == 4 else None


def _stroke_limit(part: Part, max_rate: float) -> int:
    return max(1, min((part.stop - part.first) // 3, round(part.duration * max_rate)))


def _judge(part: Part, strokes: np.ndarray, start: complex) -> FittedPart:
    velocity, displacement = bases(strokes, part.t)
    amplitude = amplitudes(strokes)
    return FittedPart(
        strokes,
        start,
        part.velocity,
        part.velocity - amplitude @ velocity,
        part.position,
        part.position - start - amplitude @ displacement,
    )


def _plan(
    recording: Recording, fitted: Iterator[FittedPart], smoothing: float, time_unit: str
) -> StrokePlan:
    """Return the plan of one trajectory, taking the fits of its parts off `fitted`."""
    trajectory, where, parts = recording
    origin = trajectory[0, :2]
    modelled, plan_parts, n_strokes = [], [], 0
    for points, part in zip(where, parts, strict=True):
        if part is None:
            x, y = trajectory[points, :2].mean(axis=0)
            plan_parts.append(PlanPart(points.start, n_strokes, float(x), float(y)))
            continue
        fit = next(fitted)
        x, y = origin[0] + fit.start.real, origin[1] + fit.start.imag
        plan_parts.append(PlanPart(points.start, n_strokes, float(x), float(y)))
        n_strokes += len(fit.strokes)
        modelled.append(fit)
    strokes = np.concatenate([np.empty((0, 6)), *(fit.strokes for fit in modelled)])
    strokes[:, 1] /= SECONDS[time_unit]
    strokes[:, 2] -= np.log(SECONDS[time_unit])
    snr_velocity, snr_position = _quality(modelled)
    xy = trajectory[:, :2].copy()
    plan = StrokePlan(
        strokes=strokes,
        t0=float(trajectory[0, 2]),
        snr_velocity=snr_velocity,
        snr_position=snr_position,
        residual=xy,
        times=trajectory[:, 2].copy(),
        stroke_id=_stroke_id(trajectory),
        time_unit=time_unit,
        smoothing=smoothing,
        parts=tuple(plan_parts),
    )
    return replace(plan, residual=xy - plan.position(plan.times))


def _quality(fits: list[FittedPart]) -> tuple[float, float]:
    """Return the SNR of velocity and position over all modelled parts together, in dB."""
    if not fits:
        return np.nan, np.nan
    _, _, *arrays = zip(*fits, strict=True)
    velocity, velocity_error, position, position_error = map(np.concatenate, arrays)
    return _decibel(velocity, velocity_error), _decibel(position - position.mean(), position_error)


def _decibel(signal: np.ndarray, error: np.ndarray) -> float:
    signal, error = (np.vdot(values, values).real for values in (signal, error))
    return float(10 * np.log10(signal / error)) if error > 0 else np.inf
