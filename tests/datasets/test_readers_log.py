import io
import json
import warnings

import numpy as np
import pandas as pd
import pytest

from sklearn_ffrnn import sequences_from_frame
from sklearn_ffrnn.datasets import read_log, split_movements


def points(n=40, step=16.0):
    t = step * np.arange(n)
    return pd.DataFrame({"x": 5.0 + np.arange(n), "y": 7.5 - np.arange(n) / 2, "t": t})


def text_of(frame, **options):
    return frame.to_csv(index=False, **options)


def check(log, frame):
    np.testing.assert_allclose(log[["x", "y", "t"]], frame[["x", "y", "t"]])


class TestForms:
    @pytest.mark.parametrize("line_end", ["\n", "\r\n"])
    @pytest.mark.parametrize("mark", ["", "\ufeff"])
    @pytest.mark.parametrize("sep", [",", ";", "\t", "|", " "])
    def test_csv(self, tmp_path, sep, mark, line_end):
        text = mark + text_of(points(), sep=sep, lineterminator=line_end)
        path = tmp_path / "log.csv"
        path.write_bytes(text.encode())
        check(read_log(path), points())
        check(read_log(str(path)), points())
        check(read_log(io.BytesIO(text.encode())), points())
        check(read_log(io.StringIO(text)), points())
        with open(path, "rb") as stream:
            check(read_log(stream), points())
            assert not stream.closed

    def test_decimal_commas(self):
        for sep in ";\t":
            text = text_of(points() / 3, sep=sep, decimal=",")
            check(read_log(io.StringIO(text), time_unit="ms"), points() / 3)
        text = "x;y;t\n1,5;2;0\n1.234,5;2;1\n"
        with pytest.raises(ValueError, match=r"line 3 \(x is '1.234,5', not a number\)"):
            read_log(io.StringIO(text), time_unit="ms")

    def test_quoted_cells_over_lines_keep_the_count_of_lines(self):
        text = 'note,x,y,t\n"two\nlines",1,2,0\n"a, b",3,4,16\nc,oops,4,32\n'
        with pytest.raises(ValueError, match=r"line 5 \(x is 'oops'"):
            read_log(io.StringIO(text), time_unit="ms")
        log = read_log(io.StringIO(text.replace("oops", "9")), time_unit="ms")
        assert log["x"].tolist() == [1, 3, 9]

    @pytest.mark.parametrize("kind", ["parquet", "feather", "stream"])
    def test_arrow(self, tmp_path, kind):
        pyarrow = pytest.importorskip("pyarrow")
        frame = points().assign(who=["a", "b"] * 20)
        path = tmp_path / "no ending"
        if kind == "stream":
            table = pyarrow.Table.from_pandas(frame)
            with pyarrow.ipc.new_stream(path, table.schema) as stream:
                stream.write_table(table, max_chunksize=7)
        else:
            getattr(frame, f"to_{kind}")(path)
        for source in (path, io.BytesIO(path.read_bytes())):
            log = read_log(source, movement="who")
            check(log, points())
            assert log["movement"].tolist() == ["a", "b"] * 20
        with pytest.raises(ValueError, match=r"has no column 'z'; its columns are \['x', 'y', 't'"):
            read_log(path, x="z")

    def test_json_lines(self):
        rows = [json.dumps(row) for row in points().to_dict("records")]
        rows.insert(1, "")
        rows.insert(3, '{"x": null, "y": 1, "t": 20}')
        rows.insert(4, '{"x": 1, "y"')
        rows.insert(5, "[1, 2, 3]")
        rows.insert(6, '{"x": 1, "y": true, "t": 20}')
        rows.insert(7, '{"x": 1, "y": 2}')
        rows.insert(8, "[" * 200_000)
        with pytest.warns(UserWarning, match=r"5 malformed: line 5 \(not JSON.*line 9"):
            log = read_log(io.StringIO("\n".join(rows)), on_error="skip")
        assert log.attrs["n_malformed"] == 5
        assert np.flatnonzero(log["x"].isna()).tolist() == [2]
        check(log.dropna(), points())

    def test_frames(self):
        frame = points()
        check(read_log(frame), frame)
        check(read_log(frame.astype({"x": "Float64", "t": "int64"})), frame)
        renamed = frame.rename(columns={"x": "left", "y": "top", "t": "at"})
        check(read_log(renamed, x="left", y="top", t="at"), frame)
        polars = pytest.importorskip("polars")
        check(read_log(polars.from_pandas(frame)), frame)
        with pytest.raises(ValueError, match=r"table: 1 malformed: row 3 \(t is nan, not a time"):
            read_log(frame.assign(t=frame["t"].where(frame.index != 2)))

    def test_what_is_no_table(self):
        with pytest.raises(TypeError, match="must be a path, an open stream or a table"):
            read_log([[0, 0, 0]])
        with pytest.raises(ValueError, match="is empty"):
            read_log(io.StringIO("\n\n"))
        with pytest.raises(ValueError, match="holds no points"):
            read_log(io.StringIO("x,y,t\n"))
        with pytest.raises(ValueError, match=r"no column 't'; its columns are \['x', 'y', 'T'\]"):
            read_log(io.StringIO("x,y,T\n1,2,3\n"))
        with pytest.raises(ValueError, match="column 'x' twice"):
            read_log(io.StringIO("x,y,t,x\n1,2,3,4\n"))
        text = "\ufeff [\n" + points().to_json(orient="records")[1:]
        with pytest.raises(ValueError, match=r"is one JSON list, .* read it by pandas\.read_json"):
            read_log(io.BytesIO(text.encode()))
        with pytest.raises(ValueError, match="not UTF-8 text"):
            read_log(io.BytesIO(text_of(points()).encode("utf-16")))
        with pytest.raises(FileNotFoundError):
            read_log("no/such/file")


