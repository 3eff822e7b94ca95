"""How long is an epoch of training, and how much does `fit` add to it?"""

from dataclasses import replace

import torch

from sklearn_ffrnn import FFRNNClassifier
from sklearn_ffrnn.nn import BatchIterator

from .references import PaddedDataset, TorchBackprop, TorchForwardForward, skorch_epoch
from .setting import epoch_of
from .timing import Row, alternate

SMALL_BATCH = 64
FIT_EPOCHS = 10


def ours(setting, network):
    """Return an epoch of one of the package's networks."""
    return epoch_of(network, _batches(setting.packed(), setting))


def theirs(setting, network):
    """Return an epoch of one of the references."""
    return epoch_of(network.to(setting.device), _batches(PaddedDataset(setting), setting))


def _batches(dataset, setting):
    return BatchIterator(dataset, setting.batch, torch.Generator().manual_seed(0))


def epochs(setting, repeats):
    """Return the rows about bare epochs, each against `nn.RNN` at the same batch size."""
    variants = {
        "nn.RNN": theirs(setting, TorchBackprop(setting)),
        "FF": ours(setting, setting.forward_forward()),
        "FF, layer_norm": ours(setting, setting.forward_forward("layer_norm")),
        "FF, bfloat16": ours(setting, setting.forward_forward(activity_dtype=torch.bfloat16)),
        "BPTT": ours(setting, setting.backprop()),
        "FF, nn.RNN": theirs(setting, TorchForwardForward(setting)),
        "skorch": skorch_epoch(setting),
    }
    small = replace(setting, batch=min(SMALL_BATCH, setting.batch))
    variants_small = {
        "nn.RNN": theirs(small, TorchBackprop(small)),
        "FF": ours(small, small.forward_forward()),
    }
    time = alternate(variants, repeats)
    time_small = alternate(variants_small, repeats)

    def row(what, name, most=None):
        return Row(f"{what}, batch {setting.batch}", time[name] / time["nn.RNN"], most)

    return [
        row("FF epoch, standardize", "FF", 0.55),
        row("FF epoch, layer_norm", "FF, layer_norm", 0.50),
        row("our BPTT epoch", "BPTT", 0.65),
        row("FF epoch, standardize, mixed_bfloat16", "FF, bfloat16"),
        Row(
            f"FF epoch, standardize, batch {small.batch}",
            time_small["FF"] / time_small["nn.RNN"],
            0.60,
        ),
        row("FF epoch in the study's way (nn.RNN, autograd)", "FF, nn.RNN"),
        row("BPTT epoch, skorch and its DataLoader around nn.RNN", "skorch"),
    ]


def fit_overhead(setting, repeats):
    """Return the rows about the overhead of a whole `fit` over its bare steps."""
    X, y = setting.arrays()
    small = replace(setting, batch=min(SMALL_BATCH, setting.batch))

    def fit(early_stopping):
        FFRNNClassifier(
            small.sizes,
            batch_size=small.batch,
            max_iter=FIT_EPOCHS,
            n_iter_no_change=FIT_EPOCHS,
            early_stopping=early_stopping,
            random_state=0,
        ).fit(X, y)

    def steps(share):
        part = replace(small, sequences=round(share * small.sequences))
        epoch = ours(part, part.forward_forward())
        for _ in range(FIT_EPOCHS):
            epoch()

    time = alternate(
        {
            "fit": lambda: fit(False),
            "steps": lambda: steps(1.0),
            "fit, held out": lambda: fit(True),
            "steps, held out": lambda: steps(0.9),
        },
        max(1, repeats // 2),
    )
    what = f"fit over its bare steps, {FIT_EPOCHS} epochs, batch {small.batch}"
    return [
        Row(f"{what}, nothing held out", time["fit"] / time["steps"] - 1, 0.05, "%"),
        Row(
            f"{what}, with the loss and AUC of a tenth held out",
            time["fit, held out"] / time["steps, held out"] - 1,
            None,
            "%",
        ),
    ]
