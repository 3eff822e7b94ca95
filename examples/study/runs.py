"""One run: fit a model on one side of a split, judge it on the other."""

import hashlib
import json
from typing import NamedTuple

import numpy as np
from sklearn.metrics import roc_auc_score
from skorch.callbacks import Callback

from . import as_published
from .data import MovementSet
from .layer_accuracy import LayerAccuracy
from .models import Model, make_pipeline
from .splits import PROTOCOLS
from .start import StudyStart


class Run(NamedTuple):
    """Everything that the outcome of a run depends on, except the data; and where to compute."""

    data: str
    protocol: str
    run: int
    model: Model
    units: int
    epochs: int | None
    device: str = "auto"

    def pipeline(self):
        """Return the unfitted model; the number of the run is its seed."""
        return make_pipeline(
            self.model,
            self.data,
            units=self.units,
            epochs=self.epochs,
            random_state=self.run,
            device=self.device,
        )

    def key(self, fingerprint):
        """Return a name that depends on the data and on every setting, defaults included."""
        settings = {k: v for k, v in self.pipeline().get_params().items() if "__" in k}
        del settings["classifier__device"]
        text = json.dumps([fingerprint, *self[:3], str(self.model), settings], default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class Outcome(NamedTuple):
    """The figures of a run (a row of the CSV) and, for the study's FF, the data to draw."""

    figures: dict
    curves: dict[str, np.ndarray]


class ShowEpoch(Callback):
    """Show on a progress bar which epoch a fit has reached."""

    def __init__(self, bar, title):
        self.bar, self.title = bar, title

    def on_epoch_end(self, net, **_):
        epoch = f"epoch {len(net.history)} of at most {net.max_epochs}"
        self.bar.set_postfix_str(f"{self.title}: {epoch}, loss {net.history[-1, 'train_loss']:.3f}")


def do_run(run: Run, movements: MovementSet, bar) -> Outcome:
    """Fit and judge one model."""
    X, y, writer, _ = movements
    as_it_was = run.model.setting == "published"
    # The study split its samples once, with one seed for all runs (defect 5).
    one_split = as_it_was and run.protocol == "study"
    split = PROTOCOLS[run.protocol](y, writer, 0 if one_split else run.run)
    if as_it_was:
        bar.set_postfix_str(str(run.model))
        return Outcome(as_published.fit_and_judge(run, movements, split), {})
    watched = run.model.classifier == "FF" and run.model.setting == "study"
    callbacks = [ShowEpoch(bar, str(run.model))]
    if watched:
        callbacks += [StudyStart(run.run), LayerAccuracy()]
    pipeline = run.pipeline().set_params(classifier__callbacks=callbacks)
    pipeline.fit([X[i] for i in split.train], y[split.train], classifier__groups=split.groups)

    velocity, classifier = pipeline[0], pipeline[1]
    sequences, target = velocity.transform([X[i] for i in split.test]), y[split.test]
    decision = classifier.decision_function(sequences)
    figures = {
        "AUC": roc_auc_score(target, decision),
        "accuracy": np.mean((decision > 0) == target),
        "epochs": classifier.n_iter_,
        "seconds_per_epoch": np.median([epoch["dur"] for epoch in classifier.history_]),
    }
    if not watched:
        return Outcome(figures, {})
    goodness = classifier.layer_goodness(sequences)
    for i, of_layer in enumerate(goodness.T, start=1):
        figures[f"AUC_layer_{i}"] = roc_auc_score(target, of_layer)
    accuracy = np.array([epoch["layer_accuracy"] for epoch in classifier.history_])
    return Outcome(figures, {"accuracy": accuracy, "goodness": goodness, "target": target})
