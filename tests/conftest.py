import numpy as np
import pytest

from sklearn_ffrnn import BPTTRNNClassifier, FFRNNClassifier
from tests.helpers import labelled_noise, walk


@pytest.fixture(scope="session")
def sequences():
    return labelled_noise(60)


@pytest.fixture(scope="session")
def three_classes():
    return labelled_noise(60, n_classes=3)


@pytest.fixture(scope="session")
def movements():
    rng = np.random.default_rng(0)
    y = np.arange(40) % 2
    return [walk(rng.integers(8, 15), 1 + 5 * label, rng) for label in y], y


@pytest.fixture
def off_screen():
    """Draw every figure without a screen, and leave none open."""
    plt = pytest.importorskip("matplotlib.pyplot")
    plt.switch_backend("agg")
    yield
    for number in plt.get_fignums():
        plt.figure(number).canvas.draw()
    plt.close("all")


CLASSIFIERS = {
    "FF": (FFRNNClassifier, {}),
    # Dropout would make a fit depend on more than its data and seed of the weights.
    "BPTT": (BPTTRNNClassifier, {"dropout": 0.0}),
}


def small(name, **settings):
    cls, own = CLASSIFIERS[name]
    defaults = {"hidden_layer_sizes": (8, 8), "max_iter": 15, "random_state": 0, **own}
    return cls(**{**defaults, **settings})


@pytest.fixture
def make():
    """Make the classifier of a name, small and repeatable."""
    return small


@pytest.fixture
def make_ff():
    return lambda **settings: small("FF", **settings)


@pytest.fixture(params=CLASSIFIERS)
def make_classifier(request):
    """Make either classifier, small and repeatable."""
    return lambda **settings: small(request.param, **settings)
