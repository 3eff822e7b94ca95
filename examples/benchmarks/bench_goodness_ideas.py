"""Sparse goodness and the label in every layer, beside what FFRNNClassifier does.

    python -m examples.benchmarks.bench_goodness_ideas --data DIR [--sets dollar-one] [--choose]

Ideas of "Selectivity and Shape in the Design of Forward-Forward Goodness Functions"
(arXiv:2604.13081, 2026), each in the place of the mean of squares over a group of units (all units,
or each half for "log_ratio"), with the same initial weights, start at the threshold and epochs:

- "top": the mean of the largest h_j^2 of a step; the number is their share of the units;
- "entmax": sum_j w_j h_j^2 with w = 1.5-entmax(h) (Peters et al. 2019), sparse weights, with their
  gradient. The paper's abstract fixes no more; "scaled" takes w of h / RMS(h), which, unlike the
  other, does not become sparser as activity grows;
- "label": the code of the class as an input of every layer. With two classes there is no code.

"wrong" is not the paper's: so many wrong labels drawn anew in each batch, instead of all of them.

By writer on a clock of 20 ms. --choose splits the training writers of a fold again and leaves out
the writers to test on: choose there, then compare. --sets gestures asks for the 16 gestures of $1.
"""

import argparse
import time
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import LeaveOneGroupOut, StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from torch import nn

from examples.benchmarks.bench_gestures import read_gestures
from examples.benchmarks.bench_study_data import load_folds
from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer
from sklearn_ffrnn._training import _trainer
from sklearn_ffrnn.nn import ForwardForwardRNN, RecurrentLayer, start_at_threshold
from sklearn_ffrnn.nn._label_code import with_code

VARIANTS = {  # today's first, and the best known for two classes
    "log_ratio, symmetric": {},
    "log_ratio, symmetric, top 1/16": {"top": 1 / 16},
    "log_ratio, symmetric, top 1/8": {"top": 1 / 8},
    "log_ratio, symmetric, top 1/4": {"top": 1 / 4},
    "log_ratio, symmetric, top 1/2": {"top": 1 / 2},
    "log_ratio, symmetric, entmax": {"entmax": "plain"},
    "log_ratio, symmetric, entmax scaled": {"entmax": "scaled"},
    "log_ratio, symmetric, label": {"label": True},
    "log_ratio, symmetric, 1 wrong": {"wrong": 1},
    "log_ratio, symmetric, 3 wrong": {"wrong": 3},
    "log_ratio, symmetric, 3 wrong, batches of 32": {"wrong": 3, "batch_size": 32},
    "log_ratio, symmetric, 3 wrong, batches of 32, label": {
        "wrong": 3,
        "batch_size": 32,
        "label": True,
    },
    "log_ratio, symmetric, 3 wrong, batches of 32, top 1/8": {
        "wrong": 3,
        "batch_size": 32,
        "top": 1 / 8,
    },
    "mean, logistic": {"goodness": "mean", "objective": "logistic"},
    "sum, logistic": {"goodness": "sum", "objective": "logistic", "threshold": 192.0},
    "mean, logistic, top 1/16": {"goodness": "mean", "objective": "logistic", "top": 1 / 16},
    "mean, logistic, top 1/8": {"goodness": "mean", "objective": "logistic", "top": 1 / 8},
    "mean, logistic, top 1/4": {"goodness": "mean", "objective": "logistic", "top": 1 / 4},
    "mean, logistic, top 1/2": {"goodness": "mean", "objective": "logistic", "top": 1 / 2},
    "mean, logistic, entmax": {"goodness": "mean", "objective": "logistic", "entmax": "plain"},
    "mean, logistic, entmax scaled": {
        "goodness": "mean",
        "objective": "logistic",
        "entmax": "scaled",
    },
    "mean, logistic, label": {"goodness": "mean", "objective": "logistic", "label": True},
    "mean, logistic, top 1/8, label": {
        "goodness": "mean",
        "objective": "logistic",
        "top": 1 / 8,
        "label": True,
    },
    "mean, logistic, entmax, label": {
        "goodness": "mean",
        "objective": "logistic",
        "entmax": "plain",
        "label": True,
    },
}
OF_THE_LABEL = ("label", "wrong")  # no effect with two classes


