"""Clocks and lattices of people's movements against numpy's and scipy's own functions."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from sklearn_ffrnn._recording import find_lattice, median, regular_clock
from sklearn_ffrnn.datasets import load_mouse_movements

pytest.importorskip("cursory")


@pytest.fixture(scope="module")
def X():
    return load_mouse_movements().data[:200]


@pytest.mark.parametrize("n", [1, 2, 3, 10, 11])
def test_median(n):
    values = np.random.default_rng(n).normal(size=n)
    assert median(values) == np.median(values)


def test_intervals_between_gaps_are_smoothed(X):
    smoothed = 0
    for x in X:
        t = x[np.append(np.diff(x[:, 2]) > 0, True), 2]
        t = t + 500.0 * (np.arange(len(t)) > len(t) // 3)  # a gap within each
        interval = np.diff(t)
        edges = np.flatnonzero(interval > 3 * np.median(interval))
        for run in np.split(np.arange(len(interval)), np.union1d(edges, edges + 1)):
            if len(run) and interval[run[0]] <= 3 * np.median(np.diff(t)):
                interval[run] = gaussian_filter1d(interval[run], 3.0)
                smoothed += 1
        expected = t[0] + np.append(0.0, np.cumsum(interval))
        np.testing.assert_allclose(regular_clock(t, np.array([0])), expected, rtol=1e-12)
    assert smoothed >= 2 * len(X)


def test_points_of_one_stamp_are_spread_up_to_the_next():
    t = np.array([0.0, 0.0, 10.0, 20.0, 20.0, 30.0, 40.0])
    clock = regular_clock(t, np.array([0]))
    interval = np.array([5.0, 5.0, 10.0, 5.0, 5.0, 10.0])
    expected = np.append(0.0, np.cumsum(gaussian_filter1d(interval, 3.0)))
    np.testing.assert_allclose(clock, expected)


@pytest.mark.parametrize("factor", [1, 3])
def test_whole_pixels_lie_on_their_common_divisor(X, factor):
    for x in X:
        points = factor * x[:, :2]
        lattice = find_lattice(points)
        for axis, spacing in zip(points.T, lattice.spacing, strict=True):
            steps = np.diff(np.unique(axis)).astype(int)
            divisor = np.gcd.reduce(steps)
            shown = len(steps) >= 8 and steps.min() == divisor
            assert spacing == (divisor if shown else 1)
        moved = points + np.random.default_rng(0).uniform(-0.4, 0.4, size=points.shape)
        near = np.abs(lattice.snap(moved) - moved) <= lattice.spacing / 2
        assert near.all()
