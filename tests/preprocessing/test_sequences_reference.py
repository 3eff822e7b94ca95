"""The channels of VelocityTransformer against plain formulas, one movement at a time."""

import numpy as np
import pytest

from sklearn_ffrnn import VelocityTransformer
from sklearn_ffrnn.datasets import load_mouse_movements

pytest.importorskip("cursory")

PERIOD = 16.0


def reference(movement):
    """Return the six channels, step by step."""
    t = movement[:, 2]
    clock = t[0] + PERIOD * np.arange(int((t[-1] - t[0]) / PERIOD) + 1)
    x, y = (np.interp(clock, t, axis) for axis in movement[:, :2].T)
    v = (np.diff(x) + 1j * np.diff(y)) / PERIOD
    speed = np.abs(v)
    mean, padded = speed.mean(), np.pad(speed, 2, mode="edge")
    rows = []
    for i in range(len(v)):
        before = v[max(i - 1, 0)]
        turn = v[i] * np.conj(before)
        turn /= np.abs(turn) + (0.05 * mean) ** 2
        j = max(i, 2)
        jerk = v[j] - 2 * v[j - 1] + v[j - 2]
        jerk *= np.conj(before) / (np.abs(before) + 0.05 * mean)
        jerk /= padded[i : i + 5].mean() + 0.02 * mean
        rows.append(
            [
                np.log(0.05 + speed[i] / mean),
                turn.real,
                turn.imag,
                np.arcsinh(5 * jerk.real),
                np.arcsinh(5 * jerk.imag),
                np.log(0.01 + speed[i]),
            ]
        )
    return np.array(rows)


@pytest.fixture(scope="module")
def X():
    movements = load_mouse_movements().data[:120]
    return [m[np.append(np.diff(m[:, 2]) > 0, True)] for m in movements]


def test_movements_together_as_one_at_a_time(X):
    transformer = VelocityTransformer(PERIOD, channels="paced", scale=None)
    for made, x in zip(transformer.fit_transform(X), X, strict=True):
        expected = reference(x)
        np.testing.assert_allclose(made[: len(expected)], expected, rtol=1e-5, atol=1e-6)
        assert np.isnan(made[len(expected) :]).all()


@pytest.mark.parametrize("channels", ["velocity", "intrinsic", "paced"])
def test_rows_alone_decide(X, channels):
    transformer = VelocityTransformer(PERIOD, keep_lattice=True, channels=channels)
    together = transformer.fit_transform(X)
    for i in (0, 7, 42):
        alone = transformer.transform([X[i]])[0]
        np.testing.assert_array_equal(alone, together[i, : len(alone)])
        assert np.isnan(together[i, len(alone) :]).all()
