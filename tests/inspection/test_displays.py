"""Displays of goodness, losses, layers and verdicts: what they draw, and what they refuse."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import trapezoid
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer
from sklearn_ffrnn.inspection import (
    DecisionOverTimeDisplay,
    GoodnessDisplay,
    LayerAccuracyDisplay,
    LossCurveDisplay,
)
from tests.helpers import legend

plt = pytest.importorskip("matplotlib.pyplot")
pytestmark = pytest.mark.usefixtures("off_screen")


@pytest.fixture(scope="module")
def fitted(sequences):
    """A network of two layers that has held out a part."""
    settings = {"max_iter": 5, "early_stopping": True, "random_state": 0}
    return FFRNNClassifier((8, 6), **settings).fit(*sequences)


def labels(ax):
    return ax.get_xlabel(), ax.get_ylabel()


# Goodness


def test_goodness_of_each_layer(fitted, sequences):
    X, y = sequences
    display = GoodnessDisplay.from_estimator(fitted, X, y, class_names=["machine", "human"])
    np.testing.assert_array_equal(display.goodness, fitted.layer_goodness(X))
    assert display.axes_.shape == (2,)
    assert display.figure_ is display.axes_[1].figure
    assert [ax.get_title() for ax in display.axes_] == ["Layer 1", "Layer 2"]
    assert labels(display.axes_[0]) == ("goodness G", "density")
    for of_layer, bars, curves, (line,) in zip(
        display.goodness.T, display.histograms_, display.curves_, display.thresholds_, strict=True
    ):
        assert line.get_xdata()[0] == 2.0
        for name, label in (("human", 1), ("machine", 0)):
            values = of_layer[y == label]
            # The bars cover all but the tails, and the curve is the density that scipy fits.
            corners = bars[name].get_xy()
            edges = np.unique(corners[:, 0])
            covered = np.mean((values >= edges[0]) & (values <= edges[-1]))
            assert abs(trapezoid(*corners.T[::-1])) == pytest.approx(covered)
            at, density = curves[name, "normal"].get_data()
            np.testing.assert_allclose(density, stats.norm(*stats.norm.fit(values)).pdf(at))
    assert "human, n = 30" in legend(display.axes_[0])
    assert "θ = 2" in legend(display.axes_[0])


def test_exponential_only_for_a_goodness_that_cannot_be_negative():
    rng = np.random.default_rng(0)
    y = np.arange(400) % 2
    goodness = rng.exponential(1 + 3 * y)[:, None]
    fits = GoodnessDisplay.from_predictions(y, goodness, threshold=2.0).fits
    assert fits["distribution"].to_list() == ["normal", "exponential"] * 2
    best = fits.loc[fits.groupby("class_name")["ks_distance"].idxmin()]
    assert best["distribution"].to_list() == ["exponential", "exponential"]
    np.testing.assert_allclose(best["scale"], [goodness[y == label].mean() for label in (0, 1)])
    shifted = GoodnessDisplay.from_predictions(y, goodness - 1, threshold=2.0)
    assert shifted.fits["distribution"].unique() == ["normal"]


def test_goodness_of_a_collapsed_layer_has_no_curve():
    goodness = np.column_stack([np.zeros(20), np.arange(20.0)])
    display = GoodnessDisplay.from_predictions(np.arange(20) % 2, goodness, threshold=[2.0, 3.0])
    assert display.curves_[0] == {}
    assert len(display.curves_[1]) == 4
    plain = GoodnessDisplay.from_predictions(
        np.arange(20) % 2, goodness, threshold=2.0, fitted_curves=False
    )
    assert plain.curves_ == [{}, {}]


def test_goodness_with_a_threshold_for_each_class(make_ff, sequences):
    X, y = sequences
    model = make_ff(threshold=(3.0, 1.0), max_iter=1).fit(X, y)
    display = GoodnessDisplay.from_estimator(model, X, y)
    assert [line.get_xdata()[0] for line in display.thresholds_[0]] == [3.0, 1.0]
    assert legend(display.axes_[0])[-1] == "θ of negatives = 1"


def test_goodness_with_the_right_label_and_with_others(make_ff, three_classes):
    X, y = three_classes
    model = make_ff(max_iter=1).fit(X, y)
    display = GoodnessDisplay.from_estimator(model, X, y)
    by_label = model.layer_goodness(X)
    np.testing.assert_array_equal(
        display.goodness[display.positive], by_label[np.arange(len(y)), :, y]
    )
    assert np.sum(~display.positive) == 2 * len(y)
    assert legend(display.axes_[0])[0] == "its own label, n = 60"


def test_goodness_refuses_what_does_not_fit(fitted, sequences):
    X, y = sequences
    with pytest.raises(ValueError, match="ax holds 1 axes"):
        GoodnessDisplay.from_estimator(fitted, X, y, ax=plt.gca())
    with pytest.raises(ValueError, match=r"y holds \[7\]"):
        GoodnessDisplay.from_estimator(fitted, X, np.where(y == 1, 7, y))
    with pytest.raises(ValueError, match="y_true has 1 label"):
        GoodnessDisplay.from_predictions([1, 1], [[0.0], [1.0]], threshold=2)
    with pytest.raises(ValueError, match="threshold has shape"):
        GoodnessDisplay.from_predictions([0, 1], [[0.0], [1.0]], threshold=[2, 2])
    with pytest.raises(ValueError, match="class_names has 1 entries"):
        GoodnessDisplay.from_predictions([0, 1], [[0.0], [1.0]], threshold=2, class_names=["a"])


# Losses


def test_loss_of_each_layer(fitted):
    display = LossCurveDisplay.from_estimator(fitted)
    assert labels(display.ax_) == ("epoch", "loss")
    for prefix, lines in (("train", display.train_lines_), ("valid", display.validation_lines_)):
        assert len(lines) == 2
        for i, line in enumerate(lines):
            np.testing.assert_array_equal(line.get_xdata(), np.arange(1, 6))
            recorded = [epoch[f"{prefix}_loss_layer_{i}"] for epoch in fitted.history_]
            np.testing.assert_array_equal(line.get_ydata(), recorded)
    assert legend(display.ax_) == [
        "layer 1, training",
        "layer 2, training",
        "layer 1, validation",
        "layer 2, validation",
    ]


def test_one_loss_of_the_baseline(make, sequences):
    ax = plt.figure().subplots()
    model = make("BPTT", max_iter=3, early_stopping=False).fit(*sequences)
    display = LossCurveDisplay.from_estimator(model, ax=ax)
    assert display.ax_ is ax
    assert display.validation_lines_ == []
    np.testing.assert_array_equal(display.train_lines_[0].get_ydata(), model.loss_curve_)
    assert legend(ax) == ["training"]


# Layers


def test_layers_alone_and_together(fitted, sequences):
    X, y = sequences
    goodness, stages = fitted.layer_goodness(X), list(fitted.staged_predict_proba(X))
    display = LayerAccuracyDisplay.from_estimator(fitted, X, y)
    expected = [accuracy_score(y, of_layer > 2.0) for of_layer in goodness.T]
    np.testing.assert_allclose(display.alone_.get_ydata(), expected)
    np.testing.assert_allclose(display.so_far_.get_ydata()[-1], fitted.score(X, y))
    assert display.chance_.get_ydata()[0] == 0.5
    assert labels(display.ax_) == ("layer", "accuracy")
    display = LayerAccuracyDisplay.from_estimator(fitted, X, y, metric="roc_auc")
    expected = [roc_auc_score(y, of_layer) for of_layer in goodness.T]
    np.testing.assert_allclose(display.alone_.get_ydata(), expected)
    expected = [roc_auc_score(y, probability[:, 1]) for probability in stages]
    np.testing.assert_allclose(display.so_far_.get_ydata(), expected)
    assert labels(display.ax_) == ("layer", "ROC AUC")


def test_layers_with_more_classes(make_ff, three_classes):
    X, y = three_classes
    names = np.array(["a", "b", "c"])[y]
    model = make_ff(max_iter=10).fit(X, names)
    display = LayerAccuracyDisplay.from_estimator(model, X, names)
    expected = [
        np.mean(of_layer.argmax(1) == y) for of_layer in np.swapaxes(model.layer_goodness(X), 0, 1)
    ]
    np.testing.assert_allclose(display.alone, expected)
    assert display.chance == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="metric='roc_auc' compares two classes"):
        LayerAccuracyDisplay.from_estimator(model, X, names, metric="roc_auc")
    with pytest.raises(ValueError, match="metric='auc' is none of"):
        LayerAccuracyDisplay.from_estimator(model, X, names, metric="auc")


# Any way to a classifier


def test_pipelines_searches_and_what_is_neither(make, movements):
    X, y = movements
    pipeline = make_pipeline(VelocityTransformer(), make("FF", max_iter=1)).fit(X, y)
    search = GridSearchCV(pipeline, {"ffrnnclassifier__threshold": [2.0]}, cv=2).fit(X, y)
    for estimator in (pipeline, search):
        best = getattr(estimator, "best_estimator_", estimator)
        expected = best[-1].layer_goodness(best[0].transform(X))
        display = GoodnessDisplay.from_estimator(estimator, X, y)
        np.testing.assert_array_equal(display.goodness, expected)
        assert LossCurveDisplay.from_estimator(estimator).train_loss.shape == (1, 2)
    baseline = make("BPTT", max_iter=1).fit(pipeline[0].transform(X), y)
    with pytest.raises(TypeError, match="BPTTRNNClassifier has no layer_goodness"):
        LayerAccuracyDisplay.from_estimator(baseline, X, y)


# Verdicts over time


def test_verdicts_over_the_share_of_a_movement(fitted, sequences):
    X, y = sequences
    display = DecisionOverTimeDisplay.from_estimator(fitted, X, y, class_names=["bot", "human"])
    for share in (0.5, 1.0):
        at = display.shares.searchsorted(share)
        seen = [x[: max(1, int(len(x) * share))] for x in X]
        expected = fitted.predict_proba(seen)[:, 1]
        np.testing.assert_allclose(display.verdicts[:, at], expected, atol=1e-5)
        for label in (0, 1):
            median = np.median(expected[y == label])
            assert display.medians_[label].get_ydata()[at] == pytest.approx(median, abs=1e-5)
    np.testing.assert_allclose(display.medians_[1].get_xdata(), 100 * display.shares)
    low, high = np.quantile(display.verdicts[y == 0, -1], (0.25, 0.75))
    corners = display.bands_[0].get_paths()[0].vertices
    at_the_end = corners[corners[:, 0] == 100, 1]
    np.testing.assert_allclose((at_the_end.min(), at_the_end.max()), (low, high))
    assert legend(display.ax_) == ["human, median and quartiles", "bot, median and quartiles"]
    assert labels(display.ax_) == ("share of the movement seen (%)", "probability of human")
    bots = DecisionOverTimeDisplay.from_estimator(
        fitted, [X[i] for i in np.flatnonzero(y == 0)], y[y == 0]
    )
    assert list(bots.medians_) == [0]
    assert bots.medians_[0].get_color() == display.medians_[0].get_color()


def test_each_verdict_of_a_class(make_ff, three_classes):
    X, y = three_classes
    model = make_ff(max_iter=1).fit(X, y)
    display = DecisionOverTimeDisplay.from_estimator(model, X, y, pos_label=1, kind="individual")
    assert display.medians_ == {}
    assert len(display.lines_) == len(X)
    ends = sorted(line.get_ydata()[-1] for line in display.lines_)
    np.testing.assert_allclose(ends, np.sort(model.predict_proba(X)[:, 1]), atol=1e-6)
    assert labels(display.ax_)[1] == "probability of class 1"
    with pytest.raises(ValueError, match="'human' is none of the classes"):
        DecisionOverTimeDisplay.from_estimator(model, X, y, pos_label="human")


def test_verdicts_at_hand():
    probabilities = np.array([[0.1, 0.9], [0.4, np.nan]])
    display = DecisionOverTimeDisplay.from_predictions(None, probabilities, kind="both")
    assert legend(display.ax_) == ["median and quartiles", "each movement"]
    assert [line.get_ydata()[-1] for line in display.lines_] == [0.9, 0.4]
    with pytest.raises(ValueError, match=r"probabilities\[1\] is NaN"):
        DecisionOverTimeDisplay.from_predictions(None, [[0.1], [np.nan]])
    with pytest.raises(ValueError, match="kind='mean' is none of"):
        DecisionOverTimeDisplay.from_predictions(None, probabilities, kind="mean")
    with pytest.raises(ValueError, match="dimension"):
        DecisionOverTimeDisplay.from_predictions(None, np.zeros((2, 3, 3)))
