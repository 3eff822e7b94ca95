"""Alternated timing, and the rows of the tables."""

import time
from dataclasses import dataclass
from statistics import median

import torch


def clock():
    """Return CPU seconds of this process if it has one thread and no GPU, else wall-clock seconds.

    Other jobs on a shared machine take turns with this one; CPU time leaves their turns out.
    """
    if torch.cuda.is_initialized():
        torch.cuda.synchronize()
        return time.perf_counter()
    return time.process_time() if torch.get_num_threads() == 1 else time.perf_counter()


def seconds(function):
    """Time one call."""
    start = clock()
    function()
    return clock() - start


def alternate(variants, repeats):
    """Return the median seconds of each variant: all are warmed up, then take turns."""
    for function in variants.values():
        function()
    rounds = [{name: seconds(f) for name, f in variants.items()} for _ in range(repeats)]
    return {name: median(r[name] for r in rounds) for name in variants}


@dataclass(frozen=True)
class Row:
    """One figure and its upper limit."""

    what: str
    value: float
    most: float | None = None
    unit: str = ""

    def cells(self):
        """Return the figure, the target and the verdict as text."""
        if self.most is None:
            return self.what, self._text(self.value), "", ""
        verdict = "met" if self.value <= self.most else "missed"
        return self.what, self._text(self.value), f"<= {self._text(self.most)}", verdict

    def _text(self, value):
        return f"{value:.1%}" if self.unit == "%" else f"{value:.3f} {self.unit}".strip()


def table(header, rows):
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
