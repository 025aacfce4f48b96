"""Orders that lean on earlier ones: a slot turned into a plant or sold within its window, a rent
that is kept on.

    rent kept on at n                          <=  the rent that ends there
    uses ordered at nodes i .. n of a line     <=  slots ordered on that line
                                                   in [start_i - window, start_n)

The second row, for every n and every earlier i, is Hall's condition: since all slots of a kind have
the same window, it holds exactly when each use can be given a slot of its own that was ordered
before it and has not lapsed. Serving the oldest slot first does it without looking ahead, so the
rows are exact on a tree as well (docs/decisions/0054).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headrace.core.components import Reservation, System
from headrace.core.ids import AssetId
from headrace.plan.lp.scaling import scale_of
from headrace.plan.model.investment import Order
from headrace.plan.model.master_row import MasterRow
from headrace.plan.scenario.tree import ScenarioNode, path_to_root


def precedence_rows(
    system: System, nodes: Sequence[ScenarioNode], orders: Sequence[Order]
) -> tuple[MasterRow, ...]:
    """Every row that ties an order to the earlier one it needs."""
    rows = []
    for column, order in enumerate(orders):
        if order.renews >= 0:
            asset = system.assets[order.asset]
            tied, scale = (column, order.renews), scale_of(asset.unit)
            rows.append(MasterRow("kept_on", asset.id, order.node, tied, (1.0, -1.0), 0.0, scale))
    for reservation in system.reservations:
        slots = _by_node(system, orders, (reservation.slot,))
        uses = _by_node(system, orders, reservation.uses)
        for number in uses:
            rows += _covered(reservation, nodes, (slots, uses), number)
    return tuple(rows)


_ByNode = dict[int, list[int]]


def _by_node(system: System, orders: Sequence[Order], wanted: Sequence[AssetId]) -> _ByNode:
    """Columns of these assets by the node they are ordered at."""
    found: _ByNode = {}
    for column, order in enumerate(orders):
        if system.assets[order.asset].id in wanted:
            found.setdefault(order.node, []).append(column)
    return found


def _covered(
    reservation: Reservation,
    nodes: Sequence[ScenarioNode],
    columns: tuple[_ByNode, _ByNode],
    number: int,
) -> Iterator[MasterRow]:
    """The rows that end at node `number`; of those with the same slots only the longest, which
    implies the others.
    """
    slots, uses = columns
    line, seen = path_to_root(nodes, number), set()
    for first in reversed(line):
        since = nodes[first].start - reservation.window_months
        held = tuple(c for n in line[1:] if nodes[n].start >= since for c in slots.get(n, ()))
        used = tuple(
            c for n in line if nodes[n].start >= nodes[first].start for c in uses.get(n, ())
        )
        if first in uses and held not in seen:
            seen.add(held)
            values = (1.0,) * len(used) + (-1.0,) * len(held)
            yield MasterRow("reserved", reservation.slot, number, used + held, values, 0.0)
