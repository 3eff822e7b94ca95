"""The state of a fitted classifier as arrays and plain values, for pickle and skops."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch

from .._scoring import Calibration, RecentScores
from ..nn import Network
from ._network_settings import build_network
from ._torch_device import resolve_device


def to_plain_state(state: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes of a classifier with all objects as arrays and plain values."""
    if "network_" not in state:
        return state
    recent = state["_recent_scores"]
    plain = {
        "network_": _to_arrays(state["network_"].state_dict()),
        "_optimizer_state": _to_arrays(state["_optimizer_state"]),
        "device_": str(state["device_"]),
        "_calibrations": [vars(calibration) for calibration in state["_calibrations"]],
        "_recent_scores": None if recent is None else vars(recent),
    }
    if "_stream_generator" in state:
        plain["_stream_generator"] = state["_stream_generator"].get_state().numpy()
    return {**state, **plain}


def from_plain_state(network_class: type[Network], state: dict[str, Any]) -> dict[str, Any]:
    """Undo :func:`to_plain_state`; move the network to the CPU if its device is missing."""
    if "network_" not in state:
        return state
    network = build_network(network_class, state["_network_settings"], torch.Generator())
    network.load_state_dict(_to_tensors(state["network_"]))
    device = _device_here(state["device_"])
    recent = state["_recent_scores"]
    objects = {
        "network_": network.eval().to(device),
        "_optimizer_state": _to_tensors(state["_optimizer_state"]),
        "device_": device,
        "_calibrations": [_calibration(**values) for values in state["_calibrations"]],
        "_recent_scores": None if recent is None else RecentScores(**recent),
    }
    if "_stream_generator" in state:
        objects["_stream_generator"] = torch.Generator()
        objects["_stream_generator"].set_state(torch.from_numpy(state["_stream_generator"].copy()))
    return {**state, **objects}


def _calibration(slope: float, intercept: np.ndarray) -> Calibration:
    calibration = Calibration(len(intercept))
    calibration.slope, calibration.intercept = slope, intercept
    return calibration


def _device_here(name: str) -> torch.device:
    try:
        return resolve_device(name)
    except ValueError:
        warnings.warn(
            f"The model was fitted on {name}, which this machine lacks; it is loaded on the CPU.",
            UserWarning,
            stacklevel=4,
        )
        return torch.device("cpu")


def _to_arrays(value: Any) -> Any:
    """Replace tensors in nested dicts and lists by arrays."""
    if isinstance(value, torch.Tensor):
        return value.cpu().numpy().copy()
    if isinstance(value, dict):
        return {key: _to_arrays(item) for key, item in value.items()}
    return [_to_arrays(item) for item in value] if isinstance(value, list) else value


def _to_tensors(value: Any) -> Any:
    """Replace arrays in nested dicts and lists by tensors."""
    if isinstance(value, np.ndarray):
        return torch.from_numpy(value.copy())
    if isinstance(value, dict):
        return {key: _to_tensors(item) for key, item in value.items()}
    return [_to_tensors(item) for item in value] if isinstance(value, list) else value
