"""StrokePlan: two parts with a jump between them, built by hand."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from sklearn_ffrnn.sigma_lognormal import StrokePlan, position, velocity
from sklearn_ffrnn.sigma_lognormal._plan import PlanPart

FIRST = np.array([[100, 0, 4.6, 0.25, 0, 1], [80, 120, 4.6, 0.25, 1, 0.5]])
SECOND = np.array([[60, 500, 4.6, 0.25, 2, 2]])
T0 = 1000.0


@pytest.fixture
def plan():
    times = T0 + np.arange(0.0, 900.0, 10.0)
    return StrokePlan(
        strokes=np.concatenate([FIRST, SECOND]),
        t0=T0,
        snr_velocity=27.5,
        snr_position=np.nan,
        residual=np.random.default_rng(0).normal(size=(90, 2)),
        times=times,
        stroke_id=(times >= T0 + 450).astype(float),
        time_unit="ms",
        smoothing=12.0,
        parts=(PlanPart(0, 0, 5.0, 6.0), PlanPart(45, 2, 300.0, 400.0)),
    )


def test_each_part_has_strokes_and_start_of_its_own(plan):
    t = np.array([100.0, 449.0, 451.0, 800.0])
    expected = np.concatenate([position(FIRST, t[:2], (5, 6)), position(SECOND, t[2:], (300, 400))])
    np.testing.assert_array_equal(plan.position(T0 + t), expected)
    expected = np.concatenate([velocity(FIRST, t[:2]), velocity(SECOND, t[2:])])
    np.testing.assert_array_equal(plan.velocity(T0 + t), expected)


def test_times_in_any_order(plan):
    t = T0 + np.array([800.0, 100.0, 460.0])
    np.testing.assert_array_equal(plan.position(t), plan.position(t[::-1])[::-1])


def test_before_the_first_point_the_pen_is_at_its_start(plan):
    np.testing.assert_array_equal(plan.position([T0 - 50]), [plan.start])
    np.testing.assert_array_equal(plan.start, [5, 6])


def test_table(plan):
    frame = plan.to_frame()
    assert list(frame.columns) == ["part", "D", "t0", "mu", "sigma", "theta_s", "theta_e"]
    assert frame["part"].to_list() == [0, 0, 1]
    assert len(frame) == plan.n_strokes == 3


def test_json_gives_it_back_to_the_last_bit(plan):
    loaded = StrokePlan.from_json(plan.to_json())
    assert loaded == plan
    np.testing.assert_array_equal(loaded.residual, plan.residual)
    assert loaded.parts[1].first_stroke == 2


def test_json_of_a_plan_without_strokes(plan):
    empty = replace(
        plan, strokes=np.empty((0, 6)), stroke_id=None, parts=(PlanPart(0, 0, 1.0, 2.0),)
    )
    assert StrokePlan.from_json(empty.to_json()) == empty


@pytest.mark.parametrize("text", ["[]", '{"strokes": []}'])
def test_other_json(text):
    with pytest.raises(ValueError, match="StrokePlan"):
        StrokePlan.from_json(text)


@pytest.mark.parametrize(
    "change",
    [
        {"strokes": np.concatenate([FIRST, SECOND * 2])},
        {"stroke_id": None},
        {"snr_velocity": 1.0},
        {"parts": (PlanPart(0, 0, 5.0, 6.0), PlanPart(45, 2, 300.0, 401.0))},
    ],
)
def test_equality_sees_every_field(plan, change):
    assert plan == replace(plan)
    assert plan != replace(plan, **change)
    assert plan != "plan"


def test_frozen(plan):
    with pytest.raises(FrozenInstanceError):
        plan.t0 = 0.0
