"""leave_one_recorder_out: who is left out, and what is counted."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import IsolationForest
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import KinematicFeatures
from sklearn_ffrnn.inspection import leave_one_recorder_out


def movement(rng, pace=1.0):
    t = np.arange(0, 480, 8.0)
    bends = rng.normal(size=(2, 3)) @ np.sin(np.outer([0.01, 0.02, 0.05], t))
    return np.column_stack([t / 2 + 9 * bends[0], t / 3 + 9 * bends[1], t / pace])


class ByPace(BaseEstimator):
    """Takes as fast as those it was fitted on for people; judges nothing under 10 points."""

    def fit(self, X, y=None, groups=None):
        self.fastest_ = max(len(x) / x[-1, 2] for x in X)
        self.groups_ = groups
        ByPace.seen.append((len(X), sorted(set(groups))))
        return self

    def score_samples(self, X):
        return np.array([np.nan if len(x) < 10 else -len(x) / x[-1, 2] for x in X])

    def predict(self, X):
        return np.where(self.score_samples(X) >= -self.fastest_, 1, -1)


@pytest.fixture
def X():
    rng = np.random.default_rng(0)
    return [movement(rng, pace) for pace in (1.0, 1.0, 2.0, 2.0, 4.0, 4.0)]


def test_each_recorder_is_judged_by_the_others(X):
    ByPace.seen = []
    X[5] = X[5][:5]
    machine = [x * [1, 1, 1 / 8] for x in X[:3]]
    table = leave_one_recorder_out(
        ByPace(), X, ["slow", "slow", "mid", "mid", "fast", "fast"], machine
    )
    assert table.index.tolist() == ["fast", "mid", "slow"]
    assert table["n"].tolist() == [2, 2, 2]
    assert table["judged"].tolist() == [0.5, 1, 1]
    assert table["kept"].tolist() == [0, 1, 1]
    assert table["auc"].tolist() == [1, 1, 1]
    assert table["caught"].tolist() == [1, 1, 1]
    assert ByPace.seen == [(4, ["mid", "slow"]), (4, ["fast", "slow"]), (4, ["fast", "mid"])]


def test_a_pipeline_of_scikit_learn(X):
    forest = make_pipeline(KinematicFeatures(), IsolationForest(n_estimators=10, random_state=0))
    table = leave_one_recorder_out(forest, X * 3, [1, 2, 3] * 6)
    assert table.columns.tolist() == ["n", "judged", "kept"]
    assert (table["judged"] == 1).all()
    assert table["kept"].between(0, 1).all()


def test_recorders_are_checked(X):
    with pytest.raises(ValueError, match="recorders has 2 entries for the 6"):
        leave_one_recorder_out(ByPace(), X, [1, 2])
    with pytest.raises(ValueError, match=r"recorders names \[1\] alone"):
        leave_one_recorder_out(ByPace(), X, [1] * 6)
