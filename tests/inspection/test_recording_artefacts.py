"""recording_artefacts finds planted artefacts, and none where there are none."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import LeaveOneGroupOut

from sklearn_ffrnn import SequenceBatch, inspection
from sklearn_ffrnn.inspection._recording_families import (
    FAMILIES,
    clock,
    duplicate_points,
    lattice,
    length,
    rest_at_ends,
    zero_steps,
)
from tests.helpers import study_file

recording_artefacts = partial(inspection.recording_artefacts, n_estimators=20, random_state=0)

ROWS = ["clock", "lattice", "duplicate points", "start/end at rest", "length", "zero steps"]


def recording(rng, n=None, tick=None):
    """A random walk on whole numbers, at a clock with jitter and equal time stamps."""
    n = n or rng.integers(20, 60)
    xy = np.cumsum(rng.integers(-4, 9, size=(n, 2)), axis=0)
    steps = np.full(n, tick) if tick else rng.integers(0, 17, size=n)
    return np.column_stack([xy, np.cumsum(steps) - steps[0]]).astype(float)


def recordings(n, seed=0):
    rng = np.random.default_rng(seed)
    return [recording(rng) for _ in range(n)]


def mirrored(trajectory):
    """Another movement with the same recording."""
    return trajectory * [-1.0, 1.0, 1.0]


def report(negatives, humans=None, **kwargs):
    """Compare humans with the negatives, made from them where there are as many of both."""
    humans = recordings(len(negatives)) if humans is None else humans
    y = np.repeat([1, 0], [len(humans), len(negatives)])
    groups = kwargs.pop("groups", np.tile(np.arange(len(humans)), 2)[: len(y)])
    return recording_artefacts([*humans, *negatives], y, groups, random_state=0, **kwargs)


def even_clock(trajectory):
    t = trajectory[:, 2]
    return np.column_stack([trajectory[:, :2], np.linspace(t[0], t[-1], len(t))])


def off_lattice(trajectory):
    return trajectory + np.array([0.37, 0.21, 0.0])


def repeated_points(trajectory):
    return np.repeat(trajectory, [2] * 5 + [1] * (len(trajectory) - 5), axis=0)


def slow_start(trajectory):
    xy = trajectory[:, :2].copy()
    xy[:6] = xy[6] + (xy[:6] - xy[6]) // 8
    return np.column_stack([xy, trajectory[:, 2]])


def distinct_times(trajectory):
    """Spread equal time stamps."""
    return trajectory + np.linspace(0, 0.9, len(trajectory))[:, None] * [0, 0, 1]


def time_running_backwards(trajectory):
    out = trajectory.copy()
    out[5, 2] = out[8, 2] + 3
    return out


ARTEFACTS = {
    even_clock: "clock",
    time_running_backwards: "clock",
    off_lattice: "lattice",
    repeated_points: "duplicate points",
    slow_start: "start/end at rest",
    lambda trajectory: trajectory[: len(trajectory) // 2]: "length",
    distinct_times: "zero steps",
}


@pytest.mark.parametrize(("spoil", "family"), ARTEFACTS.items(), ids=list(ARTEFACTS.values()))
def test_a_planted_artefact_is_reported_in_its_row(spoil, family):
    table = report([spoil(mirrored(h)) for h in recordings(60)])
    assert list(table.index) == ROWS
    assert table.loc[family, "told_apart"]
    assert table.loc[family, "auc"] > 0.75
    assert table.loc[family, "verdict"] in {
        "gives the class away",
        "helps to tell the classes apart",
    }


def test_only_the_planted_artefact_is_reported():
    table = report([off_lattice(mirrored(h)) for h in recordings(60)])
    assert list(table.index[table["told_apart"]]) == ["lattice"]
    assert table.loc["lattice", "telling_feature"] == "share of multiples of 1"
    assert table.loc["lattice", "mean_1"] == 1.0
    assert table.loc["lattice", "mean_0"] == 0.0


def test_pairs_with_one_recording_score_exactly_a_half():
    table = report([mirrored(h) for h in recordings(60)])
    np.testing.assert_allclose(table["auc"], 0.5)
    assert not table["told_apart"].any()
    assert set(table["verdict"]) == {"nothing to see"}


def test_negatives_of_other_sources_pass():
    humans = recordings(300)
    table = report([mirrored(h) for h in humans[150:]], humans[:150], groups=np.arange(300))
    assert not table["told_apart"].any()


def test_pairs_torn_apart_ask_for_groups():
    humans = recordings(100)
    table = report([mirrored(h) for h in humans], humans, groups=None)
    assert table.loc["clock", "auc"] < 0.3
    assert table.loc["clock", "verdict"].startswith("below chance: pass groups")
    assert not table["told_apart"].any()


def test_chance_in_a_small_data_set_is_not_an_artefact():
    for seed in range(5):
        X = recordings(24, seed)
        table = recording_artefacts(X, [0, 1] * 12, cv=3, random_state=seed)
        assert not table["told_apart"].any()


def test_report_can_be_repeated_whatever_n_jobs():
    negatives = [even_clock(h) for h in recordings(20)]
    few = {"cv": 2, "n_estimators": 3}
    expected = report(negatives, **few)
    pd.testing.assert_frame_equal(expected, report(negatives, **few))
    pd.testing.assert_frame_equal(expected, report(negatives, **few, n_jobs=2))


def test_every_form_of_input_gives_one_report():
    humans = recordings(15)
    X = [*humans, *map(off_lattice, humans)]
    y, groups = np.repeat([1, 0], 15), np.tile(np.arange(15), 2)
    padded = np.full((30, 60, 3), np.nan)
    as_objects = np.empty(30, dtype=object)
    for i, x in enumerate(X):
        padded[i, : len(x)] = x
        as_objects[i] = x
    frames = [pd.DataFrame(x, columns=["x", "y", "t"]) for x in X]
    batch = SequenceBatch(humans, list(map(off_lattice, humans)), np.arange(15))
    few = {"cv": 2, "n_estimators": 3}
    expected = recording_artefacts(X, y, groups, **few)
    for form in (tuple(X), as_objects, padded, frames, pd.Series(frames)):
        pd.testing.assert_frame_equal(expected, recording_artefacts(form, y, groups, **few))
    pd.testing.assert_frame_equal(expected, recording_artefacts(batch, y[:15], **few))


def test_labels_may_be_strings():
    humans = recordings(20)
    y = np.repeat(["human", "bot"], 20)
    table = recording_artefacts([*humans, *map(even_clock, humans)], y)
    assert table.loc["clock", "told_apart"]
    assert {"mean_human", "mean_bot"} <= set(table.columns)


def test_trajectories_of_one_point_or_one_place_are_no_obstacle():
    still = np.column_stack([np.ones((6, 2)), np.arange(6.0)])
    X = [np.zeros((1, 3)), still, still * [1, 1, 0], *recordings(3)] * 5
    table = recording_artefacts(X, [0, 0, 0, 1, 1, 1] * 5)
    assert table["auc"].notna().all()
    assert table.loc["start/end at rest", "told_apart"]
    assert recording_artefacts([np.zeros((1, 3))] * 20, [0, 1] * 10)["auc"].eq(0.5).all()


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"y": [1] * 12}, r"y has 1 class.*make negatives"),
        ({"y": [0, 1, 2] * 4}, r"y has 3 class"),
        ({"y": [0, 1] * 5}, r"y has 10 entries for the 12 trajectories"),
        ({"groups": [0, 1] * 5}, r"groups has 10 entries for the 12 trajectories"),
        ({"groups": [0, 1, 2] * 4}, r"class 0 comes from 3 groups, fewer than the 5 folds"),
        ({"y": [0] * 9 + [1] * 3}, r"class 1 comes from 3 trajectories, fewer than the 5 folds"),
        ({"cv": [(np.arange(6), np.array([6, 8, 10]))]}, r"test part of fold 0 holds one class"),
        ({"X": [*recordings(11), np.full((4, 3), np.inf)]}, r"X\[11\] holds an infinite value"),
    ],
)
def test_mistakes_are_named(kwargs, message):
    arguments = {"X": recordings(12), "y": [0, 1] * 6, **kwargs}
    with pytest.raises(ValueError, match=message):
        recording_artefacts(**arguments)


def test_splitters_are_taken():
    humans = recordings(20)
    X, y = [*humans, *map(even_clock, humans)], np.repeat([1, 0], 20)
    table = recording_artefacts(X, y, np.arange(40) % 4, cv=LeaveOneGroupOut())
    assert table.loc["clock", "told_apart"]


class TestFamilies:
    def test_recording_is_described_whatever_the_movement(self):
        """Mirroring, and for a clock also scaling, leave the recording as it was."""
        for h in recordings(20):
            for family in FAMILIES.values():
                assert family(h) == pytest.approx(family(mirrored(h)), nan_ok=True)
            assert clock(h) == clock(h * [3.7, 0.2, 1.0])

    def test_clock(self):
        features = clock(np.array([[0, 0, 0], [0, 0, 10], [0, 0, 10], [0, 0, 20], [0, 0, 18.5]]))
        assert features["share of steps back in time"] == 0.25
        assert features["share of whole time stamps"] == 0.8
        assert features["share of steps like the median"] == 1.0
        assert features["shortest step"] == features["longest step"] == 10
        assert features["jitter"] == 0

    def test_lattice_of_any_spacing(self):
        rng = np.random.default_rng(0)
        xy = rng.integers(0, 200, size=(50, 2))
        t = np.arange(50.0)
        for offset in (0.0, 1e6):
            whole = lattice(np.column_stack([xy + offset, t]))
            assert whole["share of multiples of 1"] == 1
            assert whole["spacing"] == 1
        thirds = lattice(np.column_stack([xy / 3, t]))
        assert thirds["share of multiples of the smallest difference"] == 1
        assert thirds["spacing"] == pytest.approx(1 / 3)
        free = lattice(np.column_stack([rng.random((50, 2)) * 200, t]))
        assert free["share of multiples of the smallest difference"] < 0.4
        assert np.isnan(free["spacing"])

    def test_lattice_survives_single_precision(self):
        hundredths = np.random.default_rng(0).integers(0, 12000, size=(50, 3)) / 100
        features = lattice(hundredths.astype(np.float32).astype(float))
        assert features["share of multiples of 0.01"] == 1

    def test_duplicates_and_zero_steps(self):
        x = np.array([[0, 0, 0], [0, 0, 0], [0, 0, 8], [5, 0, 8], [5, 0, 16], [9, 0, 24]])
        features = duplicate_points(x)
        assert features["share of points that repeat the position"] == pytest.approx(3 / 5)
        assert features["share of points that repeat position and time"] == pytest.approx(1 / 5)
        assert features["longest run of one position"] == pytest.approx(2 / 6)
        features = zero_steps(x)
        assert features["share of steps of zero time"] == pytest.approx(2 / 5)
        assert features["share of movement among steps of zero time"] == pytest.approx(1 / 2)
        assert features["longest run of one time stamp"] == 1

    def test_rest_at_ends(self):
        x = np.array([[0, 0, 0], [0, 0, 10], [1, 0, 20], [11, 0, 30], [21, 0, 40]])
        features = rest_at_ends(x)
        mean_speed = 21 / 40
        assert features["speed of the first step"] == 0
        assert features["speed of the last step"] == pytest.approx(1 / mean_speed)
        assert features["speed of the first 3 steps"] == pytest.approx(11 / 30 / mean_speed)
        assert features["still steps at the start"] == 1
        assert features["still steps at the end"] == 0

    def test_length(self):
        x = np.column_stack([np.ones((6, 2)), 2.0 * np.arange(6), [1, 1, 2, 2, 3, 3]])
        assert length(x) == {"points": 6, "duration": 10, "strokes": 3}


def study(name, n):
    data = np.load(study_file(name))
    rng = np.random.default_rng(0)
    rows = np.concatenate(
        [rng.permutation(np.flatnonzero(data["label"] == label))[:n] for label in (0, 1)]
    )
    points, offsets = data["points"], data["offsets"]
    X = [points[offsets[i] : offsets[i + 1]] for i in rows]
    return X, data["label"][rows], data["source"][rows]


@pytest.mark.parametrize(
    ("name", "families"),
    [
        ("dollar-one", ["clock"]),
        ("mcyt", ["lattice", "start/end at rest"]),
        ("mouse-operation", ["clock", "lattice"]),
        ("mobiletouchdb", ["lattice"]),
    ],
)
class TestStudy:
    def test_every_set_is_flagged(self, name, families):
        X, y, groups = study(name, 150)
        table = recording_artefacts(X, y, groups, random_state=0)
        assert table.loc[families, "told_apart"].all()
        assert (table.loc[families, "verdict"] == "gives the class away").all()

    def test_mirrored_humans_of_other_sources_pass(self, name, families):
        # Of 300, two halves differ by chance enough to be told apart with one seed in four.
        X, y, _ = study(name, 500)
        X = [x for x, label in zip(X, y, strict=True) if label == 1]
        X[250:] = map(mirrored, X[250:])
        y = np.repeat([1, 0], 250)
        table = recording_artefacts(X, y, np.arange(500), random_state=0)
        assert not table["told_apart"].any()
