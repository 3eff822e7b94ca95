"""What VelocityTransformer computes, against numpy."""

import numpy as np
import pytest

from sklearn_ffrnn import SequenceBatch, VelocityTransformer


def reference(movement):
    steps = np.diff(movement, axis=0)
    return steps[:, :2] / steps[:, [2]]


def valid(padded):
    return padded[np.isfinite(padded).all(axis=1)]


def test_formula_and_padding(movements):
    X, _ = movements
    out = VelocityTransformer(scale=None).fit_transform(X)
    assert out.dtype == np.float32
    assert out.shape == (len(X), max(map(len, X)) - 1, 2)
    for padded, movement in zip(out, X, strict=True):
        expected = reference(movement)
        np.testing.assert_allclose(padded[: len(expected)], expected, rtol=1e-6)
        assert np.isnan(padded[len(expected) :]).all()


def test_stroke_column_is_no_channel(movements):
    X, _ = movements
    with_strokes = [np.column_stack([m, np.arange(len(m)) > 2]) for m in X]
    np.testing.assert_array_equal(
        VelocityTransformer().fit_transform(with_strokes), VelocityTransformer().fit_transform(X)
    )


def test_equal_stamps_are_merged_into_the_last():
    movement = np.array(
        [[0, 0, 0], [1, 0, 0], [4, 2, 10], [5, 2, 10], [6, 2, 10], [9, 8, 20], [9, 9, 20]], float
    )
    out = VelocityTransformer(scale=None).fit_transform([movement])[0]
    np.testing.assert_allclose(out, reference(movement[[1, 4, 6]]), rtol=1e-6)
    assert np.abs(out).max() < 1  # a step of 1e-8 in place of zero would give 1e8


def test_resample_is_linear_interpolation_on_a_uniform_clock():
    movement = np.array([[0, 0, 3], [10, 4, 8], [10, 20, 11], [40, 20, 26.5]])
    t = np.arange(3, 26.5, 2.0)
    points = np.column_stack([np.interp(t, movement[:, 2], movement[:, i]) for i in (0, 1)])
    out = VelocityTransformer(resample=2, scale=None).fit_transform([movement])[0]
    np.testing.assert_allclose(out, np.diff(points, axis=0) / 2, rtol=1e-6)


def test_resample_removes_what_the_clock_tells():
    def path(t):
        return np.column_stack([3 * t, -t, t])

    even, uneven = path(np.arange(0, 101, 10.0)), path(np.array([0, 3, 4, 17, 50, 52, 99, 100.0]))
    out = VelocityTransformer(resample=5, scale=None).fit_transform([even, uneven])
    np.testing.assert_allclose(out[0], out[1], rtol=1e-5)


def test_resample_keeps_a_movement_shorter_than_the_period():
    movement = np.array([[0, 0, 0], [5, 5, 1], [6, 2, 4.0]])
    out = VelocityTransformer(resample=100, scale=None).fit_transform([movement])
    np.testing.assert_allclose(out, [[[1.5, 0.5]]])


@pytest.mark.parametrize(
    ("max_length", "expected"), [(3, 3), (20, 20), ("mean", 5), (None, 8)], ids=str
)
def test_max_length(max_length, expected):
    rng = np.random.default_rng(0)
    X = [np.column_stack([rng.normal(size=(n + 1, 2)), np.arange(n + 1)]) for n in (3, 4, 8)]
    transformer = VelocityTransformer(max_length=max_length, scale=None)
    out = transformer.fit_transform(X)
    assert out.shape == (3, expected, 2)
    for padded, movement in zip(out, X, strict=True):
        np.testing.assert_allclose(valid(padded), reference(movement)[:expected], rtol=1e-6)
    # Learnt in fit: other data are cut and padded to the same length, unless there is none.
    assert transformer.transform(X[:1]).shape[1] == (3 if max_length is None else expected)
    assert transformer.max_length_ == (None if max_length is None else expected)


def test_scale_sequence_is_a_z_score_over_both_axes_before_padding(movements):
    X, _ = movements
    out = VelocityTransformer(scale="sequence", max_length=6).fit_transform(X)
    for padded, movement in zip(out, X, strict=True):
        v = reference(movement)[:6]
        np.testing.assert_allclose(valid(padded), (v - v.mean()) / v.std(), rtol=1e-4, atol=1e-5)


def test_scale_dataset_uses_the_training_set_alone(movements):
    X, _ = movements
    transformer = VelocityTransformer(scale="dataset").fit(X[:20])
    steps = np.concatenate([reference(m) for m in X[:20]])
    np.testing.assert_allclose(transformer.mean_, steps.mean(axis=0))
    np.testing.assert_allclose(transformer.scale_, steps.std(axis=0))
    out = transformer.transform(X[20:])
    expected = (reference(X[20]) - steps.mean(axis=0)) / steps.std(axis=0)
    np.testing.assert_allclose(valid(out[0]), expected, rtol=1e-4, atol=1e-5)


