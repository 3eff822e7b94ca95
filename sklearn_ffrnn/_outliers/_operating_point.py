"""The score below which a movement is called a machine's."""

from __future__ import annotations

import numpy as np

from .._typing import FloatArray


def operating_point(scores: FloatArray, recorder: np.ndarray, share: float) -> float:
    """Return the threshold that refuses a share of people, also behind one more recorder.

    Of one recorder it is the quantile of its people. Of several it lies below the lowest of their
    quantiles by the standard deviation of these, because people behind the next recorder differ
    from those as these differ from each other.

    Parameters
    ----------
    scores : ndarray of shape (n_people,)
        Scores of people who were held out.
    recorder : ndarray of shape (n_people,)
        Recorder of each.
    share : float
        Share of a recorder's people to refuse.
    """
    quantiles = [np.quantile(scores[recorder == one], share) for one in np.unique(recorder)]
    between = np.std(quantiles, ddof=1) if len(quantiles) > 1 else 0.0
    return float(min(quantiles) - between)
