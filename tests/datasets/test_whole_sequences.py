"""A stream of tables is cut between sequences, wherever its reader cut it."""

from itertools import chain, pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sklearn_ffrnn.datasets import whole_sequences


def pieces(log, cuts):
    edges = [0, *sorted(cuts), len(log)]
    return (log.iloc[a:b] for a, b in pairwise(edges))


@given(st.data())
def test_no_sequence_is_cut_and_no_row_is_lost(data):
    lengths = data.draw(st.lists(st.integers(1, 6), min_size=1, max_size=8))
    ids = np.repeat([f"m{i}" for i in range(len(lengths))], lengths)
    log = pd.DataFrame({"id": ids, "x": np.arange(len(ids))})
    cuts = data.draw(st.lists(st.integers(0, len(log)), max_size=10))
    frames = list(whole_sequences(pieces(log, cuts), id="id"))
    pd.testing.assert_frame_equal(pd.concat(frames), log)
    of_frames = [frame["id"].unique().tolist() for frame in frames]
    assert list(chain(*of_frames)) == log["id"].unique().tolist()  # none in two frames


def test_only_the_unfinished_sequence_is_held_back():
    log = pd.DataFrame({"id": list("aabbcc"), "x": range(6)})
    stream = whole_sequences(pieces(log, [3]), id="id")
    assert next(stream)["id"].tolist() == ["a", "a"]


@pytest.mark.parametrize(
    ("frames", "error", "message"),
    [
        ([pd.DataFrame({"id": list("aba")})], ValueError, r"frames\[0\]: sequence 'a' goes on"),
        (
            [pd.DataFrame({"id": list("ab")}), pd.DataFrame({"id": list("cb")})],
            ValueError,
            r"frames\[1\]: sequence 'b' goes on",
        ),
        ([pd.DataFrame({"who": ["a"]})], ValueError, "no column 'id'.*by id="),
        ([pd.DataFrame({"id": ["a", None]})], ValueError, "missing in row 1"),
        ([[1, 2]], TypeError, "to_pandas"),
    ],
)
def test_what_cannot_be_told_apart_is_refused(frames, error, message):
    with pytest.raises(error, match=message):
        list(whole_sequences(frames, id="id"))
