"""Every form in which sequences may come in, and what is said about those that may not."""

import copy
import re

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.model_selection import train_test_split
from sklearn.utils import _safe_indexing

from sklearn_ffrnn import SequenceBatch, VelocityTransformer, sequences_from_frame
from tests.helpers import objects, padded

NAMES = ["x", "y", "t"]


FORMS = {
    "tuple": tuple,
    "nested lists": lambda X: [x.tolist() for x in X],
    "object array": objects,
    "Series, other index": lambda X: pd.Series(X, index=range(100, 100 + len(X))),
    "Series, index repeated": lambda X: pd.Series(X, index=[7] * len(X)),
    "frames": lambda X: [pd.DataFrame(x, columns=NAMES[: x.shape[1]]) for x in X],
    "Series of frames": lambda X: pd.Series(
        [pd.DataFrame(x, columns=NAMES[: x.shape[1]]) for x in X]
    ),
    "padded array": padded,
    "read-only padded array": lambda X: np.broadcast_to(padded(X), padded(X).shape),
    "torch tensors": lambda X: [torch.tensor(x) for x in X],
    "padded tensor": lambda X: torch.tensor(padded(X)),
    "batch": lambda X: SequenceBatch(X, [], []),
    "batch of a Series": lambda X: SequenceBatch(pd.Series(X, index=range(3, 3 + len(X))), [], []),
}


@pytest.mark.parametrize("form", FORMS)
def test_transformer_takes(form, movements):
    X, _ = movements
    expected = VelocityTransformer().fit_transform(X)
    out = VelocityTransformer().fit_transform(FORMS[form](X))
    np.testing.assert_array_equal(out.rows if isinstance(out, SequenceBatch) else out, expected)


@pytest.mark.parametrize("form", FORMS)
def test_classifier_takes(form, sequences, make_classifier):
    X, y = sequences
    expected = make_classifier(max_iter=2).fit(X, y).predict_proba(X)
    given = FORMS[form](X)
    classifier = make_classifier(max_iter=2).fit(given, y)
    np.testing.assert_allclose(classifier.predict_proba(given), expected, atol=1e-6)
    assert classifier.n_features_in_ == 2


@pytest.mark.parametrize("form", [form for form in FORMS if form != "padded tensor"])
def test_rows_survive_a_split(form, movements):
    X, y = movements
    expected = train_test_split(X, y, random_state=0)
    train, _, y_train, _ = train_test_split(FORMS[form](X), y, random_state=0)
    np.testing.assert_array_equal(y_train, expected[2])
    out = VelocityTransformer(max_length=4).fit_transform(train)
    np.testing.assert_array_equal(
        out.rows if isinstance(out, SequenceBatch) else out,
        VelocityTransformer(max_length=4).fit_transform(expected[0]),
    )


def test_movements_of_equal_length_in_an_object_array(make_classifier):
    X = objects([np.full((3, 2), float(i)) for i in range(4)])
    assert make_classifier(max_iter=1).fit(X, [0, 1, 0, 1]).n_features_in_ == 2


def test_columns_of_frames_go_by_name(movements):
    X, _ = movements
    frames = [pd.DataFrame(x, columns=NAMES).assign(button=1)[["t", "button", "y", "x"]] for x in X]
    np.testing.assert_array_equal(
        VelocityTransformer().fit_transform(frames), VelocityTransformer().fit_transform(X)
    )


def test_plain_table_is_one_step_a_row(sequences, make_classifier):
    rng = np.random.default_rng(0)
    table, y = rng.normal(size=(40, 5)), np.arange(40) % 2
    as_table = make_classifier(dtype="float32").fit(table, y)
    as_steps = make_classifier().fit(table[:, None, :], y)
    assert as_table.n_features_in_ == as_steps.n_features_in_ == 5
    np.testing.assert_allclose(
        as_table.predict_proba(table), as_steps.predict_proba(table[:, None]), atol=1e-6
    )


def line(n=6):
    return np.column_stack([np.arange(n), np.arange(n), np.arange(n) * 10.0])


def with_value(value, at=3, columns=slice(None)):
    movement = line()
    movement[at, columns] = value
    return movement


