"""Synthetic movements: all that is not movement is the source's."""

import numpy as np
import pytest

from sklearn_ffrnn._recording import find_lattice
from sklearn_ffrnn.sigma_lognormal import extract_strokes, position, snr_position, synthesize
from sklearn_ffrnn.sigma_lognormal._perturbation import MEMORY, drift, perturb, while_moving

# Underway at the first sample, at rest from 300 to 600 ms and at the end.
STROKES = np.array(
    [
        [300, -100, 4.8, 0.25, 0, 1],
        [200, 0, 5.0, 0.25, 1, 0.5],
        [250, 550, 5.0, 0.3, 2, 1.5],
        [150, 700, 5.0, 0.3, 1.5, 3],
    ]
)


def movement(t, *, offset=0.0):
    return np.column_stack([position(STROKES, t, (offset, offset)), t])


@pytest.fixture
def source():
    """Whole numbers on a clock with jitter and equal stamps, as a mouse records."""
    rng = np.random.default_rng(0)
    t = np.cumsum(rng.integers(6, 11, size=150)).astype(float)
    t = np.floor((t - t[0]) / 16) * 16
    trajectory = movement(t)
    trajectory[:, :2] = trajectory[:, :2].round()
    return trajectory


def plan_of(trajectory, **options):
    return extract_strokes([trajectory], **options)[0]


def again(trajectory, strength=1.0, seed=0, **options):
    return synthesize(plan_of(trajectory, **options), strength, seed)[0]


def repeated(trajectory):
    return ~np.diff(trajectory[:, :2], axis=0).any(axis=1)


def test_recording_is_the_sources(source):
    negative = again(source)
    np.testing.assert_array_equal(negative[:, 2], source[:, 2])
    np.testing.assert_array_equal(negative[:, :2], negative[:, :2].round())
    assert repeated(source).sum() > 20
    assert repeated(negative)[repeated(source)].all()
    assert repeated(negative).sum() < 1.5 * repeated(source).sum()
    assert (negative[:, :2] != source[:, :2]).any(axis=1).mean() > 0.5


def test_no_strength_gives_a_continuous_source_back():
    trajectory = movement(np.arange(0.0, 1200.0, 7.3))
    trajectory[:, :2] += np.random.default_rng(0).normal(size=(len(trajectory), 2))
    np.testing.assert_allclose(again(trajectory, 0.0), trajectory, rtol=0, atol=1e-9)


def test_no_strength_gives_a_source_on_a_lattice_back_but_for_rounding_noise(source):
    error = again(source, 0.0)[:, :2] - source[:, :2]
    assert np.abs(error).max() <= 2
    assert error.std() < 0.6


def test_more_strength_goes_further_from_the_source(source):
    plan = plan_of(source)
    snr = [
        np.median([snr_position(source[:, :2], n[:, :2]) for n in synthesize(plan, s, 0, 20)])
        for s in (0.5, 1.0, 2.0, 4.0)
    ]
    assert np.all(np.diff(snr) < -3)


def test_seed_decides(source):
    plan = plan_of(source)
    a, b = synthesize(plan, random_state=3), synthesize(plan, random_state=3)
    np.testing.assert_array_equal(a, b)
    assert (synthesize(plan, random_state=4)[0] != a[0]).any()
    first, second = synthesize(plan, random_state=3, n_samples=2)
    np.testing.assert_array_equal(first, a[0])
    assert (first != second).any()


def test_starts_in_motion_and_ends_at_rest_as_the_source_does(source):
    plan = plan_of(source)

    def steps(x):
        return np.linalg.norm(np.diff(x[:, :2], axis=0), axis=1)

    begin = np.median([steps(n)[:10].sum() for n in synthesize(plan, 1.0, 0, 20)])
    assert begin == pytest.approx(steps(source)[:10].sum(), rel=0.15)
    assert max(steps(n)[-10:].sum() for n in synthesize(plan, 1.0, 0, 20)) <= (
        steps(source)[-10:].sum() + 6
    )


def test_pause_is_kept():
    """A movement that reports no change for long reports none again, and goes on from there."""
    t = np.arange(0.0, 1300.0, 10.0)
    trajectory = movement(t)
    trajectory[:, :2] = trajectory[:, :2].round()
    pause = repeated(trajectory)
    assert pause.sum() > 15
    for negative in synthesize(plan_of(trajectory), 2.0, 0, 10):
        steps = np.linalg.norm(np.diff(negative[:, :2], axis=0), axis=1)
        assert not steps[pause].any()
        assert steps.max() < 1.4 * np.linalg.norm(np.diff(trajectory[:, :2], axis=0), axis=1).max()


