"""The file: safetensors, with everything that is no tensor as JSON in its header.

One file that any reader of safetensors opens, whose tensors are checked against its size before a
byte of them is read, and that has no place for code.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError, safe_open

from ._record import Description, Record
from ._values import decode, encode

# To be raised when a file changes in a way that an older release would misread. Releases go on
# reading all versions before: tests/saved_models keeps files of each.
FORMAT_VERSION = 1
# Where in the header's metadata the JSON stands.
KEY = "sklearn_ffrnn"


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a name to write to, and give the file the name `path` if all goes well."""
    path = Path(path)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        yield Path(folder, path.name)
        Path(folder, path.name).replace(path)


def write(path: Path, description: Description) -> None:
    """Write the description of a model."""
    text = json.dumps(
        {"format_version": FORMAT_VERSION, "model": encode(description.fields, "model")},
        allow_nan=False,
    )
    tensors = {name: tensor.contiguous() for name, tensor in description.tensors.items()}
    path.write_bytes(safetensors.torch.save(tensors, metadata={KEY: text}))


def read(path: str | os.PathLike[str]) -> Record:
    """Return what a file says of a model.

    Raises
    ------
    ValueError
        If it isn't a file that :func:`write` wrote, or one of a later version.
    OSError
        If it can't be opened.
    """
    with open(path, "rb"):  # says what is wrong with a path better than safetensors
        pass
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            text = (file.metadata() or {}).get(KEY)
            # A copy, for a tensor of safetensors looks into the file, which may change.
            # Not a dict: it has keys() and can't be iterated over.
            tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, RuntimeError, ValueError, TypeError) as error:
        raise ValueError(f"it is damaged, or not in the format of save ({error}).") from error
    if text is None:
        raise ValueError("it is a safetensors file, but not one that sklearn_ffrnn.save wrote.")
    try:
        return Record(_model(text), tensors, "the model")
    except RecursionError as error:
        raise ValueError("its header is nested without end.") from error


def _model(text: str) -> Any:
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ValueError(f"its header is damaged ({error}).") from error
    version = content.get("format_version") if isinstance(content, dict) else None
    if type(version) is int and version > FORMAT_VERSION:
        raise ValueError(
            f"it is of format version {version}, and this release of sklearn_ffrnn reads versions "
            f"up to {FORMAT_VERSION}; upgrade sklearn_ffrnn."
        )
    if version != FORMAT_VERSION or set(content) != {"format_version", "model"}:
        raise ValueError(f"its header is damaged: {text:.60}")
    return decode(content["model"])
