"""
A page's own visitors: from its log to a detector in the browser
================================================================

A detector knows the people and the devices that it learnt from. The page of ``examples/live_page``
saves what it recorded, one movement a line. Here such a log comes back into Python, a detector
learns from some of the visits, the threshold is set on others, and the whole pipeline goes out as
one file that a browser runs. The visits of this example are made up of recorded mouse movements.
"""

# %%
# The log
# -------
# Each line has the points of a movement and what the page knows beside them: ``time_origin``, when
# the page was opened, tells the visits apart.

import json
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import binomtest
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import FixedThresholdClassifier, GroupShuffleSplit
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import FFRNNClassifier, MixedNegativeSampler, VelocityTransformer
from sklearn_ffrnn.datasets import (
    load_mouse_movements,
    make_minimum_jerk_movements,
    read_json_movements,
)
from sklearn_ffrnn.export import to_onnx, write_model_card

folder = tempfile.TemporaryDirectory()
log_file = Path(folder.name, "movements.jsonl")
with log_file.open("w") as log:
    for i, movement in enumerate(load_mouse_movements().data[:1500]):
        line = {"by": "mouse", "time_origin": 1.7e12 + i // 20 * 6e4, "points": movement.tolist()}
        log.write(json.dumps(line) + "\n")

movements = read_json_movements(log_file)
visit = movements.frame["time_origin"].to_numpy()
print(f"{len(movements.data)} movements of {len(set(visit))} visits")

# %%
# Learn from some visits
# ----------------------
# Machines are made of the visitors' own movements. No visit is on two sides.


def split(rows, share):
    """Return two parts of some rows, by visit."""
    parts = GroupShuffleSplit(1, test_size=share, random_state=0).split(rows, groups=visit[rows])
    return [rows[part] for part in next(parts)]


def of(rows):
    """Return the movements of some rows."""
    return [movements.data[i] for i in rows]


training, others = split(np.arange(len(visit)), 0.7)
held_out, last = split(others, 0.5)
model = make_pipeline(
    MixedNegativeSampler(2, random_state=0),
    VelocityTransformer(16.0, keep_lattice=True, channels="intrinsic", max_length=100),
    FFRNNClassifier(max_iter=6, random_state=0),
)
model.fit(of(training))

# %%
# The operating point
# -------------------
# One in a hundred movements of held-out visitors may raise a false alarm. The share on the last
# visits, which took no part in that, has the uncertainty of a few hundred movements.

threshold = np.quantile(model.predict_proba(of(held_out))[:, 1], 0.01)
judge = FixedThresholdClassifier(
    FrozenEstimator(model), threshold=threshold, response_method="predict_proba"
).fit(of(training[:2]), [0, 1])
human = model.predict_proba(of(last))[:, 1]
n_alarms = int(np.sum(human < threshold))
interval = binomtest(n_alarms, len(human)).proportion_ci(method="wilson")
print(f"threshold {threshold:.3f}")
print(f"false alarms: {n_alarms} of {len(human)}, {interval.low:.1%} to {interval.high:.1%}")
machine = model.predict_proba(make_minimum_jerk_movements(of(last), random_state=0))[:, 1]
print(f"minimum-jerk movements caught: {np.mean(machine < threshold):.0%}")

# %%
# What that means in a day
# ------------------------
# A thousand visitors a day with twenty movements each make 20,000 movements, hence 200 false alarms
# at one in a hundred, and every fifth visitor has one. So a page does better to judge visits: the
# mean log-odds of a visit's first movements tell people from machines the better, the more there
# are of them.


def visit_scores(rows, probability, n):
    """Return the mean log-odds of the first `n` movements of each visit."""
    log_odds = np.log(probability / (1 - probability))
    return np.array([log_odds[visit[rows] == v][:n].mean() for v in np.unique(visit[rows])])


print(f"visitors with a false alarm, of 1000: {1000 * (1 - 0.99**20):.0f}")
numbers = [1, 2, 5, 10, 20]
figure, ax = plt.subplots(layout="constrained")
for name, probability, colour in (("people", human, "C0"), ("machines", machine, "C3")):
    for i, n in enumerate(numbers):
        scores = visit_scores(last, probability, n)
        ax.plot(i + np.linspace(-0.2, 0.2, len(scores)), scores, ".", color=colour,
                label=name if i == 0 else None)  # fmt: skip
ax.set(
    title="Visits, by their first movements",
    xlabel="movements judged together",
    ylabel="mean log-odds of a human",
    xticks=range(len(numbers)),
    xticklabels=numbers,
)
ax.legend()

# %%
# Into the browser
# ----------------
# Threshold, classes and units go along in the file, and a card beside it says what it learnt from.

to_onnx(judge, f"{folder.name}/model.onnx", training=f"{len(training)} movements of visitors")
figures = {"false alarms, of other visits": f"{n_alarms} of {len(human)}"}
write_model_card(judge, f"{folder.name}/model.md", of(training), figures=figures)
print(Path(folder.name, "model.md").read_text())
folder.cleanup()
plt.show()
