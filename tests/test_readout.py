"""How the class is read from the layers: readouts, early exit, verdicts over time."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from sklearn_ffrnn import FFRNNClassifier


def make_data(n=120, n_classes=2, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(n) % n_classes
    X = [rng.normal(size=(rng.integers(3, 12), 2)) * (1 + label) for label in y]
    return X, y


def make(**settings):
    return FFRNNClassifier(
        hidden_layer_sizes=(8, 6, 4), **{"max_iter": 15, "random_state": 0, **settings}
    )


SETTINGS = [
    {"readout": readout, "n_classes": n_classes}
    for readout in ("goodness", "logistic")
    for n_classes in (2, 3)
]


@pytest.fixture(params=SETTINGS, ids=lambda s: f"{s['readout']}-{s['n_classes']}", scope="module")
def fitted(request):
    X, y = make_data(n_classes=request.param["n_classes"])
    return make(readout=request.param["readout"]).fit(X, y), X, y


class TestLogisticReadout:
    def test_is_a_logistic_regression_on_the_mean_activities(self):
        X, y = make_data()
        settings = {"n_differences": 0, "calibrate": False}
        classifier = make(readout="logistic", **settings).fit(X, y)
        evidence = []
        for x in X:
            h, columns = np.asarray(x, np.float32), []
            for i, layer in enumerate(layer.recurrent for layer in classifier.network_.layers):
                w_x, w_h, b = (p.detach().numpy() for p in (layer.w_x, layer.w_h, layer.bias))
                states, before = [], np.zeros(len(b), np.float32)
                for step in h:
                    before = np.maximum(w_x @ step + w_h @ before + b, 0)
                    states.append(before)
                states = np.array(states)
                half = states.shape[1] // 2
                a, b = ((part**2).mean(axis=1) for part in (states[:, :half], states[:, half:]))
                g = 10 * np.log((a + 0.01) / (b + 0.01))
                columns += [states.mean(axis=0), (states**2).mean(axis=0), [g.mean()]]
                if i < 2:
                    norm = classifier.network_.layers[i].normalize
                    h = (states - norm.mean.numpy()) / np.sqrt(norm.variance.numpy() + 1e-5)
            evidence.append(np.concatenate(columns))
        scaled = StandardScaler().fit_transform(np.array(evidence))
        expected = LogisticRegression(C=0.01).fit(scaled, y).decision_function(scaled)
        np.testing.assert_allclose(classifier.decision_function(X), expected, atol=2e-3)

    def test_leaves_the_layers_alone(self):
        X, y = make_data()
        plain, read = make().fit(X, y), make(readout="logistic").fit(X, y)
        np.testing.assert_array_equal(plain.layer_goodness(X), read.layer_goodness(X))
        assert roc_auc_score(y, read.decision_function(X)) > 0.9

    def test_sample_weight_of_two_is_the_sample_twice(self):
        X, y = make_data(40)
        settings = {"readout": "logistic", "batch_size": 200, "shuffle": False, "max_iter": 3}
        weight = np.where(np.arange(40) < 10, 2.0, 1.0)
        weighted = make(**settings).fit(X, y, sample_weight=weight)
        twice = make(**settings).fit([*X, *X[:10]], np.append(y, y[:10]))
        np.testing.assert_allclose(
            weighted.decision_function(X), twice.decision_function(X), rtol=0.02, atol=0.02
        )

    def test_a_stream_has_no_end_to_fit_it_at(self):
        with pytest.raises(ValueError, match="partial_fit does not support readout='logistic'"):
            make(readout="logistic").partial_fit(*make_data())

    def test_survives_clone_and_refit(self):
        X, y = make_data()
        classifier = make(readout="logistic").fit(X, y)
        again = clone(classifier).fit(X, y)
        np.testing.assert_array_equal(classifier.predict_proba(X), again.predict_proba(X))


def test_last_stage_is_the_prediction(fitted):
    classifier, X, _ = fitted
    *_, last = classifier.staged_predict_proba(X)
    np.testing.assert_array_equal(last, classifier.predict_proba(X))


class TestOverTime:
    def test_is_the_verdict_on_the_sequence_so_far(self, fitted):
        classifier, X, _ = fitted
        over_time = classifier.predict_proba_over_time(X)
        assert over_time.shape[:2] == (len(X), max(map(len, X)))
        for x, verdicts in zip(X[:5], over_time, strict=False):
            prefixes = [x[: n + 1] for n in range(len(x))]
            expected = classifier.predict_proba(prefixes)
            expected = expected[:, 1] if expected.shape[1] == 2 else expected
            np.testing.assert_allclose(verdicts[: len(x)], expected, rtol=1e-4, atol=1e-6)

    def test_ends_with_the_sequence(self, fitted):
        classifier, X, _ = fitted
        over_time = classifier.predict_proba_over_time(X)
        computed = ~np.isnan(over_time.reshape(*over_time.shape[:2], -1)).any(axis=2)
        assert computed.sum(axis=1).tolist() == [len(x) for x in X]

    def test_bidirectional_has_no_verdict_before_the_end(self):
        classifier = make(bidirectional=True).fit(*make_data())
        with pytest.raises(ValueError, match="bidirectional=False"):
            classifier.predict_proba_over_time(make_data()[0])


class TestEarlyExit:
    def test_every_sample_has_the_verdict_of_the_first_sure_layer(self, fitted):
        classifier, X, _ = fitted
        stages = np.array(list(classifier.staged_predict_proba(X)))
        confidence = np.median(stages[0].max(axis=1))
        sure = stages.max(axis=2) >= confidence
        sure[-1] = True
        first = sure.argmax(axis=0)
        assert len(np.unique(first)) > 1
        np.testing.assert_allclose(
            classifier.predict_proba(X, exit_confidence=confidence),
            stages[first, np.arange(len(X))],
            rtol=1e-5,
        )
        report = classifier.exit_report(X, confidence)
        np.testing.assert_allclose(report["share"], np.bincount(first, minlength=3) / len(X))
        assert report["time_saved"].iloc[-1] == 0
        assert 0 < report["time_saved"].iloc[0] < report["share"].iloc[0]

    def test_full_confidence_asks_all_layers(self, fitted):
        classifier, X, _ = fitted
        np.testing.assert_allclose(
            classifier.predict_proba(X, exit_confidence=1.0), classifier.predict_proba(X)
        )
        assert classifier.exit_report(X, 1.0)["share"].tolist() == [0, 0, 1]

    @pytest.mark.parametrize("bad", [0.3, 1.1, "high", np.nan])
    def test_confidence_must_be_one(self, fitted, bad):
        classifier, X, _ = fitted
        with pytest.raises(ValueError, match="exit_confidence"):
            classifier.predict_proba(X, exit_confidence=bad)


class TestTwoThresholds:
    def test_equal_ones_are_one(self):
        X, y = make_data()
        settings = {"objective": "logistic", "goodness": "mean"}
        one = make(threshold=2.0, **settings).fit(X, y)
        two = make(threshold=(2.0, 2.0), **settings).fit(X, y)
        np.testing.assert_array_equal(one.decision_function(X), two.decision_function(X))
        assert one.threshold_.tolist() == [2, 2, 2]
        assert two.threshold_.tolist() == [[2, 2]] * 3

    @pytest.mark.parametrize("objective", ["logistic", "symmetric"])
    def test_a_margin_widens_the_gap(self, objective):
        X, y = make_data()
        gaps = []
        for threshold in ((2.0, 2.0), (5.0, -5.0)):
            classifier = make(threshold=threshold, objective=objective, max_iter=100).fit(X, y)
            goodness = classifier.layer_goodness(X)
            gaps.append(goodness[y == 1].mean() - goodness[y == 0].mean())
        assert gaps[1] > gaps[0] + 2

    def test_decision_is_midway(self):
        X, y = make_data()
        classifier = make(threshold=([4, 5, 6], 2), calibrate=False).fit(X, y)
        np.testing.assert_allclose(
            classifier.decision_function(X),
            (classifier.layer_goodness(X) - [3, 3.5, 4]).mean(axis=1),
        )

    @pytest.mark.parametrize(
        ("threshold", "message"),
        [
            ((1.0, 2.0), "theta_pos >= theta_neg"),
            ((1.0, 2.0, 3.0), "tuple of 3"),
            (([1.0, 2.0], 0.0), "3 layer"),
            ((np.inf, 0.0), "finite"),
        ],
    )
    def test_mistakes(self, threshold, message):
        with pytest.raises(ValueError, match=message):
            make(threshold=threshold).fit(*make_data())
