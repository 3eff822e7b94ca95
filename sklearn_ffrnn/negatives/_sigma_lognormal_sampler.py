"""SigmaLognormalNegativeSampler: fair negatives for training on human movements."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval

from .._parallel_map import parallel_map
from ..sigma_lognormal._extract import EXTRACTION_CONSTRAINTS, check_movements, extract_strokes
from ..sigma_lognormal._plan import StrokePlan
from ..sigma_lognormal._synthesis import synthesize
from ._base_sampler import BaseNegativeSampler

_EXTRACTION = (
    "n_jobs",
    "smoothing",
    "target_snr",
    "max_strokes_per_second",
    "time_unit",
    "verbose",
)


class SigmaLognormalNegativeSampler(BaseNegativeSampler):
    """Make synthetic negatives from human movements, for classifiers that see only humans.

    The strokes of each human movement are found, perturbed and put together again, on the same
    clock and the same lattice (see :func:`synthesize`), so that a classifier can learn only from
    the movement. Put it first in a pipeline: in scikit-learn's with ``mode="attach"``, in
    imbalanced-learn's with ``mode="resample"``.

    Parameters
    ----------
    n_negatives : int, float or "balance", default=1
        Number of negatives. An int is the number per human movement; a float is the total, relative
        to the number of human movements (0.5: half as many) and spread evenly over them. "balance"
        adds as many as the rows of `negative_label` lack to equal the human rows.
    strength : float, default=1.0
        Factor on all perturbations of the strokes.
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
        What to do if human movements cannot be modelled, because nothing moves or no part has three
        points. They stay in the data, and other movements replace them as sources, so that the
        number of negatives is as requested: "warn" names them in one warning, "skip" says nothing,
        and "raise" raises ValueError. If none can be modelled, ValueError is raised.
    time_unit : {"s", "ms", "us", "ns"}, default="ms"
        Unit of t.
    smoothing, target_snr, max_strokes_per_second : float
        As in :func:`extract_strokes`.
    store_plans : bool, default=False
        Whether to keep `plans_`. Plans contain the whole training set, and so would every saved
        model.
    n_jobs : int or None, default=None
        Number of processes; results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Pass an int for the same negatives on every call.
    verbose : int, default=0
        Show a progress bar if not 0.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns of a trajectory, 3 or 4.
    n_negatives_ : int
        Number of negatives made.
    source_ : ndarray of shape (`n_negatives_`,)
        Row of the training set that each negative was made from.
    unmodelled_ : ndarray of int
        Human rows that could not be modelled.
    plans_ : dict of int to StrokePlan
        Plan of each human row, by row; only with ``store_plans=True``.

    See Also
    --------
    make_evaluation_set : Humans and negatives to score a classifier on.
    sklearn_ffrnn.negatives.make_negatives_scorer : Makes negatives of each test fold, to score on.
    synthesize : How a negative is made.

    Notes
    -----
    A negative shares the tremor and the clock of its source. With mode "attach" the classifiers
    keep both on one side of their own validation split; with "resample" they do not know which rows
    belong together.

    Examples
    --------
    Training on human movements alone:

    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer
    >>> from sklearn_ffrnn import SigmaLognormalNegativeSampler
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> t = np.arange(0.0, 600.0, 10.0)
    >>> X = [np.column_stack([a * t * np.sin(t / 200), b * t, t]).round()
    ...      for a, b in rng.uniform(0.2, 1, size=(20, 2))]
    >>> model = make_pipeline(
    ...     SigmaLognormalNegativeSampler(random_state=0),
    ...     VelocityTransformer(),
    ...     FFRNNClassifier((8,), max_iter=2, random_state=0),
    ... )
    >>> model.fit(X).predict_proba(X[:3]).shape
    (3, 2)
    >>> model[0].n_negatives_, model[-1].n_negatives_
    (20, 20)
    """

    _parameter_constraints: dict[str, list[Any]] = {
        **BaseNegativeSampler._parameter_constraints,
        "strength": [Interval(Real, 0, None, closed="left")],
        "store_plans": ["boolean"],
        **{name: EXTRACTION_CONSTRAINTS[name] for name in _EXTRACTION},
    }

    def __init__(
        self,
        n_negatives: int | float | str = 1,
        *,
        strength: float = 1.0,
        mode: str = "attach",
        human_label: Any = 1,
        negative_label: Any = 0,
        on_error: str = "warn",
        time_unit: str = "ms",
        smoothing: float = 12.0,
        target_snr: float = 25.0,
        max_strokes_per_second: float = 14.0,
        store_plans: bool = False,
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.n_negatives = n_negatives
        self.strength = strength
        self.mode = mode
        self.human_label = human_label
        self.negative_label = negative_label
        self.on_error = on_error
        self.time_unit = time_unit
        self.smoothing = smoothing
        self.target_snr = target_snr
        self.max_strokes_per_second = max_strokes_per_second
        self.store_plans = store_plans
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def _check_rows(self, X: Any) -> list[np.ndarray]:
        return check_movements(X, self.time_unit)

    def _model(self, human: dict[int, np.ndarray]) -> dict[int, StrokePlan]:
        plans = extract_strokes(
            list(human.values()),
            on_error="skip",
            **{name: getattr(self, name) for name in _EXTRACTION},
        )
        plan_of = dict(zip(human, plans, strict=True))
        if self.store_plans:
            self.plans_ = plan_of
        return {row: plan for row, plan in plan_of.items() if plan.n_strokes}

    def _negatives(
        self, models: dict[int, StrokePlan], rng: np.random.RandomState
    ) -> list[np.ndarray]:
        sources, counts = np.unique(self.source_, return_counts=True)
        # One seed per source: its negatives do not depend on how the work is divided.
        seeds = rng.randint(np.iinfo(np.int32).max, size=len(sources))
        each = zip(sources.tolist(), seeds.tolist(), counts.tolist(), strict=True)
        arguments = ((models[source], self.strength, seed, count) for source, seed, count in each)
        made = parallel_map(synthesize, arguments, self.n_jobs)
        return [negative for some in made for negative in some]
