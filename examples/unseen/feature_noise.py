"""Negatives that need no machine: features of people that do not belong together."""

import numpy as np

from sklearn_ffrnn._outliers._members import learn_table

MOST_KEPT = 0.9


def feature_noise(table, rng):
    """Return as many rows as `table` has, with values drawn from each column on its own.

    What tells them from people is how features go together. Up to nine in ten values of a row stay
    those of one person, so that negatives lie near and far. The idea is that of unsupervised random
    forests (L. Breiman and A. Cutler, 2003), where all columns are drawn.
    """
    drawn = np.column_stack([rng.permutation(column) for column in table.T])
    kept = rng.uniform(size=table.shape) < rng.uniform(0, MOST_KEPT, size=(len(table), 1))
    return np.where(kept, table, drawn)


def learn_table_with_noise(people, machines, network, source):
    """Do what the detector's `learn_table` does, with feature noise among the negatives."""
    noise = feature_noise(people, np.random.RandomState(network.random_state))
    groups = np.concatenate([source, source[: len(people)]])
    return learn_table(people, np.vstack([machines, noise]), network, groups)
