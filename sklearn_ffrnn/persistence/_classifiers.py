"""Fitted classifiers: their network, what reads it, and what they need to learn on."""

from __future__ import annotations

from collections import deque
from itertools import accumulate
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .._calibration import Calibration
from .._classifier import N_RECENT_SCORES, RNNClassifier
from .._readout import GoodnessReadout, LogisticReadout, Readout
from .._sequences import Ragged
from .._trainer import Training
from ..nn import BackpropRNN
from ._parameters import describe_parameters, other_attributes, restore_parameters
from ._record import Description, Record

# Attributes that are saved as values, just as they are.
_VALUES = ("classes_", "n_features_in_", "n_negatives_", "n_iter_", "best_loss_", "history_")
# Attributes that a file has in another form.
_OTHERS = (
    *("network_", "device_", "loss_curve_", "validation_scores_", "feature_names_in_"),
    *("_built_with", "_optimizer_state", "_calibrations", "_readout", "_recent_scores", "_stream"),
)
_MOMENTS = ("step", "exp_avg", "exp_avg_sq")
# torch knows more, such as "meta", which holds no numbers.
_DEVICES = ("cpu", "cuda", "mps", "xpu")


def describe_classifier(classifier: RNNClassifier) -> Description:
    """Return a fitted classifier as values and tensors."""
    parameters, left_out = describe_parameters(classifier)
    left_out += other_attributes(classifier, {*_VALUES, *_OTHERS})
    state = classifier.__getstate__()  # on the CPU
    network = state["network_"]
    weight = next(network.parameters())
    fields = {
        "parameters": parameters,
        "built_with": state["_built_with"],
        **{name: state[name] for name in _VALUES},
        "feature_names_in_": list(state.get("feature_names_in_", [])),
        "device": state["device_"],
        "dtype": str(weight.dtype).removeprefix("torch."),
        "readout": None,
    }
    tensors = {f"network.{name}": tensor for name, tensor in network.state_dict().items()}
    for i, moments in state["_optimizer_state"]["state"].items():
        tensors |= {f"optimizer.{i}.{name}": moments[name] for name in _MOMENTS}
        # Of torch's default type, whatever that was.
        tensors[f"optimizer.{i}.step"] = moments["step"].float()
    calibrations = state["_calibrations"]
    tensors["calibration.slope"] = torch.tensor(
        [c.slope for c in calibrations], dtype=torch.float64
    )
    tensors["calibration.intercept"] = torch.tensor(np.array([c.intercept for c in calibrations]))
    if "_readout" in state:
        logistic = isinstance(state["_readout"], LogisticReadout)
        fields["readout"] = "logistic" if logistic else "goodness"
        for i, (weights, offsets) in enumerate(state["_readout"].stages if logistic else ()):
            tensors |= {f"readout.{i}.weights": weights, f"readout.{i}.offsets": offsets}
    if isinstance(network, BackpropRNN):
        tensors["dropout"] = network.dropout.generator.get_state()
    if "_stream" in state:
        tensors["stream"] = state["_stream"]
    if state["_recent_scores"]:
        columns = map(np.array, zip(*state["_recent_scores"], strict=True))
        for name, column in zip(("scores", "target", "weight"), columns, strict=True):
            tensors[f"recent.{name}"] = torch.from_numpy(column)
    return Description(fields, tensors, left_out)


def restore_classifier(cls: type[RNNClassifier], record: Record) -> RNNClassifier:
    """Undo :func:`describe_classifier`; nothing of the record is used before it is checked."""
    classifier = restore_parameters(cls, record)
    state = dict(vars(classifier))
    classes = state["classes_"] = _classes(record)
    n_classes = len(classes)
    state["n_features_in_"] = record.count("n_features_in_", 1)
    names = record.names("feature_names_in_")
    if names:
        if len(names) != state["n_features_in_"]:
            raise ValueError(f"{record.where} has names {names} for {state['n_features_in_']}.")
        state["feature_names_in_"] = np.array(names, dtype=object)
    state["n_negatives_"] = record.count("n_negatives_")
    state["n_iter_"] = record.count("n_iter_")
    built_with = state["_built_with"] = record.field("built_with", dict)
    network = _network(classifier, built_with, record, state["n_features_in_"], n_classes)
    n_stages = len(network.parameter_blocks())
    state["network_"] = network
    state["device_"] = _device(record)
    state["_calibrations"] = _calibrations(record, n_stages, n_classes)
    if (readout := _readout(record, network, n_classes)) is not None:
        state["_readout"] = readout
    if record.has_tensor("stream"):
        state["_stream"] = record.tensor("stream", (None,), torch.uint8)
        _generator(state["_stream"])
    state["_recent_scores"] = _recent_scores(record, n_stages, n_classes)
    optimizer = torch.optim.Adam(network.parameters()).state_dict()
    optimizer["state"] = {
        i: {
            # As they are: moments that overflowed are no worse in a file than in memory.
            name: record.tensor(
                f"optimizer.{i}.{name}",
                () if name == "step" else tuple(weight.shape),
                torch.float32 if name == "step" else weight.dtype,
                finite=False,
            )
            for name in _MOMENTS
        }
        for i, weight in enumerate(network.parameters())
    }
    history = _history(record)
    classifier._store(Training(history, optimizer), history)
    state = {**vars(classifier), **state, "best_loss_": record.field("best_loss_", float)}
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


