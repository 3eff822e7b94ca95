"""Fitted transformers: parameters and a few learnt values."""

from __future__ import annotations

import torch

from ..preprocessing import VelocityTransformer
from ..sigma_lognormal import SigmaLognormalNegativeSampler, SigmaLognormalTransformer, StrokePlan
from ._parameters import describe_parameters, other_attributes, restore_parameters
from ._record import Description, Record

Transformer = VelocityTransformer | SigmaLognormalTransformer | SigmaLognormalNegativeSampler

_VALUES = ("n_features_in_", "max_length_", "n_negatives_")
_ARRAYS = {
    "mean_": torch.float64,
    "scale_": torch.float64,
    "source_": torch.int64,
    "unmodelled_": torch.int64,
}
# Attributes that a file has in another form.
_OTHERS = ("plans_", "_sklearn_output_config")


def describe_transformer(transformer: Transformer) -> Description:
    """Return a fitted transformer as values and tensors."""
    parameters, left_out = describe_parameters(transformer)
    left_out += other_attributes(transformer, {*_VALUES, *_ARRAYS, *_OTHERS})
    state = vars(transformer)
    fields = {
        "parameters": parameters,
        "output": state.get("_sklearn_output_config", {}).get("transform"),
        **{name: state[name] for name in _VALUES if name in state},
    }
    if isinstance(transformer, SigmaLognormalNegativeSampler):
        plans = state.get("plans_", {}).items()
        fields["plans_"] = [[row, plan.to_json()] for row, plan in plans]
    tensors = {
        name: torch.tensor(state[name], dtype=dtype)
        for name, dtype in _ARRAYS.items()
        if name in state
    }
    return Description(fields, tensors, left_out)


def restore_transformer(cls: type[Transformer], record: Record) -> Transformer:
    """Undo :func:`describe_transformer`."""
    transformer: Transformer = restore_parameters(cls, record)
    if (output := record.field("output", str, type(None))) is not None:
        transformer.set_output(transform=output)
    transformer.n_features_in_ = record.count("n_features_in_", 1)
    if isinstance(transformer, VelocityTransformer):
        _restore_lengths_and_scale(transformer, record)
    elif isinstance(transformer, SigmaLognormalNegativeSampler):
        _restore_negatives(transformer, record)
    return transformer


def _restore_lengths_and_scale(transformer: VelocityTransformer, record: Record) -> None:
    transformer.max_length_ = record.field("max_length_", int, type(None))
    if transformer.max_length_ is not None and transformer.max_length_ < 1:
        raise ValueError(f"{record.where}: 'max_length_' is {transformer.max_length_}.")
    if transformer.scale == "dataset" or record.has_tensor("scale_"):
        transformer.mean_ = record.tensor("mean_", (2,), torch.float64).numpy()
        transformer.scale_ = record.tensor("scale_", (2,), torch.float64).numpy()
        if not (transformer.scale_ > 0).all():
            raise ValueError(f"{record.where}: 'scale_' is {transformer.scale_}.")


def _restore_negatives(sampler: SigmaLognormalNegativeSampler, record: Record) -> None:
    sampler.n_negatives_ = record.count("n_negatives_")
    sampler.source_ = record.tensor("source_", (sampler.n_negatives_,), torch.int64).numpy()
    sampler.unmodelled_ = record.tensor("unmodelled_", (None,), torch.int64).numpy()
    plans = {}
    for entry in record.field("plans_", list):
        match entry:
            case [int(row), str(text)]:
                plans[row] = StrokePlan.from_json(text)
            case _:
                raise ValueError(f"{record.where}: {entry!r:.40} is no plan of a row.")
    if plans or sampler.store_plans:
        sampler.plans_ = plans
