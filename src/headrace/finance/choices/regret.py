"""What each choice may cost against the best one in hindsight.

regret(choice, branch) = best of the branch - outcome of the choice there
EVPI = mean of the best of each branch - best mean = least expected regret
tail = mean of the worst 1 - alpha; an outcome on the border counts with the part that is inside
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place


@dataclass(frozen=True, eq=False)
class RegretTable:
    """Outcomes [USD] by choice and branch, shape (choices, branches), and the odds of branches."""

    choices: tuple[str, ...]
    branches: tuple[str, ...]
    outcomes: Floats
    odds: Floats

    def __post_init__(self) -> None:
        shape = (len(self.choices), len(self.branches))
        good = self.outcomes.shape == shape and np.isfinite(self.outcomes).all()
        if not good or len(self.odds) != shape[1] or abs(float(self.odds.sum()) - 1) > 1e-9:
            found = f"outcomes of shape {self.outcomes.shape}, odds of {float(self.odds.sum()):g}"
            raise InputError(InputFault(Place(), found, f"{shape}, finite, and odds of 1"))

    @property
    def means(self) -> Floats:
        """Expected outcome of each choice [USD]."""
        return np.asarray(self.outcomes @ self.odds)

    @property
    def regrets(self) -> Floats:
        """By choice and branch [USD], none below 0."""
        return np.asarray(self.outcomes.max(axis=0) - self.outcomes)

    @property
    def worst_regrets(self) -> Floats:
        """The largest regret of each choice [USD]."""
        return np.asarray(self.regrets.max(axis=1))

    @property
    def expected_regrets(self) -> Floats:
        """The mean regret of each choice [USD]; the least of them is what knowing is worth."""
        return np.asarray(self.regrets @ self.odds)

    def tails(self, alpha: float) -> Floats:
        """Mean of the worst 1 - alpha outcomes of each choice [USD]."""
        return np.array(
            [tail_mean(row.tolist(), self.odds.tolist(), alpha) for row in self.outcomes]
        )


def tail_mean(outcomes: Sequence[float], odds: Sequence[float], alpha: float) -> float:
    """Mean of the lowest 1 - alpha [1] of outcomes [USD] by their odds [1] (CVaR of gains).

    Raises InputError for an alpha of 1 or above, and below 0.
    """
    if not 0 <= alpha < 1:
        raise InputError(InputFault(Place(key="alpha"), f"{alpha:g}", "0 to below 1"))
    left, found = 1.0 - alpha, 0.0
    for value, chance in sorted(zip(outcomes, odds)):
        part = min(left, chance)
        found, left = found + part * value, left - part
        if left <= 0:
            break
    return found / (1.0 - alpha)
