import numpy as np
import pandas as pd
import pytest

from sklearn_ffrnn.inspection import RecordingsDisplay, describe_recordings


def movement(rng, step=16, n=30, jitter=2):
    """A walk on whole pixels, at a clock that jitters."""
    t = np.cumsum(step + rng.integers(-jitter, jitter + 1, size=n))
    xy = 500 + rng.integers(-9, 10, size=(n, 2)).cumsum(axis=0)
    return np.column_stack([xy, t]).astype(float)


@pytest.fixture
def ordinary():
    rng = np.random.default_rng(0)
    return [movement(rng) for _ in range(30)]


def warned(X, groups=None):
    return describe_recordings(X, groups)["warnings"].iloc[-1]


def changed(X, change, every=1):
    return [change(x.copy()) if i % every == 0 else x for i, x in enumerate(X)]


def test_numbers(ordinary):
    (row,) = describe_recordings(ordinary).to_dict("records")
    assert row["movements"] == 30
    assert row["points"] == 900
    assert row["median_points"] == 30
    durations = [x[-1, 2] - x[0, 2] for x in ordinary]
    distances = [np.linalg.norm(np.diff(x[:, :2], axis=0), axis=1).sum() for x in ordinary]
    assert row["median_duration"] == np.median(durations)
    assert row["median_distance"] == pytest.approx(np.median(distances))
    assert row["clock_step"] == 16
    assert row["clock_rate"] == 62.5
    jitter = np.median([np.diff(x[:, 2]).std() / np.diff(x[:, 2]).mean() for x in ordinary])
    assert row["clock_jitter"] == pytest.approx(jitter)
    assert row["points_per_stamp"] == 1
    assert row["grid"] == 1
    for name in ("equal_stamps", "steps_back", "sentinels", "jumps", "mixed_pointers"):
        assert row[name] == 0
    assert row["warnings"] == []


def test_rest_at_the_ends(ordinary):
    t = np.arange(0.0, 480, 16)
    tau = t / t[-1]
    path = 300 * (10 * tau**3 - 15 * tau**4 + 6 * tau**5)
    at_rest = describe_recordings([np.column_stack([path, path, t])] * 20)
    assert at_rest["start_speed"].item() < 0.02
    assert at_rest["end_speed"].item() < 0.02
    steady = describe_recordings([np.column_stack([t, t, t])] * 20)
    assert steady["start_speed"].item() == pytest.approx(1)


def test_a_row_a_group(ordinary):
    groups = ["b", "a", "c"] * 10
    report = describe_recordings(ordinary, groups)
    assert report.index.tolist() == ["b", "a", "c"]
    assert report.index.name == "group"
    for i, name in enumerate("bac"):
        alone = describe_recordings(ordinary[i::3])
        pd.testing.assert_series_equal(
            report.loc[name].drop("warnings"), alone.iloc[0].drop("warnings"), check_names=False
        )
        assert report.loc[name, "warnings"] == ["only 10 movement(s)"]
    numbers = describe_recordings(ordinary, np.repeat([7, 3], 15))
    assert numbers.index.tolist() == [7, 3]


