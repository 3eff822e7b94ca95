"""The models that are compared: both classifiers in three settings.

"published" is the study's code with its defects (`as_published.py`), "study" its setting without
them, "ours" our defaults.
"""

from typing import NamedTuple

from sklearn.pipeline import Pipeline

from sklearn_ffrnn import BPTTRNNClassifier, FFRNNClassifier, VelocityTransformer

CLASSIFIERS = {"FF": FFRNNClassifier, "BPTT": BPTTRNNClassifier}
SETTINGS = ("published", "study", "ours")
NORMALIZATIONS = ("standardize", "layer_norm")
# The study's theta; its figures show 2 beside it.
STUDY_THRESHOLD = 7.0

# The study's, for both classifiers alike: 70/10/20 (an eighth of what the test part leaves), and
# the verdict at G > theta or logit > 0 with nothing fitted on top.
STUDY_EPOCHS = 200
STUDY_TRAINING = {
    "batch_size": 600,
    "learning_rate": "adaptive",
    "learning_rate_init": 1e-3,
    "alpha": 1e-5,
    "max_grad_norm": 1.0,  # the study cuts those of BPTT alone
    "n_iter_no_change": 10,
    "early_stopping": True,
    "validation_fraction": 1 / 8,
    "calibrate": False,
    "n_differences": 0,
    "average": False,
}
# The mean length of the data set, but at most 100.
STUDY_LENGTHS = {"dollar-one": 70, "mobiletouchdb": 40, "mcyt": 100, "mouse-operation": 100}

TITLES = {"published": "as published", "study": "the study's setting", "ours": "our defaults"}


class Model(NamedTuple):
    """A classifier in a setting; `normalization` and `threshold` are those of the study's FF."""

    classifier: str
    setting: str
    normalization: str = ""
    threshold: float | None = None

    def __str__(self):
        if self.setting == "ours":
            return f"{self.classifier}, our defaults"
        parts = [self.classifier, TITLES[self.setting]]
        if self.normalization:
            parts += [self.normalization, f"θ = {self.threshold:g}"]
        return ", ".join(parts)


def all_models(thresholds, classifiers=tuple(CLASSIFIERS), settings=SETTINGS):
    """Return every model asked for; models that are timed against each other stand together."""
    every = []
    for setting in ("published", "study"):
        every += [Model("FF", setting, n, t) for t in thresholds for n in NORMALIZATIONS]
        every.append(Model("BPTT", setting))
    every += [Model("FF", "ours"), Model("BPTT", "ours")]
    return [m for m in every if m.classifier in classifiers and m.setting in settings]


def make_pipeline(model, data, *, units, epochs, random_state, device="auto"):
    """Return the unfitted pipeline from trajectories of `data` to a verdict.

    `epochs` is the most, where that is to be other than the setting's.
    """
    settings = {
        "hidden_layer_sizes": (units,) * 3,
        "random_state": random_state,
        "device": device,
    }
    if model.setting != "ours" or epochs is not None:
        settings["max_iter"] = epochs or STUDY_EPOCHS
    velocities = {}
    if model.setting == "study":
        velocities = {"max_length": STUDY_LENGTHS[data], "scale": "sequence"}
        settings |= STUDY_TRAINING
        if model.classifier == "BPTT":
            settings["dropout"] = 0.0  # the study's text says 0.5, its programs 0
        else:
            settings |= {
                "goodness": "mean",
                "objective": "logistic",
                "normalization": model.normalization,
                "threshold": model.threshold,
            }
    return Pipeline(
        [
            ("velocity", VelocityTransformer(**velocities)),
            ("classifier", CLASSIFIERS[model.classifier](**settings)),
        ]
    )
