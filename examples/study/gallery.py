"""Draw the figures of the finished runs, and name their files."""

from .data import DATA_SETS
from .figures import accuracy_figure, goodness_figure
from .tables import PROTOCOL_TITLES


def draw(rows, store, folder):
    """Draw the accuracy of the layers of the study's FF, and the goodness of each run 0.

    Returns
    -------
    paths : list of Path
        One accuracy figure for each data set and protocol, and one of the goodness for each of its
        models.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    of_study = rows[(rows["classifier"] == "FF") & (rows["setting"] == "study")]
    for (data, protocol), group in of_study.groupby(["data", "protocol"], sort=False):
        title = f"{DATA_SETS[data]}, split {PROTOCOL_TITLES[protocol]}"
        panels = {}
        for (normalization, threshold), runs in group.groupby(
            ["normalization", "threshold"], sort=False
        ):
            model = f"{normalization}, θ = {threshold:g}"
            curves = [store.curves(key) for key in runs.sort_values("run")["key"]]
            panels[model] = [c["accuracy"] for c in curves]
            figure = goodness_figure(
                curves[0]["goodness"], curves[0]["target"], threshold, f"{title}, {model}"
            )
            name = f"goodness-{data}-{protocol}-{normalization}-{threshold:g}.png"
            paths.append(_save(figure, folder / name))
        figure = accuracy_figure(panels, title)
        paths.append(_save(figure, folder / f"accuracy-{data}-{protocol}.png"))
    return paths


def _save(figure, path):
    figure.savefig(path, dpi=100)
    return path
