"""The parts of the fit: clock, parts, pulses, least squares and polish."""

from itertools import pairwise

import numpy as np
import pytest

from sklearn_ffrnn._recording import regular_clock, stroke_starts
from sklearn_ffrnn._recording._clock import spread_equal_stamps
from sklearn_ffrnn.sigma_lognormal import _least_squares as least_squares
from sklearn_ffrnn.sigma_lognormal import position, velocity
from sklearn_ffrnn.sigma_lognormal._parts import make_part, split_parts
from sklearn_ffrnn.sigma_lognormal._polish import polish
from sklearn_ffrnn.sigma_lognormal._pulses import amplitudes, bases, total_velocity
from sklearn_ffrnn.sigma_lognormal._windows import WINDOW, Fit, refine


def some_strokes(n, seed=0):
    rng = np.random.default_rng(seed)
    theta = rng.uniform(-3, 3, n)
    return np.column_stack(
        [
            rng.uniform(20, 100, n),
            rng.uniform(-0.1, 0.2, n) + 0.15 * np.arange(n),
            rng.uniform(-2.2, -1.4, n),
            rng.uniform(0.1, 0.4, n),
            theta,
            theta + rng.normal(0, 1, n),
        ]
    )


def as_complex(points):
    return points[:, 0] + 1j * points[:, 1]


def test_pulses_agree_with_the_equations():
    strokes, t = some_strokes(6), np.linspace(0, 2, 301)
    speed, places = as_complex(velocity(strokes, t)), as_complex(position(strokes, t))
    moving, displaced = (amplitudes(strokes) @ base for base in bases(strokes, t))
    np.testing.assert_allclose(moving, speed, atol=1e-3 * abs(speed).max())
    np.testing.assert_allclose(total_velocity(strokes, t), moving, atol=1e-9)
    np.testing.assert_allclose(displaced, places, atol=1e-4 * abs(places).max())


def test_jacobian_is_the_derivative():
    free = least_squares.to_free(np.stack([some_strokes(4, seed) for seed in range(5)]))
    t = np.tile(np.arange(70) * 0.015, (5, 1))

    def model(free):
        return np.stack([velocity(strokes, t[0]).T for strokes in least_squares.to_strokes(free)])

    zero = np.zeros((5, 2, 70), np.float32)
    jacobian, residual = least_squares.jacobian_and_residual(
        t.astype(np.float32), zero, free.astype(np.float32)
    )
    np.testing.assert_allclose(-residual, model(free), atol=1e-5 * abs(residual).max())
    for k in range(6):
        step = np.zeros_like(free)
        step[:, 1, k] = 1e-5
        expected = (model(free + step) - model(free - step)) / 2e-5
        np.testing.assert_allclose(
            jacobian[:, 1, k], expected, atol=2e-5 * abs(expected).max(), err_msg=f"parameter {k}"
        )


def test_free_parameters_go_both_ways():
    strokes = some_strokes(5)
    back = least_squares.to_strokes(least_squares.to_free(strokes))
    np.testing.assert_allclose(back, strokes, rtol=1e-12)


@pytest.mark.parametrize("n", [3, 2 * WINDOW + 3])
def test_refinement_finds_strokes_from_nearby(n):
    true = some_strokes(n)
    t = np.arange(-0.2, true[:, 1].max() + 1, 0.01)
    rng = np.random.default_rng(1)
    guess = true + rng.normal(0, 0.03, true.shape) * [20, 0.2, 1, 0.2, 1, 1]
    fit = Fit(t, as_complex(velocity(true, t)), noise=5.0, most=n, strokes=guess)
    before = fit.unexplained
    for sweep in range(4):
        refine([fit], staggered=bool(sweep % 2), max_iter=20, tol=1e-4)
    assert fit.unexplained < 0.01 * before
    np.testing.assert_allclose(fit.residual, fit.velocity - total_velocity(fit.strokes, t))


def test_polish_corrects_lengths_and_directions():
    true, t = some_strokes(6), np.linspace(0, 2, 301)
    wrong = true.copy()
    wrong[:, 0] *= np.linspace(0.8, 1.2, 6)
    wrong[:, 4:] += np.linspace(-0.1, 0.1, 6)[:, None]
    target = as_complex(velocity(true, t)), as_complex(position(true, t, (3, 4)))
    found, start = polish(wrong, t, *target)
    drift = [
        abs(start + amplitudes(strokes) @ bases(strokes, t)[1] - target[1]).max()
        for strokes, start in [(wrong, 3 + 4j), (found, start)]
    ]
    assert drift[1] < 0.1 * drift[0]


def test_equal_stamps_are_spread_over_their_tick():
    t = np.array([0.0, 0, 16, 16, 32, 500, 500])
    np.testing.assert_allclose(spread_equal_stamps(t), [0, 8, 16, 24, 32, 500, 508])


def test_clock_jitter_is_smoothed_and_gaps_stay():
    rng = np.random.default_rng(0)
    steps = 10 + rng.uniform(-3, 3, 60)
    steps[30] = 400
    t = np.concatenate([[0], np.cumsum(steps)])
    clock = regular_clock(t, np.array([0]))
    inside = np.delete(np.diff(clock), 30)
    assert inside.std() < 0.5 * np.delete(steps, 30).std()
    np.testing.assert_allclose(clock[[0, 30, 31, -1]], t[[0, 30, 31, -1]], atol=1e-6)


def test_parts_end_at_pen_ups_and_missed_movement_but_not_at_pauses():
    clock = np.arange(60) * 0.01
    points = np.arange(60) + 0j
    clock[20:] += 0.5  # a pause: the pen is where it was
    clock[40:] += 0.5  # missed: it is somewhere else
    points[40:] += 100
    starts = stroke_starts(np.repeat([7, 8, 7], [5, 5, 50]), 60)
    assert [part.start for part in split_parts(clock, points, starts)] == [0, 5, 10, 40]


def test_long_movement_is_cut_where_it_rests():
    clock = np.arange(0, 60, 0.02)
    points = np.cumsum(1.1 + np.sin(clock)) + 0j
    parts = split_parts(clock, points, np.array([0]))
    assert parts[0].start == 0
    assert parts[-1].stop == len(clock)
    for before, after in pairwise(parts):
        assert before.stop == after.start
        assert np.sin(clock[after.start]) < -0.9


def test_smoothing_keeps_straight_lines():
    clock = np.arange(30) * 0.01
    part = make_part(slice(0, 30), clock, 500 * clock * (1 + 1j), 0.012)
    np.testing.assert_allclose(part.velocity, 500 * (1 + 1j), rtol=1e-9)
    np.testing.assert_allclose(part.position[[0, -1]], [0, 145 * (1 + 1j)], atol=1e-9)
