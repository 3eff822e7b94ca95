"""How does the cost grow with the problem?"""

from dataclasses import replace

import numpy as np

from .epochs import ours, theirs
from .references import TorchBackprop
from .timing import alternate, table

# Values of each size; all others are those of BASE.
BASE = {"sequences": 256, "batch": 64}
AXES = {
    "length": (50, 100, 200, 400, 1000),
    "sequences": (128, 256, 512, 1024),
    "batch": (32, 64, 150, 300, 600),
    "units": (32, 64, 96, 128, 256),
    "layers": (1, 2, 3, 6),
}
# For the cost of batches: whole ones only.
SEQUENCES_OF_BATCHES = 600
EXPONENTS = {"length": "1", "sequences": "1", "units": "at most 2", "layers": "1"}


def scaling(setting, repeats):
    """Return two tables as text: seconds an epoch, and the exponents of power laws."""
    rows, exponents = [], []
    for axis, values in AXES.items():
        base = replace(setting, **BASE)
        if axis == "batch":
            base = replace(base, sequences=SEQUENCES_OF_BATCHES)
        # All values of an axis take turns, so that a slowdown of the machine does not bend the
        # curve.
        variants = {}
        for value in values:
            at = replace(base, **{axis: value})
            variants["FF", value] = ours(at, at.forward_forward())
            variants["nn.RNN", value] = theirs(at, TorchBackprop(at))
        time = alternate(variants, repeats)
        times = [(time["FF", value], time["nn.RNN", value]) for value in values]
        rows += [
            (axis, value, f"{ff:.3f}", f"{reference:.3f}", f"{ff / reference:.2f}")
            for value, (ff, reference) in zip(values, times, strict=True)
        ]
        if axis in EXPONENTS:
            slopes = np.polyfit(np.log(values), np.log(times), 1)[0]
            exponents.append((axis, *(f"{slope:.2f}" for slope in slopes), EXPONENTS[axis]))
    return "\n\n".join(
        [
            table(["varied", "value", "FF, s/epoch", "nn.RNN BPTT, s/epoch", "ratio"], rows),
            table(["exponent of", "FF", "nn.RNN BPTT", "theory"], exponents),
        ]
    )
