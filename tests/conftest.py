import numpy as np
import pytest

from sklearn_ffrnn import BPTTRNNClassifier, FFRNNClassifier


def noise_by_class(y, seed=0):
    """Sequences of 4 to 9 steps and 2 channels, the larger the class the larger the values."""
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(rng.integers(4, 10), 2)) * (1 + 2 * label) for label in y]


def walk(n_points, speed, rng):
    """A movement x, y, t with an uneven clock."""
    t = np.cumsum(rng.integers(5, 15, size=n_points))
    return np.column_stack([rng.normal(size=(n_points, 2)).cumsum(0) * speed, t])


@pytest.fixture(scope="session")
def sequences():
    y = np.arange(60) % 2
    return noise_by_class(y), y


@pytest.fixture(scope="session")
def three_classes():
    y = np.arange(60) % 3
    return noise_by_class(y), y


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