class TestTime:
    @pytest.mark.parametrize(("unit", "ms"), [("s", 1e3), ("ms", 1), ("us", 1e-3), ("ns", 1e-6)])
    @pytest.mark.parametrize("start", [0.0, 1_714_521_600_000.0])
    def test_inferred_from_usual_steps(self, unit, ms, start):
        frame = points(step=16.0)
        for time_unit in ("infer", unit):
            log = read_log(frame.assign(t=(frame["t"] + start) / ms), time_unit=time_unit)
            np.testing.assert_allclose(log["t"], frame["t"], atol=1e-2)

    @pytest.mark.parametrize("step", [0.3, 200.0, 2e5, 1e-5])
    def test_doubtful_steps_raise(self, step):
        with pytest.raises(ValueError, match=r"unit of time is in doubt .* time_unit='s', 'ms'"):
            read_log(points(step=step))
        log = read_log(points(step=step), time_unit="ms")
        np.testing.assert_allclose(log["t"], points(step=step)["t"])

    def test_time_since_1970_decides(self):
        frame = points(step=200.0)
        log = read_log(frame.assign(t=frame["t"] + 1.7e12))
        np.testing.assert_allclose(log["t"], frame["t"])

    def test_few_steps_are_doubtful(self):
        with pytest.raises(ValueError, match="9 steps forward in time, fewer than 10"):
            read_log(points(10))
        assert len(read_log(points(11))) == 11

    def test_steps_between_visitors_do_not_count(self):
        frame = pd.concat([points(20).assign(who=i) for i in range(3)]).sort_values("t")
        frame["t"] += 1e5 * frame["who"]
        assert read_log(frame, movement="who")["t"].max() == 19 * 16 + 2e5

    def test_dates(self):
        frame = points()
        # At 01:00 UTC clocks in Paris are put back.
        utc = pd.Timestamp("2024-10-27 00:59:59.9", tz="UTC")
        dates = (utc + pd.to_timedelta(frame["t"], unit="ms")).dt.tz_convert("Europe/Paris")
        check(read_log(frame.assign(t=dates)), frame)
        check(read_log(io.StringIO(text_of(frame.assign(t=dates.dt.tz_convert("UTC"))))), frame)
        check(read_log(frame.assign(t=pd.to_timedelta(frame["t"], unit="ms"))), frame)
        with pytest.raises(ValueError, match=r"line 3 \(t is 'noon', not a time"):
            read_log(io.StringIO("x,y,t\n1,2,2024-05-01\n1,2,noon\n"))

    def test_time_that_steps_back(self):
        frame = points().assign(who=["a", "b"] * 20)
        frame.loc[8, "t"] = 0.5
        with pytest.warns(UserWarning, match=r"steps back 1 time\(s\), first from 96 to 0.5 ms at"):
            log = read_log(frame, movement="who")
        check(log, frame)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ordered = read_log(frame, movement="who", sort_time=True)
        for who, rows in ordered.groupby("movement", observed=True):
            expected = frame[frame["who"] == who].sort_values("t", kind="stable")
            check(rows, expected)
        assert ordered["movement"].tolist() == frame["who"].tolist()


