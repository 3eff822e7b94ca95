"""extract_strokes: strokes of known movements are found, malformed ones refused."""

import warnings

import joblib
import numpy as np
import pandas as pd
import pytest

from sklearn_ffrnn.sigma_lognormal import (
    SigmaLognormalNegativeSampler,
    StrokePlan,
    extract_strokes,
    position,
    snr_position,
    snr_velocity,
    velocity,
)
from sklearn_ffrnn.sigma_lognormal import _extract as extract_module


def random_strokes(rng, n_strokes, interval):
    """Strokes half covered about `interval` ms after each other, times in ms."""
    mu = np.log(rng.uniform(150, 300, n_strokes))
    gaps = rng.uniform(0.8, 1.2, n_strokes - 1) * interval
    theta = rng.uniform(-3, 3, n_strokes)
    return np.column_stack(
        [
            rng.uniform(50, 200, n_strokes),
            np.cumsum([300, *gaps]) - np.exp(mu),
            mu,
            rng.uniform(0.15, 0.35, n_strokes),
            theta,
            theta + rng.uniform(-1, 1, n_strokes),
        ]
    )


def movement(strokes, step=10.0, start=(500, 300)):
    t = np.arange(0, strokes[:, 1].max() + np.exp(strokes[-1, 2]) + 300, step)
    return np.column_stack([position(strokes, t, start), t])


def movements(n, seed=0, n_strokes=4, interval=180, **kwargs):
    rng = np.random.default_rng(seed)
    return [movement(random_strokes(rng, n_strokes, interval), **kwargs) for _ in range(n)]


def medians(strokes):
    return strokes[:, 1] + np.exp(strokes[:, 2])


def test_model_movements_are_recovered():
    plans = extract_strokes(movements(40))
    assert np.median([plan.snr_velocity for plan in plans]) >= 35
    assert np.median([plan.snr_position for plan in plans]) >= 40


def test_strokes_that_do_not_overlap_are_recovered():
    rng = np.random.default_rng(0)
    true = [random_strokes(rng, 3, 600) for _ in range(20)]
    for smoothing, tolerance in ((12.0, 0.05), (0.0, 0.02)):
        plans = extract_strokes([movement(s) for s in true], smoothing=smoothing)
        errors = []
        for plan, strokes in zip(plans, true, strict=True):
            assert plan.n_strokes == 3
            found = plan.strokes
            turn = found[:, 4:] - strokes[:, 4:]
            turn -= 2 * np.pi * np.round(turn / (2 * np.pi))
            spread = [np.exp(s[:, 2]) * s[:, 3] for s in (found, strokes)]
            errors.append(
                [
                    abs(found[:, 0] / strokes[:, 0] - 1),
                    abs(medians(found) - medians(strokes)) / spread[1],
                    abs(spread[0] / spread[1] - 1),
                    abs(found[:, 2] / strokes[:, 2] - 1),
                    abs(turn).max(axis=1),
                ]
            )
        assert (np.median(np.concatenate(errors, axis=1), axis=1) < tolerance).all()
    # Only smoothing blurs the shape.
    sigma = np.concatenate([plan.strokes[:, 3] for plan in plans])
    assert np.median(abs(sigma / np.concatenate(true)[:, 3] - 1)) < 0.03


def test_a_plan_reproduces_its_source():
    for x in movements(3) + movements(2, seed=1, n_strokes=14):
        (plan,) = extract_strokes([x])
        np.testing.assert_allclose(
            plan.position(plan.times) + plan.residual, x[:, :2], rtol=0, atol=1e-9
        )
        np.testing.assert_array_equal(plan.times, x[:, 2])
        np.testing.assert_allclose(
            plan.position(x[:, 2]), position(plan.strokes, x[:, 2] - plan.t0, plan.start)
        )
        np.testing.assert_allclose(
            plan.velocity(x[:, 2]), velocity(plan.strokes, x[:, 2] - plan.t0)
        )


def test_quality_is_what_it_says():
    (x,) = movements(1)
    noisy = x + np.random.default_rng(0).normal(0, 0.3, x.shape) * [1, 1, 0]
    (plan,) = extract_strokes([noisy], smoothing=0)
    # Without smoothing, on a regular clock, the grid of the fit holds every point.
    t = np.arange(0, x[-1, 2] + 1, 5)
    p = np.column_stack([np.interp(t, x[:, 2], noisy[:, k]) for k in (0, 1)])
    assert plan.snr_position == pytest.approx(snr_position(p, plan.position(t)), abs=0.01)
    v = np.gradient(p, 5, axis=0)
    assert plan.snr_velocity == pytest.approx(snr_velocity(v, plan.velocity(t)), abs=0.01)


