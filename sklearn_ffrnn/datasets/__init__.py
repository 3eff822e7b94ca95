"""Real and published movement data, in the trajectory form that the package works on."""
