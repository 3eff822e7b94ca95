"""Figures that the study published, as far as we know them; others are left out.

Each is text, with the digits of the publication.
"""

# Of its Table 1, by data set. We do not know which normalization the figures of FF belong to.
AUC = {
    "dollar-one": {"FF": "0.932", "BPTT": "0.993"},
    "mobiletouchdb": {"FF": "0.906", "BPTT": "0.950"},
    "mcyt": {"FF": "0.960", "BPTT": "0.997"},
    "mouse-operation": {"FF": "0.975", "BPTT": "0.995"},
}
ACCURACY = {
    "dollar-one": {"FF": "0.86", "BPTT": "0.96"},
    "mobiletouchdb": {"FF": "0.83", "BPTT": "0.87"},
    "mcyt": {"FF": "0.89", "BPTT": "0.98"},
    "mouse-operation": {"FF": "0.92", "BPTT": "0.98"},
}
# Time of an FF epoch over that of a BPTT epoch: smallest and largest over the data sets.
TIME_RATIO = {"standardize": "2.2 to 3.2"}
