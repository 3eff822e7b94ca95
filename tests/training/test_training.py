"""How the classifiers train: held-out parts, going on, streams, callbacks and progress."""

import copy

import numpy as np
import pytest
import torch
from sklearn.base import clone
from skorch.callbacks import Callback, EarlyStopping

from sklearn_ffrnn import BPTTRNNClassifier, FFRNNClassifier
from sklearn_ffrnn.nn import plain_autograd
from tests.helpers import weights

HELD_OUT = {"early_stopping": True, "validation_fraction": 0.25}
# A rate with which training ends early.
ADAPTIVE = {"learning_rate": "adaptive"}


def many(n, seed=0):
    y = np.arange(n) % 2
    return np.random.default_rng(seed).normal(size=(n, 4, 2)) * (1 + y)[:, None, None], y


class TestHeldOutPart:
    @pytest.mark.parametrize(
        ("setting", "n", "held"),
        [("auto", 199, False), ("auto", 200, True), (False, 300, False), (True, 60, True)],
    )
    def test_when(self, make_classifier, setting, n, held):
        classifier = make_classifier(early_stopping=setting, max_iter=2).fit(*many(n))
        assert (classifier.validation_scores_ is not None) == held
        assert ("valid_loss" in classifier.history_[0]) == held
        watched = "valid_criterion" if held else "train_loss"
        assert classifier.best_loss_ == min(epoch[watched] for epoch in classifier.history_)
        assert len(classifier.loss_curve_) == classifier.n_iter_ == 2

    def test_auto_trains_on_all_where_a_class_is_rare(self, make_classifier):
        X, y = many(400)
        y[:] = 0
        y[:5] = 1
        assert make_classifier(max_iter=1).fit(X, y).validation_scores_ is None

    def test_stops_without_improvement_and_restores_the_best_epoch(self, make_classifier):
        X, y = many(80)
        y = np.random.default_rng(1).permutation(y)  # nothing to learn
        settings = {"n_iter_no_change": 3, "learning_rate_init": 0.02, **ADAPTIVE, **HELD_OUT}
        classifier = make_classifier(max_iter=200, **settings).fit(X, y)
        assert 3 < classifier.n_iter_ < 200
        losses = [epoch["valid_criterion"] for epoch in classifier.history_]
        best = int(np.argmin(losses))
        again = make_classifier(max_iter=best + 1, tol=0, **settings).fit(X, y)
        assert losses[best] == pytest.approx(again.history_[best]["valid_criterion"])
        torch.testing.assert_close(weights(classifier), weights(again))

    def test_watches_the_networks_own_loss_without_calibration(self, make_classifier):
        classifier = make_classifier(calibrate=False, max_iter=3, **HELD_OUT).fit(*many(60))
        assert classifier.best_loss_ == min(e["valid_loss"] for e in classifier.history_)

    def test_stops_on_the_training_loss_without_a_held_out_part(self, make_classifier, sequences):
        settings = {"max_iter": 50, "n_iter_no_change": 4, "tol": 1e9, **ADAPTIVE}
        classifier = make_classifier(**settings).fit(*sequences)
        assert classifier.n_iter_ == 5

    def test_keeps_groups_together(self, make_classifier):
        # Every group holds 4 copies of its own; y alternates between groups.
        rng = np.random.default_rng(0)
        groups = np.repeat(np.arange(20), 4)
        X = rng.normal(size=(20, 3, 2))[groups]
        y = groups % 2
        seen = {"train": [], "valid": []}

        class Spy(Callback):
            def on_batch_end(self, net, batch, training, **_):
                values = batch.sequences.pad(batch.sequences.steps)[0].tolist()
                seen["train" if training else "valid"] += map(tuple, values)

        make_classifier(max_iter=1, callbacks=[Spy()], **HELD_OUT).fit(X, y, groups=groups)
        train, valid = (set(seen[part]) for part in ("train", "valid"))
        assert len(seen["train"]) + len(seen["valid"]) == 80
        assert len(train) + len(valid) == 20
        assert not train & valid

    @pytest.mark.parametrize(
        ("groups", "message"),
        [
            (np.zeros(80), "in 1 groups.*early_stopping=False"),
            (np.arange(80) % 2, "every class on both sides.*early_stopping=False"),
        ],
    )
    def test_groups_that_allow_none(self, make_classifier, groups, message):
        X, y = many(80)
        with pytest.raises(ValueError, match=message):
            make_classifier(**HELD_OUT).fit(X, y, groups=groups)
        # "auto" has a way out: to train on all.
        X, y = many(240)
        groups = np.tile(groups, 3)
        assert make_classifier(max_iter=1).fit(X, y, groups=groups).validation_scores_ is None

    @pytest.mark.parametrize("y", [[0, 1, 0, 1], [0] * 20 + [1]])
    def test_too_few_samples(self, make_classifier, y):
        X, _ = many(len(y))
        with pytest.raises(ValueError, match=r"validation_fraction=0.25.*early_stopping=False"):
            make_classifier(**HELD_OUT).fit(X, y)

    def test_groups_of_wrong_length(self, make_classifier, sequences):
        with pytest.raises(ValueError, match=r"inconsistent numbers of samples: \[60, 59\]"):
            make_classifier().fit(*sequences, groups=np.zeros(59))


