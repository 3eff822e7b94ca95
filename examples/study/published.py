"""Figures that the study published, as text, with the digits of the publication."""

from typing import NamedTuple


class Published(NamedTuple):
    """A cell of the study's Tables 1 and 2, and its row of Table 3."""

    accuracy: str
    AUC: str
    epochs: str
    seconds_per_epoch: str


# By data set, classifier and normalization, at a threshold of 7.
PUBLISHED = {
    "dollar-one": {
        ("FF", "layer_norm"): Published("0.834", "0.925", "160", "1.36"),
        ("FF", "standardize"): Published("0.855", "0.932", "107", "3.00"),
        ("BPTT", ""): Published("0.964", "0.993", "50", "1.36"),
    },
    "mobiletouchdb": {
        ("FF", "layer_norm"): Published("0.822", "0.891", "198", "2.19"),
        ("FF", "standardize"): Published("0.832", "0.906", "123", "5.03"),
        ("BPTT", ""): Published("0.869", "0.950", "84", "1.55"),
    },
    "mcyt": {
        ("FF", "layer_norm"): Published("0.905", "0.953", "69", "1.48"),
        ("FF", "standardize"): Published("0.888", "0.960", "73", "3.15"),
        ("BPTT", ""): Published("0.980", "0.997", "51", "1.49"),
    },
    "mouse-operation": {
        ("FF", "layer_norm"): Published("0.893", "0.953", "30", "0.31"),
        ("FF", "standardize"): Published("0.918", "0.975", "37", "0.55"),
        ("BPTT", ""): Published("0.979", "0.995", "53", "0.20"),
    },
}
