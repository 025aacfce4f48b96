"""How many people a price experiment needs, said before it is run.

Source: Fleiss, Levin & Paik, Statistical Methods for Rates and Proportions, 3rd ed. (2003), 4.2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.stats import norm

from headrace.core.errors import InputError, InputFault, Place


@dataclass(frozen=True)
class ExperimentSize:
    """How large an experiment on a churn rate is: people in each of two arms, and the change of the
    rate that they show [1]. churn: of the control [1 a period]; power, error: chance to see the
    change, and of a false alarm [1].
    """

    churn: float
    change: float
    people: int
    power: float
    error: float

    @property
    def sentence(self) -> str:
        """The size in words."""
        return (
            f"Experiment: {self.people:,} people in each of two arms show a churn of "
            f"{self.churn + self.change:.4g} a period where it was {self.churn:.4g}, with a chance "
            f"of {self.power:.0%}; {self.error:.0%} of such experiments cry wolf."
        )


def people_an_arm(churn: float, change: float, *, power: float = 0.8, error: float = 0.05) -> int:
    """People in each of two arms that show a change of a churn rate.

    churn: of the control [1 a period]; change: added to it [1]; power, error: chance to see it, and
    of a false alarm (two-sided) [1]. Raises InputError for rates outside 0 to 1.
    """
    other = churn + change
    faults = [
        InputFault(Place(key=name), f"{value:g}", "between 0 and 1, ends excluded")
        for name, value in (("churn", churn), ("churn + change", other), ("power", power),
                            ("error", error))
        if not 0 < value < 1
    ]  # fmt: skip
    if change == 0:
        faults.append(InputFault(Place(key="change"), "0", "a change that matters"))
    if faults:
        raise InputError(faults)
    middle = (churn + other) / 2
    alarm, miss = float(norm.isf(error / 2)), float(norm.isf(1 - power))
    spread = alarm * math.sqrt(2 * middle * (1 - middle))
    spread += miss * math.sqrt(churn * (1 - churn) + other * (1 - other))
    return math.ceil((spread / change) ** 2)


def least_change(churn: float, people: int, *, power: float = 0.8, error: float = 0.05) -> float:
    """The smallest rise of a churn rate [1] that so many people an arm show, by bisection."""
    low, high = 1e-9, 1 - churn - 1e-9
    for _ in range(80):
        middle = (low + high) / 2
        enough = people_an_arm(churn, middle, power=power, error=error) <= people
        low, high = (low, middle) if enough else (middle, high)
    return high