def _network(
    classifier: RNNClassifier,
    built_with: dict[str, Any],
    record: Record,
    n_channels: int,
    n_classes: int,
) -> Any:
    """Return the network, for which memory is taken only once every tensor is known to fit."""
    dtype = record.field("dtype", str)
    if set(built_with) != set(classifier._network_parameters) or dtype not in (
        "float32",
        "float64",
    ):
        raise ValueError(f"{record.where} has a network of {built_with!r:.200}, {dtype!r}.")
    classifier._layer_sizes()  # for the next fit
    plan = type(classifier)(**{**classifier.get_params(), **built_with})
    plan._validate_params()
    if len(plan._layer_sizes()) > record.n_tensors:
        raise ValueError(f"{record.where} lacks the tensors of its layers.")
    try:
        n_steps = [*record.shape("network.head"), 1][:1]
        like_the_data = Ragged(np.empty((0, n_channels), dtype), np.array(n_steps))
        with torch.device("meta"):
            network = plan._make_network(like_the_data, n_classes, None)
    except (RuntimeError, ArithmeticError, TypeError) as error:
        raise ValueError(f"{record.where} has a network of impossible size.") from error
    tensors = {
        name: record.tensor(f"network.{name}", tuple(expected.shape), expected.dtype)
        for name, expected in network.state_dict().items()
    }
    network.to_empty(device="cpu")
    network.load_state_dict(tensors)
    if isinstance(network, BackpropRNN):
        network.dropout.generator = _generator(record.tensor("dropout", (None,), torch.uint8))
    return network.eval()


def _generator(state: Tensor) -> torch.Generator:
    generator = torch.Generator()
    try:
        generator.set_state(state)
    except RuntimeError as error:
        raise ValueError(f"a random generator has no valid state ({error}).") from error
    return generator


def _device(record: Record) -> str:
    device: str = record.field("device", str)
    if device.partition(":")[0] not in _DEVICES:
        raise ValueError(f"{record.where} was fitted on {device!r:.40}, which is no device.")
    return device


def _calibrations(record: Record, n_stages: int, n_classes: int) -> list[Calibration]:
    slopes = record.tensor("calibration.slope", (n_stages,), torch.float64)
    intercepts = record.tensor("calibration.intercept", (n_stages, n_classes), torch.float64)
    calibrations = []
    for slope, intercept in zip(slopes.tolist(), intercepts.numpy(), strict=True):
        calibration = Calibration(n_classes)
        calibration.slope, calibration.intercept = slope, intercept
        calibrations.append(calibration)
    return calibrations


def _readout(record: Record, network: Any, n_classes: int) -> Readout | None:
    kind = record.field("readout", str, type(None))
    expected = (None,) if isinstance(network, BackpropRNN) else ("goodness", "logistic")
    if kind not in expected:
        raise ValueError(f"{record.where} has a readout {kind!r:.40}, not {expected}.")
    if kind != "logistic":
        return None if kind is None else GoodnessReadout()
    readout = LogisticReadout([2 * n_units + 1 for n_units in network.output_sizes])
    n_outputs = 1 if n_classes == 2 else n_classes
    readout.stages = [
        (
            record.tensor(f"readout.{i}.weights", (n_columns, n_outputs), torch.float64),
            record.tensor(f"readout.{i}.offsets", (n_outputs,), torch.float64),
        )
        for i, n_columns in enumerate(accumulate(readout.n_columns))
    ]
    return readout


def _recent_scores(record: Record, n_stages: int, n_classes: int) -> deque[Any] | None:
    if not record.has_tensor("recent.scores"):
        return None
    by_class = (n_classes,) if n_classes > 2 else ()
    scores = record.tensor("recent.scores", (None, n_stages, *by_class), torch.float64)
    target = record.tensor("recent.target", (len(scores),), torch.int64)
    weight = record.tensor("recent.weight", (len(scores),), torch.float64)
    if not bool(((target >= 0) & (target < n_classes)).all()):
        raise ValueError(f"{record.where}: 'recent.target' names a class that there isn't.")
    rows = zip(scores.numpy(), target.numpy(), weight.numpy(), strict=True)
    return deque(rows, maxlen=N_RECENT_SCORES)


def _history(record: Record) -> list[dict[str, Any]]:
    history: list[dict[str, Any]] = record.field("history_", list)
    for epoch in history:
        if not isinstance(epoch, dict) or not isinstance(epoch.get("train_loss"), float):
            raise ValueError(f"{record.where}: 'history_' has an epoch {epoch!r:.60}.")
    return history
