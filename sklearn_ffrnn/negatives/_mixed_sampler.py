"""MixedNegativeSampler: negatives of several families in one training set."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._parallel_map import parallel_map
from ._altered_family import AlteredHumanFamily
from ._base_sampler import BaseNegativeSampler
from ._family import NegativeFamily, make_each
from ._minimum_jerk_family import MinimumJerkFamily
from ._pursuit_family import PursuitFamily
from ._sigma_lognormal_family import SigmaLognormalFamily
from ._spline_family import SplineFamily

FAMILIES: tuple[NegativeFamily, ...] = (
    SigmaLognormalFamily(),
    MinimumJerkFamily(),
    SplineFamily(),
    PursuitFamily(),
    AlteredHumanFamily(),
)
_FEWEST = 3  # points of a negative
_TOGETHER = 200  # negatives of one family
WEIGHTS = (1.0, 1.0, 2.0, 1.0, 2.0)


class MixedNegativeSampler(BaseNegativeSampler):
    """Make negatives of several families, so that a classifier learns the limits of human movement.

    A classifier trained on machines of one kind recognizes that kind, and may take any other for
    human. Negatives that resemble people teach it a fine boundary, coarse ones of many kinds a wide
    boundary. Use it in place of :class:`~sklearn_ffrnn.SigmaLognormalNegativeSampler`.

    Parameters
    ----------
    n_negatives : int, float or "balance", default=1
        Number of negatives. An int is the number per human movement; a float is the total, relative
        to the number of human movements (0.5: half as many) and spread evenly over them. "balance"
        adds as many as the rows of `negative_label` lack to equal the human rows.
    families : sequence of callables or None, default=None
        Each takes a movement, an array (n_points, 3) or (n_points, 4), and a random state, and
        returns a negative with the same columns, of any number of points on a clock that never
        goes backwards, or None if it cannot make one from that movement. None stands for
        :class:`SigmaLognormalFamily`, :class:`MinimumJerkFamily`, :class:`SplineFamily`,
        :class:`PursuitFamily` and :class:`AlteredHumanFamily`, with their defaults; add
        :class:`RetimedFamily` and :class:`SmoothPaceFamily` to teach how long a movement takes.
        :func:`record_like` gives the negatives of your own the source's clock and lattice. Where
        many are made faster together, a family also has a method ``make_each(movements, seeds)``
        that returns a list of what calls with each movement and seed would.
    weights : array-like of shape (n_families,) or None, default=None
        Relative share of each family. None gives all the same share; if `families` is None too,
        splines and altered movements have twice the share of the others.
    mode : {"attach", "resample"}, default="attach"
        "attach": ``fit_transform`` returns the rows as a :class:`SequenceBatch` that carries the
        negatives through a scikit-learn Pipeline; the classifiers of this package append them in
        ``fit``. "resample": ``fit_resample`` returns rows and negatives, as imbalanced-learn's
        Pipeline wants it. Each mode has only its own methods.
    human_label : int, str or bool, default=1
        Label in y of the rows to make negatives from.
    negative_label : int, str or bool, default=0
        Label of the negatives.
    on_error : {"warn", "raise", "skip"}, default="warn"
        What to do if nothing moves in a human movement, or it has fewer than three distinct time
        stamps. It stays in the data, and others replace it as sources: "warn" names such movements
        in one warning, "skip" says nothing, and "raise" raises ValueError. If there are no others,
        ValueError is raised.
    n_jobs : int or None, default=None
        Number of processes; results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Pass an int for the same negatives on every call.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns of a trajectory, 3 or 4.
    n_negatives_ : int
        Number of negatives made.
    source_ : ndarray of shape (`n_negatives_`,)
        Row of the training set that each negative was made from.
    families_ : list of callables
        The families in use.
    family_ : ndarray of shape (`n_negatives_`,)
        Position in `families_` of the family drawn for each negative. If it returned None, the next
        one in `families_` made the negative.
    unmodelled_ : ndarray of int
        Human rows that no negatives are made from.

    See Also
    --------
    SigmaLognormalNegativeSampler : Negatives of the one family that resembles people most.
    make_negatives_scorer : Makes negatives of each test fold, to score on.

    Examples
    --------
    A family of your own, beside one of the package:

    >>> import numpy as np
    >>> from sklearn_ffrnn.negatives import MinimumJerkFamily, MixedNegativeSampler, record_like
    >>> def straight(movement, random_state):
    ...     start, end = movement[[0, -1], :2]
    ...     return record_like(movement, np.linspace(start, end, len(movement)))
    >>> rng = np.random.default_rng(0)
    >>> t = np.arange(0.0, 600.0, 10.0)
    >>> X = [np.column_stack([a * t * np.sin(t / 200), b * t, t]).round()
    ...      for a, b in rng.uniform(0.2, 1, size=(20, 2))]
    >>> sampler = MixedNegativeSampler(
    ...     families=[MinimumJerkFamily(), straight], weights=[3, 1], random_state=0)
    >>> batch = sampler.fit_transform(X)
    >>> batch, np.bincount(sampler.family_)
    (SequenceBatch(n_rows=20, n_negatives=20), array([15,  5]))
    """

    _parameter_constraints: dict[str, list[Any]] = {
        **BaseNegativeSampler._parameter_constraints,
        "families": [list, tuple, None],
        "weights": ["array-like", None],
    }

    def __init__(
        self,
        n_negatives: int | float | str = 1,
        *,
        families: Any = None,
        weights: Any = None,
        mode: str = "attach",
        human_label: Any = 1,
        negative_label: Any = 0,
        on_error: str = "warn",
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.n_negatives = n_negatives
        self.families = families
        self.weights = weights
        self.mode = mode
        self.human_label = human_label
        self.negative_label = negative_label
        self.on_error = on_error
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _model(self, human: dict[int, np.ndarray]) -> dict[int, np.ndarray]:
        self.families_ = list(FAMILIES if self.families is None else self.families)
        for i, family in enumerate(self.families_):
            if not callable(family) or isinstance(family, type):
                raise TypeError(
                    f"families[{i}] is {family!r}, which can't be called with a movement; pass a "
                    "function, or an instance of a family."
                )
        weights = WEIGHTS if self.families is None and self.weights is None else self.weights
        self._weights = _check_weights(weights, len(self.families_))
        return {row: movement for row, movement in human.items() if _can_be_modelled(movement)}

    def _negatives(
        self, models: dict[int, np.ndarray], rng: np.random.RandomState
    ) -> list[np.ndarray]:
        self.family_ = rng.permutation(_in_proportion(self._weights, self.n_negatives_))
        seeds = rng.randint(np.iinfo(np.int32).max, size=self.n_negatives_)
        tasks = _tasks(self.family_)
        arguments = (
            (
                [*self.families_[first:], *self.families_[:first]],
                [models[source] for source in self.source_[task].tolist()],
                seeds[task].tolist(),
                [f"X[{source}]" for source in self.source_[task]],
            )
            for first, task in tasks
        )
        made: dict[int, np.ndarray] = {}
        for (_, task), some in zip(tasks, parallel_map(_ask, arguments, self.n_jobs), strict=True):
            made.update(zip(task.tolist(), some, strict=True))
        return [made[i] for i in range(self.n_negatives_)]


def _tasks(family: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Return families, and positions of the negatives that each is to make at once."""
    tasks = []
    for first in np.unique(family).tolist():
        every = np.flatnonzero(family == first)
        tasks += [(first, every[i : i + _TOGETHER]) for i in range(0, len(every), _TOGETHER)]
    return tasks


