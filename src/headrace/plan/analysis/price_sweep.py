"""One price from end to end: where a technology enters, every price at which the plan changes, and
the plan in between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.uncertainty import Capex, FuelPrice, unit_of
from headrace.core.varying import one_number
from headrace.plan.analysis.breakeven import (
    Breakeven,
    BreakevenQuestion,
    PricePoint,
    breakeven,
    catalogue_price,
    same_value,
    share,
)
from headrace.plan.analysis.parametric import Crossing, Envelope, envelope
from headrace.plan.analysis.technology_share import ShareCurve, share_curves
from headrace.plan.results.dispatch import ordered
from headrace.plan.solve.solve import Stop

LEAST_NAMED = 0.05
"""Expected orders below this [MW or MWh] are not named; they are in the accounts all the same."""

MOST_SOLVES = 80
"""Solves for the crossings of one sweep."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Bought:
    """What a plan orders of one asset over the whole tree, weighted by probability."""

    site: str
    asset: str
    title: str
    quantity: float
    unit: str


@dataclass(frozen=True)
class Segment:
    """Prices from `low` to `high` for which one plan is the best; it was solved at `price`. They
    are one where all is bracketed.

    worth_low, worth_high: certified bounds of its net present value there [USD]. bought: discounted
        quantity at the price asked about (kW for a capex, MMBtu for a fuel). share: of the
        electricity, of the technology asked about; None for a fuel.
    """

    low: float
    high: float
    price: float
    worth_low: float
    worth_high: float
    bought: float
    share: float | None
    orders: tuple[Bought, ...]


@dataclass(frozen=True)
class Sweep:
    """A whole sweep of `about` from `low` to `high` [unit].

    whole: every change was looked for, to 1 % of the price; else there were too many, and the
        widest doubts went first.
    curves: shares by gas and carbon price, where they were asked for.
    """

    study: str
    title: str
    about: Capex | FuelPrice
    name: str
    unit: str
    low: float
    high: float
    entry: Breakeven | None
    crossings: tuple[Crossing, ...]
    segments: tuple[Segment, ...]
    whole: bool = True
    curves: tuple[ShareCurve, ...] = ()


@dataclass(frozen=True)
class SweepGrid:
    """At which capex [USD/kW], gas [USD/MMBtu] and carbon prices [USD/t] shares are drawn; empty
    for none.
    """

    points: int = 7
    gas: tuple[float, ...] = ()
    carbon: tuple[float, ...] = ()


def sweep(
    question: BreakevenQuestion,
    low: float | None,
    high: float | None,
    grid: SweepGrid,
    *,
    say: Say,
    stop: Stop,
) -> Sweep:
    """The sweep of a question's price. low, high: its range [unit of the price], None for one
    around where the technology enters.

    say: told what is being done; stop: asked between the parts, and the curves not begun by then
        are left out. Raises InputError for a fuel without a range, or a range that is none.
    """
    unit, entry = unit_of(question.about), None
    if isinstance(question.about, Capex):
        say(f"the price below which {question.name} is ordered")
        entry = breakeven(question)
    low, high = price_range(question, entry, low, high)
    say(
        f"the prices from {low:,.6g} to {high:,.6g} {unit} at which the plan changes, "
        f"{MOST_SOLVES} solves at most"
    )
    found = envelope(question, low, high, most=MOST_SOLVES, stop=stop)
    study = question.study
    whole = Sweep(
        study.study,
        study.title,
        question.about,
        question.name,
        unit,
        low,
        high,
        entry,
        found.crossings,
        segments(question, found),
        found.whole,
    )
    if not isinstance(question.about, Capex) or grid.points < 2 or "gas" not in study.fuels:
        return whole
    capex = [low + (high - low) * i / (grid.points - 1) for i in range(grid.points)]
    now = one_number(study.fuels["gas"].price, "fuels.gas.price")
    tax = one_number(study.carbon, "carbon")
    curves: list[ShareCurve] = []
    for gas in grid.gas or (now, 1.5 * now):
        for carbon in grid.carbon or (tax, tax + 50.0):
            if not stop():
                say(f"shares at gas of {gas:g} USD/MMBtu and carbon at {carbon:g} USD/t")
                curves += share_curves(study, question.name, capex, (gas,), (carbon,))
    return replace(whole, curves=tuple(curves))


def price_range(
    question: BreakevenQuestion, entry: Breakeven | None, low: float | None, high: float | None
) -> tuple[float, float]:
    """The prices to sweep [unit of the price]: what is given, else half and one and a half times
    the price at which the technology enters, or its catalogue price where it never does.

    Raises InputError for a fuel without a range.
    """
    if low is not None and high is not None:
        return low, high
    if entry is None:
        raise InputError(
            InputFault(Place(key=str(question.about)), "a fuel needs a range", "`--from 2 --to 12`")
        )
    middle = entry.low if entry.low > 0 else catalogue_price(question)
    return 0.5 * middle if low is None else low, 1.5 * middle if high is None else high


def segments(question: BreakevenQuestion, found: Envelope) -> tuple[Segment, ...]:
    """One segment a plan: its prices reach to the crossings on both sides."""
    ends = (found.points[0].price, found.points[-1].price)
    kept: list[Segment] = []
    for i, point in enumerate(found.points):
        if i and same_value(found.points[i - 1].at(point.price), point.worth, point):
            continue
        low = max((c.high for c in found.crossings if c.high <= point.price), default=ends[0])
        high = min((c.low for c in found.crossings if c.low >= point.price), default=ends[1])
        part = share(point, question.name) if isinstance(question.about, Capex) else None
        kept.append(
            Segment(
                low,
                high,
                point.price,
                point.plan.low,
                point.plan.high,
                point.slope,
                part,
                bought(point),
            )
        )
    return tuple(kept)


def bought(point: PricePoint) -> tuple[Bought, ...]:
    """Expected orders of a plan, largest first; what is given up of a slot or kept on of a rent is
    no new order.
    """
    formulation = point.formulation
    amounts = ordered(formulation, point.plan.solution)
    sums: dict[int, float] = {}
    for amount, order in zip(amounts, formulation.orders):
        if order.price > 0:
            sums[order.asset] = sums.get(order.asset, 0.0) + formulation.nodes[
                order.node
            ].probability * float(amount)
    assets = formulation.system.assets
    found = [
        Bought(assets[k].site, assets[k].id.name, assets[k].title, q, assets[k].unit)
        for k, q in sums.items()
        if q > LEAST_NAMED
    ]
    return tuple(sorted(found, key=lambda one: (-one.quantity, one.site, one.asset)))
