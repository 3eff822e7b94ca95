"""Recorded mouse movements, and minimum-jerk movements made from them."""

import gzip
import json
import sys
from importlib.util import find_spec

import numpy as np
import pytest
from scipy.interpolate import BPoly, make_interp_spline

from sklearn_ffrnn.datasets import (
    _mouse_movements,
    load_mouse_movements,
    make_minimum_jerk_movements,
)
from sklearn_ffrnn.datasets._minimum_jerk import hermite_quintic, via_point_bump


def human(n=40, seed=0, lattice=1.0):
    rng = np.random.default_rng(seed)
    xy = np.cumsum(rng.normal(3, 4, size=(n, 2)), axis=0)
    t = np.cumsum(rng.integers(0, 17, size=n))
    return np.column_stack([np.round(xy / lattice) * lattice, t]).astype(float)


@pytest.mark.skipif(find_spec("cursory") is None, reason="cursory is not installed")
class TestMouseMovements:
    def test_recordings(self):
        movements = load_mouse_movements()
        assert len(movements.data) == len(set(movements.source)) == len(movements.target) == 2356
        assert set(movements.target) == {1}
        assert all(m.shape[1] == 3 and len(m) >= 2 and m[0, 2] == 0 for m in movements.data)
        assert min(np.diff(m[:, 2]).min() for m in movements.data) >= 0
        assert "2356 point-to-point mouse movements" in movements.DESCR
        assert "0 of 2356 recordings were left out" in movements.DESCR
        X, y = load_mouse_movements(return_X_y=True)
        assert all(map(np.array_equal, X, movements.data))
        np.testing.assert_array_equal(y, movements.target)

    def test_package_is_not_run(self):
        sys.modules.pop("cursory", None)
        load_mouse_movements()
        assert "cursory" not in sys.modules


@pytest.fixture
def recordings(tmp_path, monkeypatch):
    def write(content):
        path = tmp_path / "trajectories.json.gz"
        path.write_bytes(
            content if isinstance(content, bytes) else gzip.compress(json.dumps(content).encode())
        )
        monkeypatch.setattr(_mouse_movements, "_data_file", lambda: path)

    return write


def test_recordings_that_are_no_movements_are_left_out_and_counted(recordings):
    recordings(
        [
            {"points": [[1, 2]], "timing": [0]},
            {"points": [[1, 2], [3, 4]], "timing": [7, 9]},
            {"points": [[1, 2], [3, 4]], "timing": [9, 7]},
            {"points": [[1, 2], [3, 4]], "timing": [1, 2, 3]},
        ]
    )
    movements = load_mouse_movements()
    np.testing.assert_array_equal(movements.data[0], [[1, 2, 0], [3, 4, 2]])
    assert movements.source.tolist() == ["cursory-0001"]
    assert "3 of 4 recordings were left out" in movements.DESCR


@pytest.mark.parametrize(
    "content",
    [b"junk", gzip.compress(b"{")[:-4], [{"x": 1}], {"a": 1}, [3]],
    # Names that do not hold the bytes: gzip writes the time into them.
    ids=["junk", "cut off", "no points", "no list", "no recordings"],
)
def test_other_data_files_are_refused(recordings, content):
    recordings(content)
    with pytest.raises(ValueError, match=r"trajectories\.json\.gz of the installed package"):
        load_mouse_movements()


@pytest.mark.parametrize("spec", [None, type("Spec", (), {"submodule_search_locations": ["no"]})])
def test_missing_package_names_the_extra(monkeypatch, spec):
    monkeypatch.setattr(_mouse_movements, "find_spec", lambda _: spec)
    with pytest.raises(ImportError, match=r'pip install "sklearn-ffrnn\[examples\]"'):
        load_mouse_movements()


