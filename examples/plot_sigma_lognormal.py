"""
Strokes of a human movement, and fair negatives made from it
============================================================

The Sigma-Lognormal model takes a movement for a sum of strokes, each a lognormal pulse of speed
along an arc. Here the strokes of one recorded mouse movement are found, the movement is put
together again from them, and three negatives are made from it, each further from its source than
the one before.
"""

import sys

import matplotlib.pyplot as plt
import numpy as np

from sklearn_ffrnn.datasets import load_mouse_movements
from sklearn_ffrnn.sigma_lognormal import extract_strokes, snr_position, speed, synthesize

# %%
# The strokes
# -----------
# Of the first movements, the one that takes the most strokes. SNRv says how well the model's
# velocity agrees with the recorded one, smoothed over 12 ms; 25 dB is commonly called good.

plans = extract_strokes(load_mouse_movements().data[:200])
plan = max(plans, key=lambda plan: plan.n_strokes)
recorded = plan.position(plan.times) + plan.residual
t = np.linspace(plan.times[0], plan.times[-1], 800)
print(f"{plan.n_strokes} strokes, SNRv {plan.snr_velocity:.1f} dB at 12 ms")
print(plan.to_frame().round(2).to_string())

# %%
# The negatives
# -------------
# Strength scales how far the strokes' parameters are from the source's. Clock and pixels are the
# source's own, so that only the movement can tell them from human ones.

STRENGTHS = (1.0, 2.0, 4.0)
negatives = [synthesize(plan, strength, random_state=0)[0] for strength in STRENGTHS]

# %%
# All together
# ------------

figure, axes = plt.subplot_mosaic(
    [["path", "speed", "speed"], ["weak", "middle", "strong"]],
    figsize=(11, 7),
    layout="constrained",
)
human = {"color": "0.6", "linewidth": 4, "solid_capstyle": "round"}

axes["path"].plot(*recorded.T, **human, label="recorded")
axes["path"].plot(*plan.position(t).T, "C0", label="reconstructed")
axes["path"].set_title("A mouse movement")
axes["path"].legend()

profile = axes["speed"]
clock, last = np.unique(plan.times[::-1], return_index=True)  # points of one stamp: the last
moved = np.linalg.norm(np.diff(recorded[::-1][last], axis=0), axis=1)
profile.stairs(moved / np.diff(clock), clock - plan.t0, color="0.75", label="recorded, unsmoothed")
profile.plot(t - plan.t0, np.linalg.norm(plan.velocity(t), axis=1), "C0", label="reconstructed")
pulses = speed(plan.strokes, t - plan.t0).T
for i, pulse in enumerate(pulses):
    profile.fill_between(t - plan.t0, pulse, alpha=0.3, color=f"C{i + 1}")
profile.set(title="Its speed, and the strokes under it", xlabel="ms", ylabel="pixels / ms")
profile.legend()

below = [axes[name] for name in ("weak", "middle", "strong")]
for ax, strength, negative in zip(below, STRENGTHS, negatives, strict=True):
    snr = snr_position(recorded, negative[:, :2])
    ax.plot(*recorded.T, **human)
    ax.plot(*negative[:, :2].T, "C3")
    ax.set_title(f"Negative, strength {strength:g} (SNRt {snr:.0f} dB)")

for ax in (axes["path"], *below):
    ax.set_aspect("equal", adjustable="datalim")
    ax.invert_yaxis()  # on screens, y points down
    ax.set(xlabel="pixels", ylabel="pixels")

if len(sys.argv) > 1:
    figure.savefig(sys.argv[1], dpi=100)
plt.show()
