"""The Sigma-Lognormal model of the Kinematic Theory: extraction, synthesis, negatives."""
