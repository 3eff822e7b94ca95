"""With which labels a network of more than two classes reads a sequence."""

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback

from sklearn_ffrnn import FFRNNClassifier
from sklearn_ffrnn.nn import ForwardForwardRNN, SequenceDataset
from tests.helpers import labelled_noise

N_CLASSES = 7


def make_network(n_classes=N_CLASSES):
    return ForwardForwardRNN(2, n_classes, hidden_layer_sizes=(4,), threshold=[(1.0, 1.0)])


@pytest.fixture
def dataset():
    rng = np.random.default_rng(0)
    lengths = torch.tensor(rng.integers(2, 9, size=40))
    values = torch.tensor(rng.normal(size=(int(lengths.sum()), 2)), dtype=torch.float32)
    target = torch.tensor(rng.integers(N_CLASSES, size=40))
    return SequenceDataset(values, lengths, target, torch.rand(40))


def read_labels(network, batch):
    """Return the labels in the input, (n_sequences, n_copies), read from the codes."""
    x, _, _ = network.positives_and_negatives(batch)
    first = x.steps[: x.sizes[0], 2:]  # the first step of each copy
    assert bool(((first == 0) | (first == 1)).all())
    assert bool((first.sum(dim=1) == 1).all())
    return first.argmax(dim=1).reshape(len(batch), -1)


def test_training_reads_the_own_label_and_three_different_wrong_ones(dataset):
    batch = dataset.batch(torch.arange(40))
    network = make_network().train()
    labels = read_labels(network, batch)
    assert labels.shape == (40, 4)
    np.testing.assert_array_equal(labels[:, 0], batch.target)
    assert all(len(set(row.tolist())) == 4 for row in labels)
    x, positive, weight = network.positives_and_negatives(batch)
    np.testing.assert_array_equal(positive.reshape(40, 4), [[True, False, False, False]] * 40)
    np.testing.assert_array_equal(weight.reshape(40, 4), batch.weight[:, None].expand(-1, 4))
    for copy in range(4):  # the same movement in each
        rows = x.sample % 4 == copy
        np.testing.assert_array_equal(x.steps[rows, :2], batch.sequences.steps)


def test_all_else_reads_every_label(dataset):
    batch = dataset.batch(torch.arange(40))
    labels = read_labels(make_network().eval(), batch)
    np.testing.assert_array_equal(labels, np.tile(np.arange(N_CLASSES), (40, 1)))


def test_wrong_labels_are_drawn_anew_and_all_alike(dataset):
    network = make_network().train()
    generator = torch.Generator().manual_seed(0)
    times = np.zeros((40, N_CLASSES))
    n_draws = 600
    for _ in range(n_draws):  # all in one batch: only their order differs
        batch = dataset.batch(torch.randperm(40, generator=generator))
        wrong = read_labels(network, batch)[:, 1:]
        np.add.at(times, (batch.index[:, None].numpy(), wrong.numpy()), 1)
    own = np.arange(N_CLASSES) == dataset.target.numpy()[:, None]
    assert not times[own].any()
    share = 3 / (N_CLASSES - 1)
    # Six standard deviations of a binomial count.
    spread = 6 * np.sqrt(n_draws * share * (1 - share))
    np.testing.assert_allclose(times[~own], n_draws * share, atol=spread)


def test_the_same_order_gives_the_same_labels(dataset):
    network = make_network().train()
    order = torch.randperm(40, generator=torch.Generator().manual_seed(1))
    again, other = (dataset.batch(index) for index in (order.clone(), order.flip(0)))
    labels = read_labels(network, dataset.batch(order))
    assert torch.equal(labels, read_labels(network, again))
    assert not torch.equal(labels.sort(dim=0).values, read_labels(network, other).sort(0).values)


@pytest.mark.parametrize("n_classes", [3, 4])
def test_with_few_classes_training_reads_every_label(n_classes, dataset):
    dataset.target %= n_classes
    labels = read_labels(make_network(n_classes).train(), dataset.batch(torch.arange(40)))
    np.testing.assert_array_equal(labels, np.tile(np.arange(n_classes), (40, 1)))


class BatchSizes(Callback):
    """Keeps how many sequences each batch of training held."""

    def on_train_begin(self, net, **_):
        self.sizes = []

    def on_batch_begin(self, net, batch, training, **_):
        if training:
            self.sizes.append(len(batch))


@pytest.mark.parametrize(
    ("n_classes", "sizes"), [(2, [128, 22]), (3, [42, 42, 42, 24]), (7, [32, 32, 32, 32, 22])]
)
def test_a_batch_reads_no_more_copies_with_more_classes(n_classes, sizes):
    X, y = labelled_noise(150, n_classes)
    watch = BatchSizes()
    FFRNNClassifier((4,), max_iter=1, callbacks=[watch], early_stopping=False).fit(X, y)
    assert watch.sizes == sizes


def test_many_classes_are_told_apart():
    X, y = labelled_noise(480, n_classes=8, scale=0)
    angle = 2 * np.pi * y / 8
    centres = 6 * np.column_stack([np.cos(angle), np.sin(angle)])
    X = [x + centre for x, centre in zip(X, centres, strict=True)]
    classifier = FFRNNClassifier((32, 32), max_iter=30, random_state=0).fit(X[:320], y[:320])
    assert classifier.score(X[320:], y[320:]) > 0.95