class Entmax15(torch.autograd.Function):
    """The weights p = max(z / 2 - tau, 0)^2 over the last axis, with tau so that they sum to 1."""

    @staticmethod
    def forward(ctx, scores):
        """Find tau by sorting (Peters et al. 2019, algorithm 2)."""
        z = scores / 2
        z = z - z.amax(dim=-1, keepdim=True)
        descending = z.sort(dim=-1, descending=True).values
        count = torch.arange(1, z.shape[-1] + 1, dtype=z.dtype, device=z.device)
        mean = descending.cumsum(-1) / count
        spread = count * (descending.square().cumsum(-1) / count - mean.square())
        tau = mean - ((1 - spread) / count).clamp(min=0).sqrt()
        support = (tau <= descending).sum(dim=-1, keepdim=True)
        weights = (z - tau.gather(-1, support - 1)).clamp(min=0).square()
        ctx.save_for_backward(weights)
        return weights

    @staticmethod
    def backward(ctx, grad):
        """The Jacobian is diag(s) - s s' / sum(s) with s = sqrt(p)."""
        root = ctx.saved_tensors[0].sqrt()
        out = grad * root
        return out - root * (out.sum(-1, keepdim=True) / root.sum(-1, keepdim=True))


def pooled(states, top=None, entmax=None):
    """Return the goodness of a group of units: (n_steps, n_units) to (n_steps,)."""
    squares = states.square()
    if top is not None:
        return squares.topk(max(1, round(top * states.shape[1])), dim=1).values.mean(dim=1)
    if entmax == "scaled":
        states = states / (squares.mean(dim=1, keepdim=True).sqrt() + 1e-6)
    return (Entmax15.apply(states) * squares).sum(dim=1)


def pooled_activity(top, entmax):
    """Return a method in the place of RecurrentLayer.squared_activity."""

    def squared_activity(self, x, n_groups=1):
        hidden = self(x)
        groups = hidden.steps.tensor_split(n_groups, dim=1)
        return torch.stack([pooled(g, top, entmax) for g in groups], dim=1), hidden.detach()

    return squared_activity


def start_repeatedly(network, dataset):
    """Start at the threshold although goodness is not homogeneous: scale until it stays."""
    for _ in range(5):
        start_at_threshold(network, dataset)


class KeepCode(nn.Module):
    """The differences, which the input passes first; keeps the code of its labels."""

    def __init__(self, inner, n_classes):
        super().__init__()
        self.inner, self.n_classes, self.code = inner, n_classes, None

    def forward(self, x, weight=None):
        """Keep the code, append the differences."""
        self.code = x.steps[:, -self.n_classes :]
        return self.inner(x, weight)


class AppendCode(nn.Module):
    """The normalization of a layer, and the code beside its output."""

    def __init__(self, inner, kept):
        super().__init__()
        self.inner = inner
        self.kept = [kept]  # in a list, not to be a module in two places

    def forward(self, hidden, weight=None):
        """Normalize, append the code."""
        hidden = self.inner(hidden, weight)
        return hidden.with_steps(torch.cat([hidden.steps, self.kept[0].code], dim=1))


class LabelInEveryLayer(ForwardForwardRNN):
    """Every layer reads the code of the label; all other weights start as without it."""

    def __init__(self, n_channels, n_classes, *, generator=None, **settings):
        super().__init__(n_channels, n_classes, generator=generator, **settings)
        self.differences = KeepCode(self.differences, n_classes)
        for below, layer in zip(self.layers, self.layers[1:], strict=False):
            below.normalize = AppendCode(below.normalize, self.differences)
            w_x, bound = layer.recurrent.w_x.detach(), layer.recurrent.n_units**-0.5
            columns = w_x.new_empty(len(w_x), n_classes).uniform_(
                -bound, bound, generator=generator
            )
            layer.recurrent.w_x = nn.Parameter(torch.cat([w_x, columns], dim=1))


class FewWrongLabels(ForwardForwardRNN):
    """Training reads a sequence with its label and with a few wrong ones."""

    n_wrong = 1

    def positives_and_negatives(self, batch):
        """Draw the wrong labels anew in each batch of training."""
        if not self.training:
            return super().positives_and_negatives(batch)
        target, n = batch.target, len(batch)
        order = torch.rand(n, self.n_classes - 1).argsort(dim=1)[:, : self.n_wrong]
        wrong = (target[:, None] + 1 + order) % self.n_classes
        label = torch.cat([target[:, None], wrong], dim=1).reshape(-1)
        copies = self.n_wrong + 1
        x = batch.sequences.repeat_interleave(copies)
        weight = None if batch.weight is None else batch.weight.repeat_interleave(copies)
        positive = label == target.repeat_interleave(copies)
        return with_code(x, nn.functional.one_hot(label, self.n_classes)), positive, weight


