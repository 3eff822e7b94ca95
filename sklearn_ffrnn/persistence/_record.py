"""What a file says of one model, handed out piece by piece and checked on the way."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor


class Description(NamedTuple):
    """A model as values and tensors, both by name."""

    fields: dict[str, Any]
    tensors: dict[str, Tensor]
    left_out: list[str]  # what to tell the user of that is in neither


class Record:
    """A description from a file, which nobody has vouched for.

    Each piece is taken once, by its name and with what it has to be; `done` tells that all were.

    Parameters
    ----------
    fields : dict
        Values by name.
    tensors : dict of str to Tensor
        Tensors by name.
    where : str
        Name of the model, for the messages.
    """

    def __init__(self, fields: Any, tensors: dict[str, Tensor], where: str) -> None:
        if not isinstance(fields, dict):
            raise ValueError(f"{where} is {fields!r:.40}, not an object.")
        self._fields = dict(fields)
        self._tensors = dict(tensors)
        self.where = where

    def field(self, name: str, *kinds: type) -> Any:
        """Return a value that is of one of `kinds`, exactly."""
        if name not in self._fields:
            raise ValueError(f"{self.where} lacks {name!r}.")
        value = self._fields.pop(name)
        if type(value) not in kinds:
            expected = " or ".join(kind.__name__ for kind in kinds)
            raise ValueError(f"{self.where}: {name!r} is {value!r:.40}, not a {expected}.")
        return value

    def names(self, name: str) -> list[str]:
        """Return a list of texts."""
        values: list[str] = self.field(name, list)
        if not all(isinstance(value, str) for value in values):
            raise ValueError(f"{self.where}: {name!r} must hold texts.")
        return values

    def count(self, name: str, least: int = 0) -> int:
        """Return a whole number of `least` or more."""
        value: int = self.field(name, int)
        if value < least:
            raise ValueError(f"{self.where}: {name!r} is {value}, less than {least}.")
        return value

    @property
    def n_tensors(self) -> int:
        """How many tensors are left."""
        return len(self._tensors)

    def shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of a tensor that is still to be taken, () if there is none."""
        return tuple(self._tensors[name].shape) if name in self._tensors else ()

    def has_tensor(self, name: str) -> bool:
        """Tell whether there is a tensor of that name."""
        return name in self._tensors

    def tensor(
        self, name: str, shape: tuple[int | None, ...], dtype: torch.dtype, *, finite: bool = True
    ) -> Tensor:
        """Return a tensor of that type and shape, where None stands for any length."""
        if name not in self._tensors:
            raise ValueError(f"{self.where} lacks the tensor {name!r}.")
        tensor = self._tensors.pop(name)
        fits = len(shape) == tensor.ndim and all(
            length in (None, actual) for length, actual in zip(shape, tensor.shape, strict=True)
        )
        if not fits or tensor.dtype != dtype:
            raise ValueError(
                f"{self.where}: the tensor {name!r} is {tensor.dtype} of shape "
                f"{tuple(tensor.shape)}, not {dtype} of shape {tuple(shape)}."
            )
        if finite and not bool(tensor.isfinite().all()):
            raise ValueError(f"{self.where}: the tensor {name!r} holds NaN or infinity.")
        return tensor

    def part(self, fields: Any, prefix: str, where: str) -> Record:
        """Return the record of a model inside this one, whose tensors begin with `prefix`."""
        names = [name for name in self._tensors if name.startswith(prefix)]
        tensors = {name.removeprefix(prefix): self._tensors.pop(name) for name in names}
        return Record(fields, tensors, where)

    def done(self) -> None:
        """Raise ValueError if something is left that no model has."""
        left = [*self._fields, *self._tensors]
        if left:
            raise ValueError(f"{self.where} has {left[:5]}, which it should not.")
