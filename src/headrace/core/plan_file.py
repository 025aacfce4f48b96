"""Reading `plan.json`: the result of a plan as frozen values. Everything that shows a plan reads it
through this file.

Units: money in USD of `money.year` at real prices; dates are "YYYY-MM"; flows are sums over the
    node's year in `unit`. `plan.json` may come from anywhere, so every entry is checked and every
    problem reported at once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from headrace.core.deep_answers import DeepRecord, Span
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.json_records import MOST_PROBLEMS, Reader
from headrace.core.run_folder import PLAN, RunFolder


@dataclass(frozen=True)
class MoneyRecord:
    """The money of the study: unit, its year, and the real discount rate [1/a]."""

    unit: str = "USD"
    year: int = 0
    discount_real: float | None = None


@dataclass(frozen=True)
class RiskRecord:
    """What the objective mixes: (1 - omega) of the mean, omega of CVaR, the mean of the worst 1 -
    alpha; all of this plan [USD].
    """

    alpha: float
    omega: float
    expected_usd: float
    cvar_usd: float
    worst_usd: float

    @property
    def mixture(self) -> str:
        """The objective in words: "70 % mean + 30 % CVaR 0.9"."""
        mean = f"{100 * (1.0 - self.omega):.3g} % mean + " if self.omega < 1 else ""
        return f"{mean}{100 * self.omega:.3g} % CVaR {self.alpha:g}"


@dataclass(frozen=True)
class FlipRecord:
    """The highest price at which an order is placed, in `unit`: between low and high; value: where
    that is known within a tenth.
    """

    key: str
    unit: str
    value: float | None = None
    now: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class OrderRecord:
    """One order at one tree node. Its value is the objective lost when it alone is forced to zero
    [USD]; None: not computed.

    unit_size: of one unit where only whole ones are ordered.
    """

    site: str
    asset: str
    quantity: float
    unit: str
    order_by: str
    arrives: str
    title: str = ""
    cost_usd: float | None = None
    value_low_usd: float | None = None
    value_high_usd: float | None = None
    decided: bool | None = None
    flips_at: FlipRecord | None = None
    month_earlier: Span | None = None
    why: str = ""
    unit_size: float | None = None

    @property
    def units(self) -> int | None:
        """How many whole units it is, where it comes in units."""
        return round(self.quantity / self.unit_size) if self.unit_size else None

    @property
    def name(self) -> str:
        """The asset in words: its title where it has one."""
        return self.title or self.asset


@dataclass(frozen=True)
class BeliefValue:
    """What holds on a branch: the value of one uncertain input."""

    value: float | str
    unit: str = ""


@dataclass(frozen=True)
class Capacity:
    """What stands at a node: quantity in unit (MW, MWh, accelerators)."""

    site: str
    asset: str
    quantity: float
    unit: str


@dataclass(frozen=True)
class DemandRecord:
    """Demand for a product in a year of the node, and how much of it is served, both in `unit`."""

    product: str
    quantity: float
    unit: str
    served: float


@dataclass(frozen=True)
class Cash:
    """One line of a node's cash, positive received [USD, discounted or not as the item says]."""

    item: str
    usd: float


@dataclass(frozen=True)
class NodeRecord:
    """A node of the scenario tree: months long from `start`, reached with `probability`."""

    id: int
    parent: int | None
    probability: float
    start: str
    months: float
    label: str = ""
    beliefs: Mapping[str, BeliefValue] = field(default_factory=dict)
    orders: tuple[OrderRecord, ...] = ()
    capacity: tuple[Capacity, ...] = ()
    demand: tuple[DemandRecord, ...] = ()
    cash: tuple[Cash, ...] = ()


@dataclass(frozen=True)
class FlowRecord:
    """How much of a carrier goes from `source` to `target` in a year of a node."""

    node: int
    source: str
    target: str
    carrier: str
    quantity: float
    unit: str
    site: str = ""


@dataclass(frozen=True)
class CostPart:
    """One step of a cost waterfall [USD per unit of the product]."""

    name: str
    usd_per_unit: float


@dataclass(frozen=True)
class ProductCost:
    """What a unit of a product costs, part by part, beside its price [USD per `unit`]."""

    product: str
    unit: str
    price: float | None = None
    parts: tuple[CostPart, ...] = ()


@dataclass(frozen=True)
class Certificate:
    """Bounds on the objective [USD] and the largest residuals, relative to the row's largest term."""

    max_balance_residual: float | None = None
    max_chain_residual: float | None = None
    max_money_residual: float | None = None
    lower_bound_usd: float | None = None
    upper_bound_usd: float | None = None
    gap: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class WholeUnits:
    """A plant's running cost as the plan counts it, and with whole units at their exact fuel:
    expected, discounted [USD].

    units: at most so many of `unit_mw`. starts: without their fuel, which is in the fuel.
    """

    site: str
    asset: str
    title: str
    units: int
    unit_mw: float
    planned_fuel_usd: float
    exact_fuel_usd: float
    planned_starts_usd: float = 0.0
    exact_starts_usd: float = 0.0

    @property
    def difference(self) -> float | None:
        """Exact cost over the plan's, less one; None where the plan burns nothing."""
        planned = self.planned_fuel_usd + self.planned_starts_usd
        return (
            (self.exact_fuel_usd + self.exact_starts_usd) / planned - 1.0 if planned > 0 else None
        )