def fit_and_score(variant, X, y, train, test, epochs, seed):
    """Return the AUC (accuracy with several classes) and the processor seconds of fit."""
    settings = dict(VARIANTS[variant])
    top, entmax = settings.pop("top", None), settings.pop("entmax", None)
    label, n_wrong = settings.pop("label", False), settings.pop("wrong", None)
    network = LabelInEveryLayer if label else ForwardForwardRNN
    if n_wrong is not None:
        network = type("Network", (FewWrongLabels, network), {"n_wrong": n_wrong})
    model = make_pipeline(
        VelocityTransformer(resample=20, max_length=300),
        FFRNNClassifier(max_iter=epochs, random_state=seed, **settings),
    )
    torch.manual_seed(seed)  # draws wrong labels
    with ExitStack() as patches:
        patches.enter_context(patch.object(FFRNNClassifier, "_network_class", network))
        if top is not None or entmax is not None:
            activity = pooled_activity(top, entmax)
            patches.enter_context(patch.object(RecurrentLayer, "squared_activity", activity))
        if entmax == "plain":
            patches.enter_context(patch.object(_trainer, "start_at_threshold", start_repeatedly))
        start = time.process_time()
        model.fit([X[i] for i in train], y[train])
        seconds = time.process_time() - start
        test_movements = [X[i] for i in test]
        if len(model.classes_) > 2:
            return model.score(test_movements, y[test]), seconds
        return roc_auc_score(y[test], model.decision_function(test_movements)), seconds


def read_folds(options, name):
    """Return movements, classes, and the rows to train and test on in each fold."""
    if name == "gestures":
        X, y, writer = read_gestures(options.data / "dollar-one.npz")
        splits = list(LeaveOneGroupOut().split(y, y, writer))
        rng = np.random.default_rng(options.data_seed)
        splits = [(rng.permutation(train)[: options.samples], test) for train, test in splits]
    else:
        X, y, writer, splits = load_folds(options.data, name, options.samples, 5, options.data_seed)
    splits = splits[: options.folds]
    if options.choose:
        inner = StratifiedGroupKFold(4, shuffle=True, random_state=options.data_seed)
        splits = [
            tuple(train[part] for part in next(inner.split(train, y[train], writer[train])))
            for train, _ in splits
        ]
    return X, y, splits


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the .npz files")
    parser.add_argument("--sets", nargs="+", default=["dollar-one", "mobiletouchdb"])
    parser.add_argument("--variants", nargs="+", default=list(VARIANTS), choices=list(VARIANTS))
    parser.add_argument("--samples", type=int, default=1200, help="of each data set")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--folds", type=int, default=2, help="how many of them")
    parser.add_argument("--seeds", type=int, default=2, help="fits of each fold")
    parser.add_argument("--data-seed", type=int, default=0)
    parser.add_argument("--choose", action="store_true", help="test on writers of the training")
    options = parser.parse_args()

    torch.set_num_threads(1)
    rows = []
    for name in options.sets:
        X, y, splits = read_folds(options, name)
        for variant in options.variants:
            if name != "gestures" and VARIANTS[variant].keys() & set(OF_THE_LABEL):
                continue
            figures = np.array(
                [
                    [fit_and_score(variant, X, y, *split, options.epochs, seed) for split in splits]
                    for seed in range(options.seeds)
                ]
            )  # seeds, folds, (score, seconds)
            by_seed = figures[..., 0].mean(axis=1)
            row = {"data": name, "variant": variant, "score": by_seed.mean()}
            row["by seed"] = " ".join(f"{score:.4f}" for score in by_seed)
            row["by fold"] = " ".join(f"{score:.4f}" for score in figures[..., 0].mean(axis=0))
            rows.append({**row, "fit, s": figures[..., 1].mean()})
            print(rows[-1], flush=True)
    print(f"\nAUC (gestures: accuracy), {options.folds} folds, {options.epochs} epochs")
    print(pd.DataFrame(rows).to_string(index=False, float_format="{:.4f}".format))


if __name__ == "__main__":
    main()
