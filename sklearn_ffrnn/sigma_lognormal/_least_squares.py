"""Levenberg-Marquardt on the strokes of many short windows of movement at once.

All windows of a batch have one shape, so that every step is a handful of array operations. Single
precision is enough: it resolves far more than the 1/20 of the velocity that strokes leave
unexplained, and takes a third of the time of double precision.
"""

from __future__ import annotations

import numpy as np

# ln D, median time t0 + e^mu, ln width (sigma e^mu), ln sigma, middle direction, turn: parameters
# that shift a stroke are separate from those that deform it.
N_PARAMETERS = 6
# No step may change a parameter by more than this, nor leave these bounds (lengths over noise).
STEP_CAPS = np.array([0.7, 0.03, 0.4, 0.4, 0.7, 1.0], np.float32)
LOWEST = np.array([-12, -np.inf, np.log(0.006), np.log(0.03), -np.inf, -9], np.float32)
HIGHEST = np.array([6, np.inf, np.log(0.6), np.log(1.0), np.inf, 9], np.float32)
# Weak priors, as (centre, standard deviation) of ln width, ln sigma and the turn.
PRIOR_CENTRE = np.array([0, 0, np.log(0.05), np.log(0.25), 0, 0], np.float32)
PRIOR_WEIGHT = 1 / np.array([np.inf, np.inf, 1.0, 0.6, np.inf, 2.0], np.float32)
# A low damping to begin with, or a fast decay, wastes every third step on trials that fail.
FIRST_DAMPING, SUCCESS, FAILURE = np.float32(0.1), np.float32(0.5), np.float32(8)
HOPELESS = 1e4  # damping at which no step will help
LATE = np.float32(1e9)  # s
ROOT = np.float32(1 / np.sqrt(2 * np.pi))


def refine_batch(
    t: np.ndarray,
    velocity: np.ndarray,
    strokes: np.ndarray,
    *,
    noise: np.ndarray,
    max_iter: int,
    tol: float,
) -> np.ndarray:
    """Improve the fit of given strokes to the velocities.

    Parameters
    ----------
    t : float32 ndarray of shape (n_windows, n_steps)
        Times in seconds; padding stands before any onset.
    velocity : float32 ndarray of shape (n_windows, 2, n_steps)
        Zero in the padding.
    strokes : float64 ndarray of shape (n_windows, n_strokes, 6)
    noise : ndarray of shape (n_windows,)
        Expected standard deviation of the residual; it weighs the priors.
    max_iter : int
        Largest number of linear systems to solve.
    tol : float
        A window is done when a step lowers its cost by less than this share.
    """
    free = to_free(strokes).astype(np.float32)
    t, velocity = t.astype(np.float32), (velocity / noise[:, None, None]).astype(np.float32)
    free[..., 0] -= np.log(noise).astype(np.float32)[:, None]
    fitted = free.copy()
    alive = np.arange(len(free))
    damping = np.full(len(free), FIRST_DAMPING)
    cost, hessian, gradient = _normal_equations(t, velocity, free)
    for _ in range(max_iter):
        trial = free + _damped_step(hessian, gradient, damping).reshape(free.shape)
        np.clip(trial, LOWEST, HIGHEST, out=trial)
        trial_cost, trial_hessian, trial_gradient = _normal_equations(t, velocity, trial)
        better = trial_cost < cost
        done = better & (cost - trial_cost < tol * cost)
        for kept, new in (
            (free, trial),
            (cost, trial_cost),
            (hessian, trial_hessian),
            (gradient, trial_gradient),
        ):
            kept[better] = new[better]
        damping *= np.where(better, SUCCESS, FAILURE)
        done |= damping > HOPELESS
        if done.any():
            fitted[alive[done]] = free[done]
            if done.all():
                break
            alive, free, hessian, gradient, cost, damping, t, velocity = (
                a[~done] for a in (alive, free, hessian, gradient, cost, damping, t, velocity)
            )
    else:
        fitted[alive] = free
    fitted[..., 0] += np.log(noise).astype(np.float32)[:, None]
    return to_strokes(fitted.astype(np.float64))


def to_free(strokes: np.ndarray) -> np.ndarray:
    """Convert D, t0, mu, sigma, theta_s, theta_e to the parameters that the fit varies."""
    D, t0, mu, sigma, theta_s, theta_e = np.moveaxis(strokes, -1, 0)
    log_sigma = np.log(sigma)
    return np.stack(
        [
            np.log(D),
            t0 + np.exp(mu),
            log_sigma + mu,
            log_sigma,
            (theta_s + theta_e) / 2,
            theta_e - theta_s,
        ],
        axis=-1,
    )


def to_strokes(free: np.ndarray) -> np.ndarray:
    """Convert the parameters that the fit varies to D, t0, mu, sigma, theta_s, theta_e."""
    log_length, median, log_width, log_sigma, middle, turn = np.moveaxis(free, -1, 0)
    mu = log_width - log_sigma
    return np.stack(
        [
            np.exp(log_length),
            median - np.exp(mu),
            mu,
            np.exp(log_sigma),
            middle - turn / 2,
            middle + turn / 2,
        ],
        axis=-1,
    )


