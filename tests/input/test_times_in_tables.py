"""Tables with dates, durations, nullable and Arrow-backed columns, read as what they mean."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer, sequences_from_frame
from sklearn_ffrnn.datasets import split_movements, whole_sequences
from sklearn_ffrnn.inspection import recording_artefacts
from sklearn_ffrnn.sigma_lognormal import SigmaLognormalTransformer, iter_strokes

START = pd.Timestamp("2024-10-27 00:59:59.98")  # in UTC; Zurich puts its clocks back 20 ms later
MS = np.array([0.0, 8, 16, 16, 33, 50, 61, 70])
XY = np.column_stack([np.cumsum(MS) ** 1.3, 300 - 3 * MS])
NUMBERS = np.column_stack([XY, MS])


def frame(t, xy=XY):
    return pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "t": t})


def dates(unit="us"):
    return pd.Series(START + pd.to_timedelta(MS, unit="ms")).astype(f"datetime64[{unit}]")


def arrow(series, unit, tz=None):
    pa = pytest.importorskip("pyarrow")
    kind = pa.duration(unit) if series.dtype.kind == "m" else pa.timestamp(unit, tz=tz)
    return series.astype(pd.ArrowDtype(kind))


def durations(unit="us"):
    return pd.Series(pd.to_timedelta(MS, unit="ms")).astype(f"timedelta64[{unit}]")


def zoned():
    return dates().dt.tz_localize("UTC").dt.tz_convert("Europe/Zurich")


TIMES = {
    "datetime64[ms]": lambda: dates("ms"),
    "datetime64[us]": lambda: dates("us"),
    "datetime64[ns]": lambda: dates("ns"),
    "over the end of summer time": zoned,
    "naive objects": lambda: pd.Series(list(dates()), dtype=object),
    "python datetimes": lambda: pd.Series(
        [datetime.datetime(2024, 5, 1) + datetime.timedelta(milliseconds=m) for m in MS],
        dtype=object,
    ),
    "zoned objects": lambda: zoned().astype(object),
    "categories": lambda: dates().astype("category"),
    "Arrow": lambda: arrow(dates(), "us"),
    "Arrow ns": lambda: arrow(dates("ns"), "ns"),
    "Arrow zoned": lambda: arrow(zoned(), "us", "Europe/Zurich"),
    "timedelta64[ms]": lambda: durations("ms"),
    "timedelta64[ns]": lambda: durations("ns"),
    "timedelta objects": lambda: durations().astype(object),
    "Arrow durations": lambda: arrow(durations(), "us"),
    "Int64": lambda: pd.Series(MS.astype(int), dtype="Int64"),
    "Float64": lambda: pd.Series(MS, dtype="Float64"),
    "Arrow numbers": lambda: (
        pytest.importorskip("pyarrow") and pd.Series(MS, dtype="float64[pyarrow]")
    ),
    "uint32": lambda: pd.Series(MS.astype(np.uint32)),
}


@pytest.fixture(params=TIMES)
def t(request):
    return TIMES[request.param]()


def expected():
    return VelocityTransformer(scale=None).fit_transform([NUMBERS])


class TestWhereverATableIsAccepted:
    def test_frames_in_a_list_or_a_series(self, t):
        transformer = VelocityTransformer(scale=None)
        for X in ([frame(t)], pd.Series([frame(t)], index=[7])):
            np.testing.assert_array_equal(transformer.fit_transform(X), expected())

    def test_long_frame(self, t):
        log = pd.concat([frame(t).assign(who="a"), frame(t).assign(who="b")])
        a, b = sequences_from_frame(log, id="who")
        np.testing.assert_array_equal(a, NUMBERS)
        np.testing.assert_array_equal(b, NUMBERS)

    def test_log(self, t):
        (movement,) = split_movements(frame(t), max_gap=20)
        np.testing.assert_array_equal(movement, NUMBERS)

    def test_extraction(self, t):
        features = SigmaLognormalTransformer().fit_transform([frame(t)])
        np.testing.assert_array_equal(
            features, SigmaLognormalTransformer().fit_transform([NUMBERS])
        )
        (plan,) = iter_strokes(iter([frame(t)]))
        (same,) = iter_strokes([NUMBERS])
        np.testing.assert_array_equal(plan.strokes, same.strokes)


def test_stream_of_pieces():
    log = pd.concat([frame(dates()).assign(who=who) for who in "abc"])
    pieces = (log[start : start + 5] for start in range(0, len(log), 5))
    movements = []
    for piece in whole_sequences(pieces, id="who"):
        movements += sequences_from_frame(piece, id="who")
    np.testing.assert_array_equal(movements, [NUMBERS] * 3)


def test_recording_artefacts_see_the_clock_of_dates():
    rng = np.random.default_rng(0)
    t = [np.cumsum(rng.integers(5, 20, 30)) for _ in range(12)]
    numbers = [np.column_stack([rng.normal(size=(30, 2)).cumsum(axis=0), t_]) for t_ in t]
    tables = [frame(START + pd.to_timedelta(n[:, 2], unit="ms"), n) for n in numbers]
    y = np.arange(12) % 2
    first, second = (recording_artefacts(X, y, cv=2, random_state=0) for X in (numbers, tables))
    assert str(first) == str(second)


def test_long_frame_counts_dates_from_its_first_row():
    log = frame(dates()).assign(who=list("aabbaabb"))
    a, b = sequences_from_frame(log, id="who")
    assert a[:, 2].tolist() == [0, 8, 33, 50]
    assert b[:, 2].tolist() == [16, 16, 61, 70]


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(
    st.lists(st.integers(0, 10**10), min_size=2, max_size=8),
    st.integers(-(10**18), 10**18),
    st.sampled_from([None, "UTC", "Asia/Kolkata", "America/New_York"]),
)
def test_dates_and_durations_are_exact_to_the_nanosecond(steps, start, zone):
    ns = np.cumsum(steps)
    stamps = pd.Series(pd.to_datetime(start + ns, utc=True))
    stamps = stamps.dt.tz_convert(zone) if zone else stamps.dt.tz_localize(None)
    log = pd.DataFrame({"who": 0, "at": stamps, "after": pd.to_timedelta(ns)})
    (out,) = sequences_from_frame(log, id="who", columns=["at", "after"])
    np.testing.assert_array_equal(out, np.column_stack([ns - ns[0], ns]) / 1e6)


def test_dates_outside_of_what_nanoseconds_reach():
    t = pd.Series(np.array(["0001-01-01T00:00:00", "0001-01-01T00:00:01"], dtype="M8[s]"))
    (out,) = sequences_from_frame(pd.DataFrame({"who": 0, "t": t}), id="who", columns=["t"])
    assert out[:, 0].tolist() == [0, 1000]


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "float64[pyarrow]", "int64[pyarrow]"])
def test_missing_values_are_named_and_trailing_ones_are_padding(dtype):
    if "pyarrow" in dtype:
        pytest.importorskip("pyarrow")
    whole = frame(MS, np.round(XY)).astype(dtype)
    for t in (MS, dates()):
        gap = whole.assign(t=t)
        gap.loc[2, "y"] = None
        with pytest.raises(ValueError, match=r"X\[1\] holds NaN at point 2"):
            VelocityTransformer().fit([whole, gap])
    gap = whole.assign(t=dates())
    gap.loc[3, "t"] = None
    with pytest.raises(ValueError, match=r"X\[1\] holds NaN at point 3"):
        VelocityTransformer().fit([whole, gap])
    with pytest.raises(ValueError, match="missing t in event 3"):
        split_movements(gap)
    padded = whole.reindex(range(len(whole) + 2))
    np.testing.assert_array_equal(
        VelocityTransformer(scale=None).fit_transform([padded]),
        VelocityTransformer(scale=None).fit_transform([whole]),
    )


def test_stroke_column_may_be_nullable():
    table = frame(dates()).assign(stroke_id=pd.Series([0, 0, 0, 1, 1, 1, 1, 1], dtype="Int64"))
    assert VelocityTransformer().fit([table]).n_features_in_ == 4
    missing = table.assign(stroke_id=table["stroke_id"].where(table["stroke_id"] == 0))
    with pytest.raises(ValueError, match="NaN at point 3"):
        VelocityTransformer().fit([missing])


def test_columns_in_a_log_without_position():
    log = frame(MS).convert_dtypes()
    log.loc[[3, 4], "x"] = None
    first, second = split_movements(log, min_points=2)
    assert (len(first), len(second)) == (3, 3)


def test_classifiers_take_nullable_frames_of_any_channels():
    rng = np.random.default_rng(0)
    X = [pd.DataFrame(rng.normal(size=(5, 2)), columns=["a", "b"]) for _ in range(8)]
    y = np.arange(8) % 2
    model = FFRNNClassifier((4,), max_iter=1, random_state=0).fit(X, y)
    nullable = [x.convert_dtypes() for x in X]
    np.testing.assert_array_equal(model.predict_proba(nullable), model.predict_proba(X))


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_tables_of_others_are_read_by_name(library):
    module = pytest.importorskip(library)
    table = frame(dates())[["t", "y", "x"]]
    other = module.Table.from_pandas(table) if library == "pyarrow" else module.from_pandas(table)
    np.testing.assert_array_equal(
        VelocityTransformer(scale=None).fit_transform([other]), expected()
    )
    np.testing.assert_array_equal(split_movements(other)[0], NUMBERS)
    with pytest.raises(TypeError, match="one long DataFrame"):
        VelocityTransformer().fit(other)


BAD = {
    "dates in x": (frame(MS).assign(x=dates()), r"times \(datetime64.*'x'.*only t"),
    "durations in y": (frame(MS).assign(y=durations()), r"times \(timedelta64.*'y'"),
    "dates as strings": (frame(dates().astype(str)), "'t' cannot be read.*pd[.]to_datetime"),
    "times of day": (frame([datetime.time(1, i) for i in range(8)]), "'t'.*cannot be read"),
    "periods": (frame(pd.period_range("2024", periods=8, freq="s")), "'t'.*cannot be read"),
    "zones here and there": (
        frame(pd.Series([pd.Timestamp("2024"), *zoned()[1:]], dtype=object)),
        "'t'.*utc=True",
    ),
    "complex": (frame(MS).assign(x=1j), "'x'.*Complex"),
    "t in the index": (frame(dates()).set_index("t"), "no column.*index is named 't'.*reset_index"),
    "x twice": (pd.concat([frame(MS), frame(MS)[["x"]]], axis=1), r"column \['x'\] twice"),
    "dates back": (frame(dates()[::-1].to_numpy()), "time goes backwards"),
}


@pytest.mark.parametrize("mistake", BAD)
def test_mistakes_are_named(mistake):
    bad, message = BAD[mistake]
    with pytest.raises(ValueError, match=r"X\[1\].*" + message):
        VelocityTransformer().fit([NUMBERS, bad])
    with pytest.raises(ValueError, match="log.*" + message):
        split_movements(bad)


ARRAYS = {
    "datetime64": np.full((4, 3), np.datetime64("2024", "ms")),
    "timedelta64": np.full((4, 3), np.timedelta64(5, "s")),
    "objects": np.array([[0, 0, np.timedelta64(i, "s")] for i in range(4)], dtype=object),
    "Timestamps": frame(dates()).to_numpy(),
}


@pytest.mark.parametrize("kind", ARRAYS)
def test_arrays_of_times_are_refused(kind):
    with pytest.raises(ValueError, match=r"X\[0\] cannot be read as an array of real numbers"):
        VelocityTransformer().fit([ARRAYS[kind]])
    with pytest.raises(ValueError, match="log cannot be read as an array of real numbers"):
        split_movements(ARRAYS[kind])


def test_what_a_mask_hides_is_missing():
    masked = np.ma.masked_array(NUMBERS.astype(int), mask=np.zeros(NUMBERS.shape, bool))
    masked[2, 0] = np.ma.masked
    with pytest.raises(ValueError, match=r"X\[0\] holds NaN at point 2"):
        VelocityTransformer().fit([masked])


class TestLongFrame:
    log = frame(MS).assign(who=list("aabbaabb"))

    def test_unused_categories_make_no_sequences(self):
        log = self.log.assign(who=pd.Categorical(self.log["who"], categories=list("abc")))
        assert len(sequences_from_frame(log, id="who")) == 2

    def test_empty_table(self):
        assert sequences_from_frame(self.log[:0], id="who") == []

    def test_column_twice(self):
        log = pd.concat([self.log, self.log[["y"]]], axis=1)
        with pytest.raises(ValueError, match=r"df has column \['y'\] twice"):
            sequences_from_frame(log, id="who")

    def test_columns_as_a_string(self):
        with pytest.raises(TypeError, match=r"columns must be a list of names.*'xyt'"):
            sequences_from_frame(self.log, id="who", columns="xyt")

    def test_not_numbers(self):
        with pytest.raises(ValueError, match="df: column 'x' cannot be read as numbers"):
            sequences_from_frame(self.log.assign(x="here"), id="who")
