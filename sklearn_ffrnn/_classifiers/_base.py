"""What both classifiers share: fit, partial_fit, prediction, calibration."""

from __future__ import annotations

import copy
import os
from abc import ABCMeta, abstractmethod
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin, _fit_context
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from .._input import Ragged, check_input, check_labels, find_classes
from .._scoring import (
    Calibration,
    RecentScores,
    fit_calibrations,
    layer_scores,
    stage_scores,
    to_probabilities,
)
from .._training import (
    MAX_EPOCHS,
    Training,
    TrainingData,
    TrainingOptions,
    check_training_input,
    check_unchanged,
    hold_out,
    make_generator,
    train,
)
from ..nn import Network
from ._network_settings import build_network
from ._plain_state import from_plain_state, to_plain_state
from ._precision import DTYPES, weight_dtype
from ._schedule import n_epochs, sequences_in_batch
from ._torch_device import resolve_device

# What fit and partial_fit learn of the input's form.
_INPUT_ATTRIBUTES = ("n_features_in_", "feature_names_in_")


class BaseRNNClassifier(ClassifierMixin, BaseEstimator, metaclass=ABCMeta):
    """Base of the two classifiers; the parameters are described there."""

    _parameter_constraints: dict[str, list[Any]] = {
        "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
        "n_differences": [Interval(Integral, 0, None, closed="left")],
        "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "learning_rate": [StrOptions({"one_cycle", "adaptive", "constant"})],
        "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "max_grad_norm": [None, Interval(Real, 0, None, closed="neither")],
        "average": ["boolean"],
        "max_iter": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "shuffle": ["boolean"],
        "early_stopping": ["boolean", StrOptions({"auto"})],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "calibrate": ["boolean"],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "warm_start": ["boolean"],
        "device": [str, torch.device],
        "dtype": [StrOptions(set(DTYPES))],
        "callbacks": [list, tuple, None],
        "verbose": ["verbose"],
        "random_state": ["random_state"],
    }

    _network_class: ClassVar[type[Network]]
    _auto_batch_size: ClassVar[int]

    classes_: np.ndarray
    network_: Network
    device_: torch.device
    history_: list[dict[str, Any]]
    _calibrations: list[Calibration]
    _optimizer_state: dict[str, Any] | None
    _recent_scores: RecentScores | None
    _network_settings: dict[str, Any]
    _stream: torch.Generator

    @abstractmethod
    def _make_network_settings(self, sequences: Ragged, n_classes: int) -> dict[str, Any]:
        """Return what a network for the data is built from, in plain values."""

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None, sample_weight: Any = None, groups: Any = None) -> Any:
        """Train on labelled sequences.

        Parameters
        ----------
        X : list of array-like of shape (n_steps, n_channels), array-like of shape \
(n_samples, n_steps, n_channels), SequenceBatch, or array-like of shape (n_samples, n_features)
            Sequences. Three-dimensional arrays may be padded with trailing NaN rows. A plain table
            is taken as sequences of one step. The negatives that a SequenceBatch carries are
            trained on too. Values must not exceed a millionth of the largest number of their
            precision, 3.4e32 in float32.
        y : array-like of shape (n_samples,) or None, default=None
            Class labels. Of two labels the one that sorts last is the positive class. None is for
            a SequenceBatch of human rows that carries negatives: it knows the labels of both.
        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each sample. A negative carried by a SequenceBatch has its parent's.
        groups : array-like of shape (n_samples,), default=None
            Samples of one group (a writer, a source) stay on one side when a part is held out for
            early stopping and calibration. Negatives carried by a SequenceBatch always stay with
            their parents. Without groups, sequences of one length stay together, since a
            synthetic movement has as many steps as its source; but not those of a length that over
            5 % share.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ValueError, TypeError
            If the input is malformed: the message names the sample and the remedy. What was
            fitted before is kept.

        Notes
        -----
        Ctrl-C ends training, and so does a loss that stops being finite. A warning says so, and
        the model is that of the best epoch so far; where no part is held out, it is as training
        left it, or as it was before the loss exploded. If nothing was learnt by then, the error
        is raised, be it KeyboardInterrupt or ValueError, and what was fitted before is kept.
        Where layers are trained in processes of their own and one of these dies, the model is the
        same as after Ctrl-C, and a RuntimeError is raised once it is stored.
        """
        warm = self.warm_start and hasattr(self, "network_")
        # What is learnt of the input's form is kept with the rest, when training has succeeded.
        checked = self if warm else self._unfitted()
        data = check_training_input(
            checked, X, y, sample_weight, groups, dtype=weight_dtype(self.dtype), reset=not warm
        )
        classes = find_classes(data.y, None, caller=type(self).__name__)
        data = data.encode(classes, self.class_weight)
        device = resolve_device(self.device)
        random_state = check_random_state(self.random_state)
        generator = make_generator(random_state)
        held = hold_out(data, self.early_stopping, self.validation_fraction, random_state)
        training_part, held_part = data.select(~held), data.select(held)
        if warm:
            self._check_same_classes(classes)
            settings, network = self._network_settings, self._copy_network(data, len(classes))
        else:
            settings = self._make_network_settings(data.sequences, len(classes))
            network = build_network(self._network_class, settings, generator)
        training = self._train(
            network.to(device),
            training_part,
            held_part if held.any() else None,
            max_iter=n_epochs(self, training_part),
            learning_rate=self.learning_rate,
            untrained=not warm,
            generator=generator,
            optimizer_state=self._optimizer_state if warm else None,
        )
        judged = held_part if held.any() else training_part
        by_layer = layer_scores(network, judged.sequences)
        network.heard.copy_(torch.from_numpy(self._heard_layers(by_layer, judged)))
        scores = stage_scores(network, by_layer)
        calibrations = self._calibrate(scores, judged.y, judged.weight, len(classes))

        self._keep_input_attributes(checked)
        self.n_negatives_ = data.n_negatives
        self._keep_model(classes, device, network, settings, calibrations)
        self._recent_scores = None
        self.n_iter_ = len(training.history)
        self._keep_training(training, training.history)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self, X: Any, y: Any = None, classes: Any = None, sample_weight: Any = None
    ) -> Any:
        """Make one pass over a part of a stream of samples.

        Memory does not grow with the number of samples seen. Probabilities are calibrated on the
        scores that the latest 1,000 samples got before the network learnt from them.

        Parameters
        ----------
        X : sequences, or array-like of shape (n_samples, n_features)
            As in :meth:`fit`.
        y : array-like of shape (n_samples,) or None, default=None
            Class labels; None as in :meth:`fit`.
        classes : array-like of shape (n_classes,), default=None
            All classes that will ever come. Needed in the first call, unless its y has them all.
        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each sample.

        Returns
        -------
        self : object
            The classifier, further trained.
        """
        if self.early_stopping is True:
            raise ValueError(
                "partial_fit does not support early_stopping=True, for a stream has no held-out "
                "part. Set early_stopping to 'auto' or False."
            )
        first = not hasattr(self, "network_")
        known = None if classes is None else np.unique(check_labels(classes))
        if not first:
            if known is not None and not np.array_equal(known, self.classes_):
                raise ValueError(
                    f"classes={known} differ from those of the first call, {self.classes_}; "
                    "leave classes out after the first call."
                )
            known = self.classes_
        checked = self._unfitted() if first else self
        data = check_training_input(
            checked, X, y, sample_weight, None, dtype=weight_dtype(self.dtype), reset=first
        )
        classes = find_classes(data.y, known, caller=type(self).__name__)
        data = data.encode(classes, self.class_weight)
        recent = None if first else self._recent_scores
        if recent is None:  # a stream begins, maybe after a fit
            stream = make_generator(check_random_state(self.random_state))
        else:
            stream = torch.Generator().set_state(self._stream.get_state())
        if first:
            device = resolve_device(self.device)
            settings = self._make_network_settings(data.sequences, len(classes))
            network = build_network(self._network_class, settings, stream).to(device)
        else:
            device, settings = self.device_, self._network_settings
            network = self._copy_network(data, len(classes))
        # Before the network learns from the samples: scores as new samples will have them.
        scores = stage_scores(network, layer_scores(network.eval(), data.sequences))
        training = self._train(
            network,
            data,
            None,
            max_iter=1,
            learning_rate="constant",  # a stream has no end for a rate to fall towards
            untrained=first,
            generator=stream,
            optimizer_state=None if first else self._optimizer_state,
        )
        weight = np.ones(len(data.y)) if data.weight is None else data.weight
        latest = RecentScores(scores, data.y, weight)
        recent = latest if recent is None else recent.followed_by(latest)
        calibrations = self._calibrate(recent.scores, recent.target, recent.weight, len(classes))

        self._keep_input_attributes(checked)
        self.n_negatives_ = data.n_negatives
        self._keep_model(classes, device, network, settings, calibrations)
        self._recent_scores = recent
        self._stream = stream
        self.n_iter_ = (0 if first else self.n_iter_) + len(training.history)
        history = ([] if first else self.history_) + training.history
        # A stream may go on for ever.
        n_kept = MAX_EPOCHS if self.max_iter == "auto" else self.max_iter
        self._keep_training(training, history[-n_kept:])
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """Return calibrated log-odds.

        Parameters
        ----------
        X : sequences, or array-like of shape (n_samples, n_features)
            As in :meth:`fit`.

        Returns
        -------
        decision : ndarray of shape (n_samples,) or (n_samples, n_classes)
            With two classes, the log-odds of ``classes_[1]``; with more, log-probabilities up to
            a constant of each sample.
        """
        scores = self._scores(X)
        return self._calibrations[-1].logits(scores[:, -1])

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of each class.

        Parameters
        ----------
        X : sequences, or array-like of shape (n_samples, n_features)
            As in :meth:`fit`.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``.
        """
        return to_probabilities(self.decision_function(X))

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable class.

        Parameters
        ----------
        X : sequences, or array-like of shape (n_samples, n_features)
            As in :meth:`fit`.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
            Values of ``classes_``.
        """
        decision = self.decision_function(X)
        chosen = (decision > 0).astype(int) if decision.ndim == 1 else decision.argmax(axis=1)
        return self.classes_[chosen]

    def to_onnx(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted classifier as an ONNX file, to predict without torch or Python.

        The graph does all that :meth:`predict_proba` does, normalization and calibration included,
        in single precision: the same probabilities but for rounding, which is coarser in a
        classifier of ``dtype="mixed_bfloat16"`` itself. It is made of ONNX's own operators (opset
        17 at most) and takes

        - ``steps``, float32 (n_sequences, n_steps, n_channels): sequences padded to one length with
          anything, both axes of any length. A row of a plain table is a sequence of one step.
        - ``lengths``, int64 (n_sequences,): how many steps of each are its own, at least 1.

        It gives ``probabilities``, float64 (n_sequences, n_classes), in the order of ``classes_``,
        which are in the file's metadata too, as JSON. Input is not checked as it is here. In a
        pipeline the steps before it are not part of the graph, whose input are then
        ``steps = pipeline[:-1].transform(X)``, padded with NaN, and
        ``lengths = (~np.isnan(steps[:, :, 0])).sum(axis=1)``.

        Parameters
        ----------
        path : str or path-like
            The file, usually named ``*.onnx``.

        Raises
        ------
        ImportError
            If the package onnx or spox is missing.

        See Also
        --------
        sklearn_ffrnn.export.to_onnx : A whole pipeline, from recorded points on.

        Examples
        --------
        >>> import tempfile, numpy as np, onnxruntime
        >>> from sklearn_ffrnn import FFRNNClassifier
        >>> rng = np.random.default_rng(0)
        >>> y = np.arange(60) % 2
        >>> X = rng.normal(size=(60, 10, 2)) * (1 + 2 * y)[:, None, None]
        >>> clf = FFRNNClassifier(hidden_layer_sizes=(16, 16), max_iter=5, random_state=0).fit(X, y)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     clf.to_onnx(f"{folder}/model.onnx")
        ...     session = onnxruntime.InferenceSession(f"{folder}/model.onnx")
        >>> inputs = {"steps": X.astype(np.float32), "lengths": np.full(60, 10)}
        >>> (probabilities,) = session.run(None, inputs)
        >>> bool(np.allclose(probabilities, clf.predict_proba(X), atol=1e-5))
        True
        """
        check_is_fitted(self)
        from .._onnx import write_classifier  # needs packages that nothing else needs

        write_classifier(
            path, self.network_, self._calibrations[-1], self.classes_, self.n_features_in_
        )

    def _heard_layers(self, scores: np.ndarray, judged: TrainingData) -> np.ndarray:
        """Return which layers count in the verdict, given their scores of known samples."""
        return np.ones(scores.shape[1], dtype=bool)

    def _check_prediction_data(self, X: Any) -> Ragged:
        check_is_fitted(self)
        return check_input(self, X, dtype=weight_dtype(self.dtype), reset=False)

    def _scores(self, X: Any) -> np.ndarray:
        """Return the scores after each stage: (n, n_stages) or (n, n_stages, n_classes)."""
        sequences = self._check_prediction_data(X)
        return stage_scores(self.network_, layer_scores(self.network_, sequences))

    def _unfitted(self) -> Any:
        """Return an estimator with the same parameters, to check input with."""
        return type(self)(**self.get_params(deep=False))

    def _check_same_classes(self, classes: np.ndarray) -> None:
        if not np.array_equal(classes, self.classes_):
            raise ValueError(
                f"warm_start=True goes on with the classes of the first fit, {self.classes_}, but "
                f"y has {classes}. Set warm_start=False to start anew."
            )

    def _copy_network(self, data: TrainingData, n_classes: int) -> Network:
        """Return a copy of the network to go on with, which no parameter may contradict."""
        now = self._make_network_settings(data.sequences, n_classes)
        check_unchanged(self._network_settings, now)
        return copy.deepcopy(self.network_)

    def _train(
        self,
        network: Network,
        data: TrainingData,
        validation: TrainingData | None,
        *,
        max_iter: int,
        learning_rate: str,
        untrained: bool,
        generator: torch.Generator,
        optimizer_state: dict[str, Any] | None,
    ) -> Training:
        device = next(network.parameters()).device
        options = TrainingOptions(
            watched=self._watched(validation is not None),
            max_iter=max_iter,
            batch_size=sequences_in_batch(self, len(data.y)),
            learning_rate_init=self.learning_rate_init,
            learning_rate=learning_rate,
            alpha=self.alpha,
            max_grad_norm=self.max_grad_norm,
            average=self.average,
            tol=self.tol,
            n_iter_no_change=self.n_iter_no_change,
            verbose=self.verbose,
            callbacks=self.callbacks,
            layer_parallel=self._trains_in_parallel(device),
        )
        return train(
            network,
            data.dataset(device),
            None if validation is None else validation.dataset(device),
            options,
            untrained=untrained,
            generator=generator if self.shuffle else None,
            optimizer_state=optimizer_state,
        )

    def _trains_in_parallel(self, device: torch.device) -> bool:
        """Tell whether layers are trained in processes of their own."""
        return False

    def _calibrate(
        self, scores: np.ndarray, target: np.ndarray, weight: np.ndarray | None, n_classes: int
    ) -> list[Calibration]:
        """Return one calibration for each stage."""
        if not self.calibrate:
            return [Calibration(n_classes) for _ in range(scores.shape[1])]
        return fit_calibrations(scores, target, weight, n_classes)

    def _keep_input_attributes(self, checked: Any) -> None:
        """Take over what `checked` learnt of the input's form."""
        for name in _INPUT_ATTRIBUTES:
            if hasattr(checked, name):
                setattr(self, name, getattr(checked, name))
            else:
                self.__dict__.pop(name, None)

    def _keep_model(
        self,
        classes: np.ndarray,
        device: torch.device,
        network: Network,
        settings: dict[str, Any],
        calibrations: list[Calibration],
    ) -> None:
        """Store all that predictions need."""
        self.classes_ = classes
        self.device_ = device
        self.network_ = network
        self._network_settings = settings
        self._calibrations = calibrations

    def _keep_training(self, training: Training, history: list[dict[str, Any]]) -> None:
        """Store the optimizer state, and what the history tells."""
        held_out = bool(history) and "valid_loss" in history[0]
        losses = [epoch[self._watched(held_out)] for epoch in history]
        self._optimizer_state = training.optimizer_state
        self.history_ = history
        self.loss_curve_ = [epoch["train_loss"] for epoch in history]
        self.validation_scores_ = [epoch["valid_score"] for epoch in history] if held_out else None
        self.best_loss_ = min(losses, default=np.nan)
        if training.lost is not None:
            raise RuntimeError(
                f"{training.lost} The model is that of the epochs before, {len(training.history)}."
            ) from training.lost

    def _watched(self, held_out: bool) -> str:
        """Return which entry of the history decides which epoch is best."""
        if not held_out:
            return "train_loss"
        return "valid_criterion" if self.calibrate else "valid_loss"

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "network_")

    def __getstate__(self) -> dict[str, Any]:
        return to_plain_state(super().__getstate__())

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(from_plain_state(self._network_class, state))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags
