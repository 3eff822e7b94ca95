"""What the study's programs did, all of their defects together, written anew.

The numbers are those of docs/reproduction.md, "What differs from the study". Nothing of this is in
the package; it is here to show which figures the defects make.
"""

from __future__ import annotations

import copy
import time
from typing import NamedTuple

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from .models import STUDY_EPOCHS

# Time steps that sequences are cut or padded to: not the same for both classifiers (defect 7).
FF_LENGTH = 70
BPTT_LENGTHS = {"dollar-one": 70, "mobiletouchdb": 40, "mcyt": 100, "mouse-operation": 100}
# Data whose columns stroke_id, x, y the study reads as x, y, t (defect 2).
MISREAD = ("mobiletouchdb", "mcyt", "mouse-operation")
BATCH_SIZE = 600
VALIDATION_FRACTION = 0.1
PATIENCE = 10
EPSILON = 1e-5


def velocities(movement, stroke_id, n_steps, *, misread):
    """Return displacement over time step, scaled, and cut or padded to `n_steps`."""
    if misread:
        movement = np.column_stack([stroke_id, movement[:, :2]])
    dt = np.diff(movement[:, 2])
    dt[dt == 0] = 1e-8  # and negative ones pass (defect 4)
    v = np.diff(movement[:, :2], axis=0) / dt[:, None]
    v = ((v - v.mean()) / v.std())[:n_steps]
    return np.pad(v, [(0, n_steps - len(v)), (0, 0)]).astype(np.float32)


class FFLayers(nn.Module):
    """Recurrent layers with the study's goodness, loss and normalization."""

    def __init__(self, units, normalization, threshold):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.RNN(n_inputs, units, nonlinearity="relu", batch_first=True)
            for n_inputs in (2, units, units)
        )
        for name, parameter in self.named_parameters():
            if "weight" in name:
                nn.init.xavier_normal_(parameter)
            else:
                nn.init.zeros_(parameter)
        self.normalization = normalization
        self.threshold = threshold

    def forward(self, x):
        """Return the goodness of each step less theta, of the three layers in turn."""
        # The root mean square over the two channels leaves their direction alone (defect 3).
        x = x / (x.square().mean(dim=2, keepdim=True).sqrt() + EPSILON)
        margins = []
        for layer in self.layers:
            hidden = layer(x)[0]
            # Padded steps count (defect 10).
            margins.append(hidden.square().mean(dim=2) - self.threshold)
            x = hidden.detach()
            if self.normalization == "layer_norm":
                x = x / (x.square().mean(dim=2, keepdim=True).sqrt() + EPSILON)
            else:  # the statistics of this batch, in prediction too (defect 1)
                x = (x - x.mean(dim=0)) / (x.std(dim=0) + EPSILON)
        return torch.stack(margins)

    def loss(self, x, y):
        """Return the sum of the layers' losses, none of which reaches another's weights."""
        signed = torch.where(y == 1, 1, -1)[:, None] * self(x)
        # Without a gradient where the layer is very wrong (defect 8). What was added to it had
        # no gradient (defect 6), so it is left out.
        return -torch.log(torch.sigmoid(signed) + 1e-10).mean(dim=(1, 2)).sum()

    def scores(self, x):
        """Return the mean over layers and steps."""
        return self(x).mean(dim=(0, 2))


class BPTTLayers(nn.Module):
    """The same layers, trained through time, and one linear output of all steps."""

    def __init__(self, units, n_steps):
        super().__init__()
        self.layers = nn.RNN(2, units, 3, nonlinearity="relu", batch_first=True)
        self.output = nn.Linear(n_steps * units, 1)  # padded steps and all (defect 7)

    def loss(self, x, y):
        """Return the cross-entropy."""
        return binary_cross_entropy_with_logits(self.scores(x), y.to(x.dtype))

    def scores(self, x):
        """Return the logit."""
        return self.output(self.layers(x)[0].flatten(1))[:, 0]


