"""The references: `torch.nn.RNN` and autograd, alone and under skorch."""

from typing import NamedTuple

import torch
from skorch import NeuralNet
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from .setting import LEARNING_RATE, WEIGHT_DECAY

THRESHOLD = 2.0


class PaddedBatch(NamedTuple):
    """Sequences (n, length, channels) and their classes."""

    steps: torch.Tensor
    target: torch.Tensor


class PaddedDataset:
    """Padded sequences, cut into batches on demand as `SequenceDataset` cuts packed ones."""

    def __init__(self, setting):
        X, y = setting.arrays()
        self.steps = torch.from_numpy(X).to(setting.device)
        self.target = torch.from_numpy(y).float().to(setting.device)

    def __len__(self):
        return len(self.steps)

    def batch(self, index):
        """Return the sequences at `index`."""
        return PaddedBatch(self.steps[index], self.target[index])


class TorchBackprop(nn.Module):
    """The study's baseline: `nn.RNN` with dropout under one output that reads all steps."""

    def __init__(self, setting):
        super().__init__()
        self.rnn = nn.RNN(
            setting.channels,
            setting.units,
            setting.layers,
            nonlinearity="relu",
            dropout=0.5 if setting.layers > 1 else 0.0,
            batch_first=True,
        )
        self.head = nn.Linear(setting.length * setting.units, 1)

    def forward(self, steps):
        """Return logits (n,)."""
        return self.head(self.rnn(steps)[0].flatten(1))[:, 0]

    def parameter_blocks(self):
        """Return the parameters that learn together: all."""
        return [list(self.parameters())]

    def layer_losses(self, batch):
        """Yield the one loss."""
        yield binary_cross_entropy_with_logits(self(batch.steps), batch.target)


class TorchForwardForward(nn.Module):
    """The study's Forward-Forward: an `nn.RNN` a layer, standardized by the batch, autograd."""

    def __init__(self, setting):
        super().__init__()
        fan_in = [setting.channels, *setting.sizes[:-1]]
        self.layers = nn.ModuleList(
            nn.RNN(n_in, n_units, nonlinearity="relu", batch_first=True)
            for n_in, n_units in zip(fan_in, setting.sizes, strict=True)
        )

    def parameter_blocks(self):
        """Return the parameters that learn together: those of one layer."""
        return [list(layer.parameters()) for layer in self.layers]

    def layer_losses(self, batch):
        """Yield the loss of each layer: the study's, at every step."""
        # Both classes are equally large, and no shape depends on the data: a graph can hold it.
        steps, sign = batch.steps, 1 - 2 * batch.target[:, None]
        for layer in self.layers:
            hidden, _ = layer(steps)
            lead = hidden.square().mean(dim=2) - THRESHOLD
            yield 2 * nn.functional.softplus(sign * lead).mean()
            hidden = hidden.detach()
            steps = (hidden - hidden.mean(dim=0)) / (hidden.std(dim=0) + 1e-5)


def skorch_epoch(setting):
    """Return a function that trains `TorchBackprop` once, fed by skorch's own DataLoader."""
    data = PaddedDataset(setting)
    net = NeuralNet(
        TorchBackprop(setting),
        criterion=nn.BCEWithLogitsLoss,
        optimizer=torch.optim.Adam,
        lr=LEARNING_RATE,
        optimizer__weight_decay=WEIGHT_DECAY,
        max_epochs=1,
        batch_size=setting.batch,
        iterator_train__shuffle=True,
        train_split=None,
        callbacks__print_log=None,
        device=setting.device,
    ).initialize()
    return lambda: net.partial_fit(data.steps, data.target)
