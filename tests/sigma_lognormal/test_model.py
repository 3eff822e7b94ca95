"""The equations of the Sigma-Lognormal model, against scipy's integrals and distributions."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import lognorm

from sklearn_ffrnn.sigma_lognormal import position, snr_position, snr_velocity, speed, velocity

STROKES = np.array(
    [
        [120.0, 0.05, -1.7, 0.25, 0.3, 1.1],
        [80.0, 0.20, -1.5, 0.35, -2.0, -2.0],
        [60.0, -0.30, -0.9, 0.15, 2.5, 0.1],
    ]
)
TIMES = np.linspace(-0.2, 1.5, 35)


def test_speed_is_the_lognormal_density():
    for stroke, column in zip(STROKES, speed(STROKES, TIMES).T, strict=True):
        D, t0, mu, sigma = stroke[:4]
        expected = D * lognorm(s=sigma, loc=t0, scale=np.exp(mu)).pdf(TIMES)
        np.testing.assert_allclose(column, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("turn", [0.0, 1e-12, 1e-6, 0.8, 9.0])
def test_position_is_the_integral_of_velocity(turn):
    strokes = STROKES.copy()
    strokes[:, 5] = strokes[:, 4] + turn
    times = np.array([0.1, 0.3, 0.55, 1.2])
    for axis in (0, 1):
        expected = [
            quad(lambda u, a=axis: velocity(strokes, [u])[0, a], -0.3, t, limit=200)[0]
            for t in times
        ]
        got = position(strokes, times)[:, axis]
        np.testing.assert_allclose(got, expected, rtol=1e-7, atol=1e-7)


def test_velocity_is_the_derivative_of_position():
    h = 1e-6
    ahead, behind = position(STROKES, TIMES + h), position(STROKES, TIMES - h)
    np.testing.assert_allclose((ahead - behind) / (2 * h), velocity(STROKES, TIMES), atol=1e-4)


def test_a_straight_stroke_ends_its_length_away():
    straight = [[50.0, 0.0, -1.6, 0.3, 0.25, 0.25]]
    end = position(straight, [10.0], start=(1e6, 1e6))
    np.testing.assert_allclose(end, [[1e6 + 50 * np.cos(0.25), 1e6 + 50 * np.sin(0.25)]])


def test_units_of_time_only_rescale():
    milliseconds = STROKES.copy()
    milliseconds[:, 1] *= 1e3
    milliseconds[:, 2] += np.log(1e3)
    np.testing.assert_allclose(
        velocity(milliseconds, TIMES * 1e3) * 1e3, velocity(STROKES, TIMES), rtol=1e-9, atol=1e-9
    )
    np.testing.assert_allclose(
        position(milliseconds, TIMES * 1e3), position(STROKES, TIMES), rtol=1e-9, atol=1e-9
    )


def test_no_strokes_no_motion():
    none = np.empty((0, 6))
    assert velocity(none, TIMES).shape == (len(TIMES), 2)
    np.testing.assert_array_equal(position(none, TIMES, (3, 4)), np.tile([3.0, 4.0], (35, 1)))


def test_quality_in_decibel():
    v = velocity(STROKES, TIMES)
    assert snr_velocity(v, 0.9 * v) == pytest.approx(20.0)
    assert snr_velocity(v, v) == np.inf
    p = position(STROKES, TIMES, (1e6, 0))
    centred = p - p.mean(axis=0)
    assert snr_position(p, p + 0.1 * centred) == pytest.approx(20.0, abs=1e-5)
    assert snr_position(np.ones((3, 2)), np.zeros((3, 2))) == -np.inf


@pytest.mark.parametrize(
    ("strokes", "message"),
    [
        (np.zeros(6), r"\(n_strokes, 6\)"),
        ([[0.0, 0, 0, 1, 0, 0]], r"strokes\[0\] has D = 0"),
        ([[1.0, 0, 0, -1, 0, 0]], r"strokes\[0\] has sigma = -1"),
    ],
)
def test_malformed_strokes_are_named(strokes, message):
    with pytest.raises(ValueError, match=message):
        velocity(strokes, TIMES)


def test_malformed_companions_are_named():
    with pytest.raises(ValueError, match="t has 2 dimension"):
        speed(STROKES, TIMES[:, None])
    with pytest.raises(ValueError, match="start has shape"):
        position(STROKES, TIMES, 3.0)
    with pytest.raises(ValueError, match="do not compare"):
        snr_velocity(np.ones((3, 2)), np.ones((4, 2)))
