"""What gives synthetic movements away: the recording, or the movement?

    python -m examples.benchmarks.bench_fairness [--data DIR] [--samples 500] [--explain]

DIR holds the study's data sets as NAME.npz: points (x, y, t in ms), stroke_id, offsets, label (1
human) and source. The sources are split in two: human movements of one half are compared with
negatives made from the other, so that none has its source among the humans. Whole gestures ($1)
and signatures (MCYT); of mouse and touch data single strokes, the runs of one stroke_id cut at
rests of over 500 ms, of 8 points or more.

All figures are areas under the ROC curve (AUC), cross-validated in 5 folds by source: a random
forest sees the clock alone, the number lattice alone and the other families of
``inspection.recording_artefacts``, or the dynamics (``KinematicFeatures``, on an even clock).
"boosting" is gradient boosting on the dynamics, "steps" a forest on the raw steps from sample to
sample, where movement and device meet. A mouse recording is eight movements in a row. SNRt is the
median SNR of a negative against its source, in dB: it would be high for a copy. The table has the
study's own negatives, too.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.inspection import permutation_importance
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from examples.common.step_features import step_features
from examples.common.study_data import read_movements
from sklearn_ffrnn.inspection import recording_artefacts
from sklearn_ffrnn.preprocessing import KinematicFeatures
from sklearn_ffrnn.sigma_lognormal import extract_strokes, snr_position, synthesize

SETS = {  # title: file, whether to cut it into single strokes
    "$1": ("dollar-one", False),
    "MCYT": ("mcyt", False),
    "mouse": ("mouse-operation", True),
    "mouse recordings": ("mouse-operation", False),
    "touch": ("mobiletouchdb", True),
}
STRENGTHS = (0.5, 1.0, 2.0)
MIN_POINTS = 8
N_FOLDS = 5
SHORT = {"duplicate points": "duplicates", "start/end at rest": "rest"}


def halves(table, n, seed):
    """Return `n` human movements of one half of the sources, and of the other half."""
    rng = np.random.default_rng(seed)
    human = table[table["label"] == 1]
    sources = rng.permutation(human["source"].unique())
    # A source of many strokes gives few of them, so that many sources take part.
    human = human.iloc[rng.permutation(len(human))]
    nth = human.groupby("source").cumcount()
    human = human.iloc[np.argsort(nth.to_numpy(), kind="stable")]
    first = human["source"].isin(sources[: len(sources) // 2])
    return human[first].head(n), human[~first].head(n)


def ours(human, plans, strength):
    """Return a table of negatives, one from each human movement, with their SNRt."""
    rows = []
    for i, (plan, (_, row)) in enumerate(zip(plans, human.iterrows(), strict=True)):
        if plan.n_strokes:
            (negative,) = synthesize(plan, strength=strength, random_state=i)
            snr = snr_position(row["movement"][:, :2], negative[:, :2])
            rows.append((negative, 0, row["source"], snr))
    return pd.DataFrame(rows, columns=["movement", "label", "source", "snr"])


def the_studys(table, human, seed, *, whole):
    """Return the study's negatives of these sources, with their SNRt if they are `whole`."""
    negatives = table[(table["label"] == 0) & table["source"].isin(human["source"])]
    negatives = negatives.sample(min(len(negatives), len(human)), random_state=seed)
    if not whole:  # a synthetic log is cut where the human one is not
        return negatives.assign(snr=np.nan)
    of = human.set_index("source")["movement"]
    snr = [
        snr_at_source_times(of[source], movement)
        for source, movement in zip(negatives["source"], negatives["movement"], strict=True)
    ]
    return negatives.assign(snr=snr)


def snr_at_source_times(source, negative):
    t = source[:, 2]
    columns = [np.interp(t, negative[:, 2], negative[:, i]) for i in (0, 1)]
    return snr_position(source[:, :2], np.column_stack(columns))


def folds(y, groups, seed):
    cv = StratifiedGroupKFold(N_FOLDS, shuffle=True, random_state=seed)
    return list(cv.split(y, y, groups))


def aucs(model, features, y, splits, importances=None):
    """Return the mean AUC over folds; add permutation importances to `importances` if given."""
    scores = []
    for train, test in splits:
        model.fit(features.iloc[train], y[train])
        scores.append(roc_auc_score(y[test], model.predict_proba(features.iloc[test])[:, 1]))
        if importances is not None:
            found = permutation_importance(
                model, features.iloc[test], y[test], scoring="roc_auc", n_repeats=2, random_state=0
            )
            importances.append(found.importances_mean)
    return float(np.mean(scores))


def compare(human, negatives, seed, explain):
    """Return one row of the table."""
    both = pd.concat([human, negatives], ignore_index=True)
    X, y, groups = both["movement"].to_list(), both["label"].to_numpy(), both["source"].to_numpy()
    splits = folds(y, groups, seed)
    report = recording_artefacts(X, y, groups, cv=splits, random_state=seed)
    features = KinematicFeatures().set_output(transform="pandas").fit_transform(X)
    forest = RandomForestClassifier(200, random_state=seed)
    boosting = HistGradientBoostingClassifier(max_iter=60, random_state=seed)
    importances = [] if explain else None
    row = {
        "n": len(negatives),
        **report["auc"].rename(SHORT),
        "told apart": ", ".join(report.index[report["told_apart"]]) or "nothing",
        "dynamics": aucs(forest, features, y, splits, importances),
        "boosting": aucs(boosting, features, y, splits),
        "steps": aucs(forest, pd.DataFrame([step_features(x) for x in X]), y, splits),
        "SNRt": negatives["snr"].median(),
    }
    if explain:
        show_features(features, y, np.mean(importances, axis=0))
    return row


def show_features(features, y, importance):
    """Print the features that the forest uses most."""
    table = pd.DataFrame(
        {
            "importance": importance,
            "AUC alone": [
                roc_auc_score(y, column.rank(na_option="top")) for _, column in features.items()
            ],
            "human median": features[y == 1].median(),
            "negative median": features[y == 0].median(),
        },
        index=features.columns,
    )
    print(table.sort_values("importance", ascending=False).head(12).round(3).to_string())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--samples", type=int, default=500, help="of each class, at most")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--strengths", nargs="+", type=float, default=STRENGTHS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--explain", action="store_true", help="print the features that give most away"
    )
    options = parser.parse_args()
    rows = {}
    for title in options.sets:
        name, single_strokes = SETS[title]
        table = read_movements(
            options.data / f"{name}.npz", single_strokes=single_strokes, min_points=MIN_POINTS
        )
        human, sources = halves(table, options.samples, options.seed)
        kinds = {"the study's": the_studys(table, sources, options.seed, whole=not single_strokes)}
        plans = extract_strokes(sources["movement"], on_error="skip")
        kinds |= {f"strength {s:g}": ours(sources, plans, s) for s in options.strengths}
        for kind, negatives in kinds.items():
            print(f"{title}, {kind}: {len(human)} human, {len(negatives)} negatives", flush=True)
            rows[title, kind] = compare(human, negatives, options.seed, options.explain)
    result = pd.DataFrame.from_dict(rows, orient="index").rename_axis(["data", "negatives"])
    digits = {"SNRt": 1}
    print(result.round({c: digits.get(c, 3) for c in result.select_dtypes("number")}).to_string())


if __name__ == "__main__":
    main()
