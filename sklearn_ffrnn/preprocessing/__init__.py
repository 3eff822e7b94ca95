"""From trajectories to the sequences that the classifiers learn from."""