class TestMalformed:
    text = "x,y,t,who\n1,2,0,a\n1,2,3\n,,16,a\nNaN,2,32,a\n1,inf,48,b\n1,2,,b\n1,2,64,\n3,4,80,b\n"

    def test_raised_with_all_lines(self):
        with pytest.raises(
            ValueError, match=r"line 3 \(3 cell\(s\) for 4 columns\), line 6 \(y is"
        ):
            read_log(io.StringIO(self.text), movement="who", time_unit="ms")

    def test_named_in_the_order_of_lines(self):
        text = "x,y,t\n1,2,0\nleft,2,1\n1,2\n"  # the last is found before its cells are looked at
        with pytest.raises(
            ValueError, match=r"2 malformed: line 3 \(x is 'left'.*, line 4 \(2 cel"
        ):
            read_log(io.StringIO(text), time_unit="ms")

    def test_skipped_with_one_warning(self):
        with pytest.warns(UserWarning, match="malformed") as warned:
            log = read_log(io.StringIO(self.text), time_unit="ms", on_error="skip")
        (warning,) = warned
        assert "3 malformed: line 3" in str(warning.message)
        assert "line 7 (t is '', not a time)" in str(warning.message)
        assert warning.filename == __file__
        assert log["t"].tolist() == [0, 16, 32, 64, 80]
        assert log[["x", "y"]].isna().all(axis=1).tolist() == [False, True, True, False, False]
        assert log.attrs["n_malformed"] == 3

    def test_missing_ids(self):
        text = "x,y,t,who\n1,2,0,a\n1,2,3,\n"
        log = read_log(io.StringIO(text), movement="who", time_unit="ms")
        assert log["movement"].tolist() == ["a", ""]  # an empty name is a name in CSV
        frame = pd.DataFrame({"x": [1, 2], "y": 0, "t": [0, 16], "who": ["a", None]})
        with pytest.raises(ValueError, match=r"row 2 \(who is .*, not an id"):
            read_log(frame, movement="who", time_unit="ms")

    def test_many_are_counted_and_few_named(self):
        text = "x,y,t\n" + "1,2,0\n" + "bad,2,0\n" * 50_000
        with pytest.warns(UserWarning, match=r"50000 malformed: .* and 49995 more"):
            log = read_log(io.StringIO(text), time_unit="ms", on_error="skip")
        assert len(log) == 1

    def test_formulas_stay_text(self):
        text = "x,y,t,who\n1,2,0,\"=cmd|'/C calc'!A0\"\n1,2,16,@SUM(1)\n"
        log = read_log(io.StringIO(text), movement="who", time_unit="ms")
        assert log["movement"].tolist() == ["=cmd|'/C calc'!A0", "@SUM(1)"]

    def test_pickles_are_not_read(self, tmp_path):
        path = tmp_path / "log.pkl"
        points().to_pickle(path)
        with pytest.raises(ValueError, match=r"not UTF-8|no column"):
            read_log(path)

    @pytest.mark.parametrize(
        "options",
        [{"on_error": "ignore"}, {"time_unit": "min"}, {"chunk_rows": 0}, {"sort_time": 1.5}],
    )
    def test_bad_arguments(self, options):
        with pytest.raises(ValueError, match=f"'{next(iter(options))}' parameter"):
            read_log(points(), **options)


class TestChunks:
    def test_pieces_join_to_the_whole(self, tmp_path):
        frame = points(500).assign(who=[f"v{i % 3}" for i in range(500)], s="Move")
        path = tmp_path / "log.csv"
        path.write_text(text_of(frame))
        whole = read_log(path, movement="who", state="s")
        pieces = list(read_log(path, movement="who", state="s", chunk_rows=64))
        assert [len(piece) for piece in pieces] == [64] * 7 + [52]
        joined = pd.concat([piece.astype({"movement": str}) for piece in pieces])
        check(joined, whole)
        assert joined["movement"].tolist() == whole["movement"].tolist()

    def test_the_unit_of_time_is_that_of_many_pieces(self):
        frame = points().assign(who=["a", "b"] * 20, t=points()["t"] / 1000)
        pieces = list(read_log(io.StringIO(text_of(frame)), movement="who", chunk_rows=3))
        assert [len(piece) for piece in pieces] == [3] * 13 + [1]
        check(pd.concat(pieces), points())

    def test_whole_files_come_in_pieces_too(self, monkeypatch):
        frame = points(100).assign(who=[f"v{i}" for i in range(100)])
        text = text_of(frame)
        expected = read_log(io.StringIO(text), movement="who", time_unit="ms")
        monkeypatch.setattr("sklearn_ffrnn.datasets._readers._log.CHUNK_ROWS", 7)
        log = read_log(io.StringIO(text), movement="who", time_unit="ms")
        pd.testing.assert_frame_equal(log, expected)

    def test_small_pieces_are_joined(self, monkeypatch):
        monkeypatch.setattr("sklearn_ffrnn.datasets._readers._log.CHUNK_ROWS", 10)
        pieces = list(read_log(io.StringIO(text_of(points(95))), chunk_rows=35, time_unit="ms"))
        assert [len(piece) for piece in pieces] == [30, 30, 35]
        check(pd.concat(pieces), points(95))

    def test_malformed_lines(self):
        text = text_of(points(50)) + "1,2\n" + "1,2,1000\n"
        with pytest.warns(UserWarning, match=r"1 malformed: line 52 \(2 cell"):
            n = sum(len(p) for p in read_log(io.StringIO(text), chunk_rows=20, on_error="skip"))
        assert n == 51
        with pytest.raises(ValueError, match="line 52"):
            list(read_log(io.StringIO(text), chunk_rows=20))

    def test_sorting_takes_the_whole(self):
        with pytest.raises(ValueError, match="leave out chunk_rows"):
            read_log(points(), chunk_rows=5, sort_time=True)

    def test_to_movements(self):
        frame = points(200)
        frame["t"] += 1000 * (frame.index // 40)
        movements = split_movements(read_log(io.StringIO(text_of(frame)), chunk_rows=33))
        assert [len(m) for m in movements] == [40] * 5


def test_to_sequences():
    frame = pd.concat([points().assign(who=i) for i in "ab"])
    log = read_log(frame, movement="who")
    assert [s.shape for s in sequences_from_frame(log, id="movement")] == [(40, 3)] * 2
