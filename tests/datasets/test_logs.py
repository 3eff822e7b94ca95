"""Readers of $1 files and Balabit logs, and the cutting of logs into movements."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_ffrnn.datasets import load_balabit_session, load_dollar_xml, split_movements

GESTURE = """\ufeff<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r
<Gesture Name="left_sq_bracket07" Subject="3" Speed="slow" Number="7" NumPts="3"\
 Millseconds="32" AppName="Gestures" AppVer="3.5.0.0">\r
  <Point X="127" Y="141" T="1157641" />\r
  <Point X="124" Y="140" T="1157657" />\r
  <Point X="120" Y="139.5" T="1157673" />\r
</Gesture>"""
HEADER = "record timestamp,client timestamp,button,state,x,y\n"


class TestDollarXml:
    def test_folder_tree(self, tmp_path):
        folder = tmp_path / "s03" / "slow"
        folder.mkdir(parents=True)
        (folder / "left_sq_bracket07.xml").write_text(GESTURE, encoding="utf-8")
        (folder / "._left_sq_bracket07.xml").write_text("junk")
        gestures = load_dollar_xml(tmp_path)
        np.testing.assert_array_equal(
            gestures.data[0], [[127, 141, 0], [124, 140, 16], [120, 139.5, 32]]
        )
        assert gestures.target.tolist() == ["left_sq_bracket"]
        assert gestures.subject.tolist() == ["3"]
        assert gestures.speed.tolist() == ["slow"]
        assert gestures.name.tolist() == ["s03/slow/left_sq_bracket07"]
        assert "1 gestures of 1 classes by 1 subjects, 3 points" in gestures.DESCR
        X, y = load_dollar_xml(folder / "left_sq_bracket07.xml", return_X_y=True)
        np.testing.assert_array_equal(X[0], gestures.data[0])
        assert y.tolist() == ["left_sq_bracket"]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('<!DOCTYPE a [<!ENTITY b "c">]><Gesture Name="&b;"/>', "declares a document type"),
            ("<Gesture Name='a01'>", "is not XML"),
            ("<Sketch/>", "not a [$]1 log"),
            ("<Gesture Name='a01' NumPts='0'></Gesture>", "holds 0 points"),
            (GESTURE.replace('NumPts="3"', 'NumPts="4"'), "holds 3 points; NumPts is 4"),
            (GESTURE.replace('Y="140"', 'Y="high"'), "point 1 is .*'high'"),
            (GESTURE.replace('Y="140"', ""), "point 1 is"),
            (GESTURE.replace('Y="140"', 'Y="nan"'), "must be numbers"),
        ],
    )
    def test_other_files_are_refused_by_name(self, tmp_path, text, message):
        (tmp_path / "a01.xml").write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=r"a01\.xml.*" + message):
            load_dollar_xml(tmp_path)

    def test_sentinels_are_left_out(self, tmp_path):
        text = GESTURE.replace('X="124" Y="140"', 'X="65535" Y="65535"')
        (tmp_path / "a01.xml").write_text(text, encoding="utf-8")
        np.testing.assert_array_equal(
            load_dollar_xml(tmp_path).data[0], [[127, 141, 0], [120, 139.5, 32]]
        )

    def test_no_files(self, tmp_path):
        with pytest.raises(FileNotFoundError, match=r"holds no \*.xml files"):
            load_dollar_xml(tmp_path / "nowhere")


class TestBalabit:
    def test_oddities(self, tmp_path):
        path = tmp_path / "session_1"
        path.write_text(
            HEADER + "0.0,5.000,NoButton,Move,10,20\n"
            "0.1,5.125,NoButton,Move,11,20\n"
            "0.2,5.125,NoButton,Move,11,20\n"  # sent twice
            "0.2,5.125,NoButton,Move,12,20\n"  # the clock has not ticked
            "0.3,5.250,NoButton,Move,65535,65535\n"
            "0.4,5.375,Scroll,Down,0,0\n"
            "0.5,5.500,Left,Pressed,13,21\n"
        )
        log = load_balabit_session(path)
        assert log.columns.tolist() == ["x", "y", "t", "button", "state", "device"]
        assert log["t"].tolist() == [0, 125, 125, 250, 375, 500]
        assert log["x"].tolist()[:3] == [10, 11, 12]
        assert (
            log["x"].isna().tolist()
            == log["y"].isna().tolist()
            == [False] * 3 + [True] * 2 + [False]
        )
        assert log["state"].iloc[-1] == "Pressed"
        assert log.attrs["n_repeated"] == 1

    def test_other_sentinels_are_no_positions(self, tmp_path):
        path = tmp_path / "session_1"
        rows = [f"0,{i},NoButton,Move,{x},{y}\n" for i, (x, y) in enumerate([(1, 2), (32767, 3)])]
        path.write_text(HEADER + "".join(rows))
        assert load_balabit_session(path)[["x", "y"]].isna().all(axis=1).tolist() == [False, True]

    @pytest.mark.parametrize("rows", ["0,0,NoButton,Move,1,2,3\n", "0,0,NoButton,Move,1,2,3\n" * 3])
    def test_a_cell_too_many_moves_no_columns(self, tmp_path, rows):
        path = tmp_path / "session_1"
        path.write_text(HEADER + rows)
        with pytest.raises(ValueError, match=r"session_1: .* line 2 \(7 cell.* for 6 columns"):
            load_balabit_session(path)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "is empty"),
            (HEADER, "holds no points"),
            ("time,x,y\n0,1,2\n", "no column 'client timestamp', 'button', 'state'"),
            (HEADER + "0,0,NoButton,Move,1,2\n1,1,NoButton,Move,,2\n", "line 3 .x is '', not a"),
            (HEADER + "0,soon,NoButton,Move,1,2\n", "line 2 .client timestamp is 'soon'"),
        ],
    )
    def test_malformed_files(self, tmp_path, text, message):
        path = tmp_path / "session_1"
        path.write_text(text)
        with pytest.raises(ValueError, match="session_1.*" + message):
            load_balabit_session(path)

    def test_missing_file(self, tmp_path):
        with pytest.raises(FileNotFoundError):
            load_balabit_session(tmp_path / "nowhere")


def frame(t, x=None, **columns):
    t = np.asarray(t, float)
    x = np.arange(len(t), dtype=float) if x is None else x
    return pd.DataFrame({"x": x, "y": 0.0, "t": t, **columns})


def lengths(log, **options):
    return [len(m) for m in split_movements(log, **{"min_points": 2, "max_gap": 100} | options)]


class TestSplitMovements:
    def test_gaps(self):
        log = frame([50, 150, 250, 351, 360, 900])
        movements = split_movements(log, max_gap=100, min_points=2)
        assert [m[:, 0].tolist() for m in movements] == [[0, 1, 2], [3, 4]]
        assert [m[:, 2].tolist() for m in movements] == [[0, 100, 200], [0, 9]]
        assert lengths(log.to_numpy()) == [3, 2]
        assert lengths(log, min_points=3) == [3]
        assert lengths(log, max_gap=1000) == [6]

    def test_points_without_position_and_clock_steps_back_cut(self):
        nan = float("nan")
        assert lengths(frame([0, 1, 2, 3, 4, 5], x=[0, 1, nan, nan, 4, 5])) == [2, 2]
        assert lengths(frame([0, 1, 2], x=[nan, 1, 2])) == [2]
        assert lengths(frame([0, 1, 2, 0, 1])) == [3, 2]
        assert lengths(frame([0, 1], x=[nan, nan])) == []

    @pytest.mark.parametrize("value", [65535, 32767, -32768, 2**31 - 1, -(2**31), 2**32 - 1])
    def test_sentinels_cut(self, value):
        for dtype in ("float64", "float32"):
            log = frame(range(8), x=[0, 1, 2, value, value, 4, 5, 6]).astype(dtype)
            movements = split_movements(log, min_points=2)
            assert [m[:, 0].tolist() for m in movements] == [[0, 1, 2], [4, 5, 6]]
        assert lengths(frame(range(4), x=[value, 1, 2, 3])) == [3]
        nowhere = np.column_stack([[5, 6, 7], [0, value, 0], [0, 1, 2]])
        assert lengths(nowhere) == []

    def test_a_tablet_may_reach_its_edge(self):
        assert lengths(frame(range(4), x=[20000, 28000, 32767, 32767])) == [4]
        assert lengths(frame(range(3), x=[32767] * 3)) == [3]

    @pytest.mark.parametrize(
        "log",
        [
            frame([5, 4, 3, 2, 1]),
            frame([1, 0]),
            frame([0, 1, 0, 1, 0, 1]),
            frame([0, 0, -1, -1]),
        ],
    )
    def test_log_that_is_not_in_the_order_of_time(self, log):
        with pytest.raises(ValueError, match=r"time goes backwards.* at event [0-9]+; sort"):
            split_movements(log, min_points=2)
        with pytest.raises(ValueError, match="time goes backwards"):
            split_movements(log.to_numpy())

    def test_columns_in_another_order(self):
        rng = np.random.default_rng(0)
        log = np.column_stack([np.arange(50), rng.normal(size=(50, 2)).cumsum(axis=0)])
        with pytest.raises(ValueError, match="columns are in the order x, y, t"):
            split_movements(log)

    def test_t_in_another_unit(self):
        t = np.arange(0.0, 1000, 8)
        assert len(split_movements(frame(t))) == 1
        with pytest.warns(UserWarning, match="No movement was found.*8e[+]06, max_gap=500.*unit"):
            assert split_movements(frame(1e6 * t)) == []
        with pytest.warns(UserWarning, match="No rest was found.*0.008, max_gap=500.*unit"):
            split_movements(frame(t / 1000))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            split_movements(frame(t), max_gap=1e9)  # never to cut
            split_movements(frame(t / 1000), max_gap=0.5)
            split_movements(frame([0, 600]))

    def test_clicks_end_movements(self):
        log = frame(range(7), state=["Move", "Move", "Pressed", "Drag", "Released", "Move", "Move"])
        assert lengths(log) == [3, 2, 2]
        assert lengths(log, at_clicks=False) == [7]

    def test_log_is_left_as_it_was(self):
        log = frame([5, 6, 7]).to_numpy()
        before = log.copy()
        split_movements(log, min_points=2)[0][:] = -1
        np.testing.assert_array_equal(log, before)

    @pytest.mark.parametrize(
        ("log", "message"),
        [
            (pd.DataFrame({"x": [0], "y": [0]}), r"log has no column \['t'\]"),
            (np.zeros((4, 2)), r"log has shape \(4, 2\)"),
            ([["a", 0, 0]], "cannot be read as an array of real numbers"),
            ([[0, 0, 0], [0, 0, np.nan]], "missing t in event 1"),
            ([[0, np.inf, 0], [0, 0, 1]], "infinite value or a missing t in event 0"),
        ],
    )
    def test_bad_logs(self, log, message):
        with pytest.raises(ValueError, match=message):
            split_movements(log)

    @pytest.mark.parametrize("options", [{"max_gap": 0}, {"min_points": 1}, {"at_clicks": "yes"}])
    def test_bad_arguments(self, options):
        with pytest.raises(ValueError, match=f"'{next(iter(options))}' parameter"):
            split_movements(frame([0, 1]), **options)

    @settings(max_examples=200, deadline=None, derandomize=True, database=None)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from([0.0, 3, 8, 100, 101, 5000]),
                st.sampled_from([0.0, 1, 250, 1000, 65535, float("nan")]),
                st.sampled_from(["Move", "Drag", "Pressed", "released"]),
            ),
            min_size=1,
            max_size=20,
        ),
        st.integers(2, 4),
        st.booleans(),
    )
    def test_as_one_event_after_another_would_be_read(self, events, min_points, at_clicks):
        steps, x, states = zip(*events, strict=True)
        log = frame(np.cumsum(steps), x=np.array(x), state=states)
        ordinary = any(value < 65535 for value in x)
        expected, current, last = [], [], None
        for px, t, state in zip(x, log["t"], states, strict=True):
            nowhere = np.isnan(px) or (px == 65535 and ordinary)
            if nowhere or (last is not None and t - last > 100):
                expected.append(current)
                current = []
            if not nowhere:
                current.append([px, t])
                last = t
            if at_clicks and state.lower() != "drag" and state != "Move":
                expected.append(current)
                current = []
        expected = [m for m in [*expected, current] if len(m) >= min_points]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            movements = split_movements(
                log, max_gap=100, min_points=min_points, at_clicks=at_clicks
            )
        assert [m[:, 0].tolist() for m in movements] == [[p[0] for p in m] for m in expected]
        for movement, points in zip(movements, expected, strict=True):
            np.testing.assert_array_equal(movement[:, 2], [p[1] - points[0][1] for p in points])

    def test_balabit_session_to_movements(self, tmp_path):
        rows = [f"0,{0.1 * i:.3f},NoButton,Move,{i},5" for i in range(8)]
        rows.append("0,0.700,Left,Pressed,7,5")
        rows += [f"0,{20 + 0.1 * i:.3f},NoButton,Move,{i},9" for i in range(6)]
        path = tmp_path / "session_1"
        path.write_text(HEADER + "\n".join(rows))
        first, second = split_movements(load_balabit_session(path))
        assert len(first) == 9
        np.testing.assert_allclose(second[:, 2], 100 * np.arange(6))
