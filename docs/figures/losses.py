"""The loss of a layer by its goodness."""

import matplotlib.pyplot as plt
import numpy as np

THETA, ALPHA = 2.0, 4.0
goodness = np.linspace(-4, 8, 400)
lead = np.linspace(-2, 2, 400)


def softplus(x):
    """Return log(1 + e^x)."""
    return np.logaddexp(0, x)


figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.2))
left.plot(goodness, softplus(THETA - goodness), "C0", label="positive (human)")
left.plot(goodness, softplus(goodness - THETA), "C3", label="negative (machine)")
left.axvline(THETA, color="0.5", linestyle=":")
left.annotate("θ", (THETA, 5.6), (4, 0), textcoords="offset points")
left.set(title="One sequence against the threshold", xlabel="goodness G", ylabel="loss")
left.legend(loc="upper center")
right.plot(lead, softplus(-ALPHA * lead), "k")
right.set(title="A pair", xlabel="G of the positive - G of the negative", ylabel="loss")