def test_pen_up_is_kept(source):
    stroke_id = (np.arange(len(source)) >= 60).astype(float)
    trajectory = np.column_stack([source, stroke_id])
    trajectory[60:, :2] += 400
    plan = plan_of(trajectory)
    assert len(plan.parts) == 2
    jump = trajectory[60, :2] - trajectory[59, :2]
    for negative in synthesize(plan, 1.0, 0, 10):
        np.testing.assert_array_equal(negative[:, 3], stroke_id)
        error = negative[60, :2] - negative[59, :2] - jump
        assert np.linalg.norm(error) < 0.3 * np.linalg.norm(jump)


@pytest.mark.parametrize("spacing", [1.0, 0.5, 0.1, 1 / 3, 4.0])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_lattice(spacing, dtype):
    t = np.arange(0.0, 1200.0, 8.0)
    trajectory = movement(t)
    grid = (np.round(trajectory[:, :2] / spacing) * spacing).astype(dtype)
    trajectory[:, :2] = grid
    assert find_lattice(trajectory[:, :2]).spacing == pytest.approx(spacing, rel=1e-5)
    negative = again(trajectory)[:, :2]
    offset = (negative - grid[0]) / spacing
    np.testing.assert_allclose(offset, offset.round(), atol=2e-4)
    np.testing.assert_array_equal(negative, negative.astype(dtype).astype(float))


def test_continuous_coordinates_have_no_lattice():
    trajectory = movement(np.arange(0.0, 1200.0, 8.0))
    lattice = find_lattice(trajectory[:, :2])
    assert not lattice.spacing.any()
    negative = again(trajectory)[:, :2]
    assert (negative != negative.round(3)).mean() > 0.9


def test_few_points_do_not_make_a_coarse_lattice():
    points = np.array([[0.0, 0.0], [50.0, 20.0], [100.0, 40.0]])
    np.testing.assert_array_equal(find_lattice(points).spacing, [1.0, 1.0])


def test_far_origin_and_seconds_change_nothing(source):
    near = again(source)
    far = source + np.array([1e6, -1e6, 0])
    np.testing.assert_allclose(again(far)[:, :2] - [1e6, -1e6], near[:, :2], atol=1)
    seconds = source * [1, 1, 1e-3]
    np.testing.assert_allclose(again(seconds, time_unit="s")[:, :2], near[:, :2], atol=1)


def test_comes_back_where_the_source_does():
    """Errors of forty strokes do not add up in a movement that goes round and round."""
    onsets = 150.0 * np.arange(40)
    angle = np.arange(40) * np.pi / 2
    strokes = np.column_stack(
        [np.full(40, 200.0), onsets, np.full(40, 5.0), np.full(40, 0.25), angle, angle + np.pi / 2]
    )
    t = np.arange(0.0, 6600.0, 10.0)
    trajectory = np.column_stack([position(strokes, t), t])
    for negative in synthesize(plan_of(trajectory), 1.0, 0, 10):
        np.testing.assert_allclose(negative[-1], trajectory[-1], atol=5)
        assert snr_position(trajectory[:, :2], negative[:, :2]) < 25


class TestWhileMoving:
    steps = np.array([[3.0, 0.0], [1.0, 2.0], [0.0, 0.0], [2.0, 4.0]])
    deviation = np.array([[0.5, -1.0], [1.0, 1.0], [3.0, 1.0], [-4.0, 2.0], [-3.0, 8.0]])

    def test_nothing_drifts_that_does_not_move(self):
        new = while_moving(self.deviation, self.steps, 0.7)
        assert not np.diff(new, axis=0)[self.steps == 0].any()
        np.testing.assert_array_equal(new[0], self.deviation[0])

    @pytest.mark.parametrize("closed", [0.0, 0.4, 1.0])
    def test_takes_back_a_share_of_the_error(self, closed):
        error = [0.5 + 2.0 + 1.0, 0.0 + 6.0]  # x and y, in the steps that move
        new = while_moving(self.deviation, self.steps, closed)
        np.testing.assert_allclose(new[-1] - new[0], (1 - closed) * np.array(error), atol=1e-12)

    def test_each_step_in_proportion_to_its_size(self):
        left, none = (while_moving(self.deviation, self.steps, closed) for closed in (0.0, 1.0))
        taken = np.diff(left - none, axis=0)
        np.testing.assert_allclose(taken / taken.sum(axis=0), self.steps / self.steps.sum(axis=0))

    def test_no_movement(self):
        new = while_moving(self.deviation, np.zeros((4, 2)), 1.0)
        np.testing.assert_array_equal(new, np.tile(self.deviation[0], (5, 1)))


