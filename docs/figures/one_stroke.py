"""One stroke: what each of its parameters does."""

import matplotlib.pyplot as plt
import numpy as np

from sklearn_ffrnn.sigma_lognormal import position, speed

t = np.linspace(0.0, 0.8, 500)
MU, SIGMA = np.log(0.25), 0.3
figure, (by_sigma, by_mu, by_angle) = plt.subplots(1, 3, figsize=(8.4, 3))

for sigma in (0.15, SIGMA, 0.6):
    by_sigma.plot(t, speed([[100, 0.05, MU, sigma, 0, 0]], t), label=f"σ = {sigma:g}")
by_sigma.axvline(0.05, color="0.5", linestyle=":")
by_sigma.annotate("t0", (0.05, 950), (3, 0), textcoords="offset points")
halfway = 0.05 + np.exp(MU)
by_sigma.axvline(halfway, color="0.5", linestyle=":")
by_sigma.annotate(
    "t0 + exp(μ)", (halfway, 480), (0.45, 480), va="center", arrowprops={"arrowstyle": "->"}
)
by_sigma.set(title="σ spreads and skews it", xlabel="s", ylabel="speed, px/s")
by_sigma.legend(fontsize=8)

for delay in (0.15, 0.25, 0.4):
    stroke = [[100, 0.05, np.log(delay), SIGMA, 0, 0]]
    by_mu.plot(t, speed(stroke, t), label=f"exp(μ) = {delay:g} s")
by_mu.set(title="μ delays and stretches it", xlabel="s")
by_mu.legend(fontsize=8)

for end in (0.0, 1.0, 2.5):
    x, y = position([[100, 0.05, MU, SIGMA, 0, end]], t).T
    by_angle.plot(x, y, label=f"θe = {end:g}")
    by_angle.plot(x[::20], y[::20], "k.", markersize=3)
by_angle.set(title="θs = 0 to θe: an arc", xlabel="px", ylim=(-5, 105), aspect="equal")
by_angle.legend(fontsize=8)
