"""Logs in lists, in pieces and of several sessions, cut into movements."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_ffrnn.datasets import read_log, split_movements


def log_of(seed=0, n=400, **columns):
    rng = np.random.default_rng(seed)
    steps = rng.choice([0, 8, 16, 900], n, p=[0.1, 0.4, 0.4, 0.1])
    xy = rng.integers(0, 1900, size=(n, 2)).astype(float)
    xy[rng.random(n) < 0.03] = np.nan
    states = rng.choice(["Move", "Pressed", "Released"], n, p=[0.9, 0.05, 0.05])
    frame = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "t": np.cumsum(steps), "state": states})
    return frame.assign(**columns)


def same(a, b):
    assert len(a) == len(b)
    for one, other in zip(a, b, strict=True):
        np.testing.assert_array_equal(one, other)


class TestIds:
    def test_mixed_sessions_are_cut_as_if_alone(self):
        logs = [log_of(i, movement=f"s{i}", finger=i % 2) for i in range(3)]
        mixed = pd.concat(logs).sort_values("t", kind="stable")
        alone = {f"s{i}": split_movements(log) for i, log in enumerate(logs)}
        movements, origin = split_movements(mixed, return_origin=True)
        for name, expected in alone.items():
            same([movements[i] for i in np.flatnonzero(origin["movement"] == name)], expected)
        assert origin["row"].is_monotonic_increasing
        by_finger, origin = split_movements(mixed, by=["movement", "finger"], return_origin=True)
        same(by_finger, movements)
        assert origin.columns.tolist() == ["log", "row", "t", "begins", "movement", "finger"]
        same(split_movements(mixed.rename(columns={"movement": "id"}), by="id"), movements)

    def test_by_none_reads_no_other_columns(self):
        log = log_of(visitor=np.arange(400) % 2)
        same(split_movements(log), split_movements(log.drop(columns="visitor")))

    def test_missing(self):
        with pytest.raises(ValueError, match=r"log has no column \['who'\] to cut by"):
            split_movements(log_of(), by="who")
        with pytest.raises(ValueError, match=r"log\['movement'\] is missing in row 7"):
            split_movements(log_of(movement=[0] * 7 + [None] + [0] * 392))


class TestOrigin:
    def test_says_where_and_why(self):
        nan = np.nan
        log = pd.DataFrame(
            {
                "x": [0, 1, 2, 3, 4, 5, nan, 6, 7, 8, 9.0],
                "y": 0.0,
                "t": [5, 6, 7, 900, 901, 902, 903, 904, 905, 20, 21],
                "state": ["Move"] * 4 + ["click"] + ["Move"] * 6,
            }
        )
        movements, origin = split_movements(log, min_points=2, return_origin=True)
        assert origin["row"].tolist() == [0, 3, 7, 9]
        assert origin["t"].tolist() == [5, 900, 904, 20]
        assert origin["begins"].tolist() == ["start", "pause", "no position", "clock"]
        assert [m[0, 0] for m in movements] == log["x"].iloc[origin["row"]].tolist()
        _, origin = split_movements(log.iloc[3:], min_points=1 + 1, return_origin=True)
        assert origin["row"].tolist() == [0, 4, 6]
        log["state"] = "Move"
        log.loc[1, "state"] = "mousedown"
        _, origin = split_movements(log.iloc[:6], min_points=2, return_origin=True)
        assert origin["begins"].tolist() == ["start", "pause"]

    @pytest.mark.parametrize("state", ["Pressed", "released", "Click", "mouseup", "touchend"])
    def test_clicks_cut(self, state):
        log = pd.DataFrame({"x": range(6), "y": 0, "t": range(6), "state": "Move"})
        log.loc[2, "state"] = state
        movements, origin = split_movements(log, min_points=2, return_origin=True)
        assert [len(m) for m in movements] == [3, 3]
        assert origin["begins"].tolist() == ["start", "click"]
        log["state"] = log["state"].astype("category").cat.add_categories("other")
        same(split_movements(log, min_points=2), movements)
        assert len(split_movements(log, min_points=2, at_clicks=False)) == 1

    def test_no_movement(self):
        movements, origin = split_movements([[0, 0, 0]], return_origin=True)
        assert movements == []
        assert len(origin) == 0


class TestLists:
    @pytest.mark.parametrize("form", [list, tuple])
    def test_each_log_alone(self, form):
        logs = [log_of(i) for i in range(3)]
        movements, origin = split_movements(form(logs), return_origin=True)
        same(movements, [m for log in logs for m in split_movements(log)])
        for i, log in enumerate(logs):
            rows = origin.loc[origin["log"] == i, "row"]
            assert log["t"].iloc[rows].tolist() == origin.loc[origin["log"] == i, "t"].tolist()
        arrays = [log[["x", "y", "t"]].to_numpy() for log in logs]
        same(split_movements(arrays), split_movements(logs, at_clicks=False))

    def test_errors_name_the_log(self):
        with pytest.raises(ValueError, match=r"log\[1\] has no column \['t'\]"):
            split_movements([log_of(), log_of().drop(columns="t")])
        backwards = log_of().assign(t=-np.arange(400.0))
        with pytest.raises(ValueError, match=r"log\[2\]: time goes backwards"):
            split_movements([log_of(), log_of(), backwards])


class TestStreams:
    @settings(max_examples=100, deadline=None, derandomize=True, database=None)
    @given(st.integers(0, 50), st.lists(st.integers(1, 60), min_size=1), st.integers(1, 3))
    def test_pieces_are_cut_as_the_whole(self, seed, sizes, n_ids):
        rng = np.random.default_rng(seed)
        log = log_of(seed, n=150, movement=rng.integers(n_ids, size=150))
        ends = np.minimum(np.cumsum(sizes), 150)
        starts = np.append(0, ends)
        pieces = [log.iloc[a:b] for a, b in zip(starts, [*ends, 150], strict=True)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected, origin = split_movements(log, return_origin=True)
            movements, of_pieces = split_movements(iter(pieces), return_origin=True)
        same(movements, expected)
        pd.testing.assert_frame_equal(of_pieces, origin)

    def test_dates_go_on_over_pieces(self):
        log = log_of()
        dated = log.assign(t=pd.Timestamp("2024-05-01") + pd.to_timedelta(log["t"], unit="ms"))
        pieces = (dated.iloc[i : i + 37] for i in range(0, 400, 37))
        same(split_movements(pieces), split_movements(log))

    def test_large_logs_are_cut_in_slices(self, monkeypatch):
        log = log_of(n=5000)
        expected = split_movements(log, return_origin=True)
        monkeypatch.setattr("sklearn_ffrnn.datasets._split_movements._SLICE", 100)
        movements, origin = split_movements(log, return_origin=True)
        same(movements, expected[0])
        pd.testing.assert_frame_equal(origin, expected[1])
        log.loc[2000, "x"] = 65535.0  # a sentinel is one by all of the log
        with_sentinel = split_movements(log)
        monkeypatch.undo()
        same(with_sentinel, split_movements(log))

    def test_sentinels_in_later_pieces(self):
        log = log_of()
        log.loc[399, ["x", "y"]] = 65535.0
        same(split_movements(iter([log.iloc[:399], log.iloc[399:]])), split_movements(log))

    def test_an_empty_stream(self):
        assert split_movements(iter([])) == []

    def test_from_a_file(self, tmp_path):
        path = tmp_path / "log.csv"
        log_of(n=1000).to_csv(path, index=False)
        whole = split_movements(read_log(path, state="state"))
        same(split_movements(read_log(path, state="state", chunk_rows=64)), whole)


@pytest.mark.parametrize("dtype", ["Float64", "float32"])
def test_kinds_of_numbers(dtype):
    log = log_of()
    expected = split_movements(log)
    same(split_movements(log.astype({"x": dtype, "y": dtype, "t": "Int64"})), expected)
    nowhere = log.assign(x=pd.array([pd.NA] * len(log), dtype="Float64"))
    assert split_movements(nowhere) == []


def test_never_cut_at_pauses():
    log = log_of()[["x", "y", "t"]].dropna()
    assert [len(m) for m in split_movements(log, max_gap=np.inf)] == [len(log)]
