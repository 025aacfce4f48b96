"""Plan, tariff and demand in turn, until they agree: what a use costs decides what is asked for it,
that decides how much is used, and that decides what a use costs.

    c -> tariff(c) -> use -> plan -> c'        settled where c' = c

Each round answers with the best of each side to what the other did. Where costs rise with use the
plain iteration turns around its end, so the next try is a secant step through the last two rounds
(Wolfe 1959: exact where both sides are linear), kept between the ends that are known to lie on
either side. What has not settled after ten rounds is not converged, and says by how much.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.ids import ProductId
from headrace.core.product_units import DEMAND_UNITS
from headrace.core.study import Study
from headrace.market.menus import Types
from headrace.market.tariffs import TariffRow, compare
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.results import cash_flow
from headrace.plan.results.dispatch import demand_of_years, node_outcome
from headrace.plan.solve.solve import solve

MOST_ROUNDS = 10
SETTLED = 1e-6
"""Largest residual, over the cost itself, of what counts as settled [1]."""
STEP = 0.05
"""Share of the use by which the plan is moved to see what the last of it costs [1]."""


@dataclass(frozen=True)
class Round:
    """One turn: the cost that was tried and the cost that came of it [USD a use], and what was
    asked and used in between, in words.
    """

    tried: float
    came: float
    words: str = ""

    @property
    def residual(self) -> float:
        """What came of it less what was tried, over the larger of them [1]."""
        return abs(self.came - self.tried) / max(abs(self.tried), abs(self.came), 1e-12)


@dataclass(frozen=True)
class CoupledMarket:
    """All rounds; the last one is the answer if it is settled."""

    rounds: tuple[Round, ...]

    @property
    def settled(self) -> bool:
        """Whether cost, tariff and use agree."""
        return self.rounds[-1].residual <= SETTLED

    @property
    def sentence(self) -> str:
        """How it ended, in words."""
        last, count = self.rounds[-1], len(self.rounds)
        rounds = "1 round" if count == 1 else f"{count} rounds"
        if self.settled:
            return (
                f"Plan and tariff agree after {rounds} on {last.came:.6g} USD a use "
                f"(residual {last.residual:.1e})."
            )
        return (
            f"NOT CONVERGED after {rounds}: {last.tried:.6g} USD a use was tried and "
            f"{last.came:.6g} came of it (residual {last.residual:.1e}); neither is an answer."
        )


Answer = Callable[[float], tuple[float, str]]
"""What a cost of a use [USD] leads to: the cost that comes of it [USD], and words."""


def settle(answer: Answer, start: float, rounds: int = MOST_ROUNDS) -> CoupledMarket:
    """Turn after turn from a first cost until what comes is what was tried.

    start: [USD a use] > 0; rounds: at most so many. Raises InputError for a start that is not above
    0.
    """
    if not (start > 0 and math.isfinite(start)):
        raise InputError(InputFault(Place(key="cost"), f"{start:g} USD a use", "above 0"))
    found: list[Round] = []
    tried = start
    for _ in range(rounds):
        came, words = answer(tried)
        found.append(Round(tried, came, words))
        if found[-1].residual <= SETTLED:
            break
        tried = next_try(found)
    return CoupledMarket(tuple(found))


def next_try(found: list[Round]) -> float:
    """The cost to try next [USD a use]: a secant through the last two rounds, within what is known.

    Where more came than was tried the end lies above, else below, as long as costs do not fall with
    use.
    """
    last = found[-1]
    plain = last.came
    if len(found) > 1:
        before = found[-2]
        slope = (last.came - before.came) / (last.tried - before.tried)
        if slope < 1:
            plain = last.tried + (last.came - last.tried) / (1.0 - slope)
    above = min((r.tried for r in found if r.came < r.tried), default=math.inf)
    below = max((r.tried for r in found if r.came > r.tried), default=0.0)
    if below < above and not below < plain < above:
        plain = (below + above) / 2 if math.isfinite(above) else 2 * below
    return max(plain, 1e-9)


@dataclass(frozen=True)
class TariffCoupling:
    """A tariff on types of people (market/tariffs.py) beside a product of a study.

    people: that there are [1]; per_use: what a use takes of the product [its unit]; packs: most of
    them in a menu; free_cap: use that is free [use], None for none; creators: their share of what
    is paid [1].
    """

    study: Study
    folder: Path | None
    product: str
    types: Types
    people: float
    per_use: float
    packs: int = 2
    free_cap: float | None = None
    creators: float = 0.0

    def best_tariff(self, cost: float) -> TariffRow:
        """The tariff that earns most at a cost of a use [USD], of those that can be posted."""
        found = compare(
            self.types,
            cost,
            packs=self.packs,
            free_cap=self.free_cap,
            ad=0.0,
            creators=self.creators,
        )
        return max(found.rows[:-1], key=lambda row: row.profit)

    def answer(self, cost: float) -> tuple[float, str]:
        """What the last of the use costs the plan [USD a use], where people answer the best tariff
        at `cost` [USD a use] with their use of a month.
        """
        row = self.best_tariff(cost)
        hourly = self.people * row.use * self.per_use / (8760 / 12)
        words = f"{row.name}, {row.terms}: {row.use:.4g} uses a person, {row.buyers:.1%} buy"
        return self.per_use * self.marginal_cost(max(hourly, 1e-6)), words

    def marginal_cost(self, hourly: float) -> float:
        """What the last twentieth of a demand costs the plan [USD per unit], discounted dollars
        over discounted units. hourly: the demand [unit/h].

        Raises InputError where the plan does not serve it.
        """
        (low, less), (high, more) = (self._cost(hourly * share) for share in (1 - STEP, 1.0))
        if more - less < 0.5 * STEP * more:
            found = f"the plan serves no more than {less:,.4g} units"
            fix = "Raise its `price`, or what it may order."
            raise InputError(InputFault(Place.of("products", self.product), found, "", fix))
        return (high - low) / (more - less)

    def _cost(self, hourly: float) -> tuple[float, float]:
        """What a demand costs the plan [USD], discounted, and what of it is served, discounted."""
        product = self.study.products[self.product]
        unit = DEMAND_UNITS[product.kind]
        asked = product.model_copy(update={"demand": f"{hourly!r} {unit}"})
        products = {**self.study.products, self.product: asked}
        study = self.study.model_copy(update={"products": products})
        formulation = formulate(expand(study, self.folder))
        solution = solve(formulation.problem).solution
        count = range(len(formulation.nodes))
        outcomes = tuple(node_outcome(formulation, solution, n) for n in count)
        lines = cash_flow.lines(formulation, solution, outcomes)
        key = ProductId(self.product)
        revenue = sum(x.usd for x in lines if x.kind == "revenue" and x.about == key)
        place = formulation.system.products.index(key)
        served = demand_of_years(formulation, outcomes, place).discounted or 0.0
        return revenue - cash_flow.total(lines), served


def coupled(question: TariffCoupling, start: float) -> CoupledMarket:
    """Plan and tariff in turn from a first cost of a use. start: [USD a use] > 0.

    Raises InputError for a product that has offers of its own, or is none.
    """
    product = question.study.products.get(question.product)
    if product is None or product.offers:
        found = f"`{question.product}` " + ("has `offers`" if product else "is no product")
        raise InputError(InputFault(Place(key="product"), found, "a product with a `demand`"))
    return settle(question.answer, start)
