"""
Strokes of a human movement, and fair negatives made from it
============================================================

The Sigma-Lognormal model takes a movement for a sum of strokes, each a lognormal pulse of speed
along an arc. Here the strokes of one recorded mouse movement are found, the movement is put
together again from them, and three negatives are made from it, each further from its source than
the one before.
"""

import matplotlib.pyplot as plt

from sklearn_ffrnn.datasets import load_mouse_movements
from sklearn_ffrnn.inspection import TrajectoryDisplay
from sklearn_ffrnn.sigma_lognormal import extract_strokes, snr_position, synthesize

# %%
# The strokes
# -----------
# The movement with the most strokes of the first ones. SNRv measures how well the model's velocity
# agrees with the recorded one, smoothed over 12 ms; 25 dB is commonly called good.

plans = extract_strokes(load_mouse_movements().data[:200])
plan = max(plans, key=lambda plan: plan.n_strokes)
print(f"{plan.n_strokes} strokes, SNRv {plan.snr_velocity:.1f} dB at 12 ms")
print(plan.to_frame().round(2).to_string())
display = TrajectoryDisplay(plan=plan).plot()

# %%
# The negatives
# -------------
# Strength scales the differences of the strokes' parameters from the source's. Clock and pixels are
# those of the source, so that only the movement can tell negatives from human movements.

STRENGTHS = (1.0, 2.0, 4.0)
recorded = plan.position(plan.times) + plan.residual
figure, axes = plt.subplots(1, 3, figsize=(11, 3.2), layout="constrained", sharex=True, sharey=True)
for ax, strength in zip(axes, STRENGTHS, strict=True):
    negative = synthesize(plan, strength, random_state=0)[0]
    snr = snr_position(recorded, negative[:, :2])
    ax.plot(*recorded.T, color="0.6", linewidth=4, solid_capstyle="round", label="recorded")
    ax.plot(*negative[:, :2].T, color="#D55E00", label="negative")
    ax.set(title=f"Strength {strength:g} (SNRt {snr:.0f} dB)", xlabel="pixels", aspect="equal")
axes[0].set(ylabel="pixels")
axes[0].yaxis.set_inverted(True)  # on screens, y points down
axes[0].legend()
plt.show()
