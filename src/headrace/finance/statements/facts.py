"""What a stored plan earns, pays and owns on each branch of its tree, in money of the day.

The plan's money is real; a year's index is (1 + inflation)^(year - money year). Orders that the
file leaves out as dust, deposits for slots and deliveries of what is rented are one yearly amount,
`minor`, and are expensed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.ids import AssetKind
from headrace.core.plan_file import NodeRecord, OrderRecord, PlanFile
from headrace.core.quantities import read_month
from headrace.core.uncertainty import AcceleratorRent, RentFactor, uncertainty
from headrace.energy.technology import technologies
from headrace.finance.branch_facts import BranchFacts, ContractFlows, PlannedEquity, Purchase
from headrace.finance.statements.plan_lines import lines_on_branch
from headrace.finance.statements.terms import StatementTerms

ROUNDING = 1e-12
"""Share of what is paid below which a difference to the plan's own sums is rounding [1]."""
CLASS_OF_KIND = {
    AssetKind.ACCELERATOR: "accelerator",
    AssetKind.HALL: "hall",
    AssetKind.GRID: "grid",
    AssetKind.GAS: "gas",
}


def facts_of(plan: PlanFile, terms: StatementTerms) -> tuple[BranchFacts, ...]:
    """Every branch of a finished plan.

    Raises InputError for an unfinished one, and for a file of before orders told their kind.
    """
    if not plan.finished:
        found = f"the run of {plan.study} did not finish ({plan.status.state})"
        raise InputError(InputFault(Place("plan.json"), found, "a finished plan"))
    if any(not order.kind for node in plan.tree for order in node.orders):
        found = "orders without their kind: the file is older than statements"
        fix = "Solve the study again with `headrace plan`."
        raise InputError(InputFault(Place("plan.json"), found, "`kind` at every order", fix))
    by_id = {node.id: node for node in plan.tree}
    parents = {node.parent for node in plan.tree}
    spans = [(read_month(node.start), read_month(node.start) + node.months) for node in plan.tree]
    reached = {line.year for node in plan.tree for line in node.years}
    reached |= {begin // 12 for begin, _ in spans}
    reached |= {int((end - 1e-9) // 12) for _, end in spans}
    years = tuple(range(min(reached), max(reached) + 1))
    return tuple(
        _branch(plan, _path(by_id, leaf), years, terms)
        for leaf in plan.tree
        if leaf.id not in parents
    )


def _path(by_id: Mapping[int, NodeRecord], leaf: NodeRecord) -> tuple[NodeRecord, ...]:
    found = [leaf]
    while found[-1].parent is not None:
        found.append(by_id[found[-1].parent])
    return tuple(reversed(found))


def _branch(
    plan: PlanFile, path: Sequence[NodeRecord], years: tuple[int, ...], terms: StatementTerms
) -> BranchFacts:
    index = (1 + terms.inflation) ** (np.array(years, dtype=np.float64) - plan.money.year)
    revenue: dict[str, Floats] = defaultdict(lambda: np.zeros(len(years)))
    cost: dict[str, Floats] = defaultdict(lambda: np.zeros(len(years)))
    paid, ending, place = np.zeros(len(years)), 0.0, {year: i for i, year in enumerate(years)}
    for line in (line for node in path for line in node.years):
        at, usd = place[line.year], line.usd * index[place[line.year]]
        if line.kind == "payments":
            paid[at] -= usd
        elif line.kind == "terminal":
            ending += usd
        elif line.kind == "revenue":
            revenue[line.product][at] += usd
        elif line.kind != "financing":  # the goal's price of what is drawn: nobody is paid it
            cost[line.kind][at] -= usd
    bought = [
        _purchase(f"{node.id}.{number}", order, node, index, years)
        for node in path
        for number, order in enumerate(node.orders)
    ]
    minor = paid - sum((one.spending for one in bought), np.zeros(len(years)))
    minor[np.abs(minor) <= ROUNDING * np.abs(paid).max(initial=0.0)] = 0.0
    rest = ending - sum(one.resale for one in bought)
    rest = 0.0 if abs(rest) <= ROUNDING * abs(ending) else rest
    for one in bought:
        if one.plant in ("slot", "rented"):  # a deposit or a delivery gives no plant of one's own
            minor += one.spending
            rest += one.resale
    drawn = lines_on_branch(plan, path, years)
    return BranchFacts(
        leaf=path[-1].id,
        probability=path[-1].probability,
        path=tuple(node.id for node in path),
        node_of_year=tuple(_in_force(path, year).id for year in years),
        years=years,
        index=index,
        revenue=dict(revenue),
        cost=dict(cost),
        minor=minor,
        minor_resale=rest,
        purchases=tuple(_owned(one) for one in bought if one.plant != "slot"),
        rents=_rents(path, years, index),
        contracts=tuple(
            ContractFlows(
                *(f"line {one.name}", "line", "", -one.charged(index), one.owed(index)),
                held=np.zeros(len(years)),
            )
            for one in drawn
            if one.kind == "debt"
        ),
        equity=tuple(
            PlannedEquity(f"line {one.name}", one.drawn * index)
            for one in drawn
            if one.kind == "equity"
        ),
    )


def _owned(one: Purchase) -> Purchase:
    """What is paid for a rented thing beside its rent was expensed."""
    none = np.zeros(len(one.spending))
    return replace(one, spending=none, resale=0.0) if one.plant == "rented" else one


def _rents(path: Sequence[NodeRecord], years: Sequence[int], index: Floats) -> dict[str, Floats]:
    """What is believed of rents in the node in force at each year's end; a factor begins at 1 in
    the money of the first year.
    """
    held = [_in_force(path, year).beliefs for year in years]
    found = {}
    for key in dict.fromkeys(key for one in held for key in one):
        about = uncertainty(key)
        if isinstance(about, (AcceleratorRent, RentFactor)):
            priced = isinstance(about, AcceleratorRent)
            unsaid = (
                np.nan if priced else 1.0
            )  # above the first node that says it, in a tree by hand
            values = [float(one[key].value) if key in one else unsaid for one in held]
            found[key] = np.array(values) * (index if priced else index / index[0])
    return found


def _in_force(path: Sequence[NodeRecord], year: int) -> NodeRecord:
    """The last node of the path that has begun by the year's end."""
    begun = [node for node in path if read_month(node.start) < 12 * (year + 1)]
    return begun[-1] if begun else path[0]


def _purchase(
    key: str, order: OrderRecord, node: NodeRecord, index: Floats, years: Sequence[int]
) -> Purchase:
    spending, rent = np.zeros(len(years)), np.zeros(len(years))
    for payment in order.payments:
        at = int(payment.due[:4]) - years[0]
        spending[at] += payment.usd * index[at]
    ordered, begins = read_month(order.order_by), read_month(order.arrives)
    ends = begins + (order.life_months if order.life_months is not None else 1200.0)
    if order.rented:
        ends = max(ends, read_month(node.start) + node.months)
        for at, year in enumerate(years):
            inside = min(ends, 12.0 * (year + 1)) - max(begins, 12.0 * year)
            rent[at] = max(0.0, inside) / 12 * order.yearly_usd * index[at]
    return Purchase(
        key,
        f"{order.name} at {order.site}" if order.site else order.name,
        plant_class(order),
        ordered,
        begins,
        ends,
        spending,
        order.terminal_usd * float(index[-1]),
        rent,
    )


def plant_class(order: OrderRecord) -> str:
    """The class of plant of an order: "accelerator", "solar", ..., "slot" or "rented"."""
    if order.rented:
        return "rented"
    kind = AssetKind(order.kind)
    if kind is AssetKind.SLOT:
        return "slot"
    if kind in CLASS_OF_KIND:
        return CLASS_OF_KIND[kind]
    known: dict[str, str] = {row.key: row.kind for row in technologies()}
    technology = known.get(order.technology, "")
    return technology if technology in ("solar", "wind", "battery", "nuclear") else "other"
