"""The numbers of a law fitted to points, and the shorter forms that fit nearly as well."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from headrace.core.arrays import Floats
from headrace.science.laws.expression import (
    LawSum,
    distributed,
    parameters,
    rebuilt,
    with_parameters,
)

FLOOR = 0.1
"""An answer counts as at least this share of the median answer [1]: errors are relative to it."""

WORSE = 3.0
"""A shorter form is kept while its largest error is at most so many times that of the longer [1],
or below `FINE`.
"""
FINE = 0.005
"""Largest relative error below which nothing is asked [1]."""

HOPELESS = 0.25
"""Largest relative error from which on a form is not shortened: it is no law of anything [1]."""

NEAR = 0.3
"""A coefficient this near to one is also tried as one [1]."""

MOST_NUMBERS = 7
MOST_LENGTH = 27
"""Laws with more numbers, or longer ones, are left alone: nobody reads them."""

MOST_STEPS = 30
MOST_OFF = 1e6
STEP = 1e-6
"""Relative step of the slopes of a fit [1]."""


def sizes(answers: Floats) -> Floats:
    """What an error of each answer is relative to [unit of the answers]."""
    least = FLOOR * float(np.median(np.abs(answers))) if len(answers) else 0.0
    return np.maximum(np.abs(answers), least if least > 0 else 1.0)


def relative_errors(law: LawSum, inputs: Floats, answers: Floats) -> Floats:
    """How far the law is from each answer, relative to it [1]; endless where it has no value."""
    found = np.abs(law(inputs) - answers) / sizes(answers)
    return np.where(np.isfinite(found), found, np.inf)


def fitted(law: LawSum, inputs: Floats, answers: Floats) -> LawSum:
    """The law with the numbers that make its squared relative errors least; `law` itself where none
    are better. A number that is one, or minus one, stays so. inputs, answers [own units].
    """
    begin = np.array(parameters(law))
    free = np.flatnonzero(np.abs(begin) != 1.0)
    scale = np.zeros((len(begin), len(free)))
    scale[free, np.arange(len(free))] = begin[free]
    weights = sizes(answers)

    def residuals(moved: Floats) -> Floats:
        off = (with_parameters(law, (begin + scale @ moved).tolist())(inputs) - answers) / weights
        return np.clip(np.nan_to_num(off, nan=MOST_OFF), -MOST_OFF, MOST_OFF)

    if len(free) > len(answers) or not len(free):
        return law
    moved = damped_least_squares(residuals, np.zeros(len(free)))
    return rebuilt(with_parameters(law, (begin + scale @ moved).tolist())) if moved.any() else law


def damped_least_squares(residuals: Callable[[Floats], Floats], start: Floats) -> Floats:
    """Where the sum of squared residuals is least, from `start` [units of the arguments].

    Levenberg's and Marquardt's method, Marquardt 1963. Own, because those of libraries sum in an
    order that hangs on where memory lies, and the same question is to have the same answer to the
    last bit.
    """
    here, damping = start, 1e-3
    off = residuals(here)
    cost = float(np.sum(off * off))
    for _ in range(MOST_STEPS):
        slopes = [(residuals(here + step) - off) / STEP for step in STEP * np.eye(len(here))]
        matrix = np.array([[np.sum(a * b) for b in slopes] for a in slopes])
        gradient = np.array([np.sum(a * off) for a in slopes])
        if not (np.all(np.isfinite(matrix)) and np.max(np.abs(gradient), initial=0.0) > 1e-14):
            break
        before = cost
        while damping < 1e8:
            diagonal = np.diag(damping * np.diag(matrix) + 1e-30)
            tried = here - eliminated(matrix + diagonal, gradient)
            new = residuals(tried)
            found = float(np.sum(new * new))
            if found < cost:
                here, off, cost, damping = tried, new, found, 0.2 * damping
                break
            damping *= 5.0
        if cost > (1 - 1e-7) * before:
            break
    return here


def eliminated(matrix: Floats, right: Floats) -> Floats:
    """The solution of a small square system by Gauss's elimination [units of the unknowns].

    matrix: shape (n, n), positive definite; right: shape (n,).
    """
    rows = np.column_stack([matrix, right])
    for k in range(len(rows)):
        best = k + int(np.argmax(np.abs(rows[k:, k])))
        rows[[k, best]] = rows[[best, k]]
        rows[k] /= rows[k, k] or 1e-300
        for other in range(len(rows)):
            if other != k:
                rows[other] = rows[other] - rows[other, k] * rows[k]
    return np.asarray(rows[:, -1])


def forms(law: LawSum, inputs: Floats, answers: Floats) -> tuple[LawSum, ...]:
    """The law fitted, multiplied out, and shortened step by step: parts left out and coefficients
    set to one as long as that costs little. inputs, answers [own units].
    """
    found: list[LawSum] = []
    for start in {repr(one): one for one in (law, distributed(law))}.values():
        if start.length > MOST_LENGTH or len(parameters(start)) > MOST_NUMBERS:
            continue
        here = fitted(start, inputs, answers)
        error = float(np.max(relative_errors(here, inputs, answers)))
        if not np.isfinite(error):
            continue
        found.append(here)
        while error < HOPELESS:
            tried = [fitted(one, inputs, answers) for one in _shorter(here)]
            ranked = sorted(
                (float(np.max(relative_errors(one, inputs, answers))), place)
                for place, one in enumerate(tried)
                if one.length < here.length
            )
            if not ranked or not ranked[0][0] <= max(WORSE * error, FINE):
                break
            here = tried[ranked[0][1]]
            error = max(error, ranked[0][0])
            found.append(here)
    return tuple(found)


def _shorter(law: LawSum) -> list[LawSum]:
    """The law with one of its numbers gone, or one that is near to it set to one."""
    numbers = parameters(law)
    out: list[LawSum] = []
    for place, value in enumerate(numbers):
        changes = [0.0]
        if 0 < abs(abs(value) - 1.0) < NEAR:
            changes.append(1.0 if value > 0 else -1.0)
        for new in changes:
            if len(numbers) == 1 and new == 0.0:
                continue
            changed = (*numbers[:place], new, *numbers[place + 1 :])
            try:
                out.append(rebuilt(with_parameters(law, changed)))
            except ZeroDivisionError:
                continue
    return out
