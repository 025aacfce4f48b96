"""How much of the electricity a technology gives at each of its prices, by gas and carbon price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study import Study
from headrace.core.uncertainty import FuelPrice, uncertainty
from headrace.plan.analysis.breakeven import best_plans, breakeven, breakeven_question, share


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


def share_curves(
    study: Study,
    technology: str,
    capex: Sequence[float],
    gas: Sequence[float],
    carbon: Sequence[float],
    fuel: str = "gas",
) -> tuple[ShareCurve, ...]:
    """One curve a pair of prices, each point a plan of its own.

    technology: catalogue key or the study's own; capex [USD/kW]; gas: of `fuel` [USD/MMBtu], at
        every tree node, beliefs about it set aside; carbon [USD/t]. Raises InputError as
        `breakeven_question` does, or where the study does not write the fuel.
    """
    if fuel not in study.fuels:
        raise InputError(
            InputFault(
                Place(key="fuels"),
                f"`{fuel}` is not among the study's fuels",
                ", ".join(study.fuels),
            )
        )
    found = []
    for price in gas:
        for tax in carbon:
            question = breakeven_question(
                with_prices(study, fuel, price, tax), f"capex:{technology}"
            )
            shares = tuple(share(point, technology) for point in best_plans(question, capex))
            found.append(ShareCurve(price, tax, tuple(capex), shares, breakeven(question).low))
    return tuple(found)


def with_prices(study: Study, fuel: str, price: float, carbon: float) -> Study:
    """The study with a certain price of a fuel [USD/MMBtu] and of carbon [USD/t]; beliefs about
    that fuel are left out.
    """
    written = study.fuels[fuel].model_copy(update={"price": price})
    beliefs = {
        name: belief
        for name, belief in study.beliefs.items()
        if uncertainty(belief.about) != FuelPrice(fuel)
    }
    return study.model_copy(
        update={"fuels": {**study.fuels, fuel: written}, "carbon": carbon, "beliefs": beliefs}
    )
