"""The networks, in torch alone: nothing here knows scikit-learn."""

from ._activation_limit import activation_limit
from ._backprop import BackpropRNN
from ._base_network import Network
from ._dataset import Batch, BatchIterator, SequenceDataset
from ._forward_forward import ForwardForwardRNN, LayerOutput
from ._forward_forward_layer import ForwardForwardLayer
from ._label_code import with_every_label, with_neutral_label
from ._packed import Packed
from ._relu_layer import ReLULayer, plain_autograd

__all__ = [
    "BackpropRNN",
    "Batch",
    "BatchIterator",
    "ForwardForwardLayer",
    "ForwardForwardRNN",
    "LayerOutput",
    "Network",
    "Packed",
    "ReLULayer",
    "SequenceDataset",
    "activation_limit",
    "plain_autograd",
    "with_every_label",
    "with_neutral_label",
]
