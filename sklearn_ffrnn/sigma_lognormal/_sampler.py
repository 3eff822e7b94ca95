"""SigmaLognormalNegativeSampler: fair negatives for training on human movements."""

from __future__ import annotations

import warnings
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, column_or_1d

from .._columns import check_input_features, check_n_columns
from .._sequences import STROKE_COLUMN, TRAJECTORY_COLUMNS, SequenceBatch, check_trajectories
from ._extract import EXTRACTION_CONSTRAINTS, NAMED, check_movements, extract_strokes
from ._plan import StrokePlan
from ._spread import spread
from ._synthesis import synthesize

_EXTRACTION = (
    "n_jobs",
    "smoothing",
    "target_snr",
    "max_strokes_per_second",
    "time_unit",
    "verbose",
)


def _in_mode(mode: str) -> Any:
    return available_if(lambda sampler: sampler.mode == mode)


class SigmaLognormalNegativeSampler(  # type: ignore[call-arg]
    TransformerMixin, BaseEstimator, auto_wrap_output_keys=None
):
    """Make synthetic negatives from human movements, for classifiers that see only humans.

    The strokes of each human movement are found, perturbed and put together again, on the same
    clock and the same grid (see :func:`synthesize`), so that a classifier can learn from nothing
    but the movement. Put it first in a pipeline: in scikit-learn's with ``mode="attach"``, in
    imbalanced-learn's with ``mode="resample"``.

    Parameters
    ----------
    n_negatives : int, float or "balance", default=1
        How many negatives. An int is for each human movement; a float for all, relative to the
        number of human movements (0.5: half as many), from sources drawn evenly. "balance" makes
        up what rows of `negative_label` lack to be as many as the human ones.
    strength : float, default=1.0
        Factor on all perturbations of the strokes.
    mode : {"attach", "resample"}, default="attach"
        "attach": ``fit_transform`` returns the rows as a :class:`SequenceBatch` that carries the
        negatives through a scikit-learn Pipeline; the classifiers of this package append them in
        ``fit``. "resample": ``fit_resample`` returns rows and negatives, as imbalanced-learn's
        Pipeline wants it. Either mode has only its own methods.
    human_label : int, str or bool, default=1
        Label in y of the rows to make negatives from.
    negative_label : int, str or bool, default=0
        Label of the negatives.
    on_error : {"warn", "raise", "skip"}, default="warn"
        What happens if human movements cannot be modelled, having no motion or no part of three
        points. They stay in the data and other movements stand in for them as sources, so that
        there are as many negatives as asked for: "warn" names them in one warning, "skip" says
        nothing, and "raise" raises ValueError. If none can be modelled, ValueError is raised.
    time_unit : {"s", "ms", "us", "ns"}, default="ms"
        Unit of t.
    smoothing, target_snr, max_strokes_per_second : float
        As in :func:`extract_strokes`.
    store_plans : bool, default=False
        Whether to keep `plans_`. They hold the whole training set, and so would every saved model.
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
    synthesize : How a negative is made.

    Notes
    -----
    A negative shares the tremor and the clock of its source. The classifiers keep both on one side
    of their own validation split in the mode "attach"; with "resample" they cannot know.

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
    >>> model.fit(X, [1] * 20).predict_proba(X[:3]).shape
    (3, 2)
    >>> model[0].n_negatives_, model[-1].n_negatives_
    (20, 20)
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "n_negatives": [
            Interval(Integral, 1, None, closed="left"),
            Interval(Real, 0, None, closed="neither"),
            StrOptions({"balance"}),
        ],
        "strength": [Interval(Real, 0, None, closed="left")],
        "mode": [StrOptions({"attach", "resample"})],
        "human_label": [Integral, str, bool],
        "negative_label": [Integral, str, bool],
        "store_plans": ["boolean"],
        "random_state": ["random_state"],
        **{name: EXTRACTION_CONSTRAINTS[name] for name in (*_EXTRACTION, "on_error")},
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

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> SigmaLognormalNegativeSampler:
        """Find the strokes of the human movements and decide which negatives to make.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            Trajectories in any of the forms that :func:`extract_strokes` takes.
        y : array-like of shape (n_samples,) or None, default=None
            Labels; None if all rows are human.

        Returns
        -------
        self : SigmaLognormalNegativeSampler
            The fitted sampler.

        Raises
        ------
        ValueError, TypeError
            If a trajectory or a label is malformed, or there is nothing to make negatives from:
            the message says what to do.
        """
        self._make(X, y, synthesis=False)
        return self

    @_in_mode("attach")
    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X: Any, y: Any = None) -> SequenceBatch:
        """Return the rows with negatives attached; only with ``mode="attach"``.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            Trajectories.
        y : array-like of shape (n_samples,) or None, default=None
            Labels; None if all rows are human.

        Returns
        -------
        batch : SequenceBatch
            All rows, in order, and the negatives that they carry.
        """
        rows, _, negatives = self._make(X, y)
        return SequenceBatch(rows, negatives, self.source_, negative_label=self.negative_label)

    @_in_mode("attach")
    def transform(self, X: Any) -> Any:
        """Return `X` as it is: negatives are for training; only with ``mode="attach"``.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            Trajectories.

        Returns
        -------
        X : same as given
            Not copied.
        """
        check_is_fitted(self)
        check_n_columns(self, check_trajectories(X)[0].shape[1])
        return X

    @_in_mode("resample")
    @_fit_context(prefer_skip_nested_validation=True)
    def fit_resample(self, X: Any, y: Any = None) -> tuple[list[np.ndarray], np.ndarray]:
        """Return rows and negatives with their labels; only with ``mode="resample"``.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            Trajectories.
        y : array-like of shape (n_samples,) or None, default=None
            Labels; None if all rows are human.

        Returns
        -------
        X_resampled : list of ndarray of shape (n_points, 3) or (n_points, 4)
            All rows, in order, and after them the negatives; `source_` says which row each of
            these was made from.
        y_resampled : ndarray of shape (n_samples + `n_negatives_`,)
            Their labels.
        """
        rows, y, negatives = self._make(X, y)
        return [*rows, *negatives], np.append(y, [self.negative_label] * len(negatives))

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of a trajectory's columns.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the columns that go in; they come out again.

        Returns
        -------
        names : ndarray of str
            "x", "y", "t" and, with four columns, "stroke_id".
        """
        check_is_fitted(self)
        names = (*TRAJECTORY_COLUMNS, STROKE_COLUMN)[: self.n_features_in_]
        check_input_features(self, input_features)
        return np.asarray(names if input_features is None else input_features, dtype=object)

    def set_output(self, *, transform: str | None = None) -> SigmaLognormalNegativeSampler:
        """Do nothing: trajectories go out in the container in which they come in.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"} or None, default=None
            Ignored; here so that a whole pipeline can be told.

        Returns
        -------
        self : SigmaLognormalNegativeSampler
            The sampler.
        """
        return self

    def _make(
        self, X: Any, y: Any, *, synthesis: bool = True
    ) -> tuple[list[np.ndarray], np.ndarray, list[np.ndarray]]:
        """Return rows, their labels and negatives; learn what fitting learns on the way."""
        if isinstance(X, SequenceBatch):
            raise TypeError(
                f"X is a SequenceBatch; {type(self).__name__} takes trajectories. Put it first in "
                "the pipeline, or pass X.rows."
            )
        rows = check_movements(X, self.time_unit)
        y = self._check_labels(rows, y)
        rng = check_random_state(self.random_state)
        human = np.flatnonzero(y == self.human_label)
        plans = extract_strokes(
            [rows[i] for i in human],
            on_error="skip",
            **{name: getattr(self, name) for name in _EXTRACTION},
        )
        plan_of = dict(zip(human.tolist(), plans, strict=True))
        modelled = np.array([plan.n_strokes > 0 for plan in plans])
        self._report(human[~modelled], len(human))
        self.n_features_in_ = rows[0].shape[1]
        self.unmodelled_ = human[~modelled]
        self.n_negatives_ = self._count(y, len(human))
        self.source_ = _share_out(human, human[modelled], self.n_negatives_, rng)
        if self.store_plans:
            self.plans_ = plan_of
        return rows, y, self._negatives(plan_of, rng) if synthesis else []

    def _negatives(
        self, plan_of: dict[int, StrokePlan], rng: np.random.RandomState
    ) -> list[np.ndarray]:
        sources, counts = np.unique(self.source_, return_counts=True)
        # A seed for each source: its negatives do not depend on who makes the others.
        seeds = rng.randint(np.iinfo(np.int32).max, size=len(sources))
        each = zip(sources.tolist(), seeds.tolist(), counts.tolist(), strict=True)
        arguments = ((plan_of[source], self.strength, seed, count) for source, seed, count in each)
        made = spread(synthesize, arguments, self.n_jobs)
        return [negative for some in made for negative in some]

    def _check_labels(self, rows: list[np.ndarray], labels: Any) -> np.ndarray:
        if self.human_label == self.negative_label:
            raise ValueError(
                f"human_label and negative_label are both {self.human_label!r}; negatives need a "
                "label of their own."
            )
        given = [self.human_label] * len(rows) if labels is None else labels
        y: np.ndarray = column_or_1d(given)
        if len(y) != len(rows):
            raise ValueError(
                f"y has {len(y)} labels for the {len(rows)} trajectories of X; give one for each."
            )
        if not np.any(y == self.human_label):
            raise ValueError(
                f"y has no row of human_label={self.human_label!r}, only "
                f"{np.unique(y).tolist()[:5]}; name the human class by human_label."
            )
        if isinstance(self.negative_label, str) != isinstance(y[0], str):
            raise TypeError(
                f"negative_label={self.negative_label!r} and the labels in y, like {y[0]!r}, are "
                "of different types; set negative_label to one of their kind."
            )
        return y

    def _count(self, y: np.ndarray, n_human: int) -> int:
        if isinstance(self.n_negatives, str):  # "balance"
            return max(0, n_human - int(np.sum(y == self.negative_label)))
        return round(self.n_negatives * n_human)

    def _report(self, bad: np.ndarray, n_human: int) -> None:
        """Say once which human rows cannot be modelled."""
        if not len(bad):
            return
        named = ", ".join(f"X[{i}]" for i in bad[:NAMED]) + (", ..." if len(bad) > NAMED else "")
        message = (
            f"{len(bad)} of {n_human} human movements cannot be modelled, having no motion or no "
            f"part of three points at different times: {named}."
        )
        if self.on_error == "raise" or len(bad) == n_human:
            raise ValueError(f"{message} Drop them, and their labels.")
        if self.on_error == "warn":
            warnings.warn(
                f"{message} Negatives are made from others in their place.",
                UserWarning,
                stacklevel=4,
            )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.input_tags.allow_nan = True
        tags.requires_fit = True
        tags.non_deterministic = True
        return tags


def _share_out(
    human: np.ndarray, modelled: np.ndarray, n_negatives: int, rng: np.random.RandomState
) -> np.ndarray:
    """Return the source of each negative, ascending: every row in turn, others for the unmodelled.

    Parameters
    ----------
    human, modelled : ndarray of int
        Human rows, and those of them that have strokes.
    n_negatives : int
        How many negatives to make.
    rng : RandomState
        Draws the rows where not all have their turn equally often.
    """
    turns, left = divmod(n_negatives, len(human))
    wanted = np.concatenate([np.repeat(human, turns), rng.permutation(human)[:left]])
    can = np.isin(wanted, modelled)
    n_missing = int(np.sum(~can))
    rounds = -(-n_missing // len(modelled))
    others = [rng.permutation(modelled) for _ in range(rounds)]
    stand_ins = np.concatenate([*others, np.empty(0, np.intp)])[:n_missing]
    return np.sort(np.concatenate([wanted[can], stand_ins])).astype(np.intp)
