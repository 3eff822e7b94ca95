"""An epoch whose training step is recorded once and replayed: no launch but one a batch."""

from functools import partial

import torch

from .references import PaddedBatch, PaddedDataset
from .setting import LEARNING_RATE, MAX_GRAD_NORM, WEIGHT_DECAY


def graphed_epoch(setting, network):
    """Return a function that trains a reference network once by replaying a CUDA graph.

    Raises
    ------
    RuntimeError
        If the step can't be recorded.
    """
    data = PaddedDataset(setting)
    network = network.to(setting.device).train()
    optimizer = torch.optim.Adam(
        network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY, capturable=True
    )
    first = data.batch(torch.arange(setting.batch, device=setting.device))
    batch = PaddedBatch(first.steps.clone(), first.target.clone())

    def step():
        for loss in network.layer_losses(batch):
            loss.backward()
        for block in network.parameter_blocks():
            torch.nn.utils.clip_grad_norm_(block, MAX_GRAD_NORM)
        optimizer.step()

    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):  # allocations and cuDNN's choices happen before the recording
            optimizer.zero_grad()
            step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    optimizer.zero_grad()
    with torch.cuda.graph(graph):
        step()

    return partial(_replay, graph, batch, data, (network, optimizer))


def _replay(graph, batch, data, _in_use):
    """Train once; what the graph works on, `_in_use`, has to live as long as the graph."""
    order = torch.randperm(len(data), device=batch.steps.device)
    for index in order.split(len(batch.steps)):
        batch.steps.copy_(data.steps[index])
        batch.target.copy_(data.target[index])
        graph.replay()