def test_axis_is_kept():
    """A pointer that runs along an axis does not leave it, however much its strokes are turned."""
    t = np.arange(0.0, 1200.0, 8.0)
    xy = position([[600, 0, 5.5, 0.25, 0, 0], [400, 500, 5.5, 0.25, 1.5, 1.5]], t).round()
    along = np.diff(xy, axis=0) == 0
    assert (along[:40, 1]).all()
    for negative in synthesize(plan_of(np.column_stack([xy, t])), 3.0, 0, 5):
        assert (np.diff(negative[:, :2], axis=0) == 0)[along].all()
        assert (negative[:, :2] != xy).any()


def test_residual_turns_with_the_heading():
    """Noise across the movement stays across it when the movement is turned."""
    t = np.arange(0.0, 800.0, 5.0)
    noise = 0.8 * (-1.0) ** np.arange(len(t))
    xy = position([[1500, -200, 6.2, 0.3, 0, 0]], t)
    xy[:, 1] += noise
    trajectory = np.column_stack([xy, t])
    negative = again(trajectory, 8.0, seed=1)[:, :2]
    steps = np.diff(negative, axis=0)
    smooth = negative[2:] - negative[:-2]
    moving = np.linalg.norm(smooth, axis=1) > 5
    along = smooth / np.linalg.norm(smooth, axis=1, keepdims=True)
    heading = np.arctan2(along[moving, 1], along[moving, 0])
    assert np.abs(heading).max() > 0.1
    bend = (steps[1:] - steps[:-1])[moving]
    across = np.abs(bend[:, 1] * along[moving, 0] - bend[:, 0] * along[moving, 1])
    np.testing.assert_allclose(np.median(across), 4 * 0.8, rtol=0.1)


def test_three_and_a_thousand_points():
    three = np.array([[0.0, 0, 0], [30, 10, 20], [50, 30, 40]])
    assert again(three).shape == (3, 3)
    t = np.linspace(0, 1300, 1000)
    assert again(movement(t)).shape == (1000, 3)


def test_plan_without_strokes():
    plan = plan_of(np.array([[5.0, 5, 0], [5, 5, 10], [5, 5, 20]]), on_error="skip")
    with pytest.raises(ValueError, match="no strokes"):
        synthesize(plan)


class TestPerturb:
    def test_stays_a_sigma_lognormal_movement(self):
        strokes = STROKES * [1, 1e-3, 1, 1, 1, 1] + [0, 0, np.log(1e-3), 0, 0, 0]
        new, change = perturb(strokes, 1.0, np.random.RandomState(0))
        assert (new[:, [0, 3]] > 0).all()
        assert (new != strokes).all()
        np.testing.assert_allclose(np.abs(change), new[:, 0] / strokes[:, 0])

    def test_one_angle_noise_a_joint(self):
        strokes = STROKES * [1, 1e-3, 1, 1, 1, 1] + [0, 0, np.log(1e-3), 0, 0, 0]
        new, _ = perturb(strokes, 1.0, np.random.RandomState(0))
        turned = new[:, 4:] - strokes[:, 4:]
        np.testing.assert_allclose(turned[:-1, 1], turned[1:, 0])
        assert (turned[:, 0] != turned[:, 1]).all()

    def test_order_of_strokes_is_kept(self):
        strokes = STROKES * [1, 1e-3, 1, 1, 1, 1] + [0, 0, np.log(1e-3), 0, 0, 0]
        new, _ = perturb(strokes, 1.0, np.random.RandomState(0))
        reverse, _ = perturb(strokes[::-1], 1.0, np.random.RandomState(0))
        np.testing.assert_array_equal(new, reverse[::-1])

    def test_drift_has_unit_variance_and_forgets(self):
        times = np.array([0.0, 0.1, 0.1 + MEMORY, 9.0])
        noise = drift(times, 20_000, np.random.RandomState(0))
        expected = np.exp(-np.abs(times[:, None] - times) / MEMORY)
        np.testing.assert_allclose(np.cov(noise, rowvar=False), expected, atol=0.03)
