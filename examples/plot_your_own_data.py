"""
Your own data: a CSV file, a DataFrame, a browser's log
=======================================================

The package needs three columns of a movement: x, y and t. This example reads them from the usual
forms of recordings; :doc:`../guide/your_logs` reads more of them. The files are written by the
example itself, into a temporary folder, so that it runs anywhere.
"""

import json
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import (
    FFRNNClassifier,
    SigmaLognormalNegativeSampler,
    VelocityTransformer,
    sequences_from_frame,
)
from sklearn_ffrnn.datasets import load_mouse_movements, read_log, split_movements
from sklearn_ffrnn.inspection import (
    DecisionOverTimeDisplay,
    TrajectoryDisplay,
    describe_recordings,
)

recorded = load_mouse_movements().data[:300]
folder = tempfile.TemporaryDirectory()

# %%
# A CSV file
# ----------
# One row per point, and a column that names its movement. The rows of a movement are in the order
# of time; rows of several movements may be interleaved. Columns may have any names.

csv_file = Path(folder.name, "movements.csv")
pd.concat(
    [
        pd.DataFrame(movement, columns=["px", "py", "ms"]).assign(trial=f"trial-{i:03d}")
        for i, movement in enumerate(recorded)
    ]
).to_csv(csv_file, index=False)
print(*csv_file.read_text().splitlines()[:4], sep="\n")

# %%
table = pd.read_csv(csv_file)
human = sequences_from_frame(table, id="trial", columns=["px", "py", "ms"])
print(f"{len(human)} movements, the first of shape {human[0].shape}")

# %%
# DataFrames
# ----------
# The transformers accept a list of DataFrames with columns x, y, t; further columns are ignored. If
# one of them is malformed, the error names its position and the remedy.

frames = [
    frame.rename(columns={"px": "x", "py": "y", "ms": "t"}) for _, frame in table.groupby("trial")
]
velocities = VelocityTransformer().fit_transform(frames)
print(f"velocities of shape {velocities.shape}, padded with NaN")

broken = [frames[0], frames[1].assign(t=frames[1]["t"].to_numpy()[::-1])]
try:
    VelocityTransformer().fit(broken)
except ValueError as error:
    print(f"ValueError: {error}")

# %%
# A browser's log of pointer events
# ---------------------------------
# A page that listens to ``pointermove``, ``pointerdown`` and ``pointerup`` gets a stream of events
# with ``clientX``, ``clientY`` and ``timeStamp`` in milliseconds. Cut it into movements: at clicks,
# and where the pointer rested for longer than ``max_gap``.

events, clock = [], 1000.0
for movement in recorded[:20]:
    for x, y, t in movement:
        event = {"type": "pointermove", "clientX": x, "clientY": y, "timeStamp": clock + t}
        events.append(event)
    events.append({**events[-1], "type": "pointerdown"})
    clock = events[-1]["timeStamp"] + 800.0
json_file = Path(folder.name, "events.json")
json_file.write_text(json.dumps(events))

# %%
events = pd.DataFrame(json.loads(json_file.read_text()))
log = read_log(events, x="clientX", y="clientY", t="timeStamp", state="type", time_unit="ms")
visitor = split_movements(log, max_gap=500.0, min_points=5)
print(f"{len(log)} events, {len(visitor)} movements")
display = TrajectoryDisplay.from_trajectory(visitor[0])

# %%
# Whatever the way in, look at the recordings before you train.

who = ["file"] * len(human) + ["visitor"] * len(visitor)
report = describe_recordings(human + visitor, who)
print(report[["movements", "median_points", "clock_step", "clock_jitter", "grid"]])
print(report["warnings"].to_dict())

# %%
# Train and predict
# -----------------
# With human movements alone the pipeline makes negatives from the training rows. Here it learns
# from the movements of the file that are not the visitor's, and judges the visitor.

model = make_pipeline(
    SigmaLognormalNegativeSampler(strength=8.0, random_state=0),
    VelocityTransformer(),
    FFRNNClassifier(max_iter=12, random_state=0),
)
others = human[20:]
model.fit(others, np.ones(len(others)))
probability = model.predict_proba(visitor)[:, 1]
print(f"human by more than one half: {np.mean(probability > 0.5):.0%} of the movements")

display = DecisionOverTimeDisplay.from_estimator(
    model, visitor, class_names=["machine", "human"], kind="individual"
)
folder.cleanup()
plt.show()
