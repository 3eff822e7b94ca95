"""
Every layer in a process of its own, on one host or on several
==============================================================

A Forward-Forward layer needs no other to learn, only what the layer below makes of a batch. Started
alone, this program trains the layers in turn and side by side, in processes that the fit starts:

    OMP_NUM_THREADS=1 python -m examples.scale_out.layers_on_hosts

Started by torchrun, each of its processes trains one layer, and all end with the same classifier.
On three hosts, on each with its own NODE of 0, 1, 2:

    torchrun --nnodes 3 --node-rank NODE --master-addr HOST_0 --master-port 29500 \
        -m examples.scale_out.layers_on_hosts
"""

import argparse
import time

import numpy as np
import torch.distributed as dist

from sklearn_ffrnn import FFRNNClassifier


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sequences", type=int, default=3000)
    parser.add_argument("--steps", type=int, default=100, help="of a sequence")
    parser.add_argument("--batch", type=int, default=600)
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--units", type=int, default=96)
    parser.add_argument("--epochs", type=int, default=10)
    options = parser.parse_args()
    started_by_torchrun = dist.is_torchelastic_launched()
    if started_by_torchrun:
        dist.init_process_group("gloo")

    # The same data, and the same seeds, in every process.
    y = np.arange(options.sequences) % 2
    noise = np.random.default_rng(0).normal(size=(options.sequences, options.steps, 2))
    X = noise * (1 + 0.2 * y)[:, None, None]
    for layer_parallel in [True] if started_by_torchrun else [False, True]:
        classifier = FFRNNClassifier(
            [options.units] * options.layers,
            batch_size=options.batch,
            max_iter=options.epochs,
            layer_parallel=layer_parallel,
            random_state=0,
        )
        started = time.perf_counter()
        classifier.fit(X, y)
        seconds = time.perf_counter() - started
        if not started_by_torchrun or dist.get_rank() == 0:
            how = "side by side" if layer_parallel else "in turn"
            loss = float(classifier.loss_curve_[-1])
            print(f"{options.layers} layers {how}: loss {loss}, {seconds:.1f} s with the start")
    if started_by_torchrun:
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
