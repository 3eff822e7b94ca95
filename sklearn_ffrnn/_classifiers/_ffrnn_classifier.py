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

    Each layer has its own loss. It raises its goodness, which is computed from the squared
    activations of its units, above a threshold for positive sequences and lowers it below the
    threshold for negative ones. No error is propagated from layer to layer. Between layers the
    activations are normalized. The goodness of all layers gives the class.

    With two classes the positives are the samples of ``classes_[1]``. With more, a label is added
    to the input as a one-hot code, and a sample is positive with its correct label. Training and
    prediction then read each sequence once for every class.

    Parameters
    ----------
    hidden_layer_sizes : int or array-like of int, default=(96, 96, 96)
        Units of each recurrent layer.
    n_differences : int, default=2
        Highest order of the differences between consecutive steps that are added to the input, each
        scaled to unit variance (but variances below 1e-5 are not scaled up): 1 adds x_t - x_(t-1),
        2 also the differences of these. For velocities they are accelerations and jerks.
    threshold : float, array-like of shape (n_layers,), tuple or "auto", default=2.0
        Goodness theta that separates positives from negatives: a number, or a list or array with a
        number for each layer. A tuple (theta_pos, theta_neg) of two of these has one for positives,
        which must exceed it, and one for negatives, which must stay below; the decision threshold
        is midway. "auto" is a running midpoint between the mean goodness of the two classes. A
        larger threshold requires stronger activity and changes what is learnt.
    normalization : {"standardize", "layer_norm"} or None, default="standardize"
        Normalization between layers. "standardize" subtracts the mean of each unit and divides by
        its standard deviation, with running statistics that are fixed at prediction. "layer_norm"
        divides each step by the root mean square of its units, which hides "mean" and "sum"
        goodness from the next layer.
    goodness : {"log_ratio", "mean", "sum"}, default="log_ratio"
        How goodness is computed from the squared activations of a layer. "mean" and "sum" are
        Hinton's (2022); thresholds for "sum" are larger by the number of units. "log_ratio" is ten
        times the logarithm of the ratio of the mean squared activations of two halves of the
        units: one half stands for the positive class, the other for the negative one, and only
        their ratio counts, not the level of activity. The loss then has a small penalty on
        activity, which the ratio does not limit.
    objective : {"symmetric", "logistic"}, default="symmetric"
        Loss of a layer. "logistic" compares the goodness of every step with the threshold.
        "symmetric" compares the goodness of whole sequences, in all pairs of a positive and a
        negative of the batch, and with the threshold.
    batch_size : int or "auto", default="auto"
        Number of sequences in a batch; "auto" is ``min(128, n_samples)``.
    learning_rate : {"one_cycle", "adaptive", "constant"}, default="one_cycle"
        Schedule of the learning rate. "one_cycle" raises it from ``learning_rate_init`` to ten
        times that in the first three tenths of ``max_iter`` epochs, then lowers it to a hundredth
        of ``learning_rate_init`` (Smith & Topin 2018); all epochs are run. "adaptive" halves it
        when the monitored loss has not improved for more than ``n_iter_no_change // 2`` epochs.
    learning_rate_init : float, default=0.001
        Initial learning rate of Adam.
    alpha : float, default=1e-3
        Strength of the L2 penalty on the weights (Adam's weight decay).
    max_grad_norm : float or None, default=1.0
        Largest norm of the gradient of a layer; a longer gradient is clipped. None clips nothing.
    average : bool, default=False
        Whether to validate and keep a running average of the weights over epochs, in which the last
        ones have the largest weight (Shamir & Zhang 2013), instead of the noisier weights of one
        epoch.
    max_iter : int or "auto", default="auto"
        Number of epochs with "one_cycle", largest number of epochs otherwise. "auto" is 200, but
        with "one_cycle" it is as few (10 to 200) as make 50 updates and learn from 1.2 million time
        steps.
    tol : float, default=1e-4
        Smallest decrease of the monitored loss that counts as an improvement.
    shuffle : bool, default=True
        Whether to shuffle the samples in every epoch.
    early_stopping : bool or "auto", default="auto"
        Whether to hold out a validation part of the training data, monitor the log loss of the
        calibrated probabilities on it (with ``calibrate=False`` the sum of the layer losses),
        restore the best epoch and calibrate on this part. "auto" does so from 200 samples on.
        Otherwise the training loss is monitored, and calibration uses the training data.
    validation_fraction : float, default=0.1
        Share of the training data to hold out.
    n_iter_no_change : int, default=10
        Number of epochs without improvement after which training stops. With "one_cycle" training
        does not stop early.
    calibrate : bool, default=True
        Whether to fit a slope and an intercept that turn goodness into probabilities. Without them
        the probability is sigma(mean over layers of (G - theta)).
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes. With two classes each class has half of the loss in any case;
        weights change the calibration, hence the decision.
    warm_start : bool, default=False
        Whether to continue from the last solution in a new call of fit.
    layer_parallel : bool, default=False
        Whether to train each layer in a process of its own, at the same time as the others: with
        the same result, in a time that does not grow with the number of layers if there are as many
        processors. The processes are started on the CPU for the fit; or they are those of
        ``torch.distributed``, one for each layer on one host or several, where the program has
        called its ``init_process_group``. In turn, with a warning, where processes may not be
        started, as in a worker of a Dask cluster. An epoch that Ctrl-C interrupts is lost.
    device : str or torch.device, default="auto"
        Device to compute on; "auto" is a GPU if there is one, otherwise the CPU.
    dtype : {"auto", "float32", "float64", "mixed_bfloat16"}, default="auto"
        Precision. "auto" is float32 for sequences, and that of the data for plain tables.
        "mixed_bfloat16" keeps weights, statistics and losses in float32 and computes activations
        in bfloat16, with half the memory traffic, for GPUs and processors that multiply it fast.
    callbacks : list of skorch callbacks, default=None
        Called during training, with the skorch net as argument.
    verbose : int, default=0
        With 1, a progress bar shows the epoch, the loss of each layer and the time left.
    random_state : int, RandomState instance or None, default=None
        Seed of the initial weights, the held-out part and the order of the samples.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    n_features_in_ : int
        Channels of the sequences.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if X was a plain table with names.
    n_negatives_ : int
        Number of negatives that a SequenceBatch carried into the last fit.
    n_iter_ : int
        Number of epochs trained.
    loss_curve_ : list of float
        Training loss of each epoch, summed over layers.
    validation_scores_ : list of float or None
        ROC AUC on the validation part after each epoch (accuracy with more than two classes); None
        without a validation part.
    best_loss_ : float
        Smallest monitored loss.
    history_ : list of dict
        All records of each epoch, the losses of single layers included.
    threshold_ : ndarray of shape (n_layers,) or (n_layers, 2)
        Threshold of each layer; with two thresholds, those for positives and for negatives.
    network_ : torch.nn.Module
        The trained network.
    device_ : torch.device
        Device of the network.

    See Also
    --------
    BPTTRNNClassifier : The same layers trained by backpropagation through time.
    VelocityTransformer : Turns trajectories into sequences of velocities.

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
            Mean goodness over the steps of each sequence. With more than two classes a last axis
            has an entry for each label.
        """
        sequences = self._check_prediction_data(X)
        scores = layer_scores(self.network_, sequences)
        theta = self.network_.thresholds.mean(dim=1).cpu().numpy()
        return scores + theta.reshape(1, -1, *[1] * (scores.ndim - 2))

    def predict_proba_over_time(self, X: Any) -> np.ndarray:
        """Return the probabilities after each step of a sequence.

        They are those of :meth:`predict_proba` for the sequence up to this step, with the
        calibration for whole sequences. All steps take one pass, since goodness is a mean over
        steps.

        Parameters
        ----------
        X : sequences, or array-like of shape (n_samples, n_features)
            As in :meth:`fit`.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_steps) or (n_samples, n_steps, n_classes)
            Probability of ``classes_[1]``, or of each class if there are more than two. NaN after
            the end of a sequence.
        """
        sequences = self._check_prediction_data(X)
        over_time = partial(scores_over_time, n_steps=int(sequences.lengths.max()))
        scores = score_in_batches(self.network_, sequences, over_time)
        decision = self._calibrations[-1].logits(scores.reshape(-1, *scores.shape[2:]))
        probabilities = to_probabilities(decision).reshape(*scores.shape[:2], -1)
        return probabilities[:, :, 1] if len(self.classes_) == 2 else probabilities

    def staged_predict_proba(self, X: Any) -> Iterator[np.ndarray]:
        """Yield the probabilities after each layer.

        Parameters
        ----------
        X : sequences, or array-like of shape (n_samples, n_features)
            As in :meth:`fit`.

        Yields
        ------
        probabilities : ndarray of shape (n_samples, n_classes)
            Probabilities from the layers so far, with a calibration for each number of layers. The
            last ones are those of :meth:`predict_proba`.
        """
        scores = self._scores(X)
        for stage, calibration in enumerate(self._calibrations):
            yield to_probabilities(calibration.logits(scores[:, stage]))

    def _layers_in_use(self, scores: np.ndarray, data: TrainingData) -> np.ndarray:
        sequences = data.sequences
        if not (np.ptp(sequences.values, axis=0).any() or np.ptp(sequences.lengths)):
            # All samples are equal, so equal scores are no fault.
            return super()._layers_in_use(scores, data)
        faults = layer_faults(scores, data.y)
        sound = ~np.isin(np.arange(scores.shape[1]), list(faults))
        for layer, fault in faults.items():
            meaning = {
                "dead": "its goodness is the same for all samples",
                "inverted": "its goodness is higher for negatives than for positives",
            }[fault]
            warnings.warn(
                f"Layer {layer} is {fault}: {meaning}. "
                + ("It is left out of predictions. " if sound.any() else "No layer is sound. ")
                + "Lower learning_rate_init, set max_grad_norm, or change threshold.",
                UserWarning,
                stacklevel=3,
            )
        return sound if sound.any() else ~sound

    def _trains_in_parallel(self, device: torch.device) -> bool:
        return self.layer_parallel and may_train_side_by_side(device)

    def _make_network_settings(self, sequences: Ragged, n_classes: int) -> dict[str, Any]:
        sizes = layer_sizes(self.hidden_layer_sizes)
        if self.goodness == "log_ratio" and min(sizes) < 2:
            raise ValueError(
                f"hidden_layer_sizes={self.hidden_layer_sizes!r} has a layer of one unit, but "
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