class TestMinimumJerk:
    def test_hermite_quintic_against_scipy(self):
        tau = np.linspace(0, 1, 101)
        start, end = np.array([1.0, -2.0]), np.array([5.0, 3.0])
        v_start, v_end = np.array([2.0, 0.5]), np.array([-1.0, 4.0])
        reference = BPoly.from_derivatives(
            [0, 1], [[start, v_start, np.zeros(2)], [end, v_end, np.zeros(2)]]
        )
        path = hermite_quintic(tau, start, end, v_start, v_end)
        np.testing.assert_allclose(path, reference(tau), atol=1e-12)

    @pytest.mark.parametrize("tau_1", [0.2, 0.5, 0.73])
    def test_via_point_bump_against_the_clamped_quintic_spline(self, tau_1):
        # The interpolant of least integrated squared third derivative is the quintic spline.
        rest = [(1, 0.0), (2, 0.0)]
        reference = make_interp_spline([0, tau_1, 1], [0, 1, 0], k=5, bc_type=(rest, rest))
        tau = np.linspace(0, 1, 101)
        np.testing.assert_allclose(via_point_bump(tau, tau_1), reference(tau), atol=1e-9)

    def test_what_a_recording_gives_away_is_the_sources(self):
        sources = [human(seed=i) for i in range(5)] + [human(seed=9, lattice=0.5)]
        movements = make_minimum_jerk_movements(sources, random_state=0)
        for source, movement in zip(sources, movements, strict=True):
            assert movement.shape == source.shape
            np.testing.assert_array_equal(movement[:, 2], source[:, 2])
            np.testing.assert_array_equal(movement[[0, -1]], source[[0, -1]])
            assert not np.array_equal(movement, source)
        assert all((m[:, :2] % 1 == 0).all() for m in movements[:5])
        assert (movements[5][:, :2] % 0.5 == 0).all()
        assert (movements[5][:, :2] % 1 != 0).any()

    @pytest.mark.parametrize("lattice", [0.01, 0.25])
    def test_float32_lattice(self, lattice):
        source = human(lattice=lattice).astype(np.float32)
        movement = make_minimum_jerk_movements([source], random_state=0)[0]
        steps = movement[:, :2] / lattice
        np.testing.assert_allclose(steps, np.round(steps), atol=1e-3)

    def test_no_lattice_no_rounding(self):
        rng = np.random.default_rng(0)
        source = np.column_stack([rng.normal(size=(30, 2)), np.arange(30)])
        movement = make_minimum_jerk_movements([source], random_state=0)[0]
        assert len(np.unique(np.round(movement[:, 0], 3))) > 25

    def test_first_and_last_velocity(self):
        t = np.linspace(0, 1000, 2001)
        source = np.column_stack([0.2 * t + 1e-4 * t**2 + 0.123456789, np.sin(t / 300), t])
        moving = make_minimum_jerk_movements([source], random_state=0)[0]
        resting = make_minimum_jerk_movements([source], at_rest=True, random_state=0)[0]
        for m, expected in ((moving, (0.2, 0.4)), (resting, (0.0, 0.0))):
            speed = np.diff(m[:, 0]) / np.diff(m[:, 2])
            np.testing.assert_allclose(speed[[0, -1]], expected, atol=0.01)

    def test_lateral_noise(self):
        source = np.column_stack([np.linspace(0, 800, 50), np.zeros(50), np.arange(50) * 16.0])
        straight = make_minimum_jerk_movements([source] * 200, lateral_noise=0, random_state=0)
        curved = make_minimum_jerk_movements([source] * 200, lateral_noise=0.1, random_state=0)
        assert all((m[:, 1] == 0).all() for m in straight)
        extreme = np.array([m[np.argmax(np.abs(m[:, 1])), 1] for m in curved])
        assert np.std(extreme) == pytest.approx(80, rel=0.2)

    def test_return_to_the_start_is_still_a_movement(self):
        angle = np.linspace(0, 2 * np.pi, 60)
        circle = np.column_stack([100 * np.cos(angle), 100 * np.sin(angle), 10.0 * np.arange(60)])
        movement = make_minimum_jerk_movements([circle], random_state=0)[0]
        np.testing.assert_allclose(movement[[0, -1]], circle[[0, -1]])
        assert np.linalg.norm(movement[:, :2] - circle[0, :2], axis=1).max() > 150

    def test_each_stroke_on_its_own(self):
        source = human(n=30)
        source = np.column_stack([source, np.repeat([1, 2, 3], [14, 15, 1])])
        movement = make_minimum_jerk_movements([source], random_state=0)[0]
        np.testing.assert_array_equal(movement[:, 2:], source[:, 2:])
        ends = [0, 13, 14, 28, 29]
        np.testing.assert_array_equal(movement[ends], source[ends])

    def test_time_that_stands_still(self):
        source = human(n=10)
        source[:, 2] = 5
        movement = make_minimum_jerk_movements([source], random_state=0)[0]
        assert np.isfinite(movement).all()
        np.testing.assert_array_equal(movement[[0, -1]], source[[0, -1]])

    def test_random_state(self):
        sources = [human(seed=i) for i in range(3)]
        before = [s.copy() for s in sources]
        a, b, c = (make_minimum_jerk_movements(sources, random_state=s) for s in (0, 0, 1))
        assert all(map(np.array_equal, a, b))
        assert not all(map(np.array_equal, a, c))
        assert all(map(np.array_equal, sources, before))

    def test_bad_input(self):
        with pytest.raises(ValueError, match="'lateral_noise' parameter"):
            make_minimum_jerk_movements([human()], lateral_noise=-1)
        with pytest.raises(ValueError, match=r"X\[1\]: time goes backwards"):
            make_minimum_jerk_movements([human(), human()[::-1]])
        with pytest.raises(ValueError, match="X is a single 2-D array"):
            make_minimum_jerk_movements(human())
