"""The Sigma-Lognormal model of human movement in closed form.

A movement is a vector sum of strokes. Stroke j has six parameters, one row of `strokes`:

======== ===================================================================================
D        length of the stroke, in the unit of x and y, > 0
t0       onset, in the unit of t: nothing moves before it
mu       log-time delay: half of the length is covered ``exp(mu)`` after the onset
sigma    log response time, > 0: the spread of the stroke on a logarithmic time axis
theta_s  direction at the start, in radians
theta_e  direction at the end; in between the stroke pivots in proportion to its progress
======== ===================================================================================

Everything holds in any unit of time, as long as t, t0 and exp(mu) share it.

References
----------
Plamondon, R. (1995). A kinematic theory of rapid human movements, Part I. Biological
Cybernetics 72, 295-307.
O'Reilly, C., & Plamondon, R. (2009). Development of a Sigma-Lognormal representation for on-line
signatures. Pattern Recognition 42, 3324-3337.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from .._typing import FloatArray

STROKE_PARAMETERS = ("D", "t0", "mu", "sigma", "theta_s", "theta_e")


def speed(strokes: ArrayLike, t: ArrayLike) -> np.ndarray:
    r"""Return the speed of each stroke, a lognormal pulse.

    .. math::

        |v_j(t)| = \frac{D_j}{\sigma_j \sqrt{2\pi}\,(t - t_{0j})}
                   \exp\left(-\frac{(\ln(t - t_{0j}) - \mu_j)^2}{2\sigma_j^2}\right)

    Parameters
    ----------
    strokes : array-like of shape (n_strokes, 6)
        Columns D, t0, mu, sigma, theta_s, theta_e.
    t : array-like of shape (n_times,)
        Times, in the unit of t0.

    Returns
    -------
    speed : ndarray of shape (n_times, n_strokes)
        Length per unit of time; zero up to the stroke's onset.

    Raises
    ------
    ValueError
        If `strokes` has another shape, or a length or sigma that is not positive.

    References
    ----------
    O'Reilly & Plamondon (2009), equation 2.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.sigma_lognormal import speed
    >>> speed([[100, 0.0, -1.6, 0.3, 0.0, 0.5]], [-0.1, 0.0, 0.2]).round(1)
    array([[  0. ],
           [  0. ],
           [664.6]])
    """
    strokes, t = check_strokes(strokes), _check_times(t)
    rate, _ = _pulses(strokes, t)
    return strokes[:, 0] * rate


def velocity(strokes: ArrayLike, t: ArrayLike) -> np.ndarray:
    r"""Return the velocity of the movement, the vector sum of its strokes.

    .. math::

        v(t) = \sum_j |v_j(t)| (\cos\phi_j(t), \sin\phi_j(t)), \quad
        \phi_j(t) = \theta_{sj} + (\theta_{ej} - \theta_{sj}) w_j(t)

    where :math:`w_j`, the part of the stroke's length covered so far, is a lognormal distribution.

    Parameters
    ----------
    strokes : array-like of shape (n_strokes, 6)
        Columns D, t0, mu, sigma, theta_s, theta_e.
    t : array-like of shape (n_times,)
        Times, in the unit of t0.

    Returns
    -------
    velocity : ndarray of shape (n_times, 2)
        Along x and y, length per unit of time.

    Raises
    ------
    ValueError
        If `strokes` has another shape, or a length or sigma that is not positive.

    References
    ----------
    O'Reilly & Plamondon (2009), equations 1, 3 and 4.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.sigma_lognormal import velocity
    >>> velocity([[100, 0.0, -1.6, 0.3, 0.0, 0.0]], [0.0, 0.2]).round(1)
    array([[  0. ,   0. ],
           [664.6,   0. ]])
    """
    strokes, t = check_strokes(strokes), _check_times(t)
    rate, progress = _pulses(strokes, t)
    direction = strokes[:, 4] + (strokes[:, 5] - strokes[:, 4]) * progress
    moving = strokes[:, 0] * rate
    return np.stack(
        [(moving * np.cos(direction)).sum(axis=1), (moving * np.sin(direction)).sum(axis=1)], axis=1
    )


def position(strokes: ArrayLike, t: ArrayLike, start: ArrayLike = (0.0, 0.0)) -> np.ndarray:
    r"""Return the position of the movement, the integral of its velocity in closed form.

    With :math:`\Delta = \theta_e - \theta_s` and :math:`S(u) = \sin(u)/u`, a stroke that has
    covered the part w of its length D is displaced by :math:`D\,w\,S(\Delta w/2)` in the direction
    :math:`\theta_s + \Delta w/2`: the chord of an arc. Nothing is integrated numerically, and
    nothing is divided by :math:`\Delta`, so that straight strokes are no special case.

    Parameters
    ----------
    strokes : array-like of shape (n_strokes, 6)
        Columns D, t0, mu, sigma, theta_s, theta_e.
    t : array-like of shape (n_times,)
        Times, in the unit of t0.
    start : array-like of shape (2,), default=(0, 0)
        Position before the first onset.

    Returns
    -------
    position : ndarray of shape (n_times, 2)
        In the unit of D.

    Raises
    ------
    ValueError
        If `strokes` has another shape, or a length or sigma that is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.sigma_lognormal import position
    >>> quarter_circle = [[np.pi / 2, 0.0, -1.6, 0.3, 0.0, np.pi / 2]]
    >>> position(quarter_circle, [0.0, 5.0], start=(10, 0)).round(3)
    array([[10.,  0.],
           [11.,  1.]])
    """
    strokes, t = check_strokes(strokes), _check_times(t)
    start = np.asarray(start, dtype=np.float64)
    if start.shape != (2,):
        raise ValueError(f"start has shape {start.shape}; give one position, (x, y).")
    moved: FloatArray = _displacements(strokes, t).sum(axis=1)
    return start + moved


def snr_velocity(velocity: ArrayLike, estimate: ArrayLike) -> float:
    r"""Return the quality of a reconstruction on the velocity vector, in dB.

    .. math:: \mathrm{SNR}_v = 10 \log_{10} \frac{\sum |v|^2}{\sum |v - \hat v|^2}

    15 dB is commonly called acceptable and 25 dB good. Report it together with the number of
    strokes and the smoothing of the velocity.

    Parameters
    ----------
    velocity : array-like of shape (n_times, 2)
        Measured velocity at equally spaced times.
    estimate : array-like of shape (n_times, 2)
        Values of the model at the same times.

    Returns
    -------
    snr : float
        Infinite if the two are equal.

    Raises
    ------
    ValueError
        If the two have different shapes.

    Examples
    --------
    >>> from sklearn_ffrnn.sigma_lognormal import snr_velocity
    >>> snr_velocity([[10.0, 0.0], [0.0, 10.0]], [[9.0, 0.0], [0.0, 11.0]])
    20.0
    """
    velocity, estimate = _check_pair(velocity, estimate)
    return _decibel(velocity, velocity - estimate)


def snr_position(position: ArrayLike, estimate: ArrayLike) -> float:
    r"""Return the quality of a reconstruction on the positions, in dB.

    .. math:: \mathrm{SNR}_t = 10 \log_{10} \frac{\sum |p - \bar p|^2}{\sum |p - \hat p|^2}

    Parameters
    ----------
    position : array-like of shape (n_times, 2)
        Measured positions.
    estimate : array-like of shape (n_times, 2)
        Values of the model at the same times.

    Returns
    -------
    snr : float
        Infinite if the two are equal. A shift of the whole trajectory counts as an error.

    Raises
    ------
    ValueError
        If the two have different shapes.

    Examples
    --------
    >>> from sklearn_ffrnn.sigma_lognormal import snr_position
    >>> snr_position([[0.0, 0.0], [20.0, 0.0]], [[1.0, 0.0], [19.0, 0.0]])
    20.0
    """
    position, estimate = _check_pair(position, estimate)
    return _decibel(position - position.mean(axis=0), position - estimate)


def check_strokes(strokes: ArrayLike) -> FloatArray:
    """Return `strokes` as a float64 array of shape (n_strokes, 6), or raise ValueError."""
    strokes = np.asarray(strokes, dtype=np.float64)
    if strokes.ndim != 2 or strokes.shape[1] != 6:
        raise ValueError(
            f"strokes has shape {strokes.shape}; give (n_strokes, 6), the columns "
            f"{', '.join(STROKE_PARAMETERS)}. For no strokes, pass np.empty((0, 6))."
        )
    for column in (0, 3):
        bad = np.flatnonzero(~(strokes[:, column] > 0))
        if len(bad):
            raise ValueError(
                f"strokes[{bad[0]}] has {STROKE_PARAMETERS[column]} = "
                f"{strokes[bad[0], column]:g}; it must be positive."
            )
    return strokes


def _displacements(strokes: FloatArray, t: FloatArray) -> FloatArray:
    """Return the displacement by each stroke at each time, of shape (n_times, n_strokes, 2)."""
    _, progress = _pulses(strokes, t)
    half_turn = 0.5 * (strokes[:, 5] - strokes[:, 4]) * progress
    chord = strokes[:, 0] * progress * np.sinc(half_turn / np.pi)
    direction = strokes[:, 4] + half_turn
    return np.stack([chord * np.cos(direction), chord * np.sin(direction)], axis=-1)


def _pulses(strokes: FloatArray, t: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return each stroke's lognormal density and distribution, both (n_times, n_strokes)."""
    _, t0, mu, sigma, _, _ = strokes.T
    tau = t[:, None] - t0
    begun = tau > 0
    tau = np.where(begun, tau, 1.0)
    z = (np.log(tau) - mu) / sigma
    density = np.exp(-0.5 * z * z) / (sigma * np.sqrt(2 * np.pi) * tau)
    return np.where(begun, density, 0.0), np.where(begun, ndtr(z), 0.0)


def _check_times(t: ArrayLike) -> FloatArray:
    t = np.asarray(t, dtype=np.float64)
    if t.ndim != 1:
        raise ValueError(f"t has {t.ndim} dimension(s); give a list of times, (n_times,).")
    return t


def _check_pair(a: ArrayLike, b: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 2:
        raise ValueError(
            f"Shapes {a.shape} and {b.shape} do not compare; both must be (n_times, 2), at the "
            "same times."
        )
    return a, b


def _decibel(signal: np.ndarray, error: np.ndarray) -> float:
    noise = float((error**2).sum())
    if noise == 0.0:
        return np.inf
    with np.errstate(divide="ignore"):
        return float(10.0 * np.log10((signal**2).sum() / noise))
