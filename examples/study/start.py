"""The weights that the study's Forward-Forward layers start from."""

import torch
from skorch.callbacks import Callback
from torch import nn

from sklearn_ffrnn.nn import start_at_threshold


class StudyStart(Callback):
    """Draw weights as the study does, and start each layer at its threshold, as it does not.

    Its weights are normal with the deviation of Glorot and Bengio (2010), its biases 0. Recurrent
    weights are then 1.7 times as large as those of `torch.nn.RNN`.

    Parameters
    ----------
    seed : int
        Of the weights.
    """

    def __init__(self, seed):
        self.seed = seed

    def on_train_begin(self, net, X, **_):
        generator = torch.Generator().manual_seed(self.seed)
        for layer in net.module_.layers:
            recurrent = layer.recurrent
            drawn = [torch.empty(w.shape) for w in (recurrent.w_x, recurrent.w_h)]
            for weights in drawn:
                nn.init.xavier_normal_(weights, generator=generator)
            recurrent.load_state_dict(
                {"w_x": drawn[0], "w_h": drawn[1], "bias": torch.zeros(len(recurrent.bias))}
            )
            for statistic in layer.normalize.buffers():
                statistic.zero_()  # of the weights that are no more
        start_at_threshold(net.module_, X)
