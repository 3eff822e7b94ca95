"""The study's three tables in Markdown, our figures next to the published ones.

Every function takes the rows of finished runs; cells of missing runs are empty.
"""

import math
from itertools import product

from . import published
from .data import DATA_SETS
from .models import NORMALIZATIONS, STUDY_THRESHOLD, Model

PROTOCOL_TITLES = {"study": "by sample", "grouped": "by writer"}
SAME_RUN = ["data", "protocol", "run", "session"]


def table_1(rows, data_sets, protocols):
    """AUC and accuracy of both classifiers on every data set."""
    models = [
        *(Model("FF", "study", n, STUDY_THRESHOLD) for n in NORMALIZATIONS),
        *(Model("BPTT", "study"), Model("FF", "ours"), Model("BPTT", "ours")),
    ]
    header = ["data", "model"]
    for figure in ("AUC", "accuracy"):
        header += [f"{figure}, published", *_titles(figure, protocols)]
    lines = []
    for data in data_sets:
        for model in models:
            line = [DATA_SETS[data], str(model)]
            for figure, known in (("AUC", published.AUC), ("accuracy", published.ACCURACY)):
                line.append(known[data][model.classifier] if model.setting == "study" else "")
                line += [
                    _mean(_select(rows, data, protocol, model), figure) for protocol in protocols
                ]
            lines.append(line)
    return _markdown(header, lines)


def table_2(rows, data_sets, protocols, thresholds):
    """The grid over threshold and normalization of FF in the study's setting."""
    header = ["data", "normalization", "θ", "AUC, published", *_titles("AUC", protocols)]
    header += ["accuracy, published", *_titles("accuracy", protocols)]
    header += [f"AUC of layers 1 / 2 / 3, {PROTOCOL_TITLES[p]}" for p in protocols]
    lines = []
    for data in data_sets:
        for normalization in NORMALIZATIONS:
            for threshold in thresholds:
                model = Model("FF", "study", normalization, threshold)
                found = [_select(rows, data, protocol, model) for protocol in protocols]
                line = [DATA_SETS[data], normalization, f"{threshold:g}"]
                line += ["", *(_mean(f, "AUC") for f in found)]
                line += ["", *(_mean(f, "accuracy") for f in found)]
                lines.append([*line, *map(_layers, found)])
    return _markdown(header, lines)


def table_3(rows, data_sets, protocols):
    """Time of an FF epoch over that of a BPTT epoch of the same run."""
    models = [
        *(Model("FF", "study", n, STUDY_THRESHOLD) for n in NORMALIZATIONS),
        Model("FF", "ours"),
    ]
    ratios = {
        (data, model, protocol): _time_ratio(rows, data, protocol, model)
        for data, model, protocol in product(data_sets, models, protocols)
    }
    lines = [
        [
            *(DATA_SETS[data], str(model), ""),
            *(_mean(ratios[data, model, protocol], "ratio", digits=2) for protocol in protocols),
        ]
        for data, model in product(data_sets, models)
    ]
    for model in models:
        line = ["least to most", str(model), published.TIME_RATIO.get(model.normalization, "")]
        for protocol in protocols:
            means = (ratios[data, model, protocol]["ratio"].mean() for data in data_sets)
            line.append(_range([mean for mean in means if not math.isnan(mean)]))
        lines.append(line)
    return _markdown(["data", "model", "FF / BPTT, published", *_titles("", protocols)], lines)


def _time_ratio(rows, data, protocol, model):
    """Return the ratio for each run that one session did with both classifiers."""
    baseline = _select(rows, data, protocol, Model("BPTT", model.setting))
    both = _select(rows, data, protocol, model).merge(baseline, on=SAME_RUN)
    return both.assign(ratio=both["seconds_per_epoch_x"] / both["seconds_per_epoch_y"])


def _select(rows, data, protocol, model):
    chosen = (rows["data"] == data) & (rows["protocol"] == protocol)
    for name in ("classifier", "setting", "normalization"):
        chosen &= rows[name] == getattr(model, name)
    if model.threshold is not None:
        chosen &= rows["threshold"] == model.threshold
    return rows[chosen]


def _titles(figure, protocols):
    return [f"{figure}, {PROTOCOL_TITLES[p]}".removeprefix(", ") for p in protocols]


def _mean(rows, column, digits=3):
    values = rows[column].astype(float)
    if values.empty:
        return ""
    deviation = f" ± {values.std():.{digits}f}" if len(values) > 1 else ""
    return f"{values.mean():.{digits}f}{deviation}"


def _layers(rows):
    return " / ".join(_mean(rows, f"AUC_layer_{i}").split(" ")[0] for i in (1, 2, 3)).strip(" /")


def _range(values):
    return f"{min(values):.2f} to {max(values):.2f}" if values else ""


def _markdown(header, lines):
    cells = [header, ["---"] * len(header), *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)
