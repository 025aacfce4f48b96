"""Energy that is paid for as it is offered, used or not: what a MW of it costs in each node.

    sum over nodes n, hours t of   weight_n w_t cost_t profile_t K_n

K is linear in the orders, so the cost is one of orders, and of what stands from the start; no hour
decides anything (constraints/contract_terms.py has agreements that leave a choice).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.components import Converter
from headrace.core.contract_terms import TakeOrPay
from headrace.plan.model.build_system import SystemOnTree
from headrace.plan.model.investment import InstalledCapacity
from headrace.plan.scenario.discounting import node_weight


def offered(expansion: SystemOnTree, node: int) -> Iterator[tuple[Converter, Floats]]:
    """Each source whose energy is all paid for, as it is at a node, and what a MW of it costs in
    each snapshot, discounted and weighted [USD/MW], shape (snapshot,).
    """
    system, calendar = expansion.system, expansion.time_slices[node]
    weight = node_weight(expansion.nodes[node], expansion.discounting) * calendar.weights
    for term in system.terms:
        if isinstance(term, TakeOrPay):
            listed = system.converters[system.converter_numbers[term.source]]
            source = expansion.parameters[node].converter(listed)
            if not source.has_activity:
                given = sum(np.asarray(calendar.cut(port.ratio)) for port in source.standing)
                yield source, weight * np.asarray(calendar.cut(source.cost)) * given


def offered_costs(
    expansion: SystemOnTree, standing: Sequence[Sequence[InstalledCapacity]], orders: int
) -> tuple[Floats, float]:
    """What a unit of each order costs for it, shape (order,) [USD per unit], and what stands from
    the start [USD].
    """
    each = [offered_costs_of(expansion, groups, n, orders) for n, groups in enumerate(standing)]
    found = sum((costs for costs, _ in each), np.zeros(orders))
    return found, sum(before for _, before in each)


def offered_costs_of(
    expansion: SystemOnTree, groups: Sequence[InstalledCapacity], n: int, orders: int
) -> tuple[Floats, float]:
    """The same in node n alone. groups: what stands in it."""
    found, before = np.zeros(orders), 0.0
    for source, usd in offered(expansion, n):
        for group in groups:
            if expansion.system.assets[group.asset].id == source.asset:
                each = float((usd if group.mask is None else usd * group.mask).sum())
                before += group.start * each
                np.add.at(found, list(group.columns), each * np.array(group.shares))
    return found, before