class TestWarnings:
    def test_coarse_clock(self):
        rng = np.random.default_rng(0)
        slow = [movement(rng, step=110) for _ in range(30)]
        assert warned(slow) == ["clock of 110 ms: too coarse for resample=16"]

    def test_another_clock_than_other_groups(self, ordinary):
        rng = np.random.default_rng(0)
        fast = [movement(rng, step=6, jitter=1) for _ in range(30)]
        report = describe_recordings(ordinary + fast, ["a"] * 30 + ["b"] * 30)
        assert report.loc["b", "warnings"] == ["clock of 6 ms, where others have 16 ms"]
        assert report.loc["a", "warnings"] == ["clock of 16 ms, where others have 6 ms"]

    @pytest.mark.parametrize(("factor", "unit"), [(1e-3, "seconds"), (1e3, "microseconds")])
    def test_another_unit(self, ordinary, factor, unit):
        (text,) = warned(changed(ordinary, lambda x: x * [1, 1, factor]))
        assert f"is t in {unit}" in text

    def test_even_clock(self):
        rng = np.random.default_rng(0)
        (text,) = warned([movement(rng, step=10, jitter=0) for _ in range(30)])
        assert text.startswith("perfectly even clock")

    def test_bursts(self, ordinary):
        def burst(x):
            x[:, 2] = x[np.arange(len(x)) // 6 * 6, 2]
            return x

        report = describe_recordings(changed(ordinary, burst))
        assert report["points_per_stamp"].item() == 6
        assert "stamps come in bursts of 6 points" in report["warnings"].item()[-1]

    def test_equal_stamps(self, ordinary):
        def repeat(x):
            x[1::10, 2] = x[::10, 2]
            return x

        report = describe_recordings(changed(ordinary, repeat))
        assert report["equal_stamps"].item() == pytest.approx(3 / 29)
        assert report["warnings"].item() == [
            "10% of the points have the time stamp of the one before"
        ]

    def test_time_backwards(self, ordinary):
        def step_back(x):
            x[10, 2] -= 100
            return x

        report = describe_recordings(changed(ordinary, step_back, every=10))
        assert report["steps_back"].item() == 3
        assert report["warnings"].item() == ["time steps back in 3 movement(s): cut or sort them"]

    def test_sentinels_and_jumps(self, ordinary):
        def sentinel(x):
            x[[4, 9], 0] = 65535
            return x

        report = describe_recordings(changed(ordinary, sentinel, every=30))
        assert report["sentinels"].item() == 2
        assert "2 point(s) at a sentinel" in report["warnings"].item()[0]

        def jump(x):
            x[20:, 0] += 9000
            return x

        report = describe_recordings(changed(ordinary, jump, every=15))
        assert report["jumps"].item() == 2
        assert "2 jump(s) of more than a screen" in report["warnings"].item()[0]

    def test_two_pointers_in_one_movement(self, ordinary):
        def second_finger(x):
            x[1::2, :2] += [400, 150]
            return x

        report = describe_recordings(changed(ordinary, second_finger, every=6))
        assert report["mixed_pointers"].item() == 5
        assert "Split by pointer" in report["warnings"].item()[0]

    def test_trembling_on_the_grid_is_not_two_pointers(self):
        rng = np.random.default_rng(0)
        t = 10.0 * np.arange(60)
        trembling = [
            np.column_stack([np.arange(60) // 2, np.arange(60) % 2, t + rng.random(60)])
            for _ in range(30)
        ]
        assert describe_recordings(trembling)["mixed_pointers"].item() == 0

    def test_short_and_still(self, ordinary):
        texts = warned(
            ordinary[:20] + [x[:4] for x in ordinary[:5]] + [x * [0, 0, 1] for x in ordinary[:3]]
        )
        assert texts == [
            "3 movement(s) stay in one place: drop them",
            "5 of 28 movements have fewer than 5 points",
        ]


def test_forms(ordinary):
    expected = describe_recordings(ordinary)
    frames = [pd.DataFrame(x, columns=["x", "y", "t"]) for x in ordinary]
    pd.testing.assert_frame_equal(describe_recordings(frames), expected)
    strokes = [np.column_stack([x, np.zeros(len(x))]) for x in ordinary]
    pd.testing.assert_frame_equal(describe_recordings(strokes), expected)
    single = describe_recordings([[[1, 2, 3]]])
    assert single["points"].item() == 1


def test_bad_arguments(ordinary):
    with pytest.raises(ValueError, match="groups has 2 entries for the 30 movements"):
        describe_recordings(ordinary, ["a", "b"])
    with pytest.raises(ValueError, match=r"X\[1\] has shape"):
        describe_recordings([ordinary[0], ordinary[1].T])


class TestDisplay:
    @pytest.fixture(autouse=True)
    def off_screen(self):
        plt = pytest.importorskip("matplotlib.pyplot")
        plt.switch_backend("agg")
        yield
        plt.close("all")

    def test_boxes_are_of_the_groups(self, ordinary):
        groups = np.array(["b", "a", "c"] * 10)
        display = RecordingsDisplay.from_recordings(ordinary, groups)
        assert [len(boxes["boxes"]) for boxes in display.boxes_] == [3] * 4
        report = describe_recordings(ordinary, groups)
        columns = ["median_points", "median_duration", "median_distance", "clock_step"]
        for boxes, column in zip(display.boxes_, columns, strict=True):
            medians = [line.get_ydata()[0] for line in boxes["medians"]]
            np.testing.assert_allclose(medians, report[column])
        assert display.figure_ is display.axes_[0].figure

    def test_given_axes(self, ordinary):
        import matplotlib.pyplot as plt

        figure, axes = plt.subplots(2, 2)
        display = RecordingsDisplay.from_recordings(ordinary, ax=axes)
        assert display.figure_ is figure
        with pytest.raises(ValueError, match="holds 1 axes"):
            display.plot(axes[0, 0])
