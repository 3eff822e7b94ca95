"""How much faster do layers learn side by side than in turn?"""

import time
from dataclasses import replace
from statistics import median

import torch

from sklearn_ffrnn._training import TrainingOptions
from sklearn_ffrnn._training._layer_ranks import LayerRanks

from .epochs import ours
from .setting import LEARNING_RATE, MAX_GRAD_NORM, WEIGHT_DECAY
from .timing import Row

BATCHES = (600, 64)


def wall(function):
    """Time one call: other processes do the work."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def parallel(setting, repeats):
    """Return the rows about an epoch with a process for each layer, against one thread in turn."""
    return [row for batch in BATCHES for row in _rows(replace(setting, batch=batch), repeats)]


def _rows(setting, repeats):
    in_turn = ours(setting, setting.forward_forward())
    data = setting.packed()
    order = torch.arange(len(data))
    options = TrainingOptions(
        watched="train_loss",
        max_iter=1,
        batch_size=setting.batch,
        learning_rate_init=LEARNING_RATE,
        learning_rate="constant",
        alpha=WEIGHT_DECAY,
        max_grad_norm=MAX_GRAD_NORM,
        average=False,
        tol=0.0,
        n_iter_no_change=1,
        verbose=0,
    )
    alone = [
        ours(replace(setting, layers=n), replace(setting, layers=n).forward_forward())
        for n in (1, 2)
    ]
    with LayerRanks(setting.forward_forward(), data, options, None) as ranks:

        def side_by_side():
            list(ranks.train_epoch(order, LEARNING_RATE))

        variants = [in_turn, side_by_side, *alone]
        for function in variants:
            function()
        rounds = [[wall(function) for function in variants] for _ in range(repeats)]
    whole, parallel, one, two = (median(times) for times in zip(*rounds, strict=True))
    slowest = max(one, two - one, whole - two)
    batch = f"batch {setting.batch}"
    return [
        Row(f"layer_parallel epoch over layers in turn, {batch}", parallel / whole, 0.60),
        Row(f"the slowest layer over all {setting.layers}, {batch}", slowest / whole),
    ]
