"""The processes that train layers side by side: a process group of `torch.distributed`.

It is the one that the user's program has set up, maybe on several hosts, or else one of processes
that are started here for one fit and talk over the loopback.
"""

from __future__ import annotations

import os
import socket
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import current_process
from pathlib import Path
from threading import Lock
from typing import Any

import torch
import torch.distributed as dist
from joblib.externals.loky.backend import get_context

from ._outcome import LayerLostError

# How long a process waits for another, which may be in a user's callback. One that is gone is
# noticed at once.
PATIENCE = timedelta(days=7)
# A process has one default group, for one fit at a time.
_started = Lock()
# The group of the last fit. Its threads may still hold the last message when it is destroyed, and
# wait for the interpreter's lock; freed at once, it would wait for them with that lock (torch 2.4).
_last_group: list[Any] = []


def is_rank() -> bool:
    """Tell whether this process belongs to a group that the user's program has set up."""
    return dist.is_available() and dist.is_initialized() and not _started.locked()


def may_train_side_by_side(device: torch.device) -> bool:
    """Tell whether layers can be trained side by side on `device`, with a warning where not.

    Raises
    ------
    ValueError
        If processes would have to be started, and `device` is not the CPU.
    """
    if is_rank():
        return True
    if device.type != "cpu":
        raise ValueError(
            f"layer_parallel=True trains on the CPU, not on {device}, unless the program was "
            "started once for each layer and has called torch.distributed.init_process_group; "
            "set device='cpu', or layer_parallel=False."
        )
    hindrance = None
    if current_process().daemon:
        hindrance = (
            "this process is a daemon (a worker of Dask or multiprocessing), which may start no "
            "other"
        )
    elif not dist.is_available():
        hindrance = "this torch was built without torch.distributed"
    elif _started.locked():
        hindrance = "another fit of this process, in a thread or around this one, does it"
    if hindrance is not None:
        warnings.warn(
            "layer_parallel=True trains the layers in turn here, with the same result: "
            f"{hindrance}. Set layer_parallel=False.",
            UserWarning,
            stacklevel=6,
        )
    return hindrance is None


@contextmanager
def connected() -> Iterator[None]:
    """Turn an error of the connection between processes into a LayerLostError."""
    try:
        yield
    except RuntimeError as error:
        raise LayerLostError("A process that trained another layer is gone.") from error


@contextmanager
def joined_group(n_layers: int) -> Iterator[Any]:
    """Yield a group of all processes of the user's group.

    A group for each fit: what a fit that fails has left underway does not reach the next.

    Raises
    ------
    ValueError
        If there is not one process for each layer.
    """
    n_ranks = dist.get_world_size()
    if n_ranks != n_layers:
        raise ValueError(
            f"layer_parallel=True trains each of the {n_layers} layers in a process of its own, "
            f"but torch.distributed has a group of {n_ranks} processes. Start one for each layer "
            f"(torchrun --nproc-per-node {n_layers}), or set layer_parallel=False."
        )
    group = dist.new_group()
    try:
        yield group
    finally:
        _destroy(group)


@contextmanager
def started_group(n_layers: int, work: Callable[[], None]) -> Iterator[list[Any]]:
    """Yield processes that do `work`, with which this one, as rank 0, forms the default group."""
    context = get_context("loky")
    processes = []
    with _started, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        try:
            with _loopback():
                for rank in range(1, n_layers):
                    process = context.Process(target=_join, args=(folder, rank, n_layers, work))
                    process.start()
                    processes.append(process)
                _wait_for(processes, folder)
                _form_group(folder, 0, n_layers)
            yield processes
        finally:
            for process in processes:
                process.terminate()  # it waits for work, or for a process that is gone
                process.join()
            if dist.is_initialized():
                _destroy(dist.group.WORLD)


def _destroy(group: Any) -> None:
    _last_group[:] = [group]
    dist.destroy_process_group(group)


def _join(folder: Path, rank: int, n_layers: int, work: Callable[[], None]) -> None:
    torch.set_num_threads(1)
    _mark_of(folder, rank).touch()
    _form_group(folder, rank, n_layers)
    work()


def _form_group(folder: Path, rank: int, n_layers: int) -> None:
    store = (folder / "store").as_uri()  # a file, since a port could be taken
    dist.init_process_group(
        "gloo", init_method=store, rank=rank, world_size=n_layers, timeout=PATIENCE
    )


def _wait_for(processes: list[Any], folder: Path) -> None:
    """Wait until all processes have started, which they may fail to do."""
    while not all(_mark_of(folder, rank).exists() for rank in range(1, len(processes) + 1)):
        if (ended := what_ended(processes)) is not None:
            raise LayerLostError(ended)
        time.sleep(0.01)


def _mark_of(folder: Path, rank: int) -> Path:
    """Return the file that says that a process has started."""
    return folder / f"started-{rank}"


def what_ended(processes: list[Any]) -> str | None:
    """Say which of the processes started here was ended, and how; None if none was."""
    for rank, process in enumerate(processes, start=1):
        if process.exitcode:
            return (
                f"The process that trained layer {rank} ended with code {process.exitcode}. "
                "A system that is short of memory ends processes with code -9."
            )
    return None


@contextmanager
def _loopback() -> Iterator[None]:
    """Let gloo listen on the loopback alone; without a name for it, where the host's name leads."""
    variable = "GLOO_SOCKET_IFNAME"
    before = os.environ.get(variable)
    names = {name for _, name in socket.if_nameindex()} & {"lo", "lo0"}
    if names:
        os.environ[variable] = names.pop()
    try:
        yield
    finally:
        if before is not None:
            os.environ[variable] = before
        else:
            os.environ.pop(variable, None)
