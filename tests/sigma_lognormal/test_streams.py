"""More movements than memory holds: what goes through in parts is what the whole gives."""

import gc
import weakref

import numpy as np
import pandas as pd
import pytest

from sklearn_ffrnn import sequences_from_frame
from sklearn_ffrnn.datasets import whole_sequences
from sklearn_ffrnn.sigma_lognormal import _stream, extract_strokes, iter_strokes, position


def reach(length):
    t = np.arange(0.0, 500.0, 10.0)
    return np.column_stack([position([[length, 0, 5, 0.2, 0, 1]], t), t])


@pytest.fixture
def small_batches(monkeypatch):
    """About two movements at a time."""
    monkeypatch.setattr(_stream, "CHUNK", 20)


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_a_generator_gives_the_plans_of_the_list(small_batches, n_jobs):
    X = [reach(length) for length in range(100, 700, 100)]
    assert list(iter_strokes(iter(X), n_jobs=n_jobs)) == extract_strokes(X)


def test_what_was_worked_on_is_let_go(small_batches):
    references = []

    def stream():
        for length in range(100, 1100, 50):
            movement = reach(length)
            references.append(weakref.ref(movement))
            yield movement

    most = 0
    for _ in iter_strokes(stream()):
        gc.collect()
        most = max(most, sum(reference() is not None for reference in references))
    assert most <= 4  # the batch at hand, and the movement that the generator holds


def test_messages_count_from_the_first_of_the_stream(small_batches):
    X = [reach(100) for _ in range(5)]
    at_rest = X[0] * [0, 0, 1]
    with pytest.warns(UserWarning, match=r"1 of \d trajectories .* X\[5\]"):
        plans = list(iter_strokes([*X, at_rest]))
    assert [plan.n_strokes for plan in plans] == [1, 1, 1, 1, 1, 0]
    with pytest.raises(ValueError, match=r"X\[5\]"):
        list(iter_strokes([*X, at_rest], on_error="raise"))
    with pytest.raises(ValueError, match=r"X\[5\].*time goes backwards"):
        list(iter_strokes([*X, X[0][::-1]]))


def test_bad_parameters_are_refused_before_any_work():
    with pytest.raises(ValueError, match="on_error"):
        iter_strokes([], on_error="ignore")
    with pytest.raises(ValueError, match="time_unit"):
        next(iter_strokes([reach(100)], time_unit="h"))


def test_a_parquet_file_read_in_batches_gives_its_movements(tmp_path):
    parquet = pytest.importorskip(
        "pyarrow.parquet", reason='pyarrow is not installed: pip install "sklearn-ffrnn[parquet]"'
    )
    X = [reach(length) for length in range(100, 700, 100)]
    table = pd.DataFrame(np.concatenate(X), columns=["x", "y", "t"])
    table.insert(0, "movement", np.repeat(list("abcdef"), [len(x) for x in X]))
    path = tmp_path / "movements.parquet"
    table.to_parquet(path, row_group_size=70)
    frames = (batch.to_pandas() for batch in parquet.ParquetFile(path).iter_batches(batch_size=33))
    read = [
        movement
        for frame in whole_sequences(frames, id="movement")
        for movement in sequences_from_frame(frame, id="movement")
    ]
    for movement, expected in zip(read, X, strict=True):
        np.testing.assert_array_equal(movement, expected)
