"""The base class of both classifiers: fit and partial_fit."""

from __future__ import annotations

import copy
from abc import ABCMeta, abstractmethod
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin, _fit_context
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions

from .._input import Ragged, check_labels, find_classes
from .._scoring import (
    Calibration,
    RecentScores,
    fit_calibrations,
    layer_scores,
    stage_scores,
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
from ._prediction import PredictionMixin
from ._schedule import n_epochs, sequences_in_batch
from ._torch_device import resolve_device

# Fitted attributes that describe the form of the input.
_INPUT_ATTRIBUTES = ("n_features_in_", "feature_names_in_")


class BaseRNNClassifier(PredictionMixin, ClassifierMixin, BaseEstimator, metaclass=ABCMeta):
    """Base class of the two classifiers, which describe the parameters."""

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

    device_: torch.device
    history_: list[dict[str, Any]]
    _optimizer_state: dict[str, Any] | None
    _recent_scores: RecentScores | None
    _network_settings: dict[str, Any]
    _stream_generator: torch.Generator

    @abstractmethod
    def _make_network_settings(self, sequences: Ragged, n_classes: int) -> dict[str, Any]:
        """Return the parameters of a network for the data, as plain values."""

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None, sample_weight: Any = None, groups: Any = None) -> Any:
        """Train on labelled sequences.

        Parameters
        ----------
        X : list of array-like of shape (n_steps, n_channels), array-like of shape \
(n_samples, n_steps, n_channels), SequenceBatch, or array-like of shape (n_samples, n_features)
            Sequences. Three-dimensional arrays may be padded with trailing NaN rows. The rows of a
            plain table are sequences of one step. The negatives that a SequenceBatch carries are
            trained on too. Values must not exceed a millionth of the largest number of their
            precision, 3.4e32 in float32.
        y : array-like of shape (n_samples,) or None, default=None
            Class labels. Of two labels, the one that sorts last is the positive class. None is for
            a SequenceBatch that holds only human rows and carries negatives: it knows the labels of
            both.
        sample_weight : array-like of shape (n_samples,), default=None
            Sample weights. A negative carried by a SequenceBatch has the weight of its parent.
        groups : array-like of shape (n_samples,), default=None
            Samples of one group (a writer, a source) are not separated when a part is held out for
            early stopping and calibration. A negative carried by a SequenceBatch is in the group
            of its parent. Without groups, sequences of equal length are not separated, because a
            synthetic movement has as many steps as its source; unless more than 5 % of all have
            that length.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ValueError, TypeError
            If the input is malformed. The message names the sample and the remedy. A former fit is
            kept.

        Notes
        -----
        Ctrl-C ends training with a warning, and so does a loss that is not finite. The model is
        that of the best epoch so far. If no part is held out, it is the current one, or after
        divergence the last one with a finite loss. If nothing was learnt by then, KeyboardInterrupt
        or ValueError is raised, and a former fit is kept. If layers are trained in processes and
        one of these dies, the model is the same as after Ctrl-C, and once it is stored a
        RuntimeError is raised.
        """
        warm = self.warm_start and hasattr(self, "network_")
        # All attributes are set at the end, so that a fit that fails changes nothing. Those that
        # checking the input sets are set on another estimator and copied at the end.
        checked = self if warm else self._unfitted()
        data = check_training_input(
            checked, X, y, sample_weight, groups, dtype=weight_dtype(self.dtype), reset=not warm
        )
        classes = find_classes(data.y, None, caller=type(self).__name__)
        data = data.encode(classes, self.class_weight)
        device = resolve_device(self.device)
        random_state = check_random_state(self.random_state)
        generator = make_generator(random_state)
        held_out = hold_out(data, self.early_stopping, self.validation_fraction, random_state)
        train_part = data.select(~held_out)
        validation_part = data.select(held_out) if held_out.any() else None
        if warm:
            self._check_same_classes(classes)
            settings, network = self._network_settings, self._copy_network(data, len(classes))
        else:
            settings = self._make_network_settings(data.sequences, len(classes))
            network = build_network(self._network_class, settings, generator)
        training = self._train(
            network.to(device),
            train_part,
            validation_part,
            max_iter=n_epochs(self, train_part),
            learning_rate=self.learning_rate,
            untrained=not warm,
            generator=generator,
            optimizer_state=self._optimizer_state if warm else None,
        )
        calibration_part = train_part if validation_part is None else validation_part
        by_layer = layer_scores(network, calibration_part.sequences)
        in_use = self._layers_in_use(by_layer, calibration_part)
        network.layers_in_use.copy_(torch.from_numpy(in_use))
        scores = stage_scores(network, by_layer)
        calibrations = self._calibrate(
            scores, calibration_part.y, calibration_part.weight, len(classes)
        )

        self._store_input_attributes(checked)
        self.n_negatives_ = data.n_negatives
        self._store_model(classes, device, network, settings, calibrations)
        self._recent_scores = None
        self.n_iter_ = len(training.history)
        self._store_training(training, training.history)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self, X: Any, y: Any = None, classes: Any = None, sample_weight: Any = None
    ) -> Any:
        """Train for one epoch on a part of a stream of samples.

        Memory does not grow with the number of samples. Probabilities are calibrated on the latest
        1,000 samples, with the scores that they had before the network learnt from them.

        Parameters
        ----------
        X : sequences, or array-like of shape (n_samples, n_features)
            As in :meth:`fit`.
        y : array-like of shape (n_samples,) or None, default=None
            Class labels; None as in :meth:`fit`.
        classes : array-like of shape (n_classes,), default=None
            All classes of the stream. Required in the first call, unless its y has all of them.
        sample_weight : array-like of shape (n_samples,), default=None
            Sample weights.

        Returns
        -------
        self : object
            The classifier, trained further.
        """
        if self.early_stopping is True:
            raise ValueError(
                "partial_fit does not support early_stopping=True, because a stream has no "
                "validation part. Set early_stopping to 'auto' or False."
            )
        first = not hasattr(self, "network_")
        known = self._known_classes(classes)
        checked = self._unfitted() if first else self
        data = check_training_input(
            checked, X, y, sample_weight, None, dtype=weight_dtype(self.dtype), reset=first
        )
        classes = find_classes(data.y, known, caller=type(self).__name__)
        data = data.encode(classes, self.class_weight)
        recent = None if first else self._recent_scores
        if recent is None:  # the first part of a stream, maybe after a fit
            generator = make_generator(check_random_state(self.random_state))
        else:
            generator = torch.Generator().set_state(self._stream_generator.get_state())
        if first:
            device = resolve_device(self.device)
            settings = self._make_network_settings(data.sequences, len(classes))
            network = build_network(self._network_class, settings, generator).to(device)
        else:
            device, settings = self.device_, self._network_settings
            network = self._copy_network(data, len(classes))
        # Before training on these samples, so that they are scored like new ones.
        scores = stage_scores(network, layer_scores(network.eval(), data.sequences))
        training = self._train(
            network,
            data,
            None,
            max_iter=1,
            learning_rate="constant",  # a stream has no known end, which a schedule would need
            untrained=first,
            generator=generator,
            optimizer_state=None if first else self._optimizer_state,
        )
        weight = np.ones(len(data.y)) if data.weight is None else data.weight
        latest = RecentScores(scores, data.y, weight)
        recent = latest if recent is None else recent.followed_by(latest)
        calibrations = self._calibrate(recent.scores, recent.target, recent.weight, len(classes))

        self._store_input_attributes(checked)
        self.n_negatives_ = data.n_negatives
        self._store_model(classes, device, network, settings, calibrations)
        self._recent_scores = recent
        self._stream_generator = generator
        self.n_iter_ = (0 if first else self.n_iter_) + len(training.history)
        history = ([] if first else self.history_) + training.history
        # A stream may have no end, but memory has.
        n_stored = MAX_EPOCHS if self.max_iter == "auto" else self.max_iter
        self._store_training(training, history[-n_stored:])
        return self

    def _layers_in_use(self, scores: np.ndarray, data: TrainingData) -> np.ndarray:
        """Return a mask of the layers to predict with, given their scores of labelled data."""
        return np.ones(scores.shape[1], dtype=bool)

    def _unfitted(self) -> Any:
        """Return an unfitted estimator with the same parameters."""
        return type(self)(**self.get_params(deep=False))

    def _check_same_classes(self, classes: np.ndarray) -> None:
        if not np.array_equal(classes, self.classes_):
            raise ValueError(
                f"warm_start=True needs the classes of the first fit, {self.classes_}, but y has "
                f"{classes}. Set warm_start=False to start anew."
            )

    def _known_classes(self, classes: Any) -> np.ndarray | None:
        """Return the classes of a stream, as far as they are known before a call of partial_fit."""
        given = None if classes is None else np.unique(check_labels(classes))
        if not hasattr(self, "network_"):
            return given
        if given is not None and not np.array_equal(given, self.classes_):
            raise ValueError(
                f"classes={given} differ from those of the first call, {self.classes_}; leave "
                "classes out after the first call."
            )
        return self.classes_

    def _copy_network(self, data: TrainingData, n_classes: int) -> Network:
        """Return a copy of the fitted network to train further, if the parameters still fit it."""
        settings = self._make_network_settings(data.sequences, n_classes)
        check_unchanged(self._network_settings, settings)
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
        """Tell whether to train each layer in its own process."""
        return False

    def _calibrate(
        self, scores: np.ndarray, target: np.ndarray, weight: np.ndarray | None, n_classes: int
    ) -> list[Calibration]:
        """Return one calibration for each stage."""
        if not self.calibrate:
            return [Calibration(n_classes) for _ in range(scores.shape[1])]
        return fit_calibrations(scores, target, weight, n_classes)

    def _store_input_attributes(self, checked: Any) -> None:
        """Copy the attributes that checking the input has set on `checked`."""
        for name in _INPUT_ATTRIBUTES:
            if hasattr(checked, name):
                setattr(self, name, getattr(checked, name))
            else:
                self.__dict__.pop(name, None)

    def _store_model(
        self,
        classes: np.ndarray,
        device: torch.device,
        network: Network,
        settings: dict[str, Any],
        calibrations: list[Calibration],
    ) -> None:
        """Store what predictions need."""
        self.classes_ = classes
        self.device_ = device
        self.network_ = network
        self._network_settings = settings
        self._calibrations = calibrations

    def _store_training(self, training: Training, history: list[dict[str, Any]]) -> None:
        """Store the optimizer state, the history, and what follows from it."""
        has_validation = bool(history) and "valid_loss" in history[0]
        losses = [epoch[self._watched(has_validation)] for epoch in history]
        self._optimizer_state = training.optimizer_state
        self.history_ = history
        self.loss_curve_ = [epoch["train_loss"] for epoch in history]
        self.validation_scores_ = (
            [epoch["valid_score"] for epoch in history] if has_validation else None
        )
        self.best_loss_ = min(losses, default=np.nan)
        if training.lost is not None:
            raise RuntimeError(
                f"{training.lost} The model is that of the epochs before, {len(training.history)}."
            ) from training.lost

    def _watched(self, has_validation: bool) -> str:
        """Return the entry of the history that decides which epoch is best."""
        if not has_validation:
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
