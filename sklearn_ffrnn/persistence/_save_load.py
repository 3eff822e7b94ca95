"""Save and load fitted models with skops, which runs no code from a file."""

from __future__ import annotations

import os
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from .._classifiers import BPTTRNNClassifier, FFRNNClassifier
from .._outliers import AbstainingClassifier, FFRNNOutlierDetector, HumanMovementDetector
from .._outliers._slow_people import SlowPeople
from .._outliers._table_scale import TableScale
from ..negatives import (
    AlteredHumanFamily,
    MinimumJerkFamily,
    MixedNegativeSampler,
    PursuitFamily,
    RetimedFamily,
    SigmaLognormalFamily,
    SigmaLognormalNegativeSampler,
    SmoothPaceFamily,
    SplineFamily,
)
from ..preprocessing import (
    KinematicFeatures,
    RecorderAugmenter,
    TrajectoryAugmenter,
    VelocityTransformer,
)
from ..preprocessing._velocity import Moments
from ..sigma_lognormal import SigmaLognormalTransformer, StrokePlan
from ..sigma_lognormal._plan import PlanPart
from ._checksum import with_checksum, without_checksum

MODELS = (
    AbstainingClassifier,
    BPTTRNNClassifier,
    FFRNNClassifier,
    FFRNNOutlierDetector,
    HumanMovementDetector,
    KinematicFeatures,
    MixedNegativeSampler,
    SigmaLognormalNegativeSampler,
    SigmaLognormalTransformer,
    RecorderAugmenter,
    TrajectoryAugmenter,
    VelocityTransformer,
)
# The only types that a file may contain besides those that skops trusts: scikit-learn's and
# numpy's.
_PARTS = (
    AlteredHumanFamily,
    MinimumJerkFamily,
    Moments,
    PlanPart,
    PursuitFamily,
    RetimedFamily,
    SigmaLognormalFamily,
    SlowPeople,
    SmoothPaceFamily,
    SplineFamily,
    StrokePlan,
    TableScale,
)
TRUSTED = [f"{cls.__module__}.{cls.__qualname__}" for cls in (*MODELS, *_PARTS)]


def save(model: Any, path: str | os.PathLike[str]) -> None:
    """Save a fitted classifier, detector, transformer or pipeline of this package in one file.

    The file holds arrays and text but no code, so that :func:`load` runs nothing from it; a pickle
    (joblib) of unknown origin can run anything. The format is that of skops, with a checksum.

    Parameters
    ----------
    model : FFRNNClassifier, BPTTRNNClassifier, FFRNNOutlierDetector, HumanMovementDetector, \
AbstainingClassifier, VelocityTransformer, KinematicFeatures, TrajectoryAugmenter, \
RecorderAugmenter, SigmaLognormalNegativeSampler, MixedNegativeSampler, \
SigmaLognormalTransformer or sklearn.pipeline.Pipeline
        The fitted model. The steps of a pipeline may be scikit-learn's, too.
    path : str or path-like
        The file, usually named ``*.skops``. An existing file is replaced after the new one has been
        written and read back.

    Raises
    ------
    TypeError
        If the model, or something in it, is of a type that :func:`load` would not trust: a family
        of negatives or a callback of your own, say.
    sklearn.exceptions.NotFittedError
        If it is not fitted.

    See Also
    --------
    load : Loads a saved model.

    Notes
    -----
    Predictions of the loaded model are the same to the last bit. `partial_fit`, and `fit` with
    ``warm_start=True``, continue as the saved model would: Adam's moments, the scores that
    `partial_fit` calibrates on and the states of random generators are saved too.

    Examples
    --------
    >>> import tempfile, numpy as np
    >>> from sklearn_ffrnn import FFRNNClassifier, load, save
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(60) % 2
    >>> X = [rng.normal(size=(rng.integers(5, 15), 2)) * (1 + 2 * label) for label in y]
    >>> model = FFRNNClassifier(hidden_layer_sizes=(16, 16), max_iter=5, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(model, f"{folder}/model.skops")
    ...     loaded = load(f"{folder}/model.skops")
    >>> bool(np.all(loaded.predict_proba(X) == model.predict_proba(X)))
    True
    """
    name = type(model).__name__
    if not isinstance(model, (*MODELS, Pipeline)):
        raise TypeError(
            f"A {name} can't be saved; save a fitted estimator of this package, or a Pipeline."
        )
    check_is_fitted(model)
    if isinstance(model, Pipeline) and model.memory is not None:
        raise TypeError(
            "A Pipeline with a cache can't be saved: the cache holds pickles. Set memory=None."
        )
    # Imports all of scikit-learn: a second that only those pay who save or load.
    import skops.io

    archive = skops.io.dumps(model)
    unknown = skops.io.get_untrusted_types(data=archive)
    if set(unknown) - set(TRUSTED):
        raise TypeError(
            f"The {name} can't be saved: it holds {sorted(set(unknown) - set(TRUSTED))}, which "
            "load would not trust. Set such parameters to None, or use joblib."
        )
    path = Path(path)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as unfinished:
        unfinished.write(with_checksum(archive))
    try:
        load(unfinished.name)
        os.replace(unfinished.name, path)
    finally:
        Path(unfinished.name).unlink(missing_ok=True)


def load(path: str | os.PathLike[str]) -> Any:
    """Load a model that :func:`save` saved, without running code from the file.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    model : estimator or Pipeline
        The fitted model. A model that was fitted on a GPU is moved to the CPU, with a warning, if
        there is no GPU.

    Raises
    ------
    ValueError
        If the file is damaged, not one that :func:`save` wrote, or contains a type that is not this
        package's, scikit-learn's or numpy's. The checksum is compared before anything is used.
    OSError
        If the file can't be opened.

    See Also
    --------
    save : Saves a model.
    """
    import skops.io

    data = Path(path).read_bytes()
    try:
        archive = without_checksum(data)
        _check_stored(archive)
        model = skops.io.loads(archive, trusted=TRUSTED)
        if not isinstance(model, (*MODELS, Pipeline)):
            raise ValueError(f"it holds a {type(model).__name__}, no model of this package")
        if isinstance(model, Pipeline) and model.memory is not None:
            raise ValueError("its Pipeline has a cache, which holds pickles")
        for estimator in _estimators(model):
            estimator._validate_params()
    # Any error of skops, or of a state that does not fit, means that save did not write the file.
    except Exception as error:
        raise ValueError(f"{os.fspath(path)!r} can't be loaded: {error}") from error
    return model


def _check_stored(archive: bytes) -> None:
    """Raise a ValueError if a member is compressed: a small file must not fill the memory."""
    with zipfile.ZipFile(BytesIO(archive)) as members:
        if any(member.compress_type != zipfile.ZIP_STORED for member in members.infolist()):
            raise ValueError("it is compressed, and save does not compress")


def _estimators(model: Any) -> list[BaseEstimator]:
    if not isinstance(model, Pipeline):
        return [model]
    return [step for _, step in model.steps if isinstance(step, BaseEstimator)]
