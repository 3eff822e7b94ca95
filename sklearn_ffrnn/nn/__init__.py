"""The networks, in torch alone: nothing here knows scikit-learn."""

from ._backprop import BackpropRNN
from ._forward_forward import ForwardForwardRNN
from ._goodness import StepGoodness
from ._network import Network
from ._packed import Batch, BatchIterator, Packed, SequenceDataset
from ._recurrent import RecurrentLayer, most_active

__all__ = [
    "BackpropRNN",
    "Batch",
    "BatchIterator",
    "ForwardForwardRNN",
    "Network",
    "Packed",
    "RecurrentLayer",
    "SequenceDataset",
    "StepGoodness",
    "most_active",
]
