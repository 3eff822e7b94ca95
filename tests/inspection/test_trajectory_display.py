"""TrajectoryDisplay: path, speed and strokes of a movement."""

import numpy as np
import pytest

from sklearn_ffrnn.inspection import TrajectoryDisplay
from sklearn_ffrnn.sigma_lognormal import extract_strokes, position, speed
from tests.helpers import legend

pytest.importorskip("matplotlib")
pytestmark = pytest.mark.usefixtures("off_screen")

T = np.arange(0.0, 800.0, 10.0)
STROKES = [[100, 0, 5.3, 0.25, 0, 1], [60, 350, 5.3, 0.25, -1, -1.5]]
MOVEMENT = np.column_stack([position(STROKES, T), T + 1000])


def test_path_and_speed_of_a_movement():
    display = TrajectoryDisplay.from_trajectory(MOVEMENT)
    path, profile = display.axes_
    step = np.diff(MOVEMENT[:, :2], axis=0)
    np.testing.assert_allclose(display.path_.get_array(), np.hypot(*step.T) / 10, atol=1e-12)
    ends = np.array(display.path_.get_segments())
    np.testing.assert_allclose(ends[:, 0], MOVEMENT[:-1, :2], atol=1e-12)
    np.testing.assert_allclose(ends[:, 1], MOVEMENT[1:, :2], atol=1e-12)
    recorded = display.recorded_.get_data()
    np.testing.assert_allclose(recorded.values, np.hypot(*step.T) / 10, atol=1e-12)
    np.testing.assert_allclose(recorded.edges, T)
    t, reconstructed = display.reconstructed_.get_data()
    plan = display.plan
    np.testing.assert_allclose(reconstructed, np.hypot(*plan.velocity(1000 + t).T))
    assert len(display.strokes_) == 2
    peaks = [area.get_paths()[0].vertices[:, 1].max() for area in display.strokes_]
    np.testing.assert_allclose(peaks, speed(plan.strokes, t).max(axis=0))
    assert path.yaxis_inverted()
    assert (path.get_xlabel(), path.get_ylabel()) == ("pixels", "pixels")
    assert (profile.get_xlabel(), profile.get_ylabel()) == ("ms", "pixels / ms")
    assert legend(profile) == ["recorded", "sum of the strokes", "strokes (2)"]


def test_pen_that_was_lifted():
    pen = np.column_stack([MOVEMENT, np.repeat([1, 2], 40)])
    pen[40:, :2] += 500  # where it comes down again
    display = TrajectoryDisplay.from_trajectory(pen, unit="mm", y_down=False)
    assert len(display.path_.get_segments()) == len(pen) - 2
    assert display.path_.get_array().max() < 5
    assert np.flatnonzero(np.isnan(display.recorded_.get_data().values)).tolist() == [39]
    assert not display.axes_[0].yaxis_inverted()
    assert display.axes_[0].get_xlabel() == "mm"


def test_points_of_one_time_stamp_have_the_speed_of_the_last():
    display = TrajectoryDisplay.from_trajectory(np.insert(MOVEMENT, 40, MOVEMENT[40], axis=0))
    np.testing.assert_allclose(display.recorded_.get_data().edges, T)


def test_movement_without_strokes():
    still = np.array([[5.0, 5.0, 0.0], [5.0, 5.0, 10.0], [5.0, 5.0, 20.0]])
    (plan,) = extract_strokes([still], on_error="skip")
    display = TrajectoryDisplay(plan=plan).plot()
    assert display.strokes_ == []
    assert display.reconstructed_ is None
    assert legend(display.axes_[1]) == ["recorded"]
