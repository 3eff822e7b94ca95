"""The baseline classifier, trained by backpropagation through time."""

from __future__ import annotations

from numbers import Real
from typing import Any

from sklearn.utils._param_validation import Interval, StrOptions

from .._input import Ragged
from ..nn import BackpropRNN
from ._base import BaseRNNClassifier
from ._layer_sizes import layer_sizes
from ._precision import network_dtypes


class BPTTRNNClassifier(BaseRNNClassifier):
    """Recurrent network classifier trained by backpropagation through time.

    The baseline of :class:`FFRNNClassifier`: the same recurrent layers, training loop and input,
    but one linear output on the last layer and a cross-entropy whose gradient is propagated back
    through all layers.

    Parameters
    ----------
    hidden_layer_sizes : int or array-like of int, default=(96, 96, 96)
        Units of each recurrent layer.
    n_differences : int, default=2
        Highest order of the differences between consecutive steps that are added to the input, each
        scaled to unit variance (but variances below 1e-5 are not scaled up): 1 adds x_t - x_(t-1),
        2 also the differences of these. For velocities they are accelerations and jerks.
    pooling : {"flatten", "mean", "last"}, default="flatten"
        Input of the output layer: all steps of the last layer, each with its own weights (as in the
        study; steps beyond the longest training sequence are ignored), their mean, or the last
        step.
    dropout : float, default=0.5
        Share of activations dropped between layers in training: at each time step the same units
        for all sequences of a batch, so that a sample of weight two has the same effect as two
        copies of it.
    batch_size : int or "auto", default="auto"
        Number of sequences in a batch; "auto" is ``min(64, n_samples)``.
    learning_rate : {"one_cycle", "adaptive", "constant"}, default="adaptive"
        Schedule of the learning rate. "adaptive" halves it when the monitored loss has not improved
        for more than ``n_iter_no_change // 2`` epochs. :class:`FFRNNClassifier` describes
        "one_cycle".
    learning_rate_init : float, default=0.001
        Initial learning rate of Adam.
    alpha : float, default=1e-5
        Strength of the L2 penalty on the weights (Adam's weight decay).
    max_grad_norm : float or None, default=1.0
        Largest norm of the gradient; a longer gradient is clipped. None clips nothing.
    average : bool, default=True
        Whether to validate and keep a running average of the weights over epochs, in which the last
        ones have the largest weight (Shamir & Zhang 2013), instead of the noisier weights of one
        epoch.
    max_iter : int or "auto", default=200
        Largest number of epochs; with "one_cycle" the number of epochs. :class:`FFRNNClassifier`
        describes "auto".
    tol : float, default=1e-4
        Smallest decrease of the monitored loss that counts as an improvement.
    shuffle : bool, default=True
        Whether to shuffle the samples in every epoch.
    early_stopping : bool or "auto", default="auto"
        Whether to hold out a validation part of the training data, monitor the log loss of the
        calibrated probabilities on it (with ``calibrate=False`` the cross-entropy), restore the
        best epoch and calibrate on this part. "auto" does so from 200 samples on. Otherwise the
        training loss is monitored, and calibration uses the training data.
    validation_fraction : float, default=0.1
        Share of the training data to hold out.
    n_iter_no_change : int, default=10
        Number of epochs without improvement after which training stops. With "one_cycle" training
        does not stop early.
    calibrate : bool, default=True
        Whether to fit a slope and an intercept that turn logits into probabilities.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes.
    warm_start : bool, default=False
        Whether to continue from the last solution in a new call of fit.
    device : str or torch.device, default="auto"
        Device to compute on; "auto" is a GPU if there is one, otherwise the CPU.
    dtype : {"auto", "float32", "float64", "mixed_bfloat16"}, default="auto"
        Precision. "auto" is float32 for sequences, and that of the data for plain tables.
        "mixed_bfloat16" keeps weights, statistics and losses in float32 and computes activations
        in bfloat16, with half the memory traffic, for GPUs and processors that multiply it fast.
    callbacks : list of skorch callbacks, default=None
        Called during training, with the skorch net as argument.
    verbose : int, default=0
        With 1, a progress bar shows the epoch, the loss and the time left.
    random_state : int, RandomState instance or None, default=None
        Seed of the initial weights, the held-out part, the order of the samples and dropout.

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
        Training loss of each epoch.
    validation_scores_ : list of float or None
        ROC AUC on the validation part after each epoch (accuracy with more than two classes); None
        without a validation part.
    best_loss_ : float
        Smallest monitored loss.
    history_ : list of dict
        All records of each epoch.
    network_ : torch.nn.Module
        The trained network.
    device_ : torch.device
        Device of the network.

    See Also
    --------
    FFRNNClassifier : The same layers trained by the Forward-Forward algorithm.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn import BPTTRNNClassifier
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(60) % 2
    >>> X = [rng.normal(size=(rng.integers(5, 15), 2)) * (1 + 2 * label) for label in y]
    >>> clf = BPTTRNNClassifier(hidden_layer_sizes=(16, 16), max_iter=50, random_state=0)
    >>> clf.fit(X, y).score(X, y) > 0.8
    True
    """

    _parameter_constraints: dict[str, list[Any]] = {
        **BaseRNNClassifier._parameter_constraints,
        "pooling": [StrOptions({"flatten", "mean", "last"})],
        "dropout": [Interval(Real, 0, 1, closed="left")],
    }

    _network_class = BackpropRNN
    _auto_batch_size = 64

    network_: BackpropRNN

    def __init__(
        self,
        hidden_layer_sizes: Any = (96, 96, 96),
        *,
        n_differences: int = 2,
        pooling: str = "flatten",
        dropout: float = 0.5,
        batch_size: int | str = "auto",
        learning_rate: str = "adaptive",
        learning_rate_init: float = 0.001,
        alpha: float = 1e-5,
        max_grad_norm: float | None = 1.0,
        average: bool = True,
        max_iter: int | str = 200,
        tol: float = 1e-4,
        shuffle: bool = True,
        early_stopping: bool | str = "auto",
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        calibrate: bool = True,
        class_weight: Any = None,
        warm_start: bool = False,
        device: Any = "auto",
        dtype: str = "auto",
        callbacks: Any = None,
        verbose: int = 0,
        random_state: Any = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.n_differences = n_differences
        self.pooling = pooling
        self.dropout = dropout
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
        self.device = device
        self.dtype = dtype
        self.callbacks = callbacks
        self.verbose = verbose
        self.random_state = random_state

    def _make_network_settings(self, sequences: Ragged, n_classes: int) -> dict[str, Any]:
        return {
            "n_channels": sequences.values.shape[1],
            "n_classes": n_classes,
            "hidden_layer_sizes": layer_sizes(self.hidden_layer_sizes),
            "n_steps": int(sequences.lengths.max()),
            "pooling": self.pooling,
            "dropout": self.dropout,
            "n_differences": self.n_differences,
            **network_dtypes(self.dtype, sequences.values.dtype),
        }
