"""Save a few small models with this release, for all later ones to load.

    python tests/saved_models/make.py

writes `tests/saved_models/VERSION/`: a file for each model, and `expected.npz` with what they were
given and what they said. Files of a release are never written again.
"""

from pathlib import Path

import numpy as np
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import (
    BPTTRNNClassifier,
    FFRNNClassifier,
    SigmaLognormalNegativeSampler,
    VelocityTransformer,
    __version__,
    save,
)

TINY = {"hidden_layer_sizes": (4, 3), "max_iter": 3, "learning_rate_init": 0.02, "random_state": 0}


def make_classifiers(labels):
    """Yield names, unfitted classifiers and the labels to learn."""
    named = np.array(["bot", "human"])[labels % 2]
    yield "relu", FFRNNClassifier(**TINY), named
    yield "gru", FFRNNClassifier(cell="gru", threshold=(3.0, [1.0, 2.0]), **TINY), named
    yield "lstm", FFRNNClassifier(cell="lstm", bidirectional=True, threshold="auto", **TINY), named
    mean = {"goodness": "mean", "normalization": "layer_norm", "objective": "logistic"}
    yield (
        "layer_norm",
        FFRNNClassifier(threshold=[0.5, 0.7], dtype="float64", **mean, **TINY),
        named,
    )
    yield "sum", FFRNNClassifier(goodness="sum", normalization=None, **TINY), named
    yield "readout", FFRNNClassifier(readout="logistic", **TINY), named
    yield "three_classes", FFRNNClassifier(**TINY), labels
    yield "three_classes_readout", FFRNNClassifier(readout="logistic", **TINY), labels
    yield "bptt", BPTTRNNClassifier(**TINY), named
    yield "bptt_gru", BPTTRNNClassifier(cell="gru", pooling="mean", **TINY), labels
    yield "bptt_lstm", BPTTRNNClassifier(cell="lstm", pooling="last", **TINY), named


def main():
    """Fit, save and note the predictions."""
    folder = Path(__file__).parent / __version__
    folder.mkdir()
    rng = np.random.default_rng(0)
    labels = np.arange(24) % 3
    sequences = rng.normal(size=(24, 8, 2)) * (1 + labels)[:, None, None]
    sequences[::2, 5:] = np.nan
    walks = (rng.normal(size=(24, 12, 2)) * (1 + labels)[:, None, None]).cumsum(axis=1).round()
    clock = rng.integers(5, 15, size=(24, 12, 1)).cumsum(axis=1)
    movements = np.concatenate([walks, clock], axis=2)
    expected = {"sequences": sequences, "movements": movements}

    def keep(name, model, X):
        save(model, folder / f"{name}.safetensors")
        expected[name] = model.predict_proba(X)

    for name, classifier, y in make_classifiers(labels):
        keep(name, classifier.fit(sequences, y), sequences)
    stream = FFRNNClassifier(**TINY).partial_fit(sequences, labels)
    keep("stream", stream.partial_fit(sequences, labels), sequences)
    steps = [SigmaLognormalNegativeSampler(random_state=0, store_plans=True), VelocityTransformer()]
    humans = make_pipeline(*steps, FFRNNClassifier(**TINY)).fit(movements, np.ones(24, int))
    keep("pipeline", humans, movements)
    resample = VelocityTransformer(20.0, max_length="mean", scale="sequence")
    both = make_pipeline(resample, BPTTRNNClassifier(**TINY)).fit(movements, labels)
    keep("pipeline_bptt", both, movements)
    np.savez_compressed(folder / "expected.npz", **expected)


if __name__ == "__main__":
    main()
