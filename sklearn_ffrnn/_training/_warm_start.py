"""What a training that goes on, by warm_start or partial_fit, may not change."""

from __future__ import annotations

from typing import Any


def check_unchanged(before: dict[str, Any], now: dict[str, Any]) -> None:
    """Raise a ValueError if what a network was built from has another value now."""
    for name, old in before.items():
        if name != "n_steps" and old != now[name]:  # longer sequences are cut
            raise ValueError(
                f"The network to go on with was made with {name}={old!r}, not "
                f"{now[name]!r}. Set {name} back, or call fit with warm_start=False to start anew."
            )
