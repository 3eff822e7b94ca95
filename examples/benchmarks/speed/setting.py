"""The size of the problem, and its data in every form that a measurement needs."""

from dataclasses import dataclass

import numpy as np
import torch

from sklearn_ffrnn.nn import BackpropRNN, ForwardForwardRNN, SequenceDataset

# Of the classifiers' defaults.
LEARNING_RATE, WEIGHT_DECAY, MAX_GRAD_NORM, N_DIFFERENCES = 1e-3, 1e-5, 1.0, 2


@dataclass(frozen=True)
class Setting:
    """Sequences of equal length, and the layers that learn from them."""

    sequences: int = 1200
    length: int = 100
    batch: int = 600
    units: int = 96
    layers: int = 3
    channels: int = 2
    device: str = "cpu"

    @property
    def sizes(self):
        """Units of each layer."""
        return [self.units] * self.layers

    def arrays(self):
        """Return noise (n, length, channels), louder in class 1, and the classes."""
        y = np.arange(self.sequences) % 2
        noise = np.random.default_rng(0).normal(size=(self.sequences, self.length, self.channels))
        return (noise * (1 + y)[:, None, None]).astype(np.float32), y

    def packed(self):
        """Return the data in the form that our networks take."""
        X, y = self.arrays()
        return SequenceDataset(
            torch.from_numpy(X.reshape(-1, self.channels)).to(self.device),
            torch.full((len(X),), self.length, device=self.device),
            torch.from_numpy(y).to(self.device),
        )

    def forward_forward(self, normalization="standardize", **settings):
        """Return our Forward-Forward network."""
        return ForwardForwardRNN(
            self.channels,
            2,
            hidden_layer_sizes=self.sizes,
            threshold=[(2.0, 2.0)] * self.layers,
            n_differences=N_DIFFERENCES,
            normalization=normalization,
            **settings,
        ).to(self.device)

    def backprop(self):
        """Return our baseline."""
        return BackpropRNN(
            self.channels,
            2,
            hidden_layer_sizes=self.sizes,
            n_steps=self.length,
            n_differences=N_DIFFERENCES,
            dropout=0.5,
        ).to(self.device)


def epoch_of(network, batches):
    """Return a function that trains `network` on all batches once: the bare steps, no more."""
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)

    def epoch():
        network.train()
        for batch in batches:
            optimizer.zero_grad()
            for loss in network.layer_losses(batch):
                loss.backward()
            for block in network.parameter_blocks():
                torch.nn.utils.clip_grad_norm_(block, MAX_GRAD_NORM)
            optimizer.step()

    return epoch
