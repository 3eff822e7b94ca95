"""How long does prediction take, of many sequences and of one trajectory?"""

from dataclasses import replace
from statistics import median

import numpy as np
import torch
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer

from .references import TorchBackprop
from .timing import Row, alternate, seconds

TRAINED_ON = 100
SINGLE_CALLS = 200


def prediction(setting, repeats, n_sequences=10_000):
    """Return the row about many sequences: the whole `predict_proba`, from numpy to numpy."""
    X, y = replace(setting, sequences=n_sequences).arrays()
    classifier = FFRNNClassifier(setting.sizes, max_iter=1, random_state=0)
    classifier.fit(X[:TRAINED_ON], y[:TRAINED_ON])
    reference = TorchBackprop(setting).eval()
    steps = torch.from_numpy(X)

    def predict():
        with torch.inference_mode():
            for part in steps.split(setting.batch):
                reference(part)

    time = alternate({"FF": lambda: classifier.predict_proba(X), "nn.RNN": predict}, repeats)
    what = f"predict_proba of {n_sequences:,} sequences; nn.RNN in eval, batches of {setting.batch}"
    return [Row(what, time["FF"] / time["nn.RNN"], 0.80)]


def single_trajectory(setting):
    """Return the row about one trajectory through a fitted pipeline."""
    rng = np.random.default_rng(0)
    trajectories = []
    for i in range(TRAINED_ON):
        positions = np.cumsum(rng.normal(size=(setting.length + 1, 2)) * (1 + i % 2), axis=0)
        trajectories.append(np.column_stack([positions, 10.0 * np.arange(setting.length + 1)]))
    model = make_pipeline(
        VelocityTransformer(), FFRNNClassifier(setting.sizes, max_iter=1, random_state=0)
    )
    model.fit(trajectories, np.arange(TRAINED_ON) % 2)
    calls = [seconds(lambda: model.predict_proba(trajectories[:1])) for _ in range(SINGLE_CALLS)]
    what = f"one trajectory of {setting.length} steps, predict_proba on a fitted pipeline"
    return [Row(what, 1000 * median(calls), 5.0, "ms")]
