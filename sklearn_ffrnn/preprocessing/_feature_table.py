"""What the kinematic features are: group, unit, meaning and source of each."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from ._kinematics import BANDS_HZ, NOMINAL_WIDTH

BECAPTCHA = "Acien et al. 2022"
GAMBOA = "Gamboa & Fred 2004"
ANTAL = "Antal & Egyed-Zsigmond 2019"
FITTS = "Fitts 1954"
BALASUBRAMANIAN = "Balasubramanian et al. 2015"
VIVIANI = "Viviani & Flash 1995"
OURS = "this package"


class Feature(NamedTuple):
    """One number that describes a movement."""

    name: str
    group: str
    unit: str
    meaning: str
    source: str


def _in(group: str, *rows: tuple[str, str, str, str]) -> list[Feature]:
    return [Feature(name, group, *rest) for name, *rest in rows]


FEATURES: tuple[Feature, ...] = (
    *_in(
        "extent",
        ("duration", "s", "from the first point to the last", BECAPTCHA),
        ("mean_speed", "length/ms", "mean speed", BECAPTCHA),
        ("path_length", "log length", "length of the path", BECAPTCHA),
        ("displacement", "log length", "from the first point to the last, straight", BECAPTCHA),
        ("straightness", "1", "displacement / path length", BECAPTCHA),
        ("largest_deviation", "1", "farthest from the straight way / displacement", ANTAL),
        (
            "throughput",
            "bit/s",
            f"log2(1 + displacement / {NOMINAL_WIDTH:g} length) / duration",
            FITTS,
        ),
    ),
    *_in(
        "speed",
        ("speed_variation", "mean speed", "standard deviation of speed", GAMBOA),
        ("speed_max", "mean speed", "highest speed", GAMBOA),
        *((f"speed_q{q:02d}", "mean speed", f"{q} % quantile", OURS) for q in (5, 25, 50, 75, 95)),
        ("speed_skewness", "1", "skewness of speed", OURS),
        ("speed_kurtosis", "1", "kurtosis of speed", OURS),
        ("speed_peaks", "1/s", "maxima of speed: submovements", BALASUBRAMANIAN),
        ("peak_prominence", "mean speed", "median prominence of these", OURS),
        ("peak_height_variation", "mean speed", "standard deviation of their heights", OURS),
        ("time_of_maximum", "duration", "when speed is highest", ANTAL),
        ("half_way_time", "duration", "when half of the path is done", OURS),
        ("time_at_rest", "duration", "slower than 5 % of the mean", GAMBOA),
    ),
    *_in(
        "derivatives",
        ("acceleration", "log 1/ms", "root mean square of acceleration / mean speed", GAMBOA),
        ("acceleration_peak", "1", "highest acceleration / its root mean square", GAMBOA),
        ("braking", "duration", "share of time in which speed falls", OURS),
        ("tangential_skewness", "1", "skewness of the change of speed", OURS),
        ("tangential_share", "1", "of acceleration that changes speed, not heading", OURS),
        ("jerk", "log 1/ms", "root mean square of jerk / that of acceleration", GAMBOA),
        (
            "dimensionless_jerk",
            "log 1",
            "mean squared jerk * duration^4 / highest speed^2",
            BALASUBRAMANIAN,
        ),
    ),
    *_in(
        "path",
        *((f"turning_q{q}", "rad/s", f"{q} % quantile of turning", GAMBOA) for q in (25, 50, 75)),
        ("turning_q95", "rad/s", "95 % quantile of turning", GAMBOA),
        ("curvature", "log rad", "median curvature * path length", GAMBOA),
        ("power_law_exponent", "1", "e in turning ~ curvature^e; people 2/3", VIVIANI),
        ("speed_curvature_correlation", "1", "of log speed and log curvature", VIVIANI),
        ("turns", "1/s", "changes between left and right", OURS),
        ("net_turning", "1", "mean turning / mean size of turning", OURS),
        ("total_turning", "rad", "sum of all angles turned", ANTAL),
    ),
    *_in(
        "spectrum",
        *(
            (f"{name}_{low:g}_{high:g}_hz", "log 1", f"share of the power of {name}", OURS)
            for name in ("speed", "velocity")
            for low, high in pairwise(BANDS_HZ)
        ),
    ),
    *_in(
        "memory",
        *((f"acceleration_lag_{k}", "1", f"autocorrelation, {k} ticks", OURS) for k in (2, 4, 8)),
        *((f"speed_lag_{k}", "1", f"autocorrelation, {k} ticks", OURS) for k in (5, 10)),
    ),
    *_in(
        "residual",
        ("residual", "log mean step", "what is faster than a Gaussian of 30 ms: tremor", OURS),
        ("residual_along", "1", "share of its power along the heading", OURS),
        ("residual_kurtosis", "1", "kurtosis of its size", OURS),
        *((f"residual_lag_{k}", "1", f"autocorrelation, {k} ticks", OURS) for k in (1, 2, 3)),
        ("residual_with_speed", "1", "correlation of its size with speed", OURS),
    ),
    *_in(
        "direction",
        ("direction_cos", "1", "mean heading, along x", BECAPTCHA),
        ("direction_sin", "1", "mean heading, along y", BECAPTCHA),
    ),
)

GROUPS = tuple(dict.fromkeys(feature.group for feature in FEATURES))
# Where a movement points tells of the page on the screen, not of who moves.
USUAL_GROUPS = tuple(group for group in GROUPS if group != "direction")
