"""One detector at one setting: it learns from people, and tells machines that it has not met."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, OutlierMixin, _fit_context, clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from .._classifiers import BaseRNNClassifier
from .._input import check_n_columns, check_trajectories, warn_about_jumps
from .._typing import FloatArray
from ..negatives import (
    AlteredHumanFamily,
    MinimumJerkFamily,
    MixedNegativeSampler,
    NegativeFamily,
    PursuitFamily,
    RetimedFamily,
    SigmaLognormalFamily,
    SmoothPaceFamily,
    SplineFamily,
)
from ..preprocessing import RecorderAugmenter, TrajectoryAugmenter
from ..preprocessing._rests import without_rests
from ._judgeable import Limits, reasons_against
from ._members import (
    PERIOD,
    describe,
    learn_sequences,
    learn_table,
    sequence_network,
    table_network,
)
from ._operating_point import operating_point
from ._slow_people import SlowPeople, log_speed, played_slower

LONGEST_REST = 96.0  # ms
SCALES = (0.5, 1.4)
# Of the views: what is recorded anew has less tremor to go by.
RECORDED_ANEW = 0.5
FEWEST_PEOPLE = 20
SLOWER_VIEWS = 2  # of each held-out movement
# Of the networks on sequences and on features: the first keeps more people of other recorders.
WEIGHTS = np.array([0.7, 0.3])
FAMILIES: dict[NegativeFamily, int] = {
    SigmaLognormalFamily(): 1,
    MinimumJerkFamily(): 1,
    SplineFamily(): 1,
    PursuitFamily(): 1,
    AlteredHumanFamily(): 1,
    AlteredHumanFamily(("calmed",)): 2,
    RetimedFamily(slower=(2.2, 5.0)): 4,
    RetimedFamily(SplineFamily()): 1,
    RetimedFamily(PursuitFamily(), pace=(1.3, 4.0)): 1,
    RetimedFamily(MinimumJerkFamily(), duration=(100.0, 3000.0)): 1,
    RetimedFamily(AlteredHumanFamily(), pace=(1.2, 4.0)): 1,
    SmoothPaceFamily(): 1,
}


class HumanMovementDetector(OutlierMixin, BaseEstimator):
    """Tell people from machines that were not in the training, after learning from people alone.

    Two Forward-Forward networks are joined. One reads the movement step by step, at any pace and
    size, the other its :class:`~sklearn_ffrnn.KinematicFeatures`. Both learn from people and from
    negatives of many families that are made of the people's movements. Scores are measured by how
    people spread who were held out; the first has seven tenths of the say.
    Negatives that are too slow lower the scores of slow people too. That loss is measured on
    held-out people and added back, for people up to twice as slow as the slowest tenth.

    In training half of the people's movements and of the negatives are turned, scaled and cut, and
    half of these go through simulated recorders; rests are cut out of all, so that neither the
    device nor waiting counts. A recording that is too coarse, too short or has too few
    points is not judged: its scores are NaN, its label 0, and :meth:`reasons` says why.

    Parameters
    ----------
    contamination : float, default=0.1
        Share of people to call machines, measured on people who were held out in training. Told
        the recorders, `fit` leaves room for people behind one more: the threshold is that of the
        recorder that fares worst, less the standard deviation of the recorders' thresholds.
    families : sequence of callables or None, default=None
        Families of negatives, see :class:`~sklearn_ffrnn.MixedNegativeSampler`; None is all of
        this package, some of them on clocks of their own.
    n_negatives : int, default=4
        Negatives made of each movement.
    n_views : int, default=1
        Views of each movement, turned, scaled, cut and recorded anew, to learn from beside the
        movement itself. Of the negatives, n_views in n_views + 1 are seen so.
    held_out : float, default=0.2
        Share of the people to hold out.
    sequence_estimator : FFRNNClassifier, BPTTRNNClassifier or None, default=None
        Network for sequences; None is a small ``FFRNNClassifier``.
    table_estimator : FFRNNClassifier, BPTTRNNClassifier or None, default=None
        Network for tables, likewise.
    coarsest : float, default=40.0
        Longest usual interval between points, in milliseconds, that can be judged.
    shortest : float, default=150.0
        Shortest duration, in milliseconds, that can be judged.
    fewest : int, default=10
        Fewest points at different times, and not at the place before, that can be judged.
    random_state : int, RandomState instance or None, default=None
        Seeds negatives, views, the held-out part and the networks.

    Attributes
    ----------
    classes_ : ndarray of shape (2,)
        -1 (machine) and 1 (human), the order of the columns of :meth:`predict_proba`.
    sequences_ : Pipeline
        The network that takes movements without rests.
    table_ : BaseRNNClassifier
        The one that takes their features, on the scale `table_scale_`.
    centre_, spread_ : ndarray of shape (2,)
        Median of each network's scores of held-out people, and their deviation below it.
    slow_people_ : SlowPeople
        Logarithm of the mean speed below which people count as slow, and the score that they lose
        per unit of that logarithm.
    offset_ : float
        Score below which a movement is called a machine's.
    slope_, intercept_ : float
        From scores to log-odds.
    n_judged_ : int
        Movements learnt from: those of X that can be judged.
    n_features_in_ : int
        Number of columns of a trajectory, 3 or 4.

    See Also
    --------
    FFRNNOutlierDetector : For sequences of any kind, without negatives of movement.
    KinematicFeatures : For ``IsolationForest`` and boosting, the baselines.

    Notes
    -----
    Times t are in milliseconds. :meth:`predict_proba` is calibrated on held-out people and
    negatives made of them, as many of each; :meth:`predict` goes by `contamination`, so that the
    two may differ.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn import HumanMovementDetector
    >>> from sklearn_ffrnn.datasets import load_mouse_movements
    >>> people = load_mouse_movements().data[:200]
    >>> detector = HumanMovementDetector(n_negatives=1, random_state=0).fit(people)
    >>> t = np.arange(0.0, 800.0, 8.0)
    >>> script = np.column_stack([t / 2, t / 4, t]).round()
    >>> detector.predict([script, script[:5]])
    array([-1,  0])
    >>> detector.reasons([script, script[:5]])
    array(['', 'too short: 32, and 150 are needed'], dtype=object)
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "contamination": [Interval(Real, 0, 0.5, closed="right")],
        "families": [list, tuple, None],
        "n_negatives": [Interval(Integral, 1, None, closed="left")],
        "n_views": [Interval(Integral, 0, None, closed="left")],
        "held_out": [Interval(Real, 0, 1, closed="neither")],
        "sequence_estimator": [BaseRNNClassifier, None],
        "table_estimator": [BaseRNNClassifier, None],
        "coarsest": [Interval(Real, 0, None, closed="neither")],
        "shortest": [Interval(Real, 0, None, closed="left")],
        "fewest": [Interval(Integral, 3, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        contamination: float = 0.1,
        families: Any = None,
        n_negatives: int = 4,
        n_views: int = 1,
        held_out: float = 0.2,
        sequence_estimator: BaseRNNClassifier | None = None,
        table_estimator: BaseRNNClassifier | None = None,
        coarsest: float = 40.0,
        shortest: float = 150.0,
        fewest: int = 10,
        random_state: Any = None,
    ) -> None:
        self.contamination = contamination
        self.families = families
        self.n_negatives = n_negatives
        self.n_views = n_views
        self.held_out = held_out
        self.sequence_estimator = sequence_estimator
        self.table_estimator = table_estimator
        self.coarsest = coarsest
        self.shortest = shortest
        self.fewest = fewest
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None, groups: Any = None) -> HumanMovementDetector:
        """Learn how people move.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            Movements of people with columns x, y, t (ms) in any of the forms that
            :class:`~sklearn_ffrnn.VelocityTransformer` takes.
        y : None
            Ignored.
        groups : array-like of shape (n_samples,), default=None
            Recorder of each movement. Then `contamination` holds for people behind any of them,
            and leaves room for one more.

        Returns
        -------
        self : HumanMovementDetector
            The fitted detector.

        Raises
        ------
        ValueError, TypeError
            If a movement is malformed, or fewer than 20 can be judged: the message says what to do.
        """
        rows = check_trajectories(X)
        warn_about_jumps(rows, stacklevel=4)
        recorder = np.zeros(len(rows)) if groups is None else np.asarray(groups)
        if len(recorder) != len(rows):
            raise ValueError(
                f"groups has {len(recorder)} entries for the {len(rows)} movements of X; give one "
                "for each."
            )
        judged = np.flatnonzero(self._reasons(rows) == "")
        if len(judged) < FEWEST_PEOPLE:
            raise ValueError(
                f"{len(judged)} of the {len(rows)} movements of X can be judged, and "
                f"{FEWEST_PEOPLE} are needed. Give more, or loosen coarsest, shortest or fewest."
            )
        rng = check_random_state(self.random_state)
        self.n_features_in_ = rows[0].shape[1]
        self.n_judged_ = len(judged)
        self.classes_ = np.array([-1, 1])
        learn, held = train_test_split(
            judged,
            test_size=self.held_out,
            stratify=_common(recorder[judged], self.held_out),
            random_state=_seed(rng),
        )
        self._learn([rows[i] for i in learn], rng)
        self._calibrate([rows[i] for i in held], recorder[held], rng)
        return self

    def score_samples(self, X: Any) -> np.ndarray:
        """Return how human movements are, in deviations of held-out people.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            As in :meth:`fit`.

        Returns
        -------
        scores : ndarray of shape (n_samples,)
            The lower, the more of a machine; NaN where a movement can't be judged.
        """
        rows = self._check(X)
        judged = np.flatnonzero(self._reasons(rows) == "")
        scores = np.full(len(rows), np.nan)
        if len(judged):
            scores[judged] = self._scores([rows[i] for i in judged])
        return scores

    def decision_function(self, X: Any) -> np.ndarray:
        """Return the scores, less ``offset_``.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            As in :meth:`fit`.

        Returns
        -------
        decision : ndarray of shape (n_samples,)
            Negative for machines; NaN where a movement can't be judged.
        """
        return self.score_samples(X) - self.offset_

    def predict(self, X: Any) -> np.ndarray:
        """Tell machines.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            As in :meth:`fit`.

        Returns
        -------
        labels : ndarray of int of shape (n_samples,)
            1 for people, -1 for machines, 0 where a movement can't be judged.
        """
        decision = self.decision_function(X)
        return np.where(np.isnan(decision), 0, np.where(decision >= 0, 1, -1))

    def fit_predict(self, X: Any, y: Any = None, **kwargs: Any) -> np.ndarray:
        """Learn from movements and tell which of them are not like the others.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            As in :meth:`fit`.
        y : None
            Ignored.
        **kwargs
            Passed to :meth:`fit`.

        Returns
        -------
        labels : ndarray of int of shape (n_samples,)
            As from :meth:`predict`.
        """
        return self.fit(X, y, **kwargs).predict(X)

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probabilities of machine and human.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            As in :meth:`fit`.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, 2)
            In the order of ``classes_``, if both are as frequent; NaN where a movement can't be
            judged.
        """
        logits = self.slope_ * self.score_samples(X) + self.intercept_
        human = 0.5 * (1 + np.tanh(0.5 * logits))
        return np.column_stack([1 - human, human])

    def reasons(self, X: Any) -> np.ndarray:
        """Say why movements can't be judged.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            As in :meth:`fit`.

        Returns
        -------
        reasons : ndarray of str of shape (n_samples,)
            Empty where a movement can be judged.
        """
        return self._reasons(self._check(X))

    def _check(self, X: Any) -> list[np.ndarray]:
        check_is_fitted(self)
        rows = check_trajectories(X)
        check_n_columns(self, rows[0].shape[1])
        return rows

    def _reasons(self, rows: list[np.ndarray]) -> np.ndarray:
        return reasons_against(rows, Limits(self.coarsest, self.shortest, self.fewest))

    def _make_negatives(
        self, people: list[np.ndarray], n_each: int, rng: np.random.RandomState
    ) -> tuple[list[np.ndarray], np.ndarray]:
        """Return negatives of all families, and the position of the source of each."""
        families = list(FAMILIES) if self.families is None else list(self.families)
        sampler = MixedNegativeSampler(
            n_each,
            families=families,
            weights=list(FAMILIES.values()) if self.families is None else None,
            mode="resample",
            on_error="skip",
            random_state=_seed(rng),
        )
        both, _ = sampler.fit_resample(people)
        return both[len(people) :], sampler.source_

    def _learn(self, people: list[np.ndarray], rng: np.random.RandomState) -> None:
        negatives, of_negative = self._make_negatives(people, self.n_negatives, rng)
        seen = people + [view for _ in range(self.n_views) for view in _augmented(people, rng)]
        # As large a share of the negatives, lest a network tell views from recordings.
        share = self.n_views / (self.n_views + 1)
        viewed = np.flatnonzero(rng.uniform(size=len(negatives)) < share)
        if len(viewed):
            views = _augmented([negatives[i] for i in viewed], rng)
            for i, view in zip(viewed, views, strict=True):
                negatives[i] = view
        source = np.concatenate([np.tile(np.arange(len(people)), self.n_views + 1), of_negative])
        seen, machines = _active(seen), _active(negatives)
        sequences = clone(self.sequence_estimator or sequence_network())
        sequences.set_params(random_state=_seed(rng))
        self.sequences_ = learn_sequences(seen, machines, sequences, source)
        table = clone(self.table_estimator or table_network())
        table.set_params(random_state=_seed(rng))
        self.table_scale_, self.table_ = learn_table(
            describe(seen), describe(machines), table, source
        )

    def _calibrate(
        self, people: list[np.ndarray], recorder: np.ndarray, rng: np.random.RandomState
    ) -> None:
        """Measure the networks by people who were held out."""
        active = _active(people)
        scores = self._member_scores(active)
        self.centre_ = np.median(scores, axis=0)
        # A tenth of a normal distribution lies 1.28 deviations below its median.
        below = (self.centre_ - np.quantile(scores, 0.1, axis=0)) / 1.2816
        self.spread_ = np.maximum(below, 1e-6)
        human = self._joined(scores)
        slower = _active(_augmented(played_slower(SLOWER_VIEWS * people, rng), rng))
        theirs = self._joined(self._member_scores(slower))
        self.slow_people_ = SlowPeople.of(log_speed(active), human, log_speed(slower), theirs)
        human = human + self.slow_people_.allowance(log_speed(active))
        self.offset_ = operating_point(human, recorder, self.contamination)
        negatives, _ = self._make_negatives(people, 1, rng)
        negatives = [
            n for n, why in zip(negatives, self._reasons(negatives), strict=True) if not why
        ]
        machine = self._scores(negatives)
        both = np.concatenate([human, machine])[:, None]
        y = np.repeat([1, -1], [len(human), len(machine)])
        fitted = LogisticRegression(class_weight="balanced").fit(both, y)
        self.slope_, self.intercept_ = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])

    def _scores(self, movements: list[np.ndarray]) -> FloatArray:
        """Return the score of each movement that can be judged."""
        active = _active(movements)
        allowance = self.slow_people_.allowance(log_speed(active))
        return self._joined(self._member_scores(active)) + allowance

    def _member_scores(self, active: list[np.ndarray]) -> FloatArray:
        """Return the score that each network gives to each movement without rests, (n, 2)."""
        table = self.table_scale_.apply(describe(active)).astype(np.float32)
        return np.column_stack(
            [self.sequences_.decision_function(active), self.table_.decision_function(table)]
        )

    def _joined(self, scores: FloatArray) -> FloatArray:
        """Return one score of those of both networks."""
        return (scores - self.centre_) / self.spread_ @ WEIGHTS


def _active(movements: list[np.ndarray]) -> list[np.ndarray]:
    return [without_rests(movement, LONGEST_REST, PERIOD) for movement in movements]


def _augmented(movements: list[np.ndarray], rng: np.random.RandomState) -> list[np.ndarray]:
    views = TrajectoryAugmenter(scale=SCALES, random_state=_seed(rng)).fit_transform(movements)
    recorder = RecorderAugmenter(share=RECORDED_ANEW, random_state=_seed(rng))
    return recorder.fit_transform(views)


def _common(recorder: np.ndarray, share: float) -> np.ndarray | None:
    """Return the recorders to draw a share of each of, if each has enough."""
    _, counts = np.unique(recorder, return_counts=True)
    enough = counts.min() >= max(2.0, 1 / share, 1 / (1 - share))
    return recorder if enough and len(counts) > 1 else None


def _seed(rng: np.random.RandomState) -> int:
    return int(rng.randint(np.iinfo(np.int32).max))
