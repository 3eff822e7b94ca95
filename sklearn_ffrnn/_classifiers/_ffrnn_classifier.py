"""The classifier trained by the Forward-Forward algorithm."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import partial
from numbers import Real
from typing import Any

import numpy as np
import torch
from sklearn.utils._param_validation import StrOptions

from .._input import Ragged
from .._scoring import (
    layer_faults,
    layer_scores,
    score_in_batches,
    scores_over_time,
    to_probabilities,
)
from .._training import TrainingData, may_train_side_by_side
from ..nn import ForwardForwardRNN
from ..nn._goodness import GOODNESS
from ..nn._losses import OBJECTIVES
from ._base import BaseRNNClassifier
from ._layer_sizes import layer_sizes
from ._precision import network_dtypes
from ._thresholds import layer_thresholds


class FFRNNClassifier(BaseRNNClassifier):
    """Recurrent network classifier trained by the Forward-Forward algorithm.

    Each layer learns alone: it raises its goodness, computed from the squared activities of its
    units, above a threshold for positive sequences and pushes it below for negative ones. No error
    travels back from layer to layer. Between layers the activations are normalized. The class is
    read from the goodness of all layers.

    With two classes the positives are the samples of ``classes_[1]``. With more, the label rides
    along the input as a one-hot code and a sample is positive with its right label; training and
    prediction then cost as many passes as there are classes.

    Parameters
    ----------
    hidden_layer_sizes : int or array-like of int, default=(96, 96, 96)
        Units of each recurrent layer.
    n_differences : int, default=2
        Highest order of the differences from step to step that the first layer reads beside the
        input, each brought to unit variance: 1 adds x_t - x_(t-1), 2 also the change of that. Of
        velocities they are accelerations and jerks. Variances below 1e-5 are not brought up.
    threshold : float, array-like of shape (n_layers,), tuple or "auto", default=2.0
        Goodness theta that separates positives from negatives: one number; a list or array of one
        per layer; a tuple (theta_pos, theta_neg) of one for positives, which must exceed it, and
        one for negatives, which must stay below, each a number or one per layer, with the decision
        midway between them; or "auto", a running midpoint between the mean goodness of the two
        classes. Larger thresholds ask for stronger activity and change what is learnt.
    normalization : {"standardize", "layer_norm"} or None, default="standardize"
        What stands between layers: "standardize" takes off the mean and divides by the deviation
        of each unit, with statistics that follow training and are fixed at prediction;
        "layer_norm" divides each step by the root mean square of its units, which hides "mean" and
        "sum" goodness from the next layer.
    goodness : {"log_ratio", "mean", "sum"}, default="log_ratio"
        How squared activities are pooled over the units of a layer. "mean" and "sum" are Hinton's
        (2022); thresholds for "sum" are larger by the number of units. With "log_ratio" one half
        of the units speaks for the positive class, the other half against it, and goodness is ten
        times the logarithm of the ratio of their mean squared activities: what counts is which
        half is the more active, not how active they are. The loss then puts a small penalty on
        activity, which a ratio does not hold back.
    objective : {"symmetric", "logistic"}, default="symmetric"
        Loss of a layer. "logistic" compares the goodness of every step with the threshold.
        "symmetric" takes whole sequences, compares all pairs of a positive and a negative of the
        batch, and anchors the comparison at the threshold.
    batch_size : int or "auto", default="auto"
        Sequences in a batch; "auto" is ``min(128, n_samples)``.
    learning_rate : {"one_cycle", "adaptive", "constant"}, default="one_cycle"
        "one_cycle" raises the rate from ``learning_rate_init`` to ten times that in the first three
        tenths of ``max_iter`` epochs and lets it fall to a hundredth by the last (Smith & Topin
        2018): no epoch is left out, and the best is restored. "adaptive" halves the rate when the
        loss that is watched has not improved for more than ``n_iter_no_change // 2`` epochs.
    learning_rate_init : float, default=0.001
        Learning rate of Adam at the start.
    alpha : float, default=1e-3
        Strength of the L2 penalty on the weights (Adam's weight decay).
    max_grad_norm : float or None, default=1.0
        Longest gradient of one layer; longer ones are cut to it. None cuts nothing.
    average : bool, default=False
        Whether to judge and keep a running average of the weights over epochs, in which the last
        ones count most (Shamir & Zhang 2013), and not the noisier weights of one epoch.
    max_iter : int or "auto", default="auto"
        Epochs; most epochs if the rate is not "one_cycle". "auto" takes as many as make 50 updates
        of the weights and learn from 1.2 million time steps, but 10 to 200; it is 200 for the other
        rates.
    tol : float, default=1e-4
        Least improvement of the loss that counts as one.
    shuffle : bool, default=True
        Whether to shuffle the samples in every epoch.
    early_stopping : bool or "auto", default="auto"
        Whether to hold out a part of the training data, watch the log loss of the calibrated
        probabilities on it (with ``calibrate=False`` the sum of the layers' losses), restore the
        best epoch and calibrate on it. "auto" does so from 200 samples on. Otherwise training
        stops when the training loss no longer improves, and calibration uses the training data.
    validation_fraction : float, default=0.1
        Share of the training data to hold out.
    n_iter_no_change : int, default=10
        Epochs without improvement after which training stops, if the rate is not "one_cycle".
    calibrate : bool, default=True
        Whether to fit a slope and an intercept that turn goodness into probabilities. Without it
        the probability is sigma(mean over layers of (G - theta)).
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes. With two classes each has half of the loss in any case, and the
        weights move the calibration, hence the decision.
    warm_start : bool, default=False
        Whether fit goes on from the last solution.
    layer_parallel : bool, default=False
        Whether to train each layer in a process of its own, at the same time as the others: with
        the same result, in a time that does not grow with the number of layers if there are as many
        processors. The processes are started on the CPU for the fit; or they are those of
        ``torch.distributed``, one for each layer on one host or several, where the program has
        called its ``init_process_group``. In turn, with a warning, where processes may not be
        started, as in a worker of a Dask cluster. An epoch that Ctrl-C interrupts is lost.
    device : str or torch.device, default="auto"
        Where to compute; "auto" takes a GPU where there is one.
    dtype : {"auto", "float32", "float64", "mixed_bfloat16"}, default="auto"
        Precision. "auto" is float32 for sequences, and that of the data for plain tables.
        "mixed_bfloat16" keeps weights, statistics and losses in float32 and computes activities
        in bfloat16: half the memory traffic, for GPUs and processors that multiply it fast.
    callbacks : list of skorch callbacks, default=None
        Called during training, with the skorch net as argument.
    verbose : int, default=0
        With 1, a bar shows the epoch, the loss of each layer and the time left.
    random_state : int, RandomState instance or None, default=None
        Seed of the initial weights, the held-out part and the order of the samples.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    n_features_in_ : int
        Channels of the sequences.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, where a plain table with names was given.
    n_negatives_ : int
        Negatives that a SequenceBatch carried into the last fit.
    n_iter_ : int
        Epochs trained.
    loss_curve_ : list of float
        Training loss of each epoch, summed over layers.
    validation_scores_ : list of float or None
        ROC AUC on the held-out part after each epoch (accuracy with more than two classes).
    best_loss_ : float
        Least loss of those that were watched: on the held-out part if there is one.
    history_ : list of dict
        All that was recorded in each epoch, with the losses layer by layer.
    threshold_ : ndarray of shape (n_layers,) or (n_layers, 2)
        Threshold of each layer; two columns if positives and negatives have their own.
    network_ : torch.nn.Module
        The trained network.
    device_ : torch.device
        Where it computes.

    See Also
    --------
    BPTTRNNClassifier : The same layers trained by backpropagation through time.
    VelocityTransformer : Turns trajectories into the sequences learnt from.

    References
    ----------
    G. Hinton, "The Forward-Forward Algorithm: Some Preliminary Investigations",
    arXiv:2212.13345, 2022.

    O. Shamir and T. Zhang, "Stochastic Gradient Descent for Non-smooth Optimization: Convergence
    Results and Optimal Averaging Schemes", ICML 2013, section 4.

    L. N. Smith and N. Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large
    Learning Rates", arXiv:1708.07120, 2018.

    H.-C. Lee and J. Song, "SymBa: Symmetric Backpropagation-Free Contrastive Learning with
    Forward-Forward Algorithm for Optimizing Convergence", arXiv:2303.08418, 2023.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn import FFRNNClassifier
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(60) % 2
    >>> X = [rng.normal(size=(rng.integers(5, 15), 2)) * (1 + 2 * label) for label in y]
    >>> clf = FFRNNClassifier(hidden_layer_sizes=(16, 16), max_iter=30, random_state=0)
    >>> clf.fit(X, y).score(X, y) > 0.9
    True
    >>> clf.layer_goodness(X).shape
    (60, 2)
    """

    _parameter_constraints: dict[str, list[Any]] = {
        **BaseRNNClassifier._parameter_constraints,
        "threshold": [Real, "array-like", tuple, StrOptions({"auto"})],
        "normalization": [StrOptions({"standardize", "layer_norm"}), None],
        "goodness": [StrOptions(set(GOODNESS))],
        "objective": [StrOptions(set(OBJECTIVES))],
        "layer_parallel": ["boolean"],
    }

    _network_class = ForwardForwardRNN
    _auto_batch_size = 128

    network_: ForwardForwardRNN

    def __init__(
        self,
        hidden_layer_sizes: Any = (96, 96, 96),
        *,
        n_differences: int = 2,
        threshold: Any = 2.0,
        normalization: str | None = "standardize",
        goodness: str = "log_ratio",
        objective: str = "symmetric",
        batch_size: int | str = "auto",
        learning_rate: str = "one_cycle",
        learning_rate_init: float = 0.001,
        alpha: float = 1e-3,
        max_grad_norm: float | None = 1.0,
        average: bool = False,
        max_iter: int | str = "auto",
        tol: float = 1e-4,
        shuffle: bool = True,
        early_stopping: bool | str = "auto",
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        calibrate: bool = True,
        class_weight: Any = None,
        warm_start: bool = False,
        layer_parallel: bool = False,
        device: Any = "auto",
        dtype: str = "auto",
        callbacks: Any = None,
        verbose: int = 0,
        random_state: Any = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.n_differences = n_differences
        self.threshold = threshold
        self.normalization = normalization
        self.goodness = goodness
        self.objective = objective
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.alpha = alpha
        self.max_grad_norm = max_grad_norm
        self.average = average
        self.max_iter = max_iter
        self.tol = tol
        self.shuffle = shuffle
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.calibrate = calibrate
        self.class_weight = class_weight
        self.warm_start = warm_start
        self.layer_parallel = layer_parallel
        self.device = device
        self.dtype = dtype
        self.callbacks = callbacks
        self.verbose = verbose
        self.random_state = random_state

    @property
    def threshold_(self) -> np.ndarray:
        """Threshold of each layer."""
        thresholds = self.network_.thresholds.cpu().numpy()
        return thresholds if isinstance(self.threshold, tuple) else thresholds[:, 0]

    def layer_goodness(self, X: Any) -> np.ndarray:
        """Return the goodness of each layer.

        Parameters
        ----------
        X : sequences, or array-like of shape (n_samples, n_features)
            As in :meth:`fit`.

        Returns
        -------
        goodness : ndarray of shape (n_samples, n_layers)
            Mean over the steps of a sequence. With more than two classes it has a last axis, one
            entry for each label that the sample may carry.
        """
        sequences = self._check_prediction_data(X)
        scores = layer_scores(self.network_, sequences)
        theta = self.network_.thresholds.mean(dim=1).cpu().numpy()
        return scores + theta.reshape(1, -1, *[1] * (scores.ndim - 2))

    def predict_proba_over_time(self, X: Any) -> np.ndarray:
        """Return the verdict after each step.

        It is that of :meth:`predict_proba` for the sequence up to there, with the calibration of
        whole sequences, and costs no more: goodness is a mean over steps.

        Parameters
        ----------
        X : sequences, or array-like of shape (n_samples, n_features)
            As in :meth:`fit`.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_steps) or (n_samples, n_steps, n_classes)
            Of ``classes_[1]``; of each class if there are more than two. NaN after the end of a
            sequence.
        """
        sequences = self._check_prediction_data(X)
        over_time = partial(scores_over_time, n_steps=int(sequences.lengths.max()))
        scores = score_in_batches(self.network_, sequences, over_time)
        decision = self._calibrations[-1].logits(scores.reshape(-1, *scores.shape[2:]))
        probabilities = to_probabilities(decision).reshape(*scores.shape[:2], -1)
        return probabilities[:, :, 1] if len(self.classes_) == 2 else probabilities

    def staged_predict_proba(self, X: Any) -> Iterator[np.ndarray]:
        """Yield the probabilities known after each layer.

        Parameters
        ----------
        X : sequences, or array-like of shape (n_samples, n_features)
            As in :meth:`fit`.

        Yields
        ------
        probabilities : ndarray of shape (n_samples, n_classes)
            From the layers so far, each stage with a calibration of its own; the last are those of
            :meth:`predict_proba`.
        """
        scores = self._scores(X)
        for stage, calibration in enumerate(self._calibrations):
            yield to_probabilities(calibration.logits(scores[:, stage]))

    def _heard_layers(self, scores: np.ndarray, judged: TrainingData) -> np.ndarray:
        sequences = judged.sequences
        if not (np.ptp(sequences.values, axis=0).any() or np.ptp(sequences.lengths)):
            # All samples are alike, so that a sound layer scores them alike.
            return super()._heard_layers(scores, judged)
        faults = layer_faults(scores, judged.y)
        heard = ~np.isin(np.arange(scores.shape[1]), list(faults))
        for layer, fault in faults.items():
            meaning = {
                "dead": "its goodness is the same for all samples",
                "inverted": "its goodness is higher for negatives than for positives",
            }[fault]
            warnings.warn(
                f"Layer {layer} is {fault}: {meaning}. "
                + ("It is left out of the verdict. " if heard.any() else "No layer is sound. ")
                + "Lower learning_rate_init, set max_grad_norm, or change threshold.",
                UserWarning,
                stacklevel=3,
            )
        return heard if heard.any() else ~heard

    def _trains_in_parallel(self, device: torch.device) -> bool:
        return self.layer_parallel and may_train_side_by_side(device)

    def _make_network_settings(self, sequences: Ragged, n_classes: int) -> dict[str, Any]:
        sizes = layer_sizes(self.hidden_layer_sizes)
        if self.goodness == "log_ratio" and min(sizes) < 2:
            raise ValueError(
                f"hidden_layer_sizes={self.hidden_layer_sizes!r} leaves a layer with one unit, but "
                "goodness='log_ratio' compares two halves; give every layer two units or more."
            )
        return {
            "n_channels": sequences.values.shape[1],
            "n_classes": n_classes,
            "hidden_layer_sizes": sizes,
            "threshold": layer_thresholds(self.threshold, len(sizes)),
            "n_differences": self.n_differences,
            "normalization": self.normalization,
            "goodness": self.goodness,
            "objective": self.objective,
            **network_dtypes(self.dtype, sequences.values.dtype),
        }
