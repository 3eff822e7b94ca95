"""Networks, and the moments of the optimizer that trains them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from .._classifiers import BaseRNNClassifier, layer_sizes
from .._input import Ragged
from ..nn import BackpropRNN, Network
from ._record import Record

# What Adam keeps of each parameter.
_MOMENTS = ("step", "exp_avg", "exp_avg_sq")


def network_tensors(network: Network, optimizer_state: dict[str, Any]) -> dict[str, Tensor]:
    """Return all that a network and its optimizer have learnt."""
    tensors = {f"network.{name}": tensor for name, tensor in network.state_dict().items()}
    for i, moments in optimizer_state["state"].items():
        tensors |= {f"optimizer.{i}.{name}": moments[name] for name in _MOMENTS}
        # Of torch's default type, whatever that was.
        tensors[f"optimizer.{i}.step"] = moments["step"].float()
    if isinstance(network, BackpropRNN):
        assert network.dropout.generator is not None
        tensors["dropout"] = network.dropout.generator.get_state()
    return tensors


def restore_network(
    plan: BaseRNNClassifier, record: Record, n_channels: int, n_classes: int
) -> tuple[Network, dict[str, Any]]:
    """Return the network that `plan` makes, and the state of its optimizer.

    Memory is taken only once the tensors are known to be what the network is made of.
    """
    dtype = record.field("dtype", str)
    if dtype not in ("float32", "float64"):
        raise ValueError(f"{record.where} computes in {dtype!r:.40}.")
    if len(layer_sizes(plan.hidden_layer_sizes)) > record.n_tensors:
        raise ValueError(f"{record.where} lacks the tensors of its layers.")
    try:
        n_steps = [*record.shape("network.head"), 1][:1]
        like_the_data = Ragged(np.empty((0, n_channels), dtype), np.array(n_steps))
        with torch.device("meta"):  # shapes and types alone
            network = plan._make_network(like_the_data, n_classes, torch.Generator())
    except (RuntimeError, ArithmeticError, TypeError) as error:
        raise ValueError(f"{record.where} has a network of impossible size.") from error
    tensors = {
        name: record.tensor(f"network.{name}", tuple(expected.shape), expected.dtype)
        for name, expected in network.state_dict().items()
    }
    network.to_empty(device="cpu").load_state_dict(tensors)
    if isinstance(network, BackpropRNN):
        network.dropout.generator = generator_from(record, "dropout")
    network.eval()
    return network, _optimizer_state(network, record)


def _optimizer_state(network: Network, record: Record) -> dict[str, Any]:
    state: dict[str, Any] = torch.optim.Adam(network.parameters()).state_dict()
    for i, weight in enumerate(network.parameters()):
        like = {"step": ((), torch.float32)}
        state["state"][i] = {
            # Moments that overflowed are no worse in a file than in memory.
            name: record.tensor(
                f"optimizer.{i}.{name}",
                *like.get(name, (tuple(weight.shape), weight.dtype)),
                finite=False,
            )
            for name in _MOMENTS
        }
    return state


def generator_from(record: Record, name: str) -> torch.Generator:
    """Return a random generator in the state that the record has under `name`."""
    generator = torch.Generator()
    try:
        generator.set_state(record.tensor(name, (None,), torch.uint8))
    except RuntimeError as error:
        raise ValueError(f"{record.where}: {name!r} is no state of a generator.") from error
    return generator
