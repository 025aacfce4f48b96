"""The result of a plan as frozen values: what stands in `plan.json`.

Units: money in USD of `money.year` at real prices; dates are "YYYY-MM"; flows are sums over the
node's year in `unit`. A field marked FILE_ONLY is left out of `headrace plan --json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from headrace.core.json_records import FILE_ONLY, WHERE_KNOWN
from headrace.core.plan_file.decision import (
    BranchGain,
    DecisionRecord,
    DuePayment,
    StageCost,
    YearCash,
)
from headrace.core.plan_file.deep import DeepRecord, Span
from headrace.core.plan_file.liquidity import LiquidityRecord
from headrace.core.plan_file.market import HistoryRecord, OfferRecord, SoldRecord
from headrace.core.plan_file.status import FullHours, MadeBy, PlanStatus, SiteAvailability

SCHEMA_VERSION = 1
"""Counts changes after which an older reader would misunderstand the file; a new field is none."""


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
class Ratio:
    """A number between two bounds [1]; an end that is None is not known."""

    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class OrderRecord:
    """One order at one tree node. Its value is the objective lost when it alone is forced to zero
    [USD]; None: not computed.

    breaks: what becomes of a promise without it, in words; then it has no value in money.
    role: the part of the study that names the asset (core/ids.py), since two may be called alike.
    unit_size: of one unit where only whole ones are ordered. number: its place among all orders
        that the plan could place; -1 where not known.
    kind, technology: what kind of thing the asset is, and its catalogue row. life_months: it works
        so long; rented: then it is never owned. yearly_usd: fixed cost or rent of a year of all of
        it [USD/year]; terminal_usd: what it is worth at the horizon's end, undiscounted [USD].
    cost_usd: all its payments, undiscounted, without rent and fixed cost. worth_per_usd: its value
        for each dollar of that [1], null of what is rented. branches: what it gains or loses on
        each branch. figures: the key of its own among `sources`.
    """

    site: str
    asset: str
    quantity: float
    unit: str
    order_by: str
    arrives: str
    title: str = field(default="", metadata=FILE_ONLY)
    cost_usd: float | None = None
    payments: tuple[DuePayment, ...] = ()
    value_low_usd: float | None = None
    value_high_usd: float | None = None
    worth_per_usd: Ratio | None = None
    branches: tuple[BranchGain, ...] = ()
    decided: bool | None = None
    flips_at: FlipRecord | None = None
    month_earlier: Span | None = field(default=None, metadata=WHERE_KNOWN)
    why: str = field(default="", metadata=FILE_ONLY)
    unit_size: float | None = field(default=None, metadata=WHERE_KNOWN)
    number: int = field(default=-1, metadata=FILE_ONLY)
    role: str = field(default="", metadata=FILE_ONLY)
    breaks: str | None = field(default=None, metadata=WHERE_KNOWN)
    figures: str = field(default="", metadata=FILE_ONLY)
    kind: str = field(default="", metadata=FILE_ONLY)
    technology: str = field(default="", metadata=FILE_ONLY)
    life_months: float | None = field(default=None, metadata=FILE_ONLY)
    rented: bool = field(default=False, metadata=FILE_ONLY)
    yearly_usd: float = field(default=0.0, metadata=FILE_ONLY)
    terminal_usd: float = field(default=0.0, metadata=FILE_ONLY)

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
    """What stands at a node: quantity in unit (MW, MWh, accelerators). role: the part of the study
    that names it.
    """

    site: str
    asset: str
    quantity: float
    unit: str
    role: str = ""


@dataclass(frozen=True)
class DemandRecord:
    """Demand for a product in a year of the node, and how much of it is served, both in `unit`.

    discounted: served in all its years, discounted to the horizon's start and weighted by
        probability [unit without "/a"]: what cash and levelised prices are divided by.
    """

    product: str
    quantity: float
    unit: str
    served: float
    discounted: float | None = None


@dataclass(frozen=True)
class Cash:
    """One line of a node's cash, positive received [USD, discounted and weighted by probability].

    kind: revenue, fuel, variable, peak, royalty, payments, fixed, terminal, unserved or short;
        product: whose revenue or royalty.
    """

    item: str
    usd: float
    kind: str = ""
    product: str = ""


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
    years: tuple[YearCash, ...] = ()
    sold: tuple[SoldRecord, ...] = ()


@dataclass(frozen=True)
class FlowRecord:
    """How much of a carrier goes from `source` to `target` in a year of a node. source_id,
    target_id: what the ends are, since two may be called alike; text to compare, not to read.
    """

    node: int
    source: str
    target: str
    carrier: str
    quantity: float
    unit: str
    site: str = ""
    source_id: str = ""
    target_id: str = ""


@dataclass(frozen=True)
class CostPart:
    """One step of a cost waterfall [USD per unit of the product]."""

    name: str
    usd_per_unit: float


@dataclass(frozen=True)
class ProductCost:
    """What a unit of a product costs, part by part [USD per `unit`], levelised: discounted dollars
    over discounted units, mean over the branches.

    price: of the horizon's start, as the study writes it. levelised_price: what a unit brings, to
        be set against the cost. stages: both by stage; weighted by `sold` they add up.
    """

    product: str
    unit: str
    price: float | None = None
    parts: tuple[CostPart, ...] = ()
    levelised_price: float | None = None
    stages: tuple[StageCost, ...] = ()

    @property
    def cost(self) -> float:
        """All parts together [USD per `unit`]."""
        return sum(part.usd_per_unit for part in self.parts)


@dataclass(frozen=True)
class Certificate:
    """Bounds on the objective [USD], and the largest residuals relative to the row's largest term
    [1].
    """

    max_balance_residual: float | None = None
    max_chain_residual: float | None = None
    max_money_residual: float | None = None
    lower_bound_usd: float | None = field(default=None, metadata=FILE_ONLY)
    upper_bound_usd: float | None = field(default=None, metadata=FILE_ONLY)
    gap: float | None = field(default=None, metadata=FILE_ONLY)
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
        """Exact cost over the plan's, less one [1]; None where the plan burns nothing."""
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

    objective_usd: null where there is no plan. schema_version: 0 for files of before it was
        counted. full_hours: how far kept hours miss. availability: of
        sites, with outages drawn. risk: where the objective is not the mean
        alone; terminal value and cash are means in either case. hours_sha256: names the hours that
        belong to it, "" where there are none.
    """

    study: str
    status: PlanStatus
    objective_usd: float | None
    nodes: int
    hours_per_node: int
    solve_seconds: float
    schema_version: int = SCHEMA_VERSION
    lower_bound_usd: float | None = None
    upper_bound_usd: float | None = None
    gap: float | None = None
    title: str = field(default="", metadata=FILE_ONLY)
    terminal_value_usd: float | None = None
    risk: RiskRecord | None = field(default=None, metadata=WHERE_KNOWN)
    full_hours: FullHours | None = field(default=None, metadata=WHERE_KNOWN)
    availability: tuple[SiteAvailability, ...] | None = field(default=None, metadata=WHERE_KNOWN)
    money: MoneyRecord = field(default=MoneyRecord(), metadata=FILE_ONLY)
    orders: tuple[OrderRecord, ...] = ()
    decision: DecisionRecord | None = field(default=None, metadata=WHERE_KNOWN)
    liquidity: LiquidityRecord | None = field(default=None, metadata=WHERE_KNOWN)
    tree: tuple[NodeRecord, ...] = field(default=(), metadata=FILE_ONLY)
    flows: tuple[FlowRecord, ...] = field(default=(), metadata=FILE_ONLY)
    costs: tuple[ProductCost, ...] = field(default=(), metadata=FILE_ONLY)
    offers: tuple[OfferRecord, ...] = field(default=(), metadata=FILE_ONLY)
    histories: tuple[HistoryRecord, ...] = field(default=(), metadata=FILE_ONLY)
    certificate: Certificate = Certificate()
    whole_units: tuple[WholeUnits, ...] = field(default=(), metadata=FILE_ONLY)
    sources: tuple[Source, ...] = field(default=(), metadata=FILE_ONLY)
    weather: tuple[WeatherRecord, ...] = field(default=(), metadata=FILE_ONLY)
    assumptions: tuple[str, ...] = field(default=(), metadata=FILE_ONLY)
    prices: tuple[ShadowPriceRecord, ...] = field(default=(), metadata=FILE_ONLY)
    deep: DeepRecord | None = field(default=None, metadata=WHERE_KNOWN)
    hours_sha256: str = field(default="", metadata=FILE_ONLY)
    provenance: MadeBy = field(default=MadeBy(), metadata=FILE_ONLY)

    @property
    def finished(self) -> bool:
        """Whether its orders are advice: a run that was stopped gives none."""
        return self.status.state == "finished"

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
