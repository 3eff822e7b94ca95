"""The parameters of estimators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn.base import BaseEstimator

from ._record import Record
from ._values import encode

# What a file has no place for among those that only fit reads.
FOR_FIT_ALONE = ("callbacks", "random_state")
# How things were before a parameter came, where its default is another.
BEFORE = {"n_differences": 0, "average": False}


def describe_parameters(
    estimator: BaseEstimator, *, apart: Sequence[str] = ()
) -> tuple[dict[str, Any], list[str]]:
    """Return the parameters by name, and what there is to say of those that are left out.

    Those named in `apart` are described elsewhere.
    """
    estimator._validate_params()
    parameters = estimator.get_params(deep=False)
    parameters = {name: value for name, value in parameters.items() if name not in apart}
    left_out = []
    for name, value in parameters.items():
        try:
            encode(value, f"{type(estimator).__name__}.{name}")
        except TypeError as error:
            if name not in FOR_FIT_ALONE:
                raise TypeError(f"{error} Set it to a number, a text or a list of these.") from None
            left_out.append(f"{error} The file has None in its place; set it before fitting anew.")
            parameters[name] = None
    return parameters, left_out


def other_attributes(estimator: BaseEstimator, known: set[str]) -> list[str]:
    """Say which attributes an estimator has from its user, or from metadata routing."""
    others = sorted(set(vars(estimator)) - set(estimator.get_params(deep=False)) - known)
    return [f"{type(estimator).__name__}.{name} is not saved." for name in others]


def restore_parameters(cls: type[BaseEstimator], record: Record) -> BaseEstimator:
    """Return an estimator that isn't fitted yet.

    A parameter that is younger than the file takes the value that is as things were before.
    """
    parameters = record.field("parameters", dict)
    known = cls._get_param_names()
    unknown = set(parameters) - set(known)
    if unknown:
        raise ValueError(
            f"{record.where} has parameters {list(unknown)[:5]}, which {cls.__name__} lacks."
        )
    before = {name: value for name, value in BEFORE.items() if name in known}
    estimator = cls(**{**before, **parameters})
    estimator._validate_params()
    return estimator
