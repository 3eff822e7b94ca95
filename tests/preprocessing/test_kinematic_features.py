"""KinematicFeatures: values that can be worked out by hand, and what they must not depend on."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier, IsolationForest
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import KinematicFeatures, SequenceBatch, load, save

ALL = ["extent", "speed", "derivatives", "path", "spectrum", "memory", "residual", "direction"]


def described(*movements, **params):
    """Return the features as a table."""
    return KinematicFeatures(**params).set_output(transform="pandas").fit_transform(movements)


def minimum_jerk(duration, length, period=5.0):
    t = np.arange(0, duration + period / 2, period)
    tau = t / duration
    return np.column_stack([length * (10 * tau**3 - 15 * tau**4 + 6 * tau**5), 0 * t, t])


def circle(radius, rate, duration, period=5.0):
    t = np.arange(0, duration + period / 2, period)
    return np.column_stack([radius * np.cos(rate * t), radius * np.sin(rate * t), t])


def wobbly(seed, n=80):
    """Return a smooth irregular movement."""
    rng = np.random.default_rng(seed)
    t = 8.0 * np.arange(n)
    waves = rng.normal(size=(2, 5)) @ np.sin(np.outer(rng.uniform(0.002, 0.02, size=5), t))
    return np.column_stack([t / 3 + 20 * waves[0], t / 5 + 20 * waves[1], t])


def test_a_straight_way_at_one_speed():
    t = np.arange(0, 1001, 10.0)
    row = described(np.column_stack([0.3 * t, 0.4 * t, t]), groups=ALL).iloc[0]
    assert row["duration"] == 1.0
    assert row["mean_speed"] == pytest.approx(0.5)
    assert np.exp(row["path_length"]) == pytest.approx(500)
    assert np.exp(row["displacement"]) == pytest.approx(500)
    assert row["straightness"] == pytest.approx(1)
    assert row["largest_deviation"] == pytest.approx(0, abs=1e-9)
    assert row["throughput"] == pytest.approx(np.log2(1 + 500 / 32))
    assert row["speed_max"] == pytest.approx(1)
    assert row["speed_variation"] == pytest.approx(0, abs=1e-9)
    assert row[["direction_cos", "direction_sin"]].tolist() == pytest.approx([0.6, 0.8])


def test_a_minimum_jerk_reach():
    # Flash & Hogan 1985: highest speed 15/8 of the mean, half-way, and integral of jerk^2 = 720
    # length^2 / duration^5, so 720 (8/15)^2 relative to duration^4 and the highest speed.
    (row,) = described(minimum_jerk(2000, 300)).itertuples()
    assert row.speed_max == pytest.approx(15 / 8, rel=0.01)
    assert row.time_of_maximum == pytest.approx(0.5, abs=0.01)
    assert row.half_way_time == pytest.approx(0.5, abs=0.01)
    assert row.braking == pytest.approx(0.5, abs=0.01)
    assert row.speed_peaks == pytest.approx(1 / 2.0, rel=0.01)
    assert row.tangential_share == pytest.approx(1)
    assert np.exp(row.dimensionless_jerk) == pytest.approx(720 * (8 / 15) ** 2, rel=0.1)


def test_two_turns_of_a_circle():
    (row,) = described(circle(50, 2 * np.pi / 1000, 2000)).itertuples()
    assert row.turning_q50 == pytest.approx(2 * np.pi, rel=1e-3)
    assert row.total_turning == pytest.approx(4 * np.pi, rel=0.02)
    assert np.exp(row.curvature) == pytest.approx(4 * np.pi, rel=0.02)
    assert row.net_turning == pytest.approx(1)
    assert row.tangential_share == pytest.approx(0, abs=0.01)


def test_an_ellipse_follows_the_two_thirds_power_law():
    t = np.arange(0, 4001, 5.0)
    ellipse = np.column_stack([100 * np.cos(t / 400), 40 * np.sin(t / 400), t])
    (row,) = described(ellipse).itertuples()
    assert row.power_law_exponent == pytest.approx(2 / 3, abs=0.02)
    assert row.speed_curvature_correlation < -0.99


def test_power_is_in_the_band_of_a_tremor():
    t = np.arange(0, 2001, 5.0)
    shaken = np.column_stack([0.1 * t + np.sin(2 * np.pi * 8 / 1000 * t), 0.2 * t, t])
    (row,) = described(shaken).itertuples()
    assert np.exp(row.velocity_5_10_hz) > 0.9


@pytest.mark.parametrize("angle", [0.5, 2.0])
def test_nothing_but_the_direction_tells_where_it_points(angle):
    movement = wobbly(0)
    cos, sin = np.cos(angle), np.sin(angle)
    turned = movement.copy()
    turned[:, :2] = movement[:, :2] @ np.array([[cos, sin], [-sin, cos]]) + [500, -70]
    table = described(movement, turned)
    np.testing.assert_allclose(*table.to_numpy(), rtol=1e-6, atol=1e-8)


def test_what_depends_on_the_unit_of_length():
    movement = wobbly(1)
    table = described(movement, movement * [3, 3, 1])
    differ = table.columns[~np.isclose(*table.to_numpy(), rtol=1e-6)]
    assert set(differ) == {"mean_speed", "path_length", "displacement", "throughput"}


def test_the_clock_of_the_recording_tells_nothing():
    # Zig-zags between points every 20 ms, recorded with more points between them.
    movement = wobbly(2)
    movement[:, 2] *= 2.5
    t = np.union1d(movement[:, 2], np.random.default_rng(0).uniform(0, movement[-1, 2], 300))
    finer = np.column_stack(
        [*(np.interp(t, movement[:, 2], axis) for axis in movement[:, :2].T), t]
    )
    table = described(movement, finer)
    np.testing.assert_allclose(*table.to_numpy(), rtol=1e-6, atol=1e-8)


def test_what_a_movement_does_not_have_is_nan():
    still = [[5, 5, 0], [5, 5, 100], [5, 5, 200]]
    short = [[0, 0, 0], [4, 1, 8], [9, 1, 16]]
    table = described(still, short, wobbly(3))
    assert table.loc[0].dropna().to_dict() == {"duration": 0.2}
    assert np.isfinite(table.loc[1, ["duration", "mean_speed", "straightness"]]).all()
    assert table.loc[2].notna().all()


def test_each_feature_is_described_and_computed():
    features = KinematicFeatures(groups=ALL).fit([wobbly(0)])
    table = features.describe()
    assert table.index.is_unique
    assert table.index.tolist() == features.get_feature_names_out().tolist()
    assert not (table == "").any(axis=None)
    assert np.isfinite(features.transform([wobbly(0)])).all()


def test_a_group_is_a_part_of_the_whole():
    whole, part = described(wobbly(0), groups=ALL), described(wobbly(0), groups=["residual"])
    pd.testing.assert_frame_equal(whole[part.columns], part)
    assert part.columns.str.startswith("residual").all()


@pytest.mark.parametrize("groups", [["speed", "colour"], []])
def test_unknown_groups_are_named(groups):
    with pytest.raises(ValueError, match=r"groups=.*'extent'"):
        KinematicFeatures(groups=groups).fit([wobbly(0)])


def test_pipelines_with_and_without_machines():
    people = [wobbly(i) for i in range(40)]
    machines = [minimum_jerk(400 + 10 * i, 10 * i + 200) for i in range(40)]
    forest = make_pipeline(KinematicFeatures(), IsolationForest(random_state=0)).fit(people)
    assert (forest.predict(machines) == -1).mean() > 0.9
    boosting = make_pipeline(KinematicFeatures(), HistGradientBoostingClassifier())
    boosting.fit(people + machines, np.repeat([1, 0], 40))
    assert boosting.predict([wobbly(77), minimum_jerk(650, 333)]).tolist() == [1, 0]


def test_saved_and_loaded(tmp_path):
    features = KinematicFeatures(16.0, groups=["speed"]).fit([wobbly(0)])
    save(features, tmp_path / "features.skops")
    again = load(tmp_path / "features.skops")
    np.testing.assert_array_equal(again.transform([wobbly(1)]), features.transform([wobbly(1)]))


def test_negatives_that_a_batch_carries_are_described_too():
    batch = SequenceBatch([wobbly(0), wobbly(1)], [minimum_jerk(600, 200)], [1])
    out = KinematicFeatures().fit_transform(batch)
    np.testing.assert_array_equal(out.rows, described(wobbly(0), wobbly(1)))
    np.testing.assert_array_equal(out.negatives, described(minimum_jerk(600, 200)))
    assert out.source.tolist() == [1]


def test_rows_alone_decide_and_clones_agree():
    X = [wobbly(i) for i in range(4)]
    features = KinematicFeatures().fit(X)
    np.testing.assert_array_equal(features.transform(X)[[2]], features.transform(X[2:3]))
    np.testing.assert_array_equal(clone(features).fit_transform(X), features.transform(X))
