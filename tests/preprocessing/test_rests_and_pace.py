"""Rests are cut, pace is a channel, and coarse recordings are reported."""

import warnings

import numpy as np
import pytest

from sklearn_ffrnn import VelocityTransformer
from sklearn_ffrnn.preprocessing._rests import without_rests


def test_a_gap_is_a_rest_before_the_next_point():
    t = [0, 10, 20, 30, 130, 140, 150]
    x = np.column_stack([np.arange(7) * 4.0, np.zeros(7), t])
    expected = [[0, 0], [4, 10], [8, 20], [12, 30], [12, 70], [16, 80], [20, 90], [24, 100]]
    np.testing.assert_array_equal(without_rests(x, 40.0, 10.0)[:, [0, 2]], expected)


def test_rests_are_cut_and_gone_at_the_ends():
    places = [0, 0, 0, 5, 9, 9, 9, 9, 9, 14, 20, 20, 20]
    x = np.column_stack([places, np.zeros(13), 10.0 * np.arange(13)])
    out = without_rests(x, 20.0, 10.0)
    assert out[:, 0].tolist() == [0, 5, 9, 9, 9, 9, 9, 14, 20]
    np.testing.assert_allclose(np.diff(out[:, 2]), [10, 10, 5, 5, 5, 5, 10, 10])


def test_steady_movement_stays_as_it_is():
    x = np.column_stack([np.arange(20.0), np.arange(20.0) ** 2, 8.0 * np.arange(20)])
    np.testing.assert_array_equal(without_rests(x, 90.0, 16.0), x)


def test_where_nothing_moves_something_is_left():
    x = np.column_stack([np.ones(5), np.ones(5), 8.0 * np.arange(5)])
    assert len(without_rests(x, 90.0, 16.0)) >= 2


def test_paced_is_intrinsic_and_the_speed():
    rng = np.random.default_rng(0)
    x = np.column_stack([np.cumsum(rng.uniform(1, 9, size=(60, 2)), axis=0), 16.0 * np.arange(60)])
    settings = {"resample": 16.0, "scale": None}
    intrinsic, paced = (
        VelocityTransformer(channels=channels, **settings).fit([x])
        for channels in ("intrinsic", "paced")
    )
    assert paced.get_feature_names_out()[-1] == "log_pace"
    out = paced.transform([x])[0]
    np.testing.assert_array_equal(out[:, :5], intrinsic.transform([x])[0])
    speed = np.linalg.norm(np.diff(x[:, :2], axis=0), axis=1) / 16
    np.testing.assert_allclose(np.exp(out[:, 5]) - 0.01, speed, rtol=1e-4)
    fast = x / [1, 1, 2]
    halved = VelocityTransformer(8.0, channels="paced", scale=None).fit_transform([fast])[0]
    np.testing.assert_allclose(halved[:, :5], out[:, :5], atol=1e-4)
    np.testing.assert_allclose(np.exp(halved[:, 5]) - 0.01, 2 * speed, rtol=1e-4)


def test_recordings_far_coarser_than_the_clock_are_reported():
    fine = np.column_stack([np.arange(30.0), np.arange(30.0), 15.0 * np.arange(30)])
    coarse = fine * [1, 1, 8]
    with pytest.warns(UserWarning, match=r"X\[1\] has a point every 120, .* 1 more"):
        VelocityTransformer(16.0).fit([fine, coarse, coarse])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        transformer = VelocityTransformer(16.0).fit([fine, fine * [1, 1, 2]])
        VelocityTransformer(100.0).fit([fine, coarse])
        VelocityTransformer().fit([fine, coarse])
    with pytest.warns(UserWarning, match=r"X\[0\] has a point every 120"):
        transformer.transform([coarse])
