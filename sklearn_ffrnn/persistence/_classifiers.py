"""Fitted classifiers: their network, what reads it, and what they need to learn on."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .._classifiers import BaseRNNClassifier, BPTTRNNClassifier, FFRNNClassifier, layer_sizes
from .._scoring import Calibration, GoodnessReadout, LogisticReadout, Readout, RecentScores
from .._training import Training
from ..nn import ForwardForwardRNN, Network
from ._networks import generator_from, network_tensors, restore_network
from ._parameters import describe_parameters, other_attributes, restore_parameters
from ._record import Description, Record

CLASSIFIERS = {c.__name__: c for c in (FFRNNClassifier, BPTTRNNClassifier)}
# Attributes that are saved as values, just as they are.
_VALUES = ("classes_", "n_features_in_", "n_negatives_", "n_iter_", "best_loss_", "history_")
# Attributes that a file has in another form.
_OTHERS = (
    *("network_", "device_", "loss_curve_", "validation_scores_", "feature_names_in_"),
    *("_built_with", "_optimizer_state", "_calibrations", "_readout", "_recent_scores", "_stream"),
)
_RECENT = ("scores", "target", "weight")
# torch knows more, such as "meta", which holds no numbers.
_DEVICES = ("cpu", "cuda", "mps", "xpu")


def describe_classifier(classifier: BaseRNNClassifier) -> Description:
    """Return a fitted classifier as values and tensors."""
    parameters, left_out = describe_parameters(classifier)
    left_out += other_attributes(classifier, {*_VALUES, *_OTHERS})
    state = classifier.__getstate__()  # on the CPU
    readout = state.get("_readout")
    dtype = next(state["network_"].parameters()).dtype
    fields = {
        "parameters": parameters,
        "built_with": state["_built_with"],
        **{name: state[name] for name in _VALUES},
        "feature_names_in_": list(state.get("feature_names_in_", [])),
        "device": state["device_"],
        "dtype": str(dtype).removeprefix("torch."),
        "readout": _READOUTS[type(readout)],
    }
    tensors = network_tensors(state["network_"], state["_optimizer_state"])
    tensors |= _calibration_tensors(state["_calibrations"])
    if isinstance(readout, LogisticReadout):
        for i, (weights, offsets) in enumerate(readout.stages):
            tensors |= {f"readout.{i}.weights": weights, f"readout.{i}.offsets": offsets}
    if "_stream" in state:
        tensors["stream"] = state["_stream"]
    if state["_recent_scores"] is not None:
        for name in _RECENT:
            column = getattr(state["_recent_scores"], name)
            tensors[f"recent.{name}"] = torch.tensor(column)
    return Description(fields, tensors, left_out)


def restore_classifier(cls: type[BaseRNNClassifier], record: Record) -> BaseRNNClassifier:
    """Undo :func:`describe_classifier`; nothing of the record is used before it is checked."""
    classifier: BaseRNNClassifier = restore_parameters(cls, record)
    layer_sizes(classifier.hidden_layer_sizes)
    classes = _classes(record)
    n_channels = record.count("n_features_in_", 1)
    built_with = record.field("built_with", dict)
    if not set(built_with) <= set(cls._network_parameters):
        raise ValueError(f"{record.where} was built with {list(built_with)}.")
    plan = cls(**{**classifier.get_params(), **built_with})
    plan._validate_params()
    network, optimizer_state = restore_network(plan, record, n_channels, len(classes))
    n_stages = len(network.parameter_blocks())
    history = _history(record)
    classifier._store(Training(history, optimizer_state), history)
    state = {
        **vars(classifier),
        "best_loss_": record.field("best_loss_", float),
        "classes_": classes,
        "n_features_in_": n_channels,
        "n_negatives_": record.count("n_negatives_"),
        "n_iter_": record.count("n_iter_"),
        "network_": network,
        "device_": _device(record),
        "_built_with": plan._network_settings(),
        "_calibrations": _calibrations(record, n_stages, len(classes)),
        "_recent_scores": _recent_scores(record, n_stages, len(classes)),
        **feature_names(record, n_channels),
        **_readout(record, network),
    }
    if record.has_tensor("stream"):
        state["_stream"] = generator_from(record, "stream").get_state()
    classifier.__setstate__(state)
    return classifier


def _classes(record: Record) -> np.ndarray:
    classes: np.ndarray = record.field("classes_", np.ndarray)
    try:
        increase = classes.ndim == 1 and bool((classes[:-1] < classes[1:]).all())
    except TypeError:
        increase = False
    if len(np.atleast_1d(classes)) < 2 or not increase:
        raise ValueError(f"{record.where} has classes {classes.tolist()!r:.60}.")
    return classes


def feature_names(record: Record, n_channels: int) -> dict[str, Any]:
    """Return the attribute with the names of a table's columns, if the record has any."""
    names = record.names("feature_names_in_")
    if names and len(names) != n_channels:
        raise ValueError(f"{record.where} has {len(names)} names for {n_channels} features.")
    return {"feature_names_in_": np.array(names, dtype=object)} if names else {}


