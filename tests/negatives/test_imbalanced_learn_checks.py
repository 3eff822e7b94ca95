"""imbalanced-learn's own checks of a sampler: which hold, which do not apply, and why.

The checks pass tables where these samplers take movements, so that each row of a table is turned
into a movement on its way in. All that they ask of labels, parameters and tags is then asked.
"""

import dataclasses

import numpy as np
import pytest
from imblearn.utils import _tags, estimator_checks

from sklearn_ffrnn import MixedNegativeSampler, SigmaLognormalNegativeSampler
from sklearn_ffrnn.negatives import MinimumJerkFamily

DO_NOT_APPLY = {
    "check_samplers_fit": (
        "asks for sampling_strategy_, how many of each class there should be; negatives are made "
        "of one class, and n_negatives says how many"
    ),
    "check_samplers_nan": (
        "asks that NaN go through; in a movement, NaN is what stands after its end, and a missing "
        "point is an error"
    ),
    "check_samplers_list": (
        "asks for lists of labels back from lists; movements come back as a list of arrays and "
        "labels as an array, whatever the form they come in"
    ),
    "check_samplers_multiclass_ova": (
        "asks that one-hot labels be taken; these have no human_label"
    ),
    "check_samplers_preserve_dtype": (
        "asks for the dtype of X; movements of different lengths are a list, which has none"
    ),
}
# Checks of names of columns leave samplers out that say in their tags that they take no tables.
ASK_NOTHING = {"check_sampler_get_feature_names_out", "check_sampler_get_feature_names_out_pandas"}

SAMPLERS = [
    SigmaLognormalNegativeSampler(mode="resample", random_state=0),
    MixedNegativeSampler(families=[MinimumJerkFamily()], mode="resample", random_state=0),
]


def movement(row):
    t = np.arange(0.0, 400.0, 10.0)
    progress = (1 - np.cos(np.pi * t / t[-1])) / 2
    x, y = 300 * np.resize(row, 2) + 50
    return np.column_stack([x * progress, y * progress**2, t]).round(1)


def as_type(cls, tags):
    fields = {field.name for field in dataclasses.fields(cls)}
    shared = fields & {field.name for field in dataclasses.fields(tags)}
    return cls(**{name: getattr(tags, name) for name in shared})


def on_tables(sampler):
    class OnTables(type(sampler)):
        def _check_rows(self, X):
            return super()._check_rows([movement(row) for row in np.asarray(X)])

        def __sklearn_tags__(self):
            tags = super().__sklearn_tags__()
            # imbalanced-learn's checks read two tags that scikit-learn's do not have.
            tags.input_tags = as_type(_tags.InputTags, tags.input_tags)
            tags.input_tags.dataframe = False  # movements come back as a list of arrays
            tags = as_type(_tags.Tags, tags)
            tags.sampler_tags = _tags.SamplerTags()
            return tags

    return OnTables(**sampler.get_params(deep=False))


@pytest.fixture(autouse=True)
def small_tables(monkeypatch):
    """Make the checks' own tables of 1,000 rows smaller, of the same three classes."""
    X, y = estimator_checks.sample_dataset_generator()
    monkeypatch.setattr(estimator_checks, "sample_dataset_generator", lambda: (X[:60], y[:60]))


def checks():
    for sampler in SAMPLERS:
        for estimator, check in estimator_checks.estimator_checks_generator(on_tables(sampler)):
            yield pytest.param(
                estimator, check, id=f"{type(sampler).__name__}-{check.func.__name__}"
            )


@pytest.mark.parametrize(("sampler", "check"), list(checks()))
@pytest.mark.filterwarnings("ignore:A column-vector y")
def test_check(sampler, check):
    if check.func.__name__ not in DO_NOT_APPLY:
        check(sampler)
        return
    # Should one of these come to hold, its reason is to go.
    with pytest.raises((AssertionError, AttributeError, ValueError)):
        check(sampler)


def test_every_reason_is_of_a_check():
    names = {param.values[1].func.__name__ for param in checks()}
    assert set(DO_NOT_APPLY) | ASK_NOTHING <= names


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda s: type(s).__name__)
def test_values_of_parameters(sampler):
    # Defined beside the others, and run by imbalanced-learn's own tests.
    estimator_checks.check_param_validation(type(sampler).__name__, sampler)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda s: type(s).__name__)
@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.linspace(0, 1, 20), "continuous"),
        (np.eye(20, 3), "1d array"),
        (np.zeros(20), "name the human class by human_label"),
        ([1.0] * 19 + [np.nan], r"y contains NaN.*sample 19"),
    ],
)
def test_labels_that_are_refused(sampler, y, message):
    X = [movement(row) for row in np.random.default_rng(0).normal(size=(20, 2))]
    with pytest.raises(ValueError, match=message):
        sampler.fit_resample(X, y)