def test_target_and_rate_limit_the_strokes():
    rng = np.random.default_rng(0)
    t = np.arange(0, 3000, 10.0)
    wild = np.column_stack([np.cumsum(np.cumsum(rng.normal(size=(300, 2)), 0), 0), t])
    (many,) = extract_strokes([wild], target_snr=60)
    (few,) = extract_strokes([wild], target_snr=60, max_strokes_per_second=3)
    assert many.n_strokes <= 42
    assert few.n_strokes <= 9
    assert few.snr_velocity < many.snr_velocity
    (thinned,) = extract_strokes([wild[::10]], target_snr=60)
    assert thinned.n_strokes <= 10
    (coarse,) = extract_strokes([wild], target_snr=5)
    assert coarse.n_strokes < many.n_strokes


def test_neither_order_nor_company_nor_n_jobs_changes_a_plan(monkeypatch):
    X = [x for n in (1, 3, 9, 20) for x in movements(4, seed=n, n_strokes=n)]
    plans = extract_strokes(X)
    assert extract_strokes(X[::-1])[::-1] == plans
    assert [extract_strokes([x])[0] for x in X] == plans
    monkeypatch.setattr(extract_module, "CHUNK", 100)
    assert extract_strokes(X) == plans
    assert extract_strokes(X, n_jobs=2) == plans


def test_a_backend_without_generators_will_do():
    X = movements(3)
    with joblib.parallel_config(backend="multiprocessing", n_jobs=2):
        assert extract_strokes(X) == extract_strokes(X, n_jobs=1)


def test_time_unit_only_renames():
    X = movements(4)
    in_seconds = [x * [1, 1, 1e-3] for x in X]
    for ms, s in zip(extract_strokes(X), extract_strokes(in_seconds, time_unit="s"), strict=True):
        assert ms.n_strokes == s.n_strokes
        np.testing.assert_allclose(ms.strokes[:, 1], s.strokes[:, 1] * 1e3, rtol=1e-3, atol=0.1)
        np.testing.assert_allclose(ms.strokes[:, 2], s.strokes[:, 2] + np.log(1e3), rtol=1e-3)
        assert ms.snr_velocity == pytest.approx(s.snr_velocity, abs=0.1)
        np.testing.assert_allclose(ms.residual, s.residual, atol=0.01)


def test_an_unlikely_time_unit_is_pointed_out():
    with pytest.warns(UserWarning, match="set time_unit to the unit of t"):
        extract_strokes([x * [1, 1, 1e-3] for x in movements(2)], on_error="skip")


def test_far_origins_change_nothing():
    X = movements(4)
    far = [x + np.array([1e6, -1e6, 1.7e12]) for x in X]
    for near, away in zip(extract_strokes(X), extract_strokes(far), strict=True):
        np.testing.assert_allclose(away.strokes, near.strokes, rtol=1e-2, atol=1e-2)
        np.testing.assert_allclose(away.start - near.start, [1e6, -1e6], atol=0.01)
        assert away.snr_velocity == pytest.approx(near.snr_velocity, abs=0.2)
        assert away.t0 == 1.7e12


def test_quantised_coordinates():
    plans = extract_strokes([np.round(x) for x in movements(20)])
    assert np.median([plan.snr_velocity for plan in plans]) > 25
    assert max(abs(plan.residual).max() for plan in plans) < 5


def test_equal_time_stamps():
    X = [x.copy() for x in movements(20, step=4.0)]
    for x in X:
        x[:, 2] = np.floor(x[:, 2] / 16) * 16  # four points a tick
    plans = extract_strokes(X)
    assert np.median([plan.snr_velocity for plan in plans]) > 25
    for x, plan in zip(X, plans, strict=True):
        on_clock = x[:, :2] - plan.position(plan.clock)
        assert abs(on_clock).mean() < 0.7 * abs(plan.residual).mean()


def test_pen_ups_part_the_movement():
    a, b = movements(2)
    b = b + np.array([1000, 1000, a[-1, 2] + 10])
    x = np.column_stack([np.concatenate([a, b]), np.repeat([1, 2], [len(a), len(b)])])
    (plan,) = extract_strokes([x])
    assert [part.first_point for part in plan.parts] == [0, len(a)]
    assert plan.snr_velocity > 30
    assert plan.snr_position > 35
    assert abs(plan.residual).max() < 10
    np.testing.assert_array_equal(plan.stroke_id, x[:, 3])
    assert list(plan.to_frame()["part"].unique()) == [0, 1]
    # Without the column the jump of the pen is a movement, and a poor one.
    (joined,) = extract_strokes([x[:, :3]])
    assert joined.snr_velocity < plan.snr_velocity


