"""Figures that the study published, as far as they are known to us; nothing else is filled in.

As text, with the digits that were given.
"""

# Of its Table 1, by data set. The normalization that FF's belong to is not known to us.
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
# Time of an FF epoch over that of a BPTT epoch, least and most over the data sets.
TIME_RATIO = {"standardize": "2.2 to 3.2"}