def _damped_step(hessian: np.ndarray, gradient: np.ndarray, damping: np.ndarray) -> np.ndarray:
    """Return the step of each window, of shape (n_windows, n_strokes, 6), each entry capped."""
    n, size = gradient.shape
    system = hessian.copy()
    diagonal = system.reshape(n, -1)[:, :: size + 1]
    diagonal *= 1 + damping[:, None]
    diagonal += np.float32(1e-3)
    step = np.linalg.solve(system, gradient[..., None]).reshape(n, -1, N_PARAMETERS)
    return np.clip(step, -STEP_CAPS, STEP_CAPS, out=step)


def _normal_equations(
    t: np.ndarray, velocity: np.ndarray, free: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the cost, J'J and -J'r of residuals and priors, parameters in stroke order."""
    n, n_strokes, _ = free.shape
    size = n_strokes * N_PARAMETERS
    jacobian, residual = jacobian_and_residual(t, velocity, free)
    jacobian, residual = jacobian.reshape(n, size, -1), residual.reshape(n, -1, 1)
    deviation = (free - PRIOR_CENTRE) * PRIOR_WEIGHT
    hessian = jacobian @ jacobian.transpose(0, 2, 1)
    diagonal = hessian.reshape(n, -1)[:, :: size + 1].reshape(free.shape)
    hessian.reshape(n, -1)[:, :: size + 1] = (diagonal + PRIOR_WEIGHT**2).reshape(n, -1)
    gradient = (jacobian @ residual).reshape(free.shape) - deviation * PRIOR_WEIGHT
    cost = np.einsum("ijk,ijk->i", residual, residual) + np.einsum(
        "ijk,ijk->i", deviation, deviation
    )
    return cost, hessian, gradient.reshape(n, -1)


def jacobian_and_residual(
    t: np.ndarray, velocity: np.ndarray, free: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return dv/d(parameters), (n, n_strokes, 6, 2, n_steps), and v - v_hat, (n, 2, n_steps)."""
    log_length, median, log_width, log_sigma, middle, turn = (
        free[..., k, None] for k in range(N_PARAMETERS)
    )
    mu = log_width - log_sigma
    delay = np.exp(mu)
    slope = np.exp(-log_sigma)  # 1 / sigma
    tau = t[:, None, :] - (median - delay)
    # Before its onset a stroke has no speed, as if it were infinitely late.
    np.copyto(tau, LATE, where=tau <= 0)
    z = np.log(tau)
    z -= mu
    z *= slope
    bell = np.square(z)
    bell *= np.float32(-0.5)
    np.exp(bell, out=bell)
    half = _half_normal(z, bell)
    inverse = np.divide(1, tau, out=tau)
    speed = bell * inverse
    speed *= np.exp(log_length) * slope * ROOT
    angle = turn * half
    angle += middle

    jacobian = np.empty((*free.shape, 2, t.shape[1]), np.float32)
    by_length, by_median, by_width, by_sigma, by_middle, by_turn = np.moveaxis(jacobian, 2, 0)
    moving = by_length  # the derivative by ln D is the velocity itself
    for trigonometric, axis in ((np.cos, 0), (np.sin, 1)):
        trigonometric(angle, out=moving[:, :, axis])
        moving[:, :, axis] *= speed
    np.negative(moving[:, :, 1], out=by_middle[:, :, 0])
    by_middle[:, :, 1] = moving[:, :, 0]
    half, z, inverse, slope, delay = (a[:, :, None] for a in (half, z, inverse, slope, delay))
    np.multiply(by_middle, half, out=by_turn)
    # With i for a quarter turn, dv/dz at a fixed tau is (i dangle/dz - z) v; tau, which varies with
    # median and delay, and sigma enter besides as the factors 1 / tau and 1 / sigma of the speed.
    bell *= turn * ROOT
    by_z = by_middle * bell[:, :, None]
    by_z -= moving * z
    by_log_tau = by_z * slope
    np.subtract(moving, by_log_tau, out=by_median)
    by_median *= inverse
    np.multiply(by_median, -delay, out=by_width)
    by_width -= by_log_tau
    by_z *= z
    by_z += moving
    by_z += by_width
    np.negative(by_z, out=by_sigma)
    return jacobian, velocity - moving.sum(axis=1)


def _half_normal(z: np.ndarray, bell: np.ndarray) -> np.ndarray:
    """Return the normal distribution at z, less 1/2, from bell = exp(-z^2/2).

    Abramowitz & Stegun, equation 7.1.26; the error is below 1e-7, as in single precision.
    """
    u = np.abs(z)
    u *= np.float32(0.3275911 / np.sqrt(2))
    u += 1
    np.divide(1, u, out=u)
    tail: np.ndarray = u * np.float32(0.5 * 1.061405429)
    for c in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail += np.float32(0.5 * c)
        tail *= u
    tail *= bell
    np.subtract(np.float32(0.5), tail, out=tail)
    np.copysign(tail, z, out=tail)
    return tail
