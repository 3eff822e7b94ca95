"""What a device lets through: dead bands and shortest steps, found and applied again."""

import numpy as np
import pytest

from sklearn_ffrnn._recording import find_pointing_device
from sklearn_ffrnn.sigma_lognormal import extract_strokes, position, synthesize

STROKES = [
    [300, 0, 4.8, 0.25, 0, 1],
    [200, 150, 5.0, 0.25, 1, 0.5],
    [250, 450, 5.0, 0.3, 2, 1.5],
    [150, 700, 5.0, 0.3, 1.5, 3],
]
T = np.arange(0.0, 1300.0, 8.0)


def held(xy, band):
    """Record as a tablet does that holds each coordinate until it has changed by `band`."""
    out = [xy[0].round()]
    for point in xy[1:].round():
        out.append(np.where(np.abs(point - out[-1]) >= band, point, out[-1]))
    return np.array(out)


def reported(xy, reach):
    """Drop the points that are nearer than `reach` to the one reported before."""
    kept = [0]
    xy = xy.round()
    for i in range(1, len(xy)):
        if np.linalg.norm(xy[i] - xy[kept[-1]]) >= reach:
            kept.append(i)
    return np.column_stack([xy[kept], T[kept]])


@pytest.fixture
def xy():
    return position(STROKES, T)


def negatives(trajectory):
    (plan,) = extract_strokes([trajectory])
    return [n[:, :2] for n in synthesize(plan, 1.0, 0, 10)]


@pytest.mark.parametrize("band", [1, 3, 5])
def test_dead_band(xy, band):
    points = held(xy, band)
    assert find_pointing_device(points).dead_band == band
    for negative in negatives(np.column_stack([points, T])):
        change = np.abs(np.diff(negative, axis=0))
        assert change[change > 0].min() >= band


def test_shortest_step(xy):
    trajectory = reported(xy, 2)
    assert find_pointing_device(trajectory[:, :2]).reach == 2
    for negative in negatives(trajectory):
        assert np.linalg.norm(np.diff(negative, axis=0), axis=1).min() >= 2


def test_no_limit_from_few_steps():
    device = find_pointing_device(np.array([[0.0, 0], [50, 20], [100, 41], [149, 60]]))
    assert device.dead_band == 1
    assert device.reach == 1


def test_points_repeat_where_the_sources_do_and_nowhere_else(xy):
    points = xy.round()
    still = ~np.diff(points, axis=0).any(axis=1)
    assert still.sum() > 10
    for negative in negatives(np.column_stack([points, T])):
        np.testing.assert_array_equal(~np.diff(negative, axis=0).any(axis=1), still)


def test_recorded_stays_near_the_path(xy):
    device = find_pointing_device(held(xy, 3))
    error = device.record(xy + 0.4) - xy - 0.4
    assert np.abs(error[~device.repeated]).max() < 3.6


def test_continuous_coordinates_pass():
    xy = position(STROKES, T) + np.random.default_rng(0).normal(size=(len(T), 2))
    np.testing.assert_array_equal(find_pointing_device(xy).record(xy + 0.1), xy + 0.1)
