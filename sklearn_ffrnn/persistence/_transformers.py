"""Fitted transformers: parameters and a few learnt values."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ..negatives import BaseNegativeSampler, MixedNegativeSampler, SigmaLognormalNegativeSampler
from ..negatives._mixed_sampler import FAMILIES
from ..preprocessing import TrajectoryAugmenter, VelocityTransformer
from ..sigma_lognormal import SigmaLognormalTransformer, StrokePlan
from ._parameters import describe_parameters, other_attributes, restore_parameters
from ._record import Description, Record

Transformer = (
    VelocityTransformer | TrajectoryAugmenter | SigmaLognormalTransformer | BaseNegativeSampler
)

# What attributes hold: values of one of some types, arrays of one axis, or plans by row.
COUNT = (int,)
COUNT_OR_NONE = (int, type(None))
FLOATS = torch.float64
INTEGERS = torch.int64
PLANS = StrokePlan
# Attributes that follow from others. Families of the user's own are code, which no file may hold.
IMPLIED = ("families_", "_weights", "_sklearn_output_config")


def learnt(transformer: Transformer) -> dict[str, Any]:
    """Return what `fit` learns under the parameters: names of attributes and what they hold."""
    attributes: dict[str, Any] = {"n_features_in_": COUNT}
    if isinstance(transformer, VelocityTransformer):
        attributes |= {"max_length_": COUNT_OR_NONE}
        if transformer.scale == "dataset":
            attributes |= {
                "n_steps_seen_": COUNT,
                "mean_": FLOATS,
                "var_": FLOATS,
                "scale_": FLOATS,
            }
    elif isinstance(transformer, BaseNegativeSampler):
        attributes |= {"n_negatives_": COUNT, "source_": INTEGERS, "unmodelled_": INTEGERS}
        if isinstance(transformer, MixedNegativeSampler):
            attributes |= {"family_": INTEGERS}
        elif isinstance(transformer, SigmaLognormalNegativeSampler) and transformer.store_plans:
            attributes |= {"plans_": PLANS}
    return attributes


def describe_transformer(transformer: Transformer) -> Description:
    """Return a fitted transformer as values and tensors."""
    parameters, left_out = describe_parameters(transformer)
    attributes = learnt(transformer)
    left_out += other_attributes(transformer, {*attributes, *IMPLIED})
    output = getattr(transformer, "_sklearn_output_config", {}).get("transform")
    fields = {"parameters": parameters, "output": output}
    tensors = {}
    for name, kind in attributes.items():
        value = getattr(transformer, name)
        if isinstance(kind, torch.dtype):
            tensors[name] = torch.tensor(value, dtype=kind)
        elif kind is PLANS:
            fields[name] = [[row, plan.to_json()] for row, plan in value.items()]
        else:
            fields[name] = value
    return Description(fields, tensors, left_out)


def restore_transformer(cls: type[Transformer], record: Record) -> Transformer:
    """Undo :func:`describe_transformer`."""
    transformer: Transformer = restore_parameters(cls, record)
    output = record.field("output", str, type(None))
    if output is not None:
        transformer.set_output(transform=output)
    for name, kind in learnt(transformer).items():
        value: Any
        if isinstance(kind, torch.dtype):
            value = record.tensor(name, (None,), kind).numpy()
        elif kind is PLANS:
            value = _plans(record, name)
        else:
            value = record.field(name, *kind)
        setattr(transformer, name, value)
    if isinstance(transformer, MixedNegativeSampler):
        transformer.families_ = list(FAMILIES)
    if not _is_sound(transformer):
        raise ValueError(f"{record.where} holds values that `fit` never finds.")
    return transformer


def _plans(record: Record, name: str) -> dict[int, StrokePlan]:
    plans = {}
    for entry in record.field(name, list):
        match entry:
            case [int(row), str(text)]:
                plans[row] = StrokePlan.from_json(text)
            case _:
                raise ValueError(f"{record.where}: {entry!r:.40} is no plan of a row.")
    return plans


def _is_sound(transformer: Transformer) -> bool:
    """Tell whether learnt values fit together, so that they can be computed with."""
    sound: bool = transformer.n_features_in_ > 0
    if isinstance(transformer, VelocityTransformer):
        sound &= transformer.max_length_ is None or transformer.max_length_ > 0
        if transformer.scale == "dataset":
            n_channels = len(transformer.get_feature_names_out())
            statistics = (transformer.mean_, transformer.var_, transformer.scale_)
            sound &= all(len(statistic) == n_channels for statistic in statistics)
            sound &= transformer.n_steps_seen_ > 0
            sound &= bool(np.all(transformer.var_ >= 0) and np.all(transformer.scale_ > 0))
    elif isinstance(transformer, BaseNegativeSampler):
        sound &= len(transformer.source_) == transformer.n_negatives_
    return sound
