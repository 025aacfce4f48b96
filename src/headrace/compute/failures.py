"""What failures take away: the share of a fleet that is up, the spares that keep a promise, and
capacity with age.
"""

from __future__ import annotations

from scipy.stats import poisson

from headrace.core.errors import InputError, InputFault, Place


def up_share(failure_interval: float, repair: float) -> float:
    """Long-run share of accelerators that are up [1]: interval / (interval + repair), both [h].

    Raises InputError for an interval of zero or less, or a negative repair.
    """
    if not (failure_interval > 0 and repair >= 0):
        raise InputError(
            InputFault(
                Place(),
                f"an interval of {failure_interval:g} h and a repair of {repair:g} h",
                "interval > 0, repair >= 0",
            )
        )
    return failure_interval / (failure_interval + repair)


def spares(accelerators: int, failure_interval: float, repair: float, level: float = 0.99) -> int:
    """Spares that cover all failed parts with probability `level`: quantile of a Poisson law of the
    parts in repair.

    Independent failures; parts in repair have mean accelerators * repair / (interval + repair) [h].
    """
    if not 0.0 < level < 1.0:
        raise InputError(InputFault(Place(), f"a level of {level:g}", "between 0 and 1"))
    mean = accelerators * (1.0 - up_share(failure_interval, repair))
    return int(poisson.ppf(level, mean)) if mean > 0 else 0


def standing(age_years: float, yearly_loss: float) -> float:
    """Share of accelerators of an order that still stand [1] at `age_years` [year], `yearly_loss`
    [1/year] of them lost for good each year.
    """
    return float((1.0 - yearly_loss) ** age_years)
