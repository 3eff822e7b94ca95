"""The effect of each defect of the study's code, put back alone.

    python -m examples.benchmarks.bench_defects --data DIR [--sets dollar-one mobiletouchdb]

The study's network and loss (goodness "mean", objective "logistic", theta 2, "standardize", cut to
the mean length), in batches of 64 so that it learns in few epochs, by writer, and then

- defect 1: standardization with the statistics of the test batch, 150 movements of one class;
  "labels flipped" is the share of verdicts that differ from those with fixed statistics;
- defect 3: velocities divided by their root mean square over the two channels;
- defect 7: the AUC of the length alone, and the baseline with padded steps counted as steps;
- defect 8: log(sigmoid(x) + 1e-10) in the place of softplus;
- defect 9: the AUC of the same verdicts on float32 probabilities, and as a mean over batches of
  150 and what is left;
- defect 10: padded steps that count in the goodness.

Defect 6, a term without a gradient that the watched loss leaves out, changes neither training nor
selection. Defects 2, 4 and 5 are errors of reading and splitting, not of the network.
"""

import copy

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from examples.benchmarks.bench_study_data import load_folds, parse_options
from sklearn_ffrnn import BPTTRNNClassifier, FFRNNClassifier, VelocityTransformer
from sklearn_ffrnn.nn._losses import OBJECTIVES, signed_margin, sum_of_class_means

SHARED = {"n_differences": 0, "average": False, "calibrate": False, "alpha": 1e-5}
FF = {**SHARED, "goodness": "mean", "objective": "logistic", "threshold": 2.0}
TEST_BATCH = 150


def vanishing_objective(goodness, positive, weight, theta_pos, theta_neg):
    """Return the study's loss as its code has it."""
    layout = goodness.layout
    positive_step = positive[layout.sample]
    right = torch.sigmoid(signed_margin(goodness.per_step, positive_step, theta_pos, theta_neg))
    per_step = -torch.log(right + 1e-10)
    return sum_of_class_means(layout.mean_over_steps(per_step), positive, weight)


def direction_only(velocities):
    """Divide each step by its root mean square."""
    size = np.sqrt(np.mean(velocities**2, axis=2, keepdims=True))
    return velocities / np.maximum(size, 1e-6)


def padded_to(n_steps):
    """Return a pipeline step that turns padding into real steps of zeros, up to `n_steps`."""

    def pad(velocities):
        missing = n_steps - velocities.shape[1]
        return np.pad(np.nan_to_num(velocities), [(0, 0), (0, missing), (0, 0)])

    return FunctionTransformer(pad)


class BatchStatistics(torch.nn.Module):
    """The study's standardization, by the statistics of the current batch."""

    def forward(self, hidden, weight=None):
        """Normalize `hidden` by its own mean and deviation."""
        steps = torch.nn.functional.batch_norm(hidden.steps, None, None, training=True)
        return hidden.with_steps(steps)


def scores_by_batch(classifier, velocities, y):
    """Return scores with the statistics of test batches of one class each."""
    classifier = copy.deepcopy(classifier)
    network = classifier.network_
    for layer in network.layers[:-1]:
        layer.normalize = BatchStatistics()
    decision = np.empty(len(y))
    for label in (0, 1):
        rows = np.flatnonzero(y == label)
        for start in range(0, len(rows), TEST_BATCH):
            part = rows[start : start + TEST_BATCH]
            decision[part] = classifier.decision_function(velocities[part])
    return decision


def figures(y, decision):
    """Return AUC and accuracy of a verdict."""
    return {"AUC": roc_auc_score(y, decision), "accuracy": np.mean((decision > 0) == y)}


def fit(classifier, steps, X, y, writer, train, test):
    """Fit on one fold; return the pipeline and its figures."""
    model = make_pipeline(VelocityTransformer(max_length="mean"), *steps, classifier)
    # Whole writers are held out: padding makes all lengths equal, which must not change the split.
    groups = {f"{model.steps[-1][0]}__groups": writer[train]}
    model.fit([X[i] for i in train], y[train], **groups)
    return model, figures(y[test], model.decision_function([X[i] for i in test]))


def measure_fold(X, y, writer, train, test, epochs, seed):
    """Yield the name of each variant and its figures on one fold."""
    common = {"max_iter": epochs, "random_state": seed}
    n_steps = VelocityTransformer(max_length="mean").fit([X[i] for i in train]).max_length_
    as_steps = padded_to(n_steps)

    model, plain = fit(FFRNNClassifier(**FF, **common), [], X, y, writer, train, test)
    yield "FF, no defect", plain
    velocities = model[:-1].transform([X[i] for i in test])
    decision = model[-1].decision_function(velocities)
    by_batch = scores_by_batch(model[-1], velocities, y[test])
    flipped = np.mean((by_batch > 0) != (decision > 0))
    yield "1: statistics of the batch", {**figures(y[test], by_batch), "labels flipped": flipped}
    with np.errstate(over="ignore"):
        probability = 1 / (1 + np.exp(-decision.astype(np.float32)))
    yield "9: AUC on float32 probabilities", {"AUC": roc_auc_score(y[test], probability)}
    parts = [slice(i, i + TEST_BATCH) for i in range(0, len(test), TEST_BATCH)]
    aucs = [roc_auc_score(y[test][part], decision[part]) for part in parts]
    yield "9: mean AUC of batches", {"AUC": np.mean(aucs)}
    for name, objective, steps in [
        ("3: direction only", "logistic", [FunctionTransformer(direction_only)]),
        ("8: log(sigmoid + 1e-10)", "vanishing", []),
        ("10: padding counts", "logistic", [as_steps]),
    ]:
        classifier = FFRNNClassifier(**{**FF, "objective": objective}, **common)
        yield name, fit(classifier, steps, X, y, writer, train, test)[1]

    length = np.array([len(x) for x in X])
    auc = roc_auc_score(y[test], length[test])
    yield "7: the length alone", {"AUC": max(auc, 1 - auc)}
    for name, steps in [("BPTT, no defect", []), ("7: BPTT, padding counts", [as_steps])]:
        classifier = BPTTRNNClassifier(**SHARED, **common)
        yield name, fit(classifier, steps, X, y, writer, train, test)[1]


def main():
    options = parse_options(__doc__)

    OBJECTIVES["vanishing"] = vanishing_objective
    FFRNNClassifier._parameter_constraints["objective"] = [str]
    rows = []
    for name in options.sets:
        X, y, writer, splits = load_folds(options.data, name, options.samples, 5, options.seed)
        for train, test in splits[: options.folds]:
            for variant, row in measure_fold(
                X, y, writer, train, test, options.epochs, options.seed
            ):
                rows.append({"data": name, "variant": variant, **row})
                print(rows[-1], flush=True)
    print(f"\nMean of {options.folds} folds by writer")
    mean = pd.DataFrame(rows).groupby(["data", "variant"], sort=False).mean()
    print(mean.to_string(float_format="{:.3f}".format, na_rep=""))


if __name__ == "__main__":
    main()
