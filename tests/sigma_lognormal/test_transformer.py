"""SigmaLognormalTransformer: features of the strokes of each movement."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn.sigma_lognormal import SigmaLognormalTransformer, extract_strokes, position


def movement(rng, sigma):
    """Five strokes, 150 to 200 ms apart, of one shape."""
    theta = rng.uniform(-3, 3, 5)
    mu = np.log(200)
    strokes = np.column_stack(
        [
            rng.uniform(50, 200, 5),
            np.cumsum(rng.uniform(150, 200, 5)) - 50,
            np.full(5, mu),
            np.full(5, sigma),
            theta,
            theta + rng.normal(0, 0.5, 5),
        ]
    )
    t = np.arange(0, 1400, 10.0)
    return np.column_stack([position(strokes, t), t])


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    return [movement(rng, 0.15 if label else 0.3) for label in y], y


def features(X, **kwargs):
    table = SigmaLognormalTransformer(**kwargs).set_output(transform="pandas").fit_transform(X)
    assert isinstance(table, pd.DataFrame)
    return table


def test_features_are_those_of_the_plans(data):
    X = data[0][:5]
    table = features(X)
    for (_, row), plan in zip(table.iterrows(), extract_strokes(X), strict=True):
        strokes = plan.strokes
        assert row["n_strokes"] == plan.n_strokes
        assert row["duration"] == pytest.approx(1.39)
        assert row["snr_velocity_per_stroke"] == plan.snr_velocity / plan.n_strokes
        assert row["sigma_median"] == np.median(strokes[:, 3])
        assert row["length_std"] == pytest.approx(strokes[:, 0].std())
        assert row["mu_mean"] == pytest.approx(strokes[:, 2].mean() - np.log(1000))
        assert row["direction_change_q90"] == np.quantile(strokes[:, 5] - strokes[:, 4], 0.9)
        middle = strokes[:, 1] + np.exp(strokes[:, 2])
        assert row["interval_mean"] == pytest.approx(np.diff(middle).mean() / 1000)
        assert abs(row["turn_q90"]) <= np.pi


def test_peak_speed_is_the_highest():
    t = np.arange(0, 600, 5.0)
    x = np.column_stack([position([[100, 0, 5.3, 0.3, 0, 0]], t), t])
    row = features([x], smoothing=0).iloc[0]
    assert row["peak_speed_mean"] == pytest.approx(np.diff(x[:, 0]).max() / 0.005, rel=0.02)


def test_features_do_not_depend_on_the_unit_of_time(data):
    X = data[0][:5]
    seconds = features([x * np.array([1, 1, 1e-3]) for x in X], time_unit="s")
    np.testing.assert_allclose(features(X), seconds, rtol=5e-3, atol=5e-3)


def test_in_a_pipeline_with_boosted_trees(data):
    X, y = data
    pipeline = make_pipeline(
        SigmaLognormalTransformer(),
        HistGradientBoostingClassifier(min_samples_leaf=5, random_state=0),
    )
    assert cross_val_score(pipeline, X, y, cv=3).mean() > 0.9


def test_nan_is_where_there_are_no_strokes(data):
    still = np.array([[1.0, 2, 0], [1, 2, 10], [1, 2, 20]])
    with pytest.warns(UserWarning, match=r"1 of 2 .*X\[1\]"):
        table = features([data[0][0], still])
    assert not table.iloc[0].isna().any()
    assert list(table.columns[table.iloc[1].notna()]) == ["n_strokes", "n_parts", "duration"]


def test_conventions(data):
    X = data[0][:6]
    transformer = SigmaLognormalTransformer(smoothing=10.0)
    assert clone(transformer).get_params() == transformer.get_params()
    expected = transformer.fit_transform(X)
    assert expected.shape == (6, len(transformer.get_feature_names_out()))
    assert len(set(transformer.get_feature_names_out())) == expected.shape[1]
    np.testing.assert_array_equal(transformer.fit(X).transform(X), expected)
    np.testing.assert_array_equal(transformer.transform(X[::-1]), expected[::-1])
    np.testing.assert_array_equal(transformer.transform(X[2:3]), expected[2:3])
    again = pickle.loads(pickle.dumps(transformer))
    np.testing.assert_array_equal(again.transform(X), expected)
    assert transformer.n_features_in_ == 3


def test_messages(data):
    X = data[0][:2]
    with pytest.raises(ValueError, match="smoothing"):
        SigmaLognormalTransformer(smoothing=-1).fit(X)
    transformer = SigmaLognormalTransformer().fit(X)
    with pytest.raises(ValueError, match="expecting 3 features"):
        transformer.transform([np.column_stack([x, np.zeros(len(x))]) for x in X])
    with pytest.raises(ValueError, match="input_features"):
        transformer.get_feature_names_out(["x", "y"])