def test_scale_dataset_keeps_differences_of_speed():
    slow = np.array([[0, 0, 0], [1, 1, 1], [1, 3, 2.0]])
    fast = slow * [10, 10, 1]
    by_set = VelocityTransformer(scale="dataset").fit_transform([slow, fast])
    np.testing.assert_allclose(np.ptp(by_set[1], axis=0), 10 * np.ptp(by_set[0], axis=0), rtol=1e-5)
    by_sequence = VelocityTransformer(scale="sequence").fit_transform([slow, fast])
    np.testing.assert_allclose(by_sequence[0], by_sequence[1], rtol=1e-5)


@pytest.mark.parametrize("scale", ["dataset", "sequence"])
@pytest.mark.parametrize("step", [0.0, 0.1])
def test_constant_velocity_is_not_blown_up(scale, step):
    # Steps of 0.1 differ in the last digit: a deviation of 1e-17 must not be divided by.
    constant = np.column_stack([np.arange(9) * step, np.arange(9) * step, np.arange(9.0)])
    out = VelocityTransformer(scale=scale).fit_transform([constant, constant])
    np.testing.assert_allclose(out, np.zeros((2, 8, 2)), atol=1e-12)


def test_large_time_stamps_lose_no_digits():
    # Milliseconds since 1970, in whose place float32 has steps of two minutes.
    movement = np.array([[0, 0, 0], [3, 4, 10], [6, 0, 18.0]])
    epoch = movement + np.array([0, 0, 1.7e12])
    out = VelocityTransformer(scale=None).fit_transform([movement, epoch])
    np.testing.assert_allclose(out[1], out[0], rtol=1e-6)


def test_negatives_are_transformed_like_rows_and_leave_the_statistics_alone(movements):
    X, _ = movements
    negatives = [m * [50, 50, 1] for m in X[:3]]
    transformer = VelocityTransformer(max_length=4)
    out = transformer.fit_transform(SequenceBatch(X, negatives, [0, 1, 2]))
    alone = VelocityTransformer(max_length=4).fit(X)
    np.testing.assert_array_equal(out.rows, alone.transform(X))
    np.testing.assert_array_equal(out.negatives, alone.transform(negatives))


def test_bad_negative_is_named(movements):
    X, _ = movements
    with pytest.raises(ValueError, match=r"X\.negatives\[1\].*backwards"):
        VelocityTransformer().fit_transform(SequenceBatch(X, [X[0], X[1][::-1]], [0, 1]))


@pytest.mark.parametrize(
    ("movement", "velocity"),
    [([[0, 0, 0], [1e300, 0, 1]], r"1e\+300"), ([[0, 0, 0], [1e300, 0, 1e-300]], "inf")],
)
@pytest.mark.parametrize("scale", [None, "dataset", "sequence"])
def test_velocity_beyond_float32(movement, velocity, scale, movements):
    with pytest.raises(ValueError, match=rf"X\[1\].*velocity of {velocity}.*units"):
        VelocityTransformer(scale=scale).fit([movements[0][0], np.array(movement)])


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("resample", 0),
        ("resample", "5ms"),
        ("resample", np.inf),
        ("max_length", 0),
        ("max_length", 2.5),
        ("max_length", "median"),
        ("scale", "minmax"),
        ("scale", True),
    ],
)
def test_value_not_allowed(parameter, value, movements):
    with pytest.raises(ValueError, match=f"The '{parameter}' parameter of VelocityTransformer"):
        VelocityTransformer(**{parameter: value}).fit(movements[0])


