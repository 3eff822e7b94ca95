"""What a training that goes on, by warm_start or partial_fit, may not change."""

from __future__ import annotations

from typing import Any


def check_unchanged(before: dict[str, Any], now: dict[str, Any]) -> None:
    """Raise a ValueError if what a network was built from has another value now."""
    for name in before.keys() - {"n_steps"}:  # longer sequences are cut
        if before[name] != now[name]:
            raise ValueError(
                f"The network to go on with was made with {name}={before[name]!r}, not "
                f"{now[name]!r}. Set {name} back, or call fit with warm_start=False to start anew."
            )
