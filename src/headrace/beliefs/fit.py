"""History and prior into weighted draws of a process's parameters.

Draws from the prior are weighted by their likelihood, which the Kalman filter gives for all at
once; the number of draws that count (Kish's effective sample size) is always told. Where fewer than
a thousand count, emcee's affine-invariant sampler goes on from the best of them. Where even the
best draw is surprised more than one history in ten thousand would surprise it, prior and history
contradict one another, and that is an error; without emcee it is one, too, where fewer than a
hundred draws count: a forecast made of thirty would be noise with an air of certainty.

Source: Foreman-Mackey et al., PASP 125 (2013) for emcee; Kish, Survey Sampling (1965), 11.7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from headrace.beliefs.history import History
from headrace.beliefs.priors import prior_draws
from headrace.beliefs.process import Draws, FilterState, filtered
from headrace.core.arrays import Floats
from headrace.core.errors import HeadraceError, InputError, InputFault, Place

DRAWS = 40_000
ENOUGH = 1_000
TOO_FEW = 100
SURPRISING = 1e-4
EXTRA = "emcee, of the extra `market`, would sample on: pip install 'headrace[market]'"
WALKERS, STEPS, BURN = 32, 400, 150
_SAMPLED = ("half_life", "level", "noise", "report")


@dataclass(frozen=True)
class Fit:
    """Equally likely draws of the parameters, with the belief about the state at the last value.

    effective: how many independent draws they are worth [1]. sampler: "prior" where there is
    nothing to learn from, "importance" or "emcee".
    """

    draws: Draws
    state: FilterState
    effective: float
    sampler: str


def fit(
    history: History,
    name: str,
    rng: np.random.Generator,
    *,
    number: int = 10_000,
    ceiling: tuple[float, float] | None = None,
    start: float | None = None,
) -> Fit:
    """Draws of the process of class `name` that agree with a history.

    number: of draws returned. ceiling: median [unit of the history] and log spread [1]. start:
    growth at the start [1/year] where known. Raises InputError where prior and history contradict
    one another; HeadraceError where too few draws count and emcee is not installed.
    """
    count = DRAWS if len(history.observations) > 1 else number
    prior = prior_draws(name, count, rng, ceiling=ceiling, start=start)
    state, log_likelihood, surprise = filtered(prior, history.years, history.values)
    best, more = int(np.argmax(log_likelihood)), len(history.observations) - 1
    possible = np.isfinite(log_likelihood[best])
    if not possible or (more and surprise[best] > chi2.isf(SURPRISING, more)):
        fault = (
            f"the prior of class `{name}` excludes this history: not one of {DRAWS:,} draws fits"
        )
        fix = "Check the units and the ceiling, or give the series another class."
        where = Place(history.file, history.last.line, key=history.series)
        raise InputError(InputFault(where, fault, "a history that its class can make", fix))
    weights = np.exp(log_likelihood - log_likelihood[best])
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    sampler = "importance" if len(history.observations) > 1 else "prior"
    if effective < ENOUGH and more:
        sampled = _emcee(prior, weights, history, rng)
        if sampled is not None:
            prior, sampler = sampled, "emcee"
            state = filtered(prior, history.years, history.values).state
            weights, effective = np.ones(len(prior.level)), float(ENOUGH)
        elif effective < TOO_FEW:
            raise HeadraceError(f"{history.series}: only {effective:.0f} draws count; {EXTRA}")
    chosen = rng.choice(len(weights), number, p=weights / weights.sum())
    return Fit(
        prior.take(chosen), FilterState(*(part[chosen] for part in state)), effective, sampler
    )


def _emcee(
    prior: Draws, weights: Floats, history: History, rng: np.random.Generator
) -> Draws | None:
    """Posterior draws by emcee, started at weighted draws; None where emcee is not installed.

    Positive parameters are sampled by their logarithm, drift as it is; each keeps the Gaussian
    that the draws of the prior have.
    """
    try:
        import emcee
    except ImportError:
        return None
    finite = bool(np.isfinite(prior.ceiling).all() and prior.ceiling.std() > 0)
    names = [n for n in (*_SAMPLED, *(("ceiling",) if finite else ())) if getattr(prior, n).std()]
    columns = [np.log(getattr(prior, n)) for n in names]
    if prior.drift.std() > 0:
        names, columns = [*names, "drift"], [*columns, prior.drift]
    table = np.stack(columns, axis=1)
    middle, spread = table.mean(axis=0), table.std(axis=0)

    def posed(points: Floats) -> Draws:
        some = prior.take(np.zeros(len(points), dtype=int))
        held = {
            n: points[:, i] if n == "drift" else np.exp(points[:, i]) for i, n in enumerate(names)
        }
        fields = {n: getattr(some, n) for n in some.__dataclass_fields__ if n != "kind"}
        return Draws(prior.kind, **(fields | held))

    def log_posterior(points: Floats) -> Floats:
        told = filtered(posed(points), history.years, history.values).log_likelihood
        bell = -0.5 * (((points - middle) / spread) ** 2).sum(axis=1)
        return np.where(np.isfinite(told), told + bell, -np.inf)

    begin = table[rng.choice(len(weights), WALKERS, p=weights / weights.sum())]
    begin = begin + 1e-3 * spread * rng.standard_normal(begin.shape)
    sampler = emcee.EnsembleSampler(WALKERS, len(names), log_posterior, vectorize=True)
    sampler.random_state = np.random.RandomState(int(rng.integers(2**31))).get_state()
    sampler.run_mcmc(begin, STEPS, skip_initial_state_check=True)
    if not np.isfinite(sampler.get_log_prob(discard=BURN, flat=True)).all():
        raise HeadraceError(f"{history.series}: the sampler left what is possible")
    return posed(sampler.get_chain(discard=BURN, flat=True))
