"""The networks, in torch alone: nothing here depends on scikit-learn."""

from ._activation_limit import activation_limit
from ._backprop import BackpropRNN
from ._base_network import Network
from ._dataset import Batch, BatchIterator, SequenceDataset
from ._forward_forward import ForwardForwardRNN
from ._forward_forward_layer import ForwardForwardLayer
from ._label_code import with_every_label
from ._packed import Packed
from ._recurrent_layer import RecurrentLayer, plain_autograd
from ._scaled_start import start_at_threshold

__all__ = [
    "BackpropRNN",
    "Batch",
    "BatchIterator",
    "ForwardForwardLayer",
    "ForwardForwardRNN",
    "Network",
    "Packed",
    "RecurrentLayer",
    "SequenceDataset",
    "activation_limit",
    "plain_autograd",
    "start_at_threshold",
    "with_every_label",
]
