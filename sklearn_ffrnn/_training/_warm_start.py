"""Check that a network can be trained further, by warm_start or partial_fit."""

from __future__ import annotations

from typing import Any


def check_unchanged(before: dict[str, Any], now: dict[str, Any]) -> None:
    """Raise a ValueError if a setting that the network was built from has another value now."""
    for name, old in before.items():
        if name != "n_steps" and old != now[name]:  # longer sequences are cut
            raise ValueError(
                f"The fitted network was built with {name}={old!r}, not {now[name]!r}. Set {name} "
                "back, or call fit with warm_start=False to start anew."
            )
