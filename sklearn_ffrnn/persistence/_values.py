"""Python values as JSON and back, exactly, and only values that can't do anything.

What JSON has no word for becomes an object of one key: ``__tuple__``, ``__array__``, ``__dict__``
(keys that aren't plain text), ``__float__`` (nan, inf) or ``__device__``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

# Types of arrays; "str" and "object" hold text, and "object" numbers too.
ARRAY_TYPES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64", "str", "object"),
)
# A name that starts so would be taken for one of the keys above.
MARK = "__"


def encode(value: Any, where: str) -> Any:
    """Return `value` as what :func:`json.dumps` takes.

    Raises
    ------
    TypeError
        If it is no number, text, array or collection of these; the message begins with `where`.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"__float__": repr(float(value))}
    if isinstance(value, torch.device):
        return {"__device__": str(value)}
    if isinstance(value, list):
        return _encode_all(value, where)
    if isinstance(value, tuple):
        return {"__tuple__": _encode_all(value, where)}
    if isinstance(value, dict):
        if all(isinstance(key, str) and not key.startswith(MARK) for key in value):
            return {key: encode(item, f"{where}.{key}") for key, item in value.items()}
        return {"__dict__": _encode_all(map(list, value.items()), where)}
    if isinstance(value, np.ndarray):
        dtype = "str" if value.dtype.kind == "U" else value.dtype.name
        if dtype in ARRAY_TYPES:
            return {"__array__": [dtype, encode(value.tolist(), where)]}
    raise TypeError(f"{where} is {value!r}, a {type(value).__name__}, which can't be saved.")


def _encode_all(values: Any, where: str) -> list[Any]:
    return [encode(value, f"{where}[{i}]") for i, value in enumerate(values)]


def decode(value: Any) -> Any:
    """Undo :func:`encode`.

    Raises
    ------
    ValueError
        If it isn't something that :func:`encode` returns.
    """
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    mark = next(iter(value), "")
    if not mark.startswith(MARK):
        return {key: decode(item) for key, item in value.items()}
    if len(value) != 1 or mark not in _DECODERS:
        raise ValueError(f"{value!r:.80} is no value.")
    try:
        return _DECODERS[mark](decode(value[mark]))
    except (TypeError, OverflowError, RuntimeError) as error:
        raise ValueError(f"{value!r:.80} is no value ({error}).") from error


def _array(value: Any) -> np.ndarray:
    dtype, items = value
    if dtype not in ARRAY_TYPES or not isinstance(items, list):
        raise ValueError(f"{value!r:.80} is no array.")
    array = np.array(items, dtype=dtype)
    if array.tolist() != items:
        raise ValueError(f"{value!r:.80} is no array of {dtype}.")
    return array


_DECODERS: dict[str, Callable[[Any], Any]] = {
    "__float__": float,
    "__device__": torch.device,
    "__tuple__": tuple,
    "__dict__": dict,
    "__array__": _array,
}
