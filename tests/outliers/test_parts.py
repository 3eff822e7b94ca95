"""Scales of tables, operating points, and what slow people are allowed."""

import numpy as np
from scipy.stats import norm

from sklearn_ffrnn._outliers._operating_point import operating_point
from sklearn_ffrnn._outliers._slow_people import SlowPeople, log_speed, played_slower
from sklearn_ffrnn._outliers._table_scale import TableScale


def test_tables_of_any_size_come_out_near_one():
    rng = np.random.default_rng(0)
    table = rng.standard_cauchy(size=(500, 3)) * [1e-6, 1, 1e6] + [5, 0, -1e7]
    table[::7, 1] = np.nan
    out = TableScale.of(table).apply(table)
    np.testing.assert_allclose(out.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(out.std(axis=0), 1)
    assert np.abs(out).max() < 12


def test_new_rows_alone_and_constant_or_missing_columns():
    rng = np.random.default_rng(0)
    table = np.column_stack([rng.normal(size=50), np.full(50, 3.0), np.full(50, np.nan)])
    scale = TableScale.of(table)
    assert np.isfinite(scale.apply(table)).all()
    np.testing.assert_array_equal(scale.apply(table)[7:8], scale.apply(table[7:8]))
    # What is not there stands in the middle.
    missing = np.array([[np.nan, 3.0, np.nan]])
    middle = np.array([[np.median(table[:, 0]), 3.0, 0.0]])
    np.testing.assert_allclose(scale.apply(missing), scale.apply(middle))


def test_the_operating_point_leaves_room_for_one_more_recorder():
    # Nearly nine in ten recorders that nobody saw keep their share of people.
    rng = np.random.default_rng(0)
    refused = []
    for _ in range(200):
        centre = rng.normal(size=4)
        scores = np.concatenate([rng.normal(c, 1, size=400) for c in centre[:3]])
        point = operating_point(scores, np.repeat([0, 1, 2], 400), 0.1)
        refused.append(norm.cdf(point, centre[3], 1))
    assert np.mean(np.array(refused) <= 0.1) > 0.8
    one = rng.normal(size=1000)
    assert operating_point(one, np.zeros(1000), 0.1) == np.quantile(one, 0.1)


def test_slow_people_get_back_what_slowness_costs_up_to_half_the_pace():
    rng = np.random.default_rng(0)
    own = rng.uniform(0, 1, size=400)
    slower = own - rng.uniform(0, np.log(2), size=400)
    below = np.quantile(own, 0.1)

    def score(speed):
        return 1.5 - 2 * np.clip(below - speed, 0, np.log(2))

    slow = SlowPeople.of(own, score(own), slower, score(slower))
    np.testing.assert_allclose(slow, (below, 2))
    np.testing.assert_allclose(score(slower) + slow.allowance(slower), 1.5)
    np.testing.assert_allclose(slow.allowance(np.array([9.0, -9.0])), [0, 2 * np.log(2)])


def test_slowness_that_costs_nothing_is_given_nothing():
    own, slower = np.linspace(0, 1, 50), np.linspace(-1, 0, 50)
    slow = SlowPeople.of(own, own, slower, -slower)
    assert slow.lost == 0
    assert not slow.allowance(slower).any()


def test_speeds_of_movements_and_of_those_played_slower():
    t = np.arange(0.0, 800.0, 8.0)
    movement = np.column_stack([3 * t, 4 * t, t])
    assert log_speed([movement])[0] == np.log(5)
    slower = log_speed(played_slower(50 * [movement], np.random.RandomState(0)))
    assert slower.max() <= np.log(5) + 0.05
    assert slower.min() >= np.log(5 / 2) - 0.05
    assert np.ptp(slower) > 0.5
