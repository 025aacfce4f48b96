"""How much of the electricity a technology gives at each of its prices, by gas and by carbon price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study import Study


@dataclass(frozen=True)
class ShareCurve:
    """Shares of the electricity that is used [1] at each capex [USD/kW], at a gas price [USD/MMBtu]
    and a carbon price [USD/t].

    breakeven: highest capex at which the technology is ordered, certified [USD/kW].
    """

    gas: float
    carbon: float
    capex: tuple[float, ...]
    share: tuple[float, ...]
    breakeven: float | None = None


def race(
    study: Study,
    technology: str,
    capex: Sequence[float],
    gas: Sequence[float],
    carbon: Sequence[float],
    fuel: str = "gas",
) -> tuple[ShareCurve, ...]:
    """One curve a pair of prices, each point a plan of its own. technology: catalogue key or the
    study's own.

    Beliefs about the fuel are set aside: `gas` holds at every tree node. Raises InputError as
    `breakeven.ask` does, or where the study does not write the fuel.
    """
    if fuel not in study.fuels:
        raise InputError(
            InputFault(
                Place(key="fuels"),
                f"`{fuel}` is not among the study's fuels",
                ", ".join(study.fuels),
            )
        )
    from headrace.plan.analysis.breakeven import along, ask, breakeven, share

    found = []
    for price in gas:
        for tax in carbon:
            question = ask(_priced(study, fuel, price, tax), f"capex:{technology}")
            shares = tuple(share(point, technology) for point in along(question, capex))
            found.append(ShareCurve(price, tax, tuple(capex), shares, breakeven(question).low))
    return tuple(found)


def _priced(study: Study, fuel: str, price: float, carbon: float) -> Study:
    written = study.fuels[fuel].model_copy(update={"price": price})
    beliefs = {
        name: belief for name, belief in study.beliefs.items() if belief.about != f"fuel:{fuel}"
    }
    return study.model_copy(
        update={"fuels": {**study.fuels, fuel: written}, "carbon": carbon, "beliefs": beliefs}
    )