def _device(record: Record) -> str:
    device: str = record.field("device", str)
    if device.partition(":")[0] not in _DEVICES:
        raise ValueError(f"{record.where} was fitted on {device!r:.40}, which is no device.")
    return device


def _history(record: Record) -> list[dict[str, Any]]:
    history: list[dict[str, Any]] = record.field("history_", list)
    for epoch in history:
        if not isinstance(epoch, dict) or not isinstance(epoch.get("train_loss"), float):
            raise ValueError(f"{record.where}: 'history_' has an epoch {epoch!r:.60}.")
    return history


def _calibration_tensors(calibrations: list[Calibration]) -> dict[str, Tensor]:
    return {
        "calibration.slope": torch.tensor([c.slope for c in calibrations], dtype=torch.float64),
        "calibration.intercept": torch.tensor(np.array([c.intercept for c in calibrations])),
    }


def _calibrations(record: Record, n_stages: int, n_classes: int) -> list[Calibration]:
    slopes = record.tensor("calibration.slope", (n_stages,), torch.float64)
    intercepts = record.tensor("calibration.intercept", (n_stages, n_classes), torch.float64)
    calibrations = []
    for slope, intercept in zip(slopes.tolist(), intercepts.numpy(), strict=True):
        calibration = Calibration(n_classes)
        calibration.slope, calibration.intercept = slope, intercept
        calibrations.append(calibration)
    return calibrations


_READOUTS: dict[type[Readout] | type[None], str | None] = {
    type(None): None,
    GoodnessReadout: "goodness",
    LogisticReadout: "logistic",
}


def _readout(record: Record, network: Network) -> dict[str, Readout]:
    kind = record.field("readout", str, type(None))
    if not isinstance(network, ForwardForwardRNN):
        if kind is not None:
            raise ValueError(f"{record.where} has no use for a readout, {kind!r:.40}.")
        return {}
    if kind not in ("goodness", "logistic"):
        raise ValueError(f"{record.where} has a readout {kind!r:.40}.")
    if kind == "goodness":
        return {"_readout": GoodnessReadout()}
    sizes = [layer.recurrent.n_outputs for layer in network.layers]
    readout = LogisticReadout([2 * n_units + 1 for n_units in sizes])
    n_outputs = 1 if network.n_classes == 2 else network.n_classes
    readout.stages = [
        (
            record.tensor(f"readout.{i}.weights", (n_columns, n_outputs), torch.float64),
            record.tensor(f"readout.{i}.offsets", (n_outputs,), torch.float64),
        )
        for i, n_columns in enumerate(accumulate(readout.n_columns))
    ]
    return {"_readout": readout}


def _recent_scores(record: Record, n_stages: int, n_classes: int) -> RecentScores | None:
    """Return the scores that partial_fit calibrates on, None after fit."""
    if not record.has_tensor("recent.scores"):
        return None
    by_class = (n_classes,) if n_classes > 2 else ()
    scores = record.tensor("recent.scores", (None, n_stages, *by_class), torch.float64)
    target = record.tensor("recent.target", (len(scores),), torch.int64)
    weight = record.tensor("recent.weight", (len(scores),), torch.float64)
    if not bool(((target >= 0) & (target < n_classes)).all()):
        raise ValueError(f"{record.where}: 'recent.target' names a class that there isn't.")
    return RecentScores(scores.numpy(), target.numpy(), weight.numpy())
