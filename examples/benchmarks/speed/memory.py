"""How much memory does a training step need?

The measure is the number of bytes that torch's allocator holds at the peak of a step, minus those
that it holds before the step (weights, Adam's moments and data). This count is exact and the same
on every run; the size of the process would include memory that the C library keeps.
"""

import json
import tempfile
from pathlib import Path

from torch.profiler import ProfilerActivity, profile

from .epochs import ours, theirs
from .references import TorchBackprop
from .timing import Row


def peak_bytes(function):
    """Return the most bytes allocated at once during one call, over those before it."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as record:
        function()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.json"
        record.export_chrome_trace(str(path))
        events = json.loads(path.read_text())["traceEvents"]
    counts = sorted(
        (event["ts"], event["args"]["Total Allocated"], event["args"]["Bytes"])
        for event in events
        if event["name"] == "[memory]"
    )
    before = counts[0][1] - counts[0][2]
    return max(total for _, total, _ in counts) - before


def memory(setting):
    """Return the rows about the peak memory of training."""
    epochs = {
        "FF": ours(setting, setting.forward_forward()),
        "FF, layer_norm": ours(setting, setting.forward_forward("layer_norm")),
        "BPTT": ours(setting, setting.backprop()),
        "nn.RNN": theirs(setting, TorchBackprop(setting)),
    }
    peak = {}
    for name, epoch in epochs.items():
        epoch()  # so that Adam's moments exist
        peak[name] = peak_bytes(epoch)
    what = f"peak training memory, {setting.layers} layers, batch {setting.batch}"
    reference = f"nn.RNN {peak['nn.RNN'] / 2**20:.0f} MiB"
    return [
        Row(f"FF, standardize: {what} ({reference})", peak["FF"] / peak["nn.RNN"], 0.50),
        Row(f"FF, layer_norm: {what}", peak["FF, layer_norm"] / peak["nn.RNN"], 0.50),
        Row(f"our BPTT: {what}", peak["BPTT"] / peak["nn.RNN"]),
    ]
