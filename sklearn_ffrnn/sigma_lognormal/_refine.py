"""Refining the strokes of many parts together, in windows of a few neighbouring strokes.

Strokes far apart in time do not interact, so a long movement is refined in windows while the
strokes outside stand still; the next sweep moves the borders. Windows of one size from all parts
form a batch. A window's result does not depend on what else is in its batch.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr

from ._refine_batch import refine_batch

WINDOW = 8  # strokes
REACH = 3.0  # sigma, on the logarithmic time axis
BUCKETS = np.array([12, 16, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 320])
ELEMENTS = 40_000  # strokes times steps in a batch: its arrays stay in the processor's cache


@dataclass
class Fit:
    """One part's velocities and the strokes found so far."""

    t: np.ndarray
    velocity: np.ndarray
    noise: float
    most: int
    strokes: np.ndarray = field(default_factory=lambda: np.empty((0, 6)))
    snr: float = -np.inf

    def residual(self):
        return self.velocity - stroke_velocities(self.strokes, self.t).sum(axis=1)


def stroke_velocities(strokes, t):
    D, t0, mu, sigma, ts, te = strokes.T
    tau = np.maximum(t[:, None] - t0, 1e-9)
    z = (np.log(tau) - mu) / sigma
    sp = D / (sigma * np.sqrt(2 * np.pi)) * np.exp(-0.5 * z * z) / tau
    return sp * np.exp(1j * (ts + (te - ts) * ndtr(z)))


def refine(fits, sweep, *, max_iter, tol, window=WINDOW):
    groups = defaultdict(list)
    for fit in fits:
        order = np.argsort(fit.strokes[:, 1] + np.exp(fit.strokes[:, 2]), kind="stable")
        fit.strokes = fit.strokes[order]
        K = len(order)
        n = int(np.ceil(K / window))
        bounds = np.round(np.linspace(0, K, n + 1)).astype(int)
        if n > 1 and sweep % 2:
            mid = (bounds[1:] + bounds[:-1]) // 2
            bounds = np.array([0, *mid, K])
        if n > 1:
            each = stroke_velocities(fit.strokes, fit.t)
            residual = fit.velocity - each.sum(1)
        for a, b in zip(bounds[:-1], bounds[1:], strict=True):
            s = fit.strokes[a:b]
            lo = (s[:, 1] + np.exp(s[:, 2] - REACH * s[:, 3])).min() - 0.02
            hi = (s[:, 1] + np.exp(s[:, 2] + REACH * s[:, 3])).max() + 0.02
            i, j = np.searchsorted(fit.t, [lo, hi])
            if n == 1:
                i, j = 0, len(fit.t)
            if j - i < 3:
                continue
            v = fit.velocity[i:j] if n == 1 else residual[i:j] + each[i:j, a:b].sum(1)
            N = j - i
            pad = BUCKETS[np.searchsorted(BUCKETS, N)] if N <= BUCKETS[-1] else -(-N // 64) * 64
            groups[b - a, int(pad)].append((fit, a, b, i, j, v))
    for (K, N), jobs in sorted(groups.items(), key=lambda g: g[0]):
        size = max(1, ELEMENTS // (K * N))
        for k in range(0, len(jobs), size):
            batch = jobs[k : k + size]
            t = np.full((len(batch), N), -1e3, np.float32)
            v = np.zeros((len(batch), 2, N), np.float32)
            strokes = np.empty((len(batch), K, 6))
            noise = np.empty(len(batch))
            offs = np.empty(len(batch))
            for r, (fit, a, b, i, j, vel) in enumerate(batch):
                offs[r] = fit.t[i]
                t[r, : j - i] = fit.t[i:j] - offs[r]
                v[r, 0, : j - i], v[r, 1, : j - i] = vel.real, vel.imag
                strokes[r] = fit.strokes[a:b]
                strokes[r, :, 1] -= offs[r]
                noise[r] = fit.noise
            out = refine_batch(t, v, strokes, noise=noise, max_iter=max_iter, tol=tol)
            out[:, :, 1] += offs[:, None]
            for r, (fit, a, b, *_) in enumerate(batch):
                fit.strokes[a:b] = out[r]