@dataclass(frozen=True)
class Source:
    """An input with its birth certificate; status is fact, estimate or assumption."""

    key: str
    attribute: str
    value: float | str | None
    unit: str = ""
    source: str = ""
    date: str = ""
    status: str = ""
    low: float | str | None = None
    high: float | str | None = None


@dataclass(frozen=True)
class WeatherRecord:
    """The weather of a site; `typical` years are stitched from several and understate extremes."""

    site: str
    key: str
    label: str = ""
    typical: bool = False


@dataclass(frozen=True)
class ShadowPriceRecord:
    """A marginal value: what one more unit is worth [USD per `unit`], in words."""

    name: str
    usd: float
    unit: str
    words: str = ""
    site: str = ""


@dataclass(frozen=True)
class PlanFile:
    """A stored plan. Objective and bounds [USD], gap as a share; `orders` are those of the root,
    ranked.

    risk: where the objective is not the mean alone; terminal value and cash are means in either
        case.
    """

    study: str
    objective_usd: float
    nodes: int
    hours_per_node: int
    solve_seconds: float
    lower_bound_usd: float | None = None
    upper_bound_usd: float | None = None
    gap: float | None = None
    title: str = ""
    terminal_value_usd: float | None = None
    risk: RiskRecord | None = None
    money: MoneyRecord = MoneyRecord()
    orders: tuple[OrderRecord, ...] = ()
    tree: tuple[NodeRecord, ...] = ()
    flows: tuple[FlowRecord, ...] = ()
    costs: tuple[ProductCost, ...] = ()
    certificate: Certificate = Certificate()
    whole_units: tuple[WholeUnits, ...] = ()
    sources: tuple[Source, ...] = ()
    weather: tuple[WeatherRecord, ...] = ()
    assumptions: tuple[str, ...] = ()
    prices: tuple[ShadowPriceRecord, ...] = ()
    deep: DeepRecord | None = None

    @property
    def measure(self) -> str:
        """What the objective is: "NPV", or "risk-adjusted NPV: 70 % mean + 30 % CVaR 0.9"."""
        return "NPV" if self.risk is None else f"risk-adjusted NPV: {self.risk.mixture}"

    def sites(self) -> tuple[str, ...]:
        """The keys of its sites."""
        found = [weather.site for weather in self.weather] + [flow.site for flow in self.flows]
        found += [capacity.site for node in self.tree for capacity in node.capacity] + [
            order.site for order in self.orders
        ]
        return tuple(dict.fromkeys(site for site in found if site))

    def root(self) -> NodeRecord:
        """The node without a parent."""
        return next(node for node in self.tree if node.parent is None)


def read_plan(folder: RunFolder) -> PlanFile:
    """The stored plan of a run folder. Raises InputError with every problem found."""
    return parse(folder.read(PLAN), str(folder.root / PLAN))


def parse(text: str, file: str = PLAN) -> PlanFile:
    """The plan in a JSON text. Raises InputError with every problem found (at most 50)."""
    try:
        raw = json.loads(text, parse_constant=lambda word: math.nan)
    except (ValueError, RecursionError) as error:
        raise InputError(
            InputFault(Place(file), f"is not JSON: {error}", fix="Run the plan again.")
        ) from error
    reader = Reader(file)
    plan: PlanFile | None = reader.value(PlanFile, raw, "")
    problems = reader.problems or (list(_tree_problems(plan, file)) if plan is not None else [])
    if plan is None or problems:
        raise InputError(problems[:MOST_PROBLEMS] or [InputFault(Place(file), "is not a plan")])
    return plan


def _tree_problems(plan: PlanFile, file: str) -> Iterator[InputFault]:
    """A tree has one root, parents that stand before their children, and different numbers."""
    seen: set[int] = set()
    for place, node in enumerate(plan.tree):
        where = Place(file, key=f"tree[{place}]")
        if node.id in seen:
            yield InputFault(where, f"node {node.id} stands twice")
        if (node.parent is None) != (not seen) or (
            node.parent is not None and node.parent not in seen
        ):
            yield InputFault(
                where,
                f"node {node.id} has parent {node.parent}",
                "one root first, and every parent before its children",
            )
        seen.add(node.id)
    if not plan.tree:
        yield InputFault(Place(file, key="tree"), "is empty", "at least the root node")
    for place, flow in enumerate(plan.flows):
        if flow.node not in seen:
            yield InputFault(
                Place(file, key=f"flows[{place}]"),
                f"names node {flow.node}, which is not in the tree",
            )
