"""Work spread over processes or a cluster, whichever joblib backend is in charge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from joblib import effective_n_jobs
from joblib.parallel import get_active_backend
from sklearn.utils.parallel import Parallel, delayed

Result = TypeVar("Result")


def parallel_map(
    function: Callable[..., Result],
    arguments: Iterable[tuple[Any, ...]],
    n_jobs: int | None,
    **options: Any,
) -> Iterator[Result]:
    """Yield what `function` makes of each of the `arguments`, in order, as soon as it is known.

    One job stays in this process: joblib's Dask backend would send it to the cluster, whatever
    `n_jobs` says, so that a worker in the middle of a fold could not keep its own work.

    Parameters
    ----------
    function : callable
        What to do.
    arguments : iterable of tuple
        Positional arguments of each call. They travel with the task, so that Dask can run it again
        where a worker is lost; it loses what it scatters.
    n_jobs : int or None
        As in :class:`joblib.Parallel`.
    **options
        Of :class:`joblib.Parallel`, such as `batch_size`.
    """
    if effective_n_jobs(n_jobs) == 1:
        return (function(*each) for each in arguments)
    backend, _ = get_active_backend()
    return_as = "generator" if backend.supports_return_generator else "list"
    calls = (delayed(function)(*each) for each in arguments)
    return iter(Parallel(n_jobs=n_jobs, return_as=return_as, **options)(calls))