class Trained(NamedTuple):
    """A trained network, how many epochs that took, and the median time of one."""

    network: nn.Module
    epochs: int
    seconds_per_epoch: float


def train(network, x, y, *, epochs, generator):
    """Train with Adam until the validation loss stops falling; return the best weights."""
    order = torch.randperm(len(y), generator=generator).to(x.device)
    n_held_out = round(VALIDATION_FRACTION * len(y))
    held_out, rest = order[:n_held_out], order[n_held_out:]
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, weight_decay=1e-5)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=5)
    best_loss, best_weights, seconds = np.inf, None, []
    best_epoch = 0
    for epoch in range(epochs):
        start = time.perf_counter()
        network.train()
        losses = []
        shuffled = rest[torch.randperm(len(rest), generator=generator).to(x.device)]
        for batch in shuffled.split(BATCH_SIZE):
            optimizer.zero_grad()
            loss = network.loss(x[batch], y[batch])
            loss.backward()
            if isinstance(network, BPTTLayers):  # and only there (defect 7)
                nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            losses.append(loss.detach())
        network.eval()
        with torch.inference_mode():
            # Mean over batches of unequal size (defect 9).
            parts = [network.loss(x[b], y[b]) for b in held_out.split(BATCH_SIZE)]
        loss = float(torch.stack(parts).mean())
        # FF's schedule follows validation, BPTT's training (defect 7).
        watched = torch.stack(losses) if isinstance(network, BPTTLayers) else torch.stack(parts)
        schedule.step(float(watched.mean()))
        seconds.append(time.perf_counter() - start)
        if loss < best_loss:
            best_loss, best_epoch, best_weights = loss, epoch, copy.deepcopy(network.state_dict())
        if epoch - best_epoch >= PATIENCE or not np.isfinite(loss):
            break
    if best_weights is not None:
        network.load_state_dict(best_weights)
    network.eval()
    return Trained(network, len(seconds), float(np.median(seconds)))


def judge(network, x, y):
    """Return AUC and accuracy as the study takes them (defect 9)."""
    with torch.inference_mode():
        parts = [(network.scores(x[b]), y[b]) for b in torch.arange(len(y)).split(BATCH_SIZE)]
        # Equal where float32 ends.
        probability = torch.cat([torch.sigmoid(scores) for scores, _ in parts]).cpu().numpy()
        accuracies = [((torch.sigmoid(s) > 0.5) == target).float().mean() for s, target in parts]
    return {
        "AUC": roc_auc_score(y.cpu().numpy(), probability),
        "accuracy": float(torch.stack(accuracies).mean()),
    }


def fit_and_judge(run, movements, split):
    """Return the figures of one run.

    Parameters
    ----------
    run : Run
        What to do.
    movements : MovementSet
        The data.
    split : Split
        The training part and the test part.
    """
    model = run.model
    is_ff = model.classifier == "FF"
    n_steps = FF_LENGTH if is_ff else BPTT_LENGTHS[run.data]
    x = torch.from_numpy(
        np.stack(
            [
                velocities(movement, stroke_id, n_steps, misread=run.data in MISREAD)
                for movement, stroke_id in zip(movements.X, movements.stroke_id, strict=True)
            ]
        )
    )
    y = torch.as_tensor(movements.y)
    with torch.random.fork_rng():
        torch.manual_seed(run.run)
        if is_ff:
            network = FFLayers(run.units, model.normalization, model.threshold)
        else:
            network = BPTTLayers(run.units, n_steps)
    device = "cuda" if run.device != "cpu" and torch.cuda.is_available() else "cpu"
    network, x, y = network.to(device), x.to(device), y.to(device)
    trained = train(
        network,
        x[split.train],
        y[split.train],
        epochs=run.epochs or STUDY_EPOCHS,
        generator=torch.Generator().manual_seed(run.run),
    )
    return {
        **judge(trained.network, x[split.test], y[split.test]),
        "epochs": trained.epochs,
        "seconds_per_epoch": trained.seconds_per_epoch,
    }