def _can_be_modelled(movement: np.ndarray) -> bool:
    return len(np.unique(movement[:, 2])) >= 3 and bool(np.ptp(movement[:, :2], axis=0).any())


def _ask(
    families: list[NegativeFamily],
    movements: list[np.ndarray],
    seeds: list[int],
    where: list[str],
) -> list[np.ndarray]:
    """Return a negative of each movement, of the first of the families that makes one."""
    made: dict[int, np.ndarray] = {}
    missing = list(range(len(movements)))
    for family in families:
        found = make_each(family, [movements[i] for i in missing], [seeds[i] for i in missing])
        for i, negative in zip(missing, found, strict=True):
            if negative is not None:
                made[i] = _checked(negative, movements[i], family, where[i])
        missing = [i for i in missing if i not in made]
        if not missing:
            return [made[i] for i in range(len(movements))]
    raise ValueError(
        f"No family can make a negative from {where[missing[0]]}; drop it, or add a family that "
        "does."
    )


def _checked(negative: Any, movement: np.ndarray, family: NegativeFamily, where: str) -> np.ndarray:
    """Return what a family made, if it is a movement."""
    negative = np.asarray(negative, dtype=np.float64)
    n_columns = movement.shape[1]
    if negative.ndim != 2 or negative.shape[1] != n_columns or len(negative) < _FEWEST:
        raise ValueError(
            f"{family!r} made an array of shape {negative.shape} from {where}, of shape "
            f"{movement.shape}; a family must return {n_columns} columns and {_FEWEST} points or "
            "more, or None."
        )
    if not np.isfinite(negative).all() or np.any(np.diff(negative[:, 2]) < 0):
        raise ValueError(
            f"{family!r} made values from {where} that are not finite, or a time that goes "
            "backwards; a family must return finite values in the order of t, or None."
        )
    return negative


def _check_weights(weights: Any, n_families: int) -> np.ndarray:
    if not n_families:
        raise ValueError("families is empty; pass at least one, or None for those of the package.")
    weights = np.ones(n_families) if weights is None else np.asarray(weights, dtype=np.float64)
    if weights.shape != (n_families,):
        raise ValueError(
            f"weights has shape {weights.shape} for {n_families} families; give one each."
        )
    if not (np.isfinite(weights).all() and weights.min() >= 0 and weights.sum() > 0):
        raise ValueError(f"weights={weights.tolist()} must be 0 or more, and not all 0.")
    return weights / weights.sum()


def _in_proportion(weights: np.ndarray, n: int) -> np.ndarray:
    """Return n positions in `weights`, each in proportion to its weight, up to rounding."""
    return np.searchsorted(np.cumsum(weights)[:-1], (np.arange(n) + 0.5) / max(n, 1), side="right")