@pytest.mark.parametrize("n_points", [3, 4, 1000])
def test_any_length(n_points):
    rng = np.random.default_rng(n_points)
    true = random_strokes(rng, max(1, n_points // 18), 180)
    t = np.linspace(0, true[:, 1].max() + 300, n_points)
    x = np.column_stack([position(true, t), t])
    (plan,) = extract_strokes([x])
    assert 1 <= plan.n_strokes <= max(1, n_points // 3)
    assert np.isfinite(plan.strokes).all()
    if n_points == 1000:
        assert plan.snr_velocity > 25
        assert plan.snr_position > 35


def test_hard_movements_do_not_break_it():
    t = np.arange(0, 500, 10.0)
    jump = np.where(t < 250, 0.0, 1e4)
    zigzag = np.where(np.arange(50) % 2, 1e5, -1e5)
    tiny = 1e-9 * np.sin(t / 50)
    pause = np.where(np.arange(50) < 25, t, t + 3.6e6)
    X = [
        np.column_stack([jump, jump, t]),
        np.column_stack([zigzag, 0 * t, t]),
        np.column_stack([tiny, 0 * t, t]),
        np.column_stack([t, t, t]),
        np.column_stack([t, t, pause]),
    ]
    for plan in extract_strokes(X):
        assert plan.n_strokes >= 1
        assert np.isfinite(plan.strokes).all()
        assert np.isfinite(plan.residual).all()


def still_and_short():
    t = np.arange(0, 100, 10.0)
    still = np.column_stack([np.full(10, 5.0), np.full(10, 5.0), t])
    return [still, np.array([[0.0, 0, 0], [5, 5, 10]]), np.array([[3.0, 4, 0]])]


def test_what_cannot_be_modelled_is_named_once_and_gets_an_empty_plan():
    X = [*movements(2), *still_and_short()]
    with pytest.warns(UserWarning, match=r"3 of 5 .*X\[2\], X\[3\], X\[4\]") as caught:
        plans = extract_strokes(X)
    assert len(caught) == 1
    assert [plan.n_strokes > 0 for plan in plans] == [True, True, False, False, False]
    for x, plan in zip(X[2:], plans[2:], strict=True):
        np.testing.assert_allclose(plan.position(plan.times) + plan.residual, x[:, :2])
        assert np.isnan(plan.snr_velocity)
        assert StrokePlan.from_json(plan.to_json()) == plan


def test_on_error():
    X = [*movements(1), *still_and_short()]
    with pytest.raises(ValueError, match=r"X\[1\]"):
        extract_strokes(X, on_error="raise")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(extract_strokes(X, on_error="skip")) == 4


def test_input_is_neither_changed_nor_kept():
    (x,) = movements(1)
    x = np.column_stack([x, np.zeros(len(x))])
    x.setflags(write=False)
    copy = x.copy()
    (plan,) = extract_strokes([x])
    np.testing.assert_array_equal(x, copy)
    for kept in (plan.times, plan.stroke_id, plan.residual):
        assert not np.shares_memory(kept, x)


def test_forms_of_input():
    X = movements(3)
    length = max(map(len, X))
    padded = np.full((3, length, 3), np.nan)
    for row, x in zip(padded, X, strict=True):
        row[: len(x)] = x
    frames = [pd.DataFrame(x, columns=["x", "y", "t"]) for x in X]
    expected = extract_strokes(X)
    for form in (tuple(X), pd.Series(X), padded, frames):
        assert extract_strokes(form) == expected


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"smoothing": -1}, "smoothing"),
        ({"time_unit": "minutes"}, "time_unit"),
        ({"on_error": "ignore"}, "on_error"),
        ({"max_strokes_per_second": 0}, "max_strokes_per_second"),
        ({"n_jobs": 1.5}, "n_jobs"),
    ],
)
def test_bad_parameters(kwargs, message):
    with pytest.raises(ValueError, match=message):
        extract_strokes(movements(1), **kwargs)


def test_bad_trajectories_are_named():
    (x,) = movements(1)
    with pytest.raises(ValueError, match=r"X\[1\].*backwards"):
        extract_strokes([x, x[::-1]])
    with pytest.raises(ValueError, match=r"X\[1\].*Transpose"):
        extract_strokes([x, x[:50].T])
    with pytest.raises(ValueError, match="Wrap one"):
        extract_strokes(x)


def test_units_that_cannot_be_are_named():
    X = movements(2)
    with pytest.raises(ValueError, match=r"X\[1\] spans .*check the units of x and y"):
        extract_strokes([X[0], X[1] * [1e120, 1, 1]])
    for use in (extract_strokes, SigmaLognormalNegativeSampler(time_unit="s").fit):
        with pytest.raises(ValueError, match=r"X\[1\] lasts .*set time_unit to the unit of t"):
            use([X[0], X[1] * [1, 1, 1e12]])


@pytest.mark.parametrize("scale", [[1, 1, 1e-12], [1, 1, 1e-314], [1e-150, 1e-150, 1]])
def test_less_than_anyone_moves_is_no_movement(scale):
    X = movements(2)
    plans = extract_strokes([X[0], X[1] * scale], on_error="skip")
    assert plans[0].n_strokes > plans[1].n_strokes == 0


def test_json_keeps_every_bit():
    (x,) = movements(1)
    x = np.column_stack([x, np.repeat([0, 1], [40, len(x) - 40])])
    (plan,) = extract_strokes([x])
    assert StrokePlan.from_json(plan.to_json()) == plan
    with pytest.raises(ValueError, match="not a StrokePlan"):
        StrokePlan.from_json("{}")


def test_progress_only_when_asked(capsys):
    extract_strokes(movements(2))
    assert capsys.readouterr().err == ""
    extract_strokes(movements(2), verbose=1)
    assert "2/2" in capsys.readouterr().err