class TestWarmStart:
    def test_goes_on_from_the_last_solution(self, make_classifier, sequences):
        classifier = make_classifier(warm_start=True, max_iter=8).fit(*sequences)
        first, loss = weights(classifier), classifier.loss_curve_
        classifier.fit(*sequences)
        assert classifier.loss_curve_[0] < loss[0]
        assert classifier.n_iter_ == 8
        assert not torch.equal(weights(classifier), first)
        anew = classifier.set_params(warm_start=False).fit(*sequences)
        torch.testing.assert_close(weights(anew), first, rtol=0, atol=0)

    def test_takes_a_new_learning_rate(self, make_classifier, sequences):
        classifier = make_classifier(warm_start=True, max_iter=1).fit(*sequences)
        before = weights(classifier)
        classifier.set_params(learning_rate_init=1e-12, alpha=0).fit(*sequences)
        torch.testing.assert_close(weights(classifier), before, rtol=0, atol=1e-9)

    @pytest.mark.parametrize(
        ("name", "parameter", "value"),
        [
            ("FF", "hidden_layer_sizes", (4, 3)),
            ("FF", "threshold", 7.0),
            ("FF", "goodness", "sum"),
            ("FF", "normalization", None),
            ("FF", "objective", "logistic"),
            ("BPTT", "pooling", "mean"),
            ("BPTT", "dtype", "float64"),
        ],
    )
    def test_refuses_a_network_that_parameters_contradict(
        self, make, name, parameter, value, sequences
    ):
        classifier = make(name, warm_start=True, max_iter=1).fit(*sequences)
        classifier.set_params(**{parameter: value})
        for go_on in (classifier.fit, classifier.partial_fit):
            with pytest.raises(ValueError, match=f"(activity_)?{parameter}=.*warm_start=False"):
                go_on(*sequences)

    def test_refuses_other_data(self, make_classifier, sequences):
        X, y = sequences
        classifier = make_classifier(warm_start=True, max_iter=1).fit(X, y)
        with pytest.raises(ValueError, match=r"classes of the first fit, \[0 1\]"):
            classifier.fit(X, y + 1)
        with pytest.raises(ValueError, match="X has 3 features"):
            classifier.fit([np.ones((4, 3))] * 60, y)


class TestPartialFit:
    def test_learns_from_a_stream(self, make_classifier):
        X, y = many(600)
        X[y == 1] *= 2
        classifier = make_classifier(learning_rate_init=0.005)
        for start in range(0, 500, 20):
            part = slice(start, start + 20)
            assert classifier.partial_fit(X[part], y[part]) is classifier
        assert classifier.n_iter_ == 25
        assert len(classifier.history_) == len(classifier.loss_curve_) == 15  # max_iter
        assert classifier.score(X[500:], y[500:]) > 0.8

    def test_classes_that_come_later(self, make_classifier, sequences):
        X, y = sequences
        classifier = make_classifier().partial_fit(X[:1], y[:1], classes=[0, 1, 2])
        assert classifier.predict_proba(X).shape == (60, 3)
        classifier.partial_fit(X, y + 1)
        with pytest.raises(ValueError, match=r"y holds \[3\].*first call"):
            classifier.partial_fit(X, y + 2)
        with pytest.raises(ValueError, match="differ from those of the first call"):
            classifier.partial_fit(X, y, classes=[0, 1])

    def test_needs_all_classes_at_first(self, make_classifier, sequences):
        with pytest.raises(ValueError, match="one class only"):
            make_classifier().partial_fit(sequences[0][:2], [1, 1])

    def test_goes_on_after_fit_and_starts_anew_in_fit(self, make_classifier, sequences):
        fitted = make_classifier(max_iter=3).fit(*sequences)
        before = weights(fitted)
        fitted.partial_fit(*sequences)
        assert fitted.n_iter_ == 4
        assert not torch.equal(weights(fitted), before)
        torch.testing.assert_close(weights(fitted.fit(*sequences)), before, rtol=0, atol=0)

    def test_repeats_by_random_state(self, make_classifier, sequences):
        first, second = (make_classifier(batch_size=7) for _ in range(2))
        for classifier in (first, second):
            classifier.partial_fit(*sequences).partial_fit(*sequences)
        torch.testing.assert_close(weights(first), weights(second), rtol=0, atol=0)

    def test_refuses_early_stopping(self, make_classifier, sequences):
        with pytest.raises(ValueError, match=r"early_stopping=True.*'auto' or False"):
            make_classifier(early_stopping=True).partial_fit(*sequences)

    def test_failure_leaves_the_model_as_it_was(self, make_classifier, sequences):
        classifier = make_classifier().partial_fit(*sequences)
        before = weights(classifier)

        class Fail(Callback):
            def on_epoch_end(self, net, **_):
                raise RuntimeError("disk full")

        classifier.set_params(callbacks=[Fail()])
        with pytest.raises(RuntimeError, match="disk full"):
            classifier.partial_fit(*sequences)
        torch.testing.assert_close(weights(classifier), before, rtol=0, atol=0)
        assert classifier.n_iter_ == 1