BAD_MOVEMENTS = {
    "channels by time": (line().T, ValueError, r"\(3, 6\).*\(channels, time\).*a\.T"),
    "time backwards": (line()[::-1], ValueError, "time goes backwards from 50 to 40.*sort"),
    "columns t, x, y with x falling": (
        line()[:, [2, 0, 1]] * [1, 1, -1],
        ValueError,
        "backwards.*columns are in the order x, y, t",
    ),
    "NaN row in the middle": (with_value(np.nan), ValueError, "NaN at point 3.*interpolate"),
    "one NaN at the end": (with_value(np.nan, -1, 0), ValueError, "NaN at point 5"),
    "infinite": (with_value(np.inf, 2, 1), ValueError, "infinite value at point 2.*drop"),
    "one point": (line()[:1], ValueError, r"1 point\(s\).*at least 2.*[Dd]rop"),
    "no point": (line()[:0], ValueError, r"0 point\(s\).*at least 2"),
    "one clock tick": (with_value(0, slice(None), 2), ValueError, "single time stamp.*drop"),
    "two columns": (line()[:, :2], ValueError, r"2 columns.*3 \(x, y, t\)"),
    "one dimension": (np.arange(6.0), ValueError, r"1 dimension.*\(n_points, 3\)"),
    "words": (np.full((4, 3), "a"), ValueError, "numbers.*strings"),
    "numbers as strings": (line().astype(str), ValueError, r"strings.*astype\(float\)"),
    "objects": (np.full((4, 3), object()), ValueError, "real numbers"),
    "complex": (line() + 1j, ValueError, "[Cc]omplex"),
    "rows of unequal length": ([[0, 0, 0], [1, 1]], ValueError, "same number of numeric columns"),
    "frame without t": (pd.DataFrame(line(), columns=list("xyz")), ValueError, r"\['t'\].*Rename"),
    "frame with x twice": (
        pd.DataFrame(line()[:, [0, 0, 1, 2]], columns=list("xxyt")),
        ValueError,
        r"\['x'\] twice",
    ),
    "missing value in a frame": (
        pd.DataFrame({"x": [1, None], "y": [1, 2], "t": [1, 2]}).convert_dtypes(),
        ValueError,
        "NaN at point 1",
    ),
    "None": (None, TypeError, "NoneType.*[Dd]rop"),
    "mixed columns": (
        np.column_stack([line(), np.zeros(6)]),
        ValueError,
        r"4 columns where X\[0\] has 3",
    ),
}


@pytest.mark.parametrize("mistake", BAD_MOVEMENTS)
def test_bad_movement_is_named(mistake):
    bad, error, message = BAD_MOVEMENTS[mistake]
    with pytest.raises(error, match=r"(?s)X\[2\].*" + message):
        VelocityTransformer().fit([line(), line(9), bad])


BAD_SEQUENCES = {
    "NaN": (with_value(np.nan), ValueError, "at step 3.*Drop or interpolate"),
    # In a list nothing needs padding: trailing NaN is a fault of the recording.
    "trailing NaN in a list": (with_value(np.nan, -1), ValueError, "at step 5.*only trailing"),
    "infinite": (with_value(-np.inf, 2, 1), ValueError, "at step 2.*Drop"),
    "beyond float32": (with_value(1e300, 2, 1), ValueError, "at step 2.*too large for float32"),
    "empty": (line()[:0], ValueError, "empty.*drop it"),
    "one dimension": (np.arange(6.0), ValueError, r"1 dimension.*a\[:, None\]"),
    "strings": (np.full((4, 3), "a"), ValueError, "numbers.*strings"),
    "None": (None, TypeError, "NoneType.*[Dd]rop"),
    "mixed channels": (line()[:, :2], ValueError, r"2 channels where X\[0\] has 3"),
}


@pytest.mark.parametrize("mistake", BAD_SEQUENCES)
def test_bad_sequence_is_named_in_fit_and_predict(mistake, make_ff):
    bad, error, message = BAD_SEQUENCES[mistake]
    good = [line() / 50, line(9) / 50, line() / 50, line(4) / 50]
    classifier = make_ff(max_iter=1).fit(good, [0, 1, 0, 1])
    for use in (lambda X: make_ff().fit(X, [0, 1, 0, 1]), classifier.predict):
        with pytest.raises(error, match=r"(?s)X\[2\].*" + message):
            use([*good[:2], bad, good[3]])


def test_channels_by_time_is_guessed_from_equal_first_axes(make_ff):
    X = [np.zeros((2, n)) for n in (5, 6, 7, 8)]
    with pytest.raises(ValueError, match=r"X\[1\].*\(channels, time\).*a\.T"):
        make_ff().fit(X, [0, 1, 0, 1])


@pytest.mark.parametrize(
    ("where", "step"), [((1, 2, slice(None)), 2), ((1, -1, 0), 4), ((1, 0, 1), 0)]
)
def test_only_trailing_rows_all_nan_are_padding(where, step, make_ff):
    X = np.random.default_rng(0).normal(size=(4, 5, 2))
    X[0, 3:] = np.nan
    make_ff(max_iter=1).fit(X, [0, 1, 0, 1])
    X[where] = np.nan
    with pytest.raises(ValueError, match=rf"NaN.*X\[1\] at step {step}"):
        make_ff(max_iter=1).fit(X, [0, 1, 0, 1])


def test_row_of_padding_alone(make_ff):
    X = np.ones((4, 5, 2))
    X[2] = np.nan
    with pytest.raises(ValueError, match=r"X\[2\] is NaN throughout; drop it"):
        make_ff().fit(X, [0, 1, 0, 1])
    with pytest.raises(ValueError, match=r"X\[2\] has 0 point"):
        VelocityTransformer().fit(np.concatenate([X, X[:, :, :1]], axis=2))


