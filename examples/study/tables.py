"""The study's three tables in Markdown, and one of thresholds.

Every function takes the rows of finished runs; cells of missing runs are empty.
"""

from .data import DATA_SETS
from .models import NORMALIZATIONS, SETTINGS, STUDY_THRESHOLD, TITLES, Model
from .published import PUBLISHED

PROTOCOL_TITLES = {"study": "by sample", "grouped": "by writer"}
SAME_RUN = ["data", "protocol", "run", "session"]


def table_1(rows, data_sets, protocols):
    """Forward-Forward by normalization."""
    models = [("FF", normalization) for normalization in NORMALIZATIONS]
    return _quality(rows, data_sets, protocols, models)


def table_2(rows, data_sets, protocols):
    """Forward-Forward with standardization against backpropagation."""
    return _quality(rows, data_sets, protocols, [("FF", "standardize"), ("BPTT", "")])


def _quality(rows, data_sets, protocols, models):
    """Return AUC and accuracy, published and ours in each setting."""
    header = ["data", "model", ""]
    header += [
        f"{figure}, {PROTOCOL_TITLES[p]}" for figure in ("AUC", "accuracy") for p in protocols
    ]
    lines = []
    for data in data_sets:
        for classifier, normalization in models:
            title = " ".join([classifier, normalization]).strip()
            known = PUBLISHED[data][classifier, normalization]
            line = [DATA_SETS[data], title, "**published**"]
            for figure in (known.AUC, known.accuracy):
                line += [figure if protocol == "study" else "" for protocol in protocols]
            lines.append(line)
            for setting in SETTINGS:
                model = _model(classifier, setting, normalization)
                if model is None:
                    continue
                found = [_select(rows, data, protocol, model) for protocol in protocols]
                line = ["", "", TITLES[setting]]
                line += [_mean(f, figure) for figure in ("AUC", "accuracy") for f in found]
                lines.append(line)
    return _markdown(header, lines)


def table_3(rows, data_sets, protocol="study"):
    """Epochs until early stopping, and the time of an epoch over that of BPTT."""
    header = ["data", "model", "epochs, published", "s / epoch, published"]
    header.append("FF / BPTT, published")
    for setting in SETTINGS:
        header += [f"epochs, {TITLES[setting]}", f"FF / BPTT, {TITLES[setting]}"]
    lines = []
    for data in data_sets:
        seconds_of_bptt = float(PUBLISHED[data]["BPTT", ""].seconds_per_epoch)
        for (classifier, normalization), known in PUBLISHED[data].items():
            title = " ".join([classifier, normalization]).strip()
            ratio = float(known.seconds_per_epoch) / seconds_of_bptt
            line = [DATA_SETS[data], title, known.epochs, known.seconds_per_epoch, f"{ratio:.2f}"]
            for setting in SETTINGS:
                model = _model(classifier, setting, normalization)
                if model is None:
                    line += ["", ""]
                    continue
                line.append(_mean(_select(rows, data, protocol, model), "epochs", digits=0))
                line.append(_mean(_time_ratio(rows, data, protocol, model), "ratio", digits=2))
            lines.append(line)
    return _markdown(header, lines)


def threshold_table(rows, data_sets, thresholds, protocol="study"):
    """AUC of FF in the study's setting by threshold, and its spread."""
    header = ["data", "normalization", *(f"θ = {t:g}" for t in thresholds), "spread"]
    header.append("layers 1 / 2 / 3 at θ = 7")
    lines = []
    for data in data_sets:
        for normalization in NORMALIZATIONS:
            found = [
                _select(rows, data, protocol, Model("FF", "study", normalization, threshold))
                for threshold in thresholds
            ]
            means = [float(f["AUC"].astype(float).mean()) for f in found if not f.empty]
            spread = f"{max(means) - min(means):.3f}" if len(means) > 1 else ""
            at_study = Model("FF", "study", normalization, STUDY_THRESHOLD)
            lines.append(
                [
                    DATA_SETS[data],
                    normalization,
                    *(_mean(f, "AUC") for f in found),
                    spread,
                    _layers(_select(rows, data, protocol, at_study)),
                ]
            )
    return _markdown(header, lines)


def _model(classifier, setting, normalization):
    """Return the model of a cell; None where our defaults normalize in another way."""
    if setting == "ours":
        return None if normalization == "layer_norm" else Model(classifier, setting)
    if classifier == "BPTT":
        return Model(classifier, setting)
    return Model(classifier, setting, normalization, STUDY_THRESHOLD)


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


def _mean(rows, column, digits=3):
    values = rows[column].astype(float)
    if values.empty:
        return ""
    deviation = f" ± {values.std():.{digits}f}" if len(values) > 1 else ""
    return f"{values.mean():.{digits}f}{deviation}"


def _layers(rows):
    return " / ".join(_mean(rows, f"AUC_layer_{i}").split(" ")[0] for i in (1, 2, 3)).strip(" /")


def _markdown(header, lines):
    cells = [header, ["---"] * len(header), *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)