class Epochs(Callback):
    """Counts epochs, and ends training after the third."""

    def on_train_begin(self, net, **_):
        self.seen = 0

    def on_epoch_end(self, net, **_):
        self.seen += 1
        if self.seen == 3:
            raise KeyboardInterrupt


class RateOf1e38(Callback):
    """Makes the loss explode in the fifth epoch."""

    def on_epoch_begin(self, net, **_):
        if len(net.history) == 5:
            for group in net.optimizer_.param_groups:
                group["lr"] = 1e38


class TestCallbacks:
    @pytest.mark.parametrize("settings", [{}, HELD_OUT], ids=str)
    def test_may_end_training(self, make_classifier, settings, sequences):
        with pytest.warns(UserWarning, match="Training was interrupted"):
            classifier = make_classifier(callbacks=[Epochs()], **settings).fit(*sequences)
        assert classifier.n_iter_ == 3
        assert np.isfinite(classifier.predict_proba(sequences[0])).all()

    @pytest.mark.parametrize("form", ["instance", "class", "pair"])
    def test_forms(self, make_classifier, form, sequences):
        stop = EarlyStopping(monitor="train_loss", patience=1, threshold=1e9, threshold_mode="abs")
        callback = {"instance": stop, "class": Epochs, "pair": ("mine", stop)}[form]
        if form == "class":
            with pytest.warns(UserWarning, match="interrupted"):
                n_iter = make_classifier(callbacks=[callback]).fit(*sequences).n_iter_
        else:
            n_iter = make_classifier(callbacks=[callback]).fit(*sequences).n_iter_
        assert n_iter == (3 if form == "class" else 2)

    def test_see_the_epoch_that_ends_training(self, make_classifier, sequences):
        class Count(Callback):
            def on_epoch_end(self, net, **_):
                net.history.record("seen", True)

        settings = {"max_iter": 50, "tol": 1e9, "n_iter_no_change": 2, **ADAPTIVE, **HELD_OUT}
        classifier = make_classifier(callbacks=[Count()], **settings).fit(*sequences)
        assert classifier.n_iter_ < 50
        assert all(epoch["seen"] for epoch in classifier.history_)

    def test_see_the_losses_of_every_layer(self, make_ff, sequences):
        lines = []

        class Read(Callback):
            def on_epoch_end(self, net, **_):
                epoch = net.history[-1]
                layers = [epoch[f"train_loss_layer_{i}"] for i in range(2)]
                lines.append((epoch["train_loss"], sum(layers)))

        make_ff(callbacks=[Read()], max_iter=2).fit(*sequences)
        for total, by_layer in lines:
            assert total == pytest.approx(by_layer)


class TestDivergence:
    def test_from_the_start_leaves_the_model_as_it_was(self, make_classifier):
        X, y = many(60)
        classifier = make_classifier(max_grad_norm=None).fit(X, y)
        before = classifier.predict_proba(X)
        with pytest.raises(ValueError, match=r"not finite.*learning_rate_init.*max_grad_norm"):
            classifier.set_params(learning_rate_init=1e37).fit(X * 100, y)
        np.testing.assert_array_equal(classifier.predict_proba(X), before)

    @pytest.mark.parametrize(
        ("settings", "layer_parallel"),
        [({}, False), (HELD_OUT, False), ({}, True)],
        ids=["no held-out part", "held out", "side by side"],
    )
    def test_goes_back_to_the_last_weights_that_were_good(self, make_ff, settings, layer_parallel):
        X, y = many(60)
        settings = {"batch_size": 16, "tol": 0, **settings, **ADAPTIVE}
        good = make_ff(max_iter=4, **settings).fit(X, y)
        settings["layer_parallel"] = layer_parallel
        # The rate explodes after the fourth epoch; the fifth ends in weights that are too large.
        message = r"stopped being finite in epoch 5;.*Lower learning_rate_init, set max_grad_norm"
        with pytest.warns(UserWarning, match=message):
            classifier = make_ff(callbacks=[RateOf1e38()], **settings).fit(X, y)
        assert classifier.n_iter_ == 5
        torch.testing.assert_close(weights(classifier), weights(good), rtol=0, atol=0)
        np.testing.assert_array_equal(classifier.predict_proba(X), good.predict_proba(X))

    def test_a_stream_goes_on(self, make_classifier):
        X, y = many(60)
        classifier = make_classifier(batch_size=16).partial_fit(X, y)
        before, moments = weights(classifier), copy.deepcopy(classifier._optimizer_state)
        with pytest.raises(ValueError, match="not finite"):
            classifier.set_params(learning_rate_init=1e38).partial_fit(X, y)
        torch.testing.assert_close(weights(classifier), before, rtol=0, atol=0)
        torch.testing.assert_close(classifier._optimizer_state["state"], moments["state"])
        classifier.set_params(learning_rate_init=0.001).partial_fit(X, y)
        assert np.isfinite(classifier.loss_curve_).all()

    def test_a_warm_start_goes_on(self, make_classifier):
        X, y = many(60)
        settings = {"batch_size": 16, "warm_start": True, **ADAPTIVE}
        classifier = make_classifier(callbacks=[RateOf1e38()], **settings)
        with pytest.warns(UserWarning, match="stopped being finite"):
            classifier.fit(X, y)
        classifier.set_params(callbacks=None).fit(X, y)
        assert np.isfinite(classifier.loss_curve_).all()


