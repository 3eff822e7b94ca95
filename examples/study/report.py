"""The Markdown page that holds the three tables."""

from .tables import table_1, table_2, table_3

PAGE = """\
### Table 1: both classifiers

{table_1}

FF in the study's setting at θ = 7. The published figures of FF stand beside both normalizations,
for which of them they belong to is not known to us. Our defaults have no published counterpart.

### Table 2: threshold and normalization

{table_2}

FF in the study's setting. The published figures of this grid are not known to us, so their cells
are empty.

### Table 3: seconds per epoch, FF over BPTT

{table_3}

Ratio of the median times of an epoch within one run, both models in the same session. Of the
published ratios only the least and the most over the data sets are known to us, with
standardization.
"""


def make_page(rows, data_sets, protocols, thresholds):
    """Return the page; `rows` are the finished runs to show."""
    return PAGE.format(
        table_1=table_1(rows, data_sets, protocols),
        table_2=table_2(rows, data_sets, protocols, thresholds),
        table_3=table_3(rows, data_sets, protocols),
    )


def describe(rows, options):
    """Describe in a sentence the runs behind the tables."""
    samples = ", ".join(
        f"{n} of {data}" for data, n in rows.groupby("data")["samples"].max().items()
    )
    return (
        f"Mean ± deviation over at most {options.runs} runs; {len(rows)} runs are done. Samples: "
        f"{samples or 'none yet'}. Three layers of {options.units} units, at most {options.epochs} "
        "epochs.\n"
    )