class TestPartialFit:
    @pytest.mark.parametrize("max_length", [None, 6])
    def test_parts_give_the_statistics_of_the_whole(self, movements, max_length):
        X, _ = movements
        whole = VelocityTransformer(max_length=max_length).fit(X)
        stream = VelocityTransformer(max_length=max_length)
        for part in (X[:1], X[1:20], X[20:]):
            stream.partial_fit(part)
        assert stream.n_steps_seen_ == whole.n_steps_seen_
        np.testing.assert_allclose(stream.mean_, whole.mean_, rtol=1e-12)
        np.testing.assert_allclose(stream.scale_, whole.scale_, rtol=1e-12)
        np.testing.assert_allclose(stream.transform(X), whole.transform(X), rtol=1e-5, atol=1e-6)

    def test_fit_forgets(self, movements):
        X, _ = movements
        again = VelocityTransformer().partial_fit(X[:5]).fit(X[5:])
        np.testing.assert_array_equal(again.mean_, VelocityTransformer().fit(X[5:]).mean_)

    def test_a_channel_that_never_changes_is_not_blown_up(self):
        up = [np.column_stack([0.1 * t, np.sin(t), t]) for t in (np.arange(9.0), np.arange(7.0))]
        stream = VelocityTransformer()
        for x in up:
            stream.partial_fit([x])
        assert stream.scale_[0] == 1
        assert np.nanmax(np.abs(stream.transform(up)[..., 0])) < 1e-6

    def test_what_it_cannot_do_is_refused(self, movements):
        X, _ = movements
        with pytest.raises(ValueError, match="Set max_length to a number"):
            VelocityTransformer(max_length="mean").partial_fit(X)
        with_strokes = [np.column_stack([x, np.zeros(len(x))]) for x in X]
        with pytest.raises(ValueError, match=r"has 4 features, but .* expecting 3"):
            VelocityTransformer().partial_fit(X).partial_fit(with_strokes)


class TestIntrinsicChannels:
    @pytest.fixture
    def movement(self):
        rng = np.random.default_rng(0)
        steps = rng.normal([4, 1], size=(30, 2))
        return np.column_stack([np.cumsum(steps, axis=0), 16.0 * np.arange(30)])

    def channels(self, movement):
        transformer = VelocityTransformer(channels="intrinsic", scale=None)
        return dict(
            zip(
                transformer.fit([movement]).get_feature_names_out(),
                transformer.transform([movement])[0].T,
                strict=True,
            )
        )

    @pytest.mark.parametrize("unit", [1e-3, 25.4])
    @pytest.mark.parametrize("angle", [0.0, 1.1])
    def test_neither_unit_nor_direction_counts(self, movement, unit, angle):
        turned = movement.copy()
        cos, sin = np.cos(angle), np.sin(angle)
        turned[:, :2] = unit * movement[:, :2] @ np.array([[cos, sin], [-sin, cos]])
        for name, values in self.channels(movement).items():
            np.testing.assert_allclose(self.channels(turned)[name], values, atol=1e-5)

    def test_mirrored_turns_the_other_way(self, movement):
        here, there = self.channels(movement), self.channels(movement * [1, -1, 1])
        for name in ("turn_sin", "jerk_across"):
            np.testing.assert_allclose(there[name], -here[name], atol=1e-5)

    def test_circle_at_one_speed(self):
        angle = 0.1 * np.arange(40)
        circle = np.column_stack([50 * np.cos(angle), 50 * np.sin(angle), 16.0 * np.arange(40)])
        found = self.channels(circle)
        np.testing.assert_allclose(found["log_speed"], np.log(1.05), atol=1e-4)
        angles = np.arctan2(found["turn_sin"], found["turn_cos"])[1:]
        np.testing.assert_allclose(angles, 0.1, atol=1e-4)

    def test_jerk_is_that_of_a_cubic(self):
        # x = t + t^3 / 1000 has the third difference 6 / 1000 everywhere.
        t = np.arange(30.0)
        cubic = np.column_stack([10 * t + t**3 / 1000, np.zeros(30), 16 * t])
        jerk = self.channels(cubic)["jerk_along"]
        speed = np.diff(cubic[:, 0])
        nearby = np.convolve(np.pad(speed, 2, mode="edge"), np.full(5, 0.2), mode="valid")
        expected = 0.006 / (nearby + 0.02 * speed.mean())
        before = np.append(speed[0], speed[:-1])
        expected *= before / (before + 0.05 * speed.mean())
        np.testing.assert_allclose(jerk, np.arcsinh(5 * expected), rtol=1e-3)

    @pytest.mark.parametrize("n_points", [2, 3, 4])
    def test_short_and_still_movements(self, n_points):
        movement = np.column_stack([np.zeros((n_points, 2)), np.arange(n_points)])
        assert all(np.isfinite(v).all() for v in self.channels(movement).values())


def test_keep_lattice_rounds_what_is_resampled():
    movement = np.array([[0, 0, 0], [10, 4, 7], [21, 9, 14], [40, 17, 23]], dtype=float)
    free = VelocityTransformer(5, scale=None).fit_transform([movement])[0]
    kept = VelocityTransformer(5, keep_lattice=True, scale=None).fit_transform([movement])[0]
    np.testing.assert_allclose(5 * kept, np.round(5 * kept), atol=1e-6)
    positions = np.cumsum(5 * free, axis=0).round()
    np.testing.assert_allclose(np.cumsum(5 * kept, axis=0), positions, atol=1e-5)
