"""Fitted models on their way from one machine to another."""

from __future__ import annotations

import copy
import warnings
from typing import Any

import torch

from ._torch_device import resolve_device, to_cpu


def to_any_machine(state: dict[str, Any]) -> dict[str, Any]:
    """Return what to pickle: a model from a GPU must load on a machine without one."""
    if "network_" in state:
        state = dict(state)  # it may be the estimator's own
        state["network_"] = copy.deepcopy(state["network_"]).to("cpu")
        state["_optimizer_state"] = to_cpu(state["_optimizer_state"])
        state["device_"] = str(state["device_"])
        if "_stream" in state:
            state["_stream"] = state["_stream"].get_state()
    return state


def to_this_machine(state: dict[str, Any]) -> dict[str, Any]:
    """Undo :func:`to_any_machine`, on the CPU where the device is missing."""
    if "network_" not in state:
        return state
    state = dict(state)
    if "_stream" in state:
        stream = torch.Generator()
        stream.set_state(state["_stream"])
        state["_stream"] = stream
    try:
        state["device_"] = resolve_device(state["device_"])
    except ValueError:
        warnings.warn(
            f"The model was fitted on {state['device_']}, which this machine lacks; it goes on on "
            "the CPU.",
            UserWarning,
            stacklevel=3,
        )
        state["device_"] = torch.device("cpu")
    state["network_"].to(state["device_"])
    return state
