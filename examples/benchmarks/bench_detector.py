"""How long does HumanMovementDetector take to learn, and for a verdict?

    OMP_NUM_THREADS=1 python -m examples.benchmarks.bench_detector [--train 1400] [--test 300]

Seconds of the processor, one thread, from recorded movements of cursory: a fit with all that it
makes itself, and the median over verdicts on one movement each. A small fit goes first, so that
neither imports nor a compiler are timed.
"""

import argparse
import time

import numpy as np
import torch

from examples.unseen.people import mouse_movements
from sklearn_ffrnn import HumanMovementDetector

N_WARM_UP = 40


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", type=int, default=1400, help="movements to learn from")
    parser.add_argument("--test", type=int, default=300, help="verdicts")
    options = parser.parse_args()
    torch.set_num_threads(1)

    movements = mouse_movements(seed=0)
    HumanMovementDetector(n_negatives=1, random_state=0).fit(movements[-N_WARM_UP:])
    start = time.process_time()
    detector = HumanMovementDetector(random_state=0).fit(movements[: options.train])
    print(f"fit on {options.train} movements: {time.process_time() - start:.1f} s")
    seconds = []
    for movement in movements[options.train : options.train + options.test]:
        start = time.process_time()
        detector.predict_proba([movement])
        seconds.append(time.process_time() - start)
    print(f"verdict on one movement, median: {1000 * np.median(seconds):.1f} ms")


if __name__ == "__main__":
    main()
