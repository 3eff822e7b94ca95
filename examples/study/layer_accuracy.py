"""Accuracy of each Forward-Forward layer alone, by epoch."""

import numpy as np
from skorch.callbacks import Callback


class LayerAccuracy(Callback):
    """Record how often G > theta is right, layer by layer and for the mean over layers.

    It is computed from the scores of the validation part, which training needs in any case, so it
    costs almost nothing; no threshold is fitted to it. The history gets ``layer_accuracy``, a list
    with one entry for each layer and a last one for all of them together.
    """

    def on_epoch_begin(self, net, **_):
        self.right_ = []

    def on_batch_end(self, net, batch, training, **outputs):
        if not training:
            above = outputs["y_pred"].cpu().numpy()  # G - theta, (n_sequences, n_layers)
            above = np.column_stack([above, above.mean(axis=1)])
            self.right_.append((above > 0) == batch.target.cpu().numpy()[:, None])

    def on_epoch_end(self, net, **_):
        net.history.record("layer_accuracy", np.concatenate(self.right_).mean(axis=0).tolist())
