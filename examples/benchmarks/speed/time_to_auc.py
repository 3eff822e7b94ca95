"""How long does Forward-Forward take to the AUC at which backpropagation stops?"""

import warnings

import numpy as np
from sklearn.pipeline import make_pipeline
from skorch.callbacks import Callback

from examples.benchmarks.bench_study_data import load
from sklearn_ffrnn import BPTTRNNClassifier, FFRNNClassifier, VelocityTransformer

from .timing import Row, clock


class Stopwatch(Callback):
    """Record when each epoch ends; stop at a validation AUC."""

    def __init__(self, target=np.inf):
        self.target = target

    def on_train_begin(self, net, **_):
        """Start."""
        self.start_ = clock()

    def on_epoch_end(self, net, **_):
        """Record; stop if the AUC is reached."""
        self._record(net)
        if net.history[-1, "valid_score"] >= self.target:
            raise KeyboardInterrupt  # skorch's own way to end training from a callback

    def on_train_end(self, net, **_):
        """Record the last epoch: early stopping ends it before other callbacks are asked."""
        self._record(net)

    def _record(self, net):
        net.history.record("elapsed", clock() - self.start_)


def train(classifier, X, y, writer, target=np.inf, **settings):
    """Return the history of a fit whose held-out part shares no writer with the rest."""
    model = make_pipeline(
        VelocityTransformer(),
        classifier(callbacks=[Stopwatch(target)], early_stopping=True, random_state=0, **settings),
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Training was interrupted")
        last = type(model[-1]).__name__.lower()
        model.fit(X, y, **{f"{last}__groups": writer})
    return model[-1].history_


def time_to_auc(folder, n_samples):
    """Return the rows about the way to the AUC of BPTT's best epoch, on $1 split by writer."""
    X, y, writer = load(folder / "dollar-one.npz", n_samples, 0)
    baseline = train(BPTTRNNClassifier, X, y, writer)
    best = min(range(len(baseline)), key=lambda i: baseline[i]["valid_loss"])
    target = baseline[best]["valid_score"]
    first = next(epoch for epoch in baseline if epoch["valid_score"] >= target)
    ours = train(FFRNNClassifier, X, y, writer, target)
    reached = ours[-1]["valid_score"] >= target
    time = ours[-1]["elapsed"] if reached else np.inf
    what = f"FF: time to validation AUC {target:.4f} on {len(y):,} of $1, {len(ours)} epochs"
    return [
        Row(
            f"{what}, over BPTT until its early stopping ({len(baseline)} epochs)",
            time / baseline[-1]["elapsed"],
            1.00,
        ),
        Row(f"{what}, over BPTT until it first reached that AUC", time / first["elapsed"]),
    ]