class TestProgress:
    def test_silent_by_default(self, make_classifier, sequences, capfd, recwarn):
        make_classifier(**HELD_OUT).fit(*sequences)
        make_classifier().fit(*sequences).predict(sequences[0])
        make_classifier().partial_fit(*sequences)
        assert capfd.readouterr() == ("", "")
        assert not recwarn.list

    def test_bar(self, make_classifier, sequences, capfd):
        classifier = make_classifier(verbose=1, max_iter=7, **HELD_OUT).fit(*sequences)
        out, err = capfd.readouterr()
        assert out == ""
        last = err.strip().splitlines()[-1].split("\r")[-1]
        assert "7/7" in last
        assert "epoch/s" in last
        epoch = classifier.history_[-1]
        assert f"loss={epoch['train_loss']:.4f}" in last
        assert f"valid={epoch['valid_loss']:.4f}" in last
        layers = [epoch[k] for k in epoch if k in ("train_loss_layer_0", "train_loss_layer_1")]
        if layers:  # Forward-Forward
            assert f"layers={layers[0]:.3f}/{layers[1]:.3f}" in last

    def test_layers_stand_in_order(self, make_ff, sequences, capfd):
        classifier = make_ff(hidden_layer_sizes=[2] * 12, verbose=1, max_iter=1).fit(*sequences)
        epoch = classifier.history_[-1]
        shown = "/".join(f"{epoch[f'train_loss_layer_{i}']:.3f}" for i in range(12))
        assert f"layers={shown}" in capfd.readouterr().err


@pytest.mark.parametrize("goodness", ["mean", "log_ratio"])
def test_a_layer_that_runs_away_finds_its_way_back(goodness):
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    X = rng.normal(size=(60, 300, 2)) * (1 + y)[:, None, None]
    settings = {"hidden_layer_sizes": (16,), "goodness": goodness, "random_state": 0}
    classifier = FFRNNClassifier(warm_start=True, max_iter=1, **settings).fit(X, y)
    with torch.no_grad():
        classifier.network_.layers[0].recurrent.w_h.copy_(1.3 * torch.eye(16))  # grows by 1.3^300
    settings = {"max_iter": 150, "n_iter_no_change": 150, "learning_rate_init": 0.02}
    classifier.set_params(**settings).fit(X, y)
    assert np.isfinite(classifier.loss_curve_).all()
    assert classifier.loss_curve_[0] > 1e6
    # When it is back hangs on rounding, for such a recurrence is chaotic: that it is back does not.
    assert classifier.best_loss_ < 1


@pytest.mark.parametrize("goodness", ["log_ratio", "mean"])
@pytest.mark.parametrize("make", [FFRNNClassifier, BPTTRNNClassifier])
def test_plain_autograd_trains_to_the_same_losses(make, goodness):
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    X = [rng.normal(size=(rng.integers(3, 12), 2)) * (1 + label) for label in y]
    settings = {"goodness": goodness} if make is FFRNNClassifier else {}
    model = make((12, 12), dtype="float64", max_iter=5, random_state=0, **settings)
    by_kernel = clone(model).fit(X, y)
    with plain_autograd():
        by_autograd = clone(model).fit(X, y)
    # Both are in double precision and differ by the order in which sums are taken.
    np.testing.assert_allclose(by_kernel.loss_curve_, by_autograd.loss_curve_, rtol=1e-9)
    np.testing.assert_allclose(
        by_kernel.decision_function(X), by_autograd.decision_function(X), rtol=1e-6, atol=1e-9
    )
