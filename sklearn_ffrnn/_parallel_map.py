"""Call a function on many arguments, with whichever joblib backend is active."""

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
    """Yield the result of `function` for each of the `arguments`, in order, once it is ready.

    A single job stays in this process: joblib's Dask backend would send it to the cluster whatever
    `n_jobs` says, so that a worker could not do the work of its own fold itself.

    Parameters
    ----------
    function : callable
        Function to call.
    arguments : iterable of tuple
        Positional arguments of each call. They are sent with each task, so that Dask can run it
        again when a worker dies; scattered data would be lost.
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