WRONG_COLLECTIONS = {
    "long frame": (pd.DataFrame(line(), columns=NAMES), TypeError, r"sequences_from_frame\(df, id"),
    "one movement": (line(), ValueError, r"Wrap.*\[X\]"),
    "empty list": ([], ValueError, "X is empty"),
    "empty Series": (pd.Series([], dtype=object), ValueError, "X is empty"),
    "string": ("movement", TypeError, "X must be a list.*str"),
    "dict": ({"a": line()}, TypeError, "X must be a list.*dict"),
    "generator": ((line() for _ in range(2)), TypeError, "X must be a list.*generator"),
    "number": (5, TypeError, "X must be a list.*int"),
    "None": (None, TypeError, "X must be a list.*NoneType"),
    "four dimensions": (np.ones((2, 3, 4, 3)), ValueError, "X has 4 dimensions"),
}


@pytest.mark.parametrize("mistake", WRONG_COLLECTIONS)
def test_wrong_collection_of_movements(mistake):
    X, error, message = WRONG_COLLECTIONS[mistake]
    with pytest.raises(error, match=message):
        VelocityTransformer().fit(X)


@pytest.mark.parametrize("mistake", ["empty list", "empty Series", "string", "dict", "None"])
def test_wrong_collection_of_sequences(mistake, make_ff):
    X, error, message = WRONG_COLLECTIONS[mistake]
    with pytest.raises(error, match=message):
        make_ff().fit(X, [])


class TestSequencesFromFrame:
    log = pd.DataFrame(
        {"who": ["b", "a", "b", "a"], "t": [0, 1, 2, 3], "y": [4, 5, 6, 7], "x": [8, 9, 10, 11]}
    )

    def test_groups_in_order_of_appearance(self):
        b, a = sequences_from_frame(self.log, id="who")
        np.testing.assert_array_equal(b, [[8, 4, 0], [10, 6, 2]])
        np.testing.assert_array_equal(a, [[9, 5, 1], [11, 7, 3]])

    def test_other_columns(self):
        assert sequences_from_frame(self.log, id="who", columns=["y"])[0].tolist() == [[4], [6]]

    @pytest.mark.parametrize(
        ("arguments", "error", "message"),
        [
            ({"df": [1], "id": "who"}, TypeError, "df must be a pandas DataFrame"),
            ({"df": log, "id": "user"}, ValueError, r"no column \['user'\].*id="),
            ({"df": log, "id": "who", "columns": ["z"]}, ValueError, r"no column \['z'\]"),
            ({"df": log.replace("a", None), "id": "who"}, ValueError, "missing in row 1; drop"),
        ],
    )
    def test_mistakes(self, arguments, error, message):
        with pytest.raises(error, match=message):
            sequences_from_frame(**arguments)


class TestSequenceBatch:
    @pytest.fixture(params=["lists", "arrays", "Series"])
    def batch(self, request):
        rows = [np.full((3, 2), i) for i in range(6)]
        negatives = [np.full((3, 2), 10 * i) for i in (0, 0, 2, 5)]
        make = {"lists": list, "arrays": np.stack, "Series": pd.Series}[request.param]
        return SequenceBatch(make(rows), make(negatives), [0, 0, 2, 5], negative_label="n")

    @pytest.mark.parametrize(
        ("key", "rows", "negatives", "source"),
        [
            (slice(1, 4), [1, 2, 3], [20], [1]),
            ([5, 0], [5, 0], [50, 0, 0], [0, 1, 1]),
            ([2, 2], [2, 2], [20, 20], [0, 1]),
            (np.arange(6) % 2 == 0, [0, 2, 4], [0, 0, 20], [0, 0, 1]),
            ([-1], [5], [50], [0]),
            ([1, 3], [1, 3], [], []),
            ([], [], [], []),
        ],
    )
    def test_negatives_follow_their_rows(self, batch, key, rows, negatives, source):
        kept = batch[key]
        assert len(kept) == len(rows)
        assert [int(r[0, 0]) for r in kept] == rows
        assert [int(n[0, 0]) for n in kept.negatives] == negatives
        assert kept.source.tolist() == source
        assert kept.negative_label == "n"

    def test_scikit_learn_indexing(self, batch):
        assert _safe_indexing(batch, np.array([2, 5])).source.tolist() == [0, 1]
        assert _safe_indexing(batch, np.arange(6) == 5).source.tolist() == [0]

    def test_looks_like_its_rows(self, batch):
        assert len(batch) == batch.shape[0] == len(list(batch)) == len(np.asarray(batch)) == 6
        np.testing.assert_array_equal(batch[4], np.full((3, 2), 4))

    def test_hash_tells_other_negatives_apart(self, batch):
        other = copy.copy(batch)
        assert joblib.hash(other) == joblib.hash(batch)
        other.negatives = batch.negatives[::-1]
        assert joblib.hash(other) != joblib.hash(batch)

    @pytest.mark.parametrize(
        ("source", "error", "message"),
        [
            ([0, 1], ValueError, "source has 2 entries for 1 negatives"),
            ([3], ValueError, "source[0] is 3, but there are 2 rows"),
            ([-1], ValueError, "source[0] is -1"),
            ([0.5], TypeError, "source must hold positions"),
        ],
    )
    def test_wrong_source(self, source, error, message):
        with pytest.raises(error, match=re.escape(message)):
            SequenceBatch([line(), line()], [line()], source)
