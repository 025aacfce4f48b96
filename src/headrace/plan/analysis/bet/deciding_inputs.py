"""Inputs that decide: whose own range, by their source, holds a value at which the orders change.

Asked are the prices of what may be ordered, each of which has a range in the catalogue. At both
ends of the range the study is planned anew; where the orders of this month differ by more than a
tenth of what they cost, the value at which they do is closed in on. Where they do not, that is
said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from headrace.compute.accelerator import part_of
from headrace.core.catalogue import Figure
from headrace.core.errors import StoppedEarly
from headrace.core.ids import AssetId
from headrace.core.study import Study
from headrace.core.study_changes import Key, changed_study
from headrace.energy.technology import technologies
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.results.dispatch import ordered
from headrace.plan.solve.solve import Stop, solve

CHANGED = 0.1
"""Share of what the orders of this month cost, by which they must differ to count as others [1]."""
HALVINGS = 4


@dataclass(frozen=True)
class RangedInput:
    """A key of the study with its value and the range of its source, in `unit`."""

    key: str
    unit: str
    now: float
    low: float
    high: float
    source: str


@dataclass(frozen=True)
class Decided:
    """What an input decides. swing: of the best plan's worth between the ends of the range [USD].

    flips: between which values the orders of this month change [unit of the input], nearest to what
    is believed now; None: they do not within the range. differs: by how much then [1].
    """

    about: RangedInput
    swing: float
    flips: tuple[float, float] | None
    differs: float


@dataclass(frozen=True)
class _Asked:
    """A plan at a value: its worth [USD], and each order of this month: how much, at which price
    [USD per unit].
    """

    worth: float
    orders: dict[AssetId, tuple[float, float]]


def ranged_inputs(study: Study) -> Iterator[RangedInput]:
    """Prices of what may be ordered that have a range in the catalogue, each at its key."""
    rows = {row.key: row for row in technologies()}
    for site, written in study.sites.items():
        for name, build in written.build.items():
            row = rows.get(build.use)
            if row is not None and build.capex is None:
                yield from _ranged(f"sites.{site}.build.{name}.capex", row.capex, "USD/kW")
    for name, chip in study.fleet.may_buy.items():
        if chip.price is None:
            part = part_of(study, chip.use)
            key = f"fleet.may_buy.{name}.price"
            yield from _ranged(key, getattr(part, "price", None), "USD/accelerator")


def _ranged(key: str, figure: Figure | None, unit: str) -> Iterator[RangedInput]:
    if figure is None or figure.low is None or figure.high is None:
        return
    ratio = figure.to(unit) / figure.value
    low, high = figure.low * ratio, figure.high * ratio
    if low < high:
        yield RangedInput(key, unit, figure.to(unit), low, high, figure.source)


def deciding_inputs(
    study: Study,
    text: str,
    folder: Path,
    most: int = 5,
    stop: Stop | None = None,
) -> tuple[Decided, ...]:
    """The inputs that decide most: those that flip within their range first, then by swing.

    text: of the study, folder: where its files lie. What was not reached is missing.
    """
    try:
        base = _asked(text, folder, {}, stop)
        found = [_decided(one, base, text, folder, stop) for one in ranged_inputs(study)]
    except StoppedEarly:
        return ()
    found.sort(key=lambda one: (one.flips is None, -one.differs, -abs(one.swing)))
    return tuple(found[:most])


def _decided(
    about: RangedInput, base: _Asked, text: str, folder: Path, stop: Stop | None
) -> Decided:
    def at(value: float) -> _Asked:
        return _asked(text, folder, {about.key: f"{value!r} {about.unit}"}, stop)

    ends = {end: at(end) for end in (about.low, about.high)}
    swing = ends[about.low].worth - ends[about.high].worth
    nearest: tuple[float, float] | None = None
    largest = 0.0
    for end, found in ends.items():
        differs = difference(base.orders, found.orders)
        largest = max(largest, differs)
        if differs <= CHANGED:
            continue
        same, other = about.now, end
        for _ in range(HALVINGS):
            middle = 0.5 * (same + other)
            if difference(base.orders, at(middle).orders) > CHANGED:
                other = middle
            else:
                same = middle
        pair = (min(same, other), max(same, other))
        if nearest is None or abs(sum(pair) / 2 - about.now) < abs(sum(nearest) / 2 - about.now):
            nearest = pair
    return Decided(about, swing, nearest, largest)


Orders = Mapping[AssetId, tuple[float, float]]


def difference(mine: Orders, theirs: Orders) -> float:
    """By how much two sets of orders differ, at the first one's prices, as a share of what the
    first cost [1]; 1 where the first orders nothing and the second something.
    """
    moved = 0.0
    for one in {*mine, *theirs}:
        here, price = mine.get(one, (0.0, theirs.get(one, (0.0, 0.0))[1]))
        moved += abs(here - theirs.get(one, (0.0, 0.0))[0]) * price
    whole = sum(quantity * price for quantity, price in mine.values())
    return moved / whole if whole > 0 else float(moved > 0)


def _asked(text: str, folder: Path, changes: dict[Key, object], stop: Stop | None) -> _Asked:
    if stop is not None and stop():
        raise StoppedEarly("stopped while inputs were asked")
    formulation = formulate(expand(changed_study(text, changes), folder))
    plan = solve(formulation.problem, SolverOptions(gap=1e-4), stop=stop)
    orders: dict[AssetId, tuple[float, float]] = {}
    for amount, order in zip(ordered(formulation, plan.solution).tolist(), formulation.orders):
        asset = formulation.system.assets[order.asset]
        if order.date == 0 and amount > 0:
            before = orders.get(asset.id, (0.0, 0.0))[0]
            orders[asset.id] = (before + amount, abs(order.price) or asset.fixed_cost)
    return _Asked(plan.low, orders)
