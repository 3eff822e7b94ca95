"""What both classifiers share: fit, partial_fit, prediction, calibration."""

from __future__ import annotations

import copy
import os
from abc import ABCMeta, abstractmethod
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin, _fit_context
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from ._calibration import Calibration, to_probabilities
from ._device import resolve_device
from ._held_out import hold_out
from ._html_repr import LayerBox, diagram, recurrent_boxes
from ._inference import in_batches
from ._input import check_input
from ._labels import check_labels, find_classes
from ._onnx import Graph, PaddedSequences, write_onnx
from ._pickling import to_any_machine, to_this_machine
from ._precision import DTYPES, weight_dtype
from ._ragged import Ragged
from ._recent_scores import RecentScores
from ._trainer import Training, make_generator, train
from ._training_callbacks import REMEDY
from ._training_data import TrainingData, make_dataset
from ._training_input import check_training_input
from ._warm_start import check_unchanged
from .nn import Network, Packed


class RNNClassifier(ClassifierMixin, BaseEstimator, metaclass=ABCMeta):
    """Base of the two classifiers; the parameters are described there."""

    _parameter_constraints: dict[str, list[Any]] = {
        "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
        "cell": [StrOptions({"relu", "gru", "lstm"})],
        "bidirectional": ["boolean"],
        "n_differences": [Interval(Integral, 0, None, closed="left")],
        "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "learning_rate": [StrOptions({"constant", "adaptive"})],
        "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "max_grad_norm": [None, Interval(Real, 0, None, closed="neither")],
        "average": ["boolean"],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
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

    # Parameters that the network is built from, so that it can't go on when they change.
    _network_parameters: tuple[str, ...] = (
        "hidden_layer_sizes",
        "cell",
        "bidirectional",
        "n_differences",
        "dtype",
    )

    classes_: np.ndarray
    network_: Network
    _optimizer_state: dict[str, Any] | None
    _recent_scores: RecentScores | None

    @abstractmethod
    def _make_network(
        self, sequences: Ragged, n_classes: int, generator: torch.Generator
    ) -> Network:
        """Return an untrained network for the data."""

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None, sample_weight: Any = None, groups: Any = None) -> Any:
        """Train on labelled sequences.

        Parameters
        ----------
        X : list of array-like of shape (n_steps, n_channels), array-like of shape \
(n_samples, n_steps, n_channels), SequenceBatch, or array-like of shape (n_samples, n_features)
            Sequences. Three-dimensional arrays may be padded with trailing NaN rows. A plain table
            is taken as sequences of one step. The negatives that a SequenceBatch carries are
            trained on too.
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
        """
        return self._all_or_nothing("_fit", X, y, sample_weight, groups)

    def _all_or_nothing(self, method: str, *args: Any) -> Any:
        """Run the method on a stand-in: if it fails, nothing that was fitted before is lost."""
        stand_in = object.__new__(type(self))
        stand_in.__dict__.update(self.__dict__)
        getattr(stand_in, method)(*args)
        self.__dict__.clear()
        self.__dict__.update(stand_in.__dict__)
        return self

    def _fit(self, X: Any, y: Any, sample_weight: Any, groups: Any) -> None:
        warm = self.warm_start and hasattr(self, "network_")
        data = check_training_input(
            self, X, y, sample_weight, groups, dtype=weight_dtype(self.dtype), reset=not warm
        )
        classes = find_classes(data.y, None, caller=type(self).__name__)
        data = data.encode(classes, self.class_weight)
        if warm and not np.array_equal(classes, self.classes_):
            raise ValueError(
                f"warm_start=True goes on with the classes of the first fit, {self.classes_}, but "
                f"y has {classes}. Set warm_start=False to start anew."
            )
        device = resolve_device(self.device)
        random_state = check_random_state(self.random_state)
        generator = make_generator(random_state)
        held = hold_out(data, self.early_stopping, self.validation_fraction, random_state)
        if warm:
            network, optimizer_state = self._copy_network(), self._optimizer_state
        else:
            network = self._make_network(data.sequences, len(classes), generator)
            optimizer_state = None
            self._built_with = self._network_settings()
        training_part, held_part = data.select(~held), data.select(held)
        training = self._train(
            network.to(device),
            training_part,
            held_part if held.any() else None,
            max_iter=self.max_iter,
            generator=generator,
            optimizer_state=optimizer_state,
        )
        self.classes_ = classes
        self.network_ = network
        self.device_ = device
        self._recent_scores = None
        self.n_iter_ = len(training.history)
        self._store(training, training.history)
        self._fit_readout(training_part)
        judged = held_part if held.any() else training_part
        self._calibrate(self._stage_scores(judged.sequences), judged.y, judged.weight)

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
        self._check_streams()
        return self._all_or_nothing("_partial_fit", X, y, classes, sample_weight)

    def _check_streams(self) -> None:
        """Raise a ValueError if a parameter has no meaning for partial_fit."""
        if self.early_stopping is True:
            raise ValueError(
                "partial_fit does not support early_stopping=True, for a stream has no held-out "
                "part. Set early_stopping to 'auto' or False."
            )

    def _partial_fit(self, X: Any, y: Any, classes: Any, sample_weight: Any) -> None:
        first = not hasattr(self, "network_")
        classes = None if classes is None else np.unique(check_labels(classes))
        if not first:
            if classes is not None and not np.array_equal(classes, self.classes_):
                raise ValueError(
                    f"classes={classes} differ from those of the first call, {self.classes_}; "
                    "leave classes out after the first call."
                )
            classes = self.classes_
        data = check_training_input(
            self, X, y, sample_weight, None, dtype=weight_dtype(self.dtype), reset=first
        )
        classes = find_classes(data.y, classes, caller=type(self).__name__)
        data = data.encode(classes, self.class_weight)
        if first or self._recent_scores is None:
            self._stream = make_generator(check_random_state(self.random_state))
        if first:
            self.device_ = resolve_device(self.device)
            self.network_ = self._make_network(data.sequences, len(classes), self._stream)
            self.network_.to(self.device_)
            self._built_with = self._network_settings()
            self.classes_ = classes
            self.n_iter_ = 0
            self.history_: list[dict[str, Any]] = []
            self._optimizer_state = None
            self._recent_scores = None
        else:
            self.network_ = self._copy_network()
        self._fit_readout(data)  # one that reads goodness, which has nothing to learn
        scores = self._stage_scores(data.sequences)
        training = self._train(
            self.network_,
            data,
            None,
            max_iter=1,
            generator=self._stream,
            optimizer_state=self._optimizer_state,
        )
        self.n_iter_ += len(training.history)
        self._store(training, [*self.history_, *training.history][-self.max_iter :])
        weight = np.ones(len(data.y)) if data.weight is None else data.weight
        recent = RecentScores(scores, data.y, weight)
        if self._recent_scores is not None:
            recent = self._recent_scores.followed_by(recent)
        self._recent_scores = recent
        self._calibrate(recent.scores, recent.target, recent.weight)

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
        scores = self._stage_scores(self._check_prediction_data(X))
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
        labels: np.ndarray = self.classes_[chosen]
        return labels

    def to_onnx(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted classifier as an ONNX file, to predict without torch or Python.

        The graph does all that :meth:`predict_proba` does, normalization and calibration included,
        in single precision: the same probabilities but for rounding, which is coarser in a
        classifier of ``dtype="mixed_bfloat16"`` itself. It is made of ONNX's own operators (opset
        17) and takes

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
            If the package onnx is missing.

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
        write_onnx(
            path, self._onnx_scores, self._calibrations[-1], self.classes_, self.n_features_in_
        )

    @abstractmethod
    def _onnx_scores(self, graph: Graph, sequences: PaddedSequences) -> str:
        """Append to a graph what computes the scores of the last stage."""

    def _check_prediction_data(self, X: Any) -> Ragged:
        check_is_fitted(self)
        return check_input(self, X, dtype=weight_dtype(self.dtype), reset=False)

    def _network_settings(self) -> dict[str, Any]:
        return {name: copy.copy(getattr(self, name)) for name in self._network_parameters}

    def _copy_network(self) -> Network:
        """Return a copy of the network to go on with, which no parameter may contradict."""
        check_unchanged(self._built_with, self._network_settings())
        return copy.deepcopy(self.network_)

    def _train(
        self,
        network: Network,
        data: TrainingData,
        validation: TrainingData | None,
        *,
        max_iter: int,
        generator: torch.Generator,
        optimizer_state: dict[str, Any] | None,
    ) -> Training:
        device = next(network.parameters()).device
        held_out = validation is not None
        batch_size = min(64, len(data.y)) if self.batch_size == "auto" else int(self.batch_size)
        training = train(
            network,
            data.dataset(device),
            None if validation is None else validation.dataset(device),
            max_iter=max_iter,
            batch_size=batch_size,
            learning_rate_init=self.learning_rate_init,
            learning_rate=self.learning_rate,
            alpha=self.alpha,
            max_grad_norm=self.max_grad_norm,
            average=self.average,
            tol=self.tol,
            n_iter_no_change=self.n_iter_no_change,
            generator=generator if self.shuffle else None,
            verbose=self.verbose,
            callbacks=self.callbacks,
            watched=self._watched(held_out),
            layer_parallel=self._side_by_side(device),
            optimizer_state=optimizer_state,
        )
        losses = [epoch[self._watched(held_out)] for epoch in training.history]
        # Without epochs, training was interrupted in the first.
        learnt = np.isfinite(losses).any() or not losses
        if not learnt or not all(bool(p.isfinite().all()) for p in network.parameters()):
            raise ValueError(f"Training produced weights or losses that are not finite. {REMEDY}")
        return training

    def _side_by_side(self, device: torch.device) -> bool:
        """Tell whether layers are trained in processes of their own."""
        return False

    def _store(self, training: Training, history: list[dict[str, Any]]) -> None:
        self._optimizer_state = training.optimizer_state
        self.history_ = history
        self.loss_curve_ = [epoch["train_loss"] for epoch in history]
        held_out = bool(history) and "valid_loss" in history[0]
        self.validation_scores_ = [epoch["valid_score"] for epoch in history] if held_out else None
        watched = self._watched(held_out)
        self.best_loss_ = min((epoch[watched] for epoch in history), default=np.nan)

    def _watched(self, held_out: bool) -> str:
        """Return which entry of the history decides which epoch is best."""
        if not held_out:
            return "train_loss"
        return "valid_criterion" if self.calibrate else "valid_loss"

    def _calibrate(self, scores: np.ndarray, target: np.ndarray, weight: np.ndarray | None) -> None:
        """Fit one calibration for each stage."""
        self._calibrations = []
        for stage in range(scores.shape[1]):
            calibration = Calibration(len(self.classes_))
            if self.calibrate:
                calibration.fit(scores[:, stage], target, weight)
            self._calibrations.append(calibration)

    def _fit_readout(self, data: TrainingData) -> None:
        """Fit what reads the class from the trained network, if that has anything to learn."""

    def _stage_scores(self, sequences: Ragged) -> np.ndarray:
        """Return the scores after each stage: (n, n_stages) or (n, n_stages, n_classes)."""
        return self._scores(sequences, self._score_stages)

    def _score_stages(self, sequences: Packed) -> Tensor:
        """Compute the scores of one batch."""
        return self.network_.scores(sequences)

    def _scores(self, sequences: Ragged, compute: Callable[[Packed], Tensor]) -> np.ndarray:
        """Return scores of sequences, with an error where they are not numbers."""
        scores = self._in_batches(sequences, compute)
        bad = np.isnan(scores[:, 0]).reshape(len(scores), -1).any(axis=1)
        if bad.any():
            raise ValueError(
                f"X[{int(bad.argmax())}] holds values too large to compute with; scale it down."
            )
        return scores

    def _in_batches(self, sequences: Ragged, compute: Callable[[Packed], Tensor]) -> np.ndarray:
        """Return what `compute` makes of each sequence."""
        dtype = str(next(self.network_.parameters()).dtype).removeprefix("torch.")
        values = sequences.values.astype(dtype, copy=False)
        dataset = make_dataset(Ragged(values, sequences.lengths), self.device_)
        copies = len(self.classes_) if len(self.classes_) > 2 else 1
        return in_batches(dataset, compute, copies)

    def _sk_visual_block_(self) -> Any:
        """Return the diagram for notebooks, with the layers of a fitted network."""
        return diagram(self, self._layer_boxes() if hasattr(self, "network_") else [])

    def _layer_boxes(self) -> list[LayerBox]:
        """Describe the layers of the network."""
        return recurrent_boxes(self.network_, self._built_with)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "network_")

    def __getstate__(self) -> dict[str, Any]:
        return to_any_machine(super().__getstate__())

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(to_this_machine(state))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags
