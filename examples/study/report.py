"""The Markdown page that holds the tables."""

from .tables import table_1, table_2, table_3, threshold_table

PAGE = """\
### Table 1: Forward-Forward by normalization, θ = 7

{table_1}

### Table 2: Forward-Forward with standardization against BPTT

{table_2}

### Table 3: epochs until early stopping, and the time of an epoch

Split by sample. Ratio of the median times of an epoch, both models of one run timed in one session.

{table_3}

### Thresholds

FF in the study's setting, split by sample: AUC.

{thresholds}
"""


def make_page(rows, data_sets, protocols, thresholds):
    """Return the page; `rows` are the finished runs to show."""
    return PAGE.format(
        table_1=table_1(rows, data_sets, protocols),
        table_2=table_2(rows, data_sets, protocols),
        table_3=table_3(rows, data_sets),
        thresholds=threshold_table(rows, data_sets, thresholds),
    )


def describe(rows, options):
    """Describe in a sentence the runs behind the tables."""
    samples = ", ".join(
        f"{n} of {data}" for data, n in rows.groupby("data")["samples"].max().items()
    )
    return (
        f"Mean ± deviation over at most {options.runs} runs; {len(rows)} runs are done. Samples: "
        f"{samples or 'none yet'}. Three layers of {options.units} units.\n"
    )
