"""One row between orders, with why it is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from headrace.core.components import Bus, Limit
from headrace.core.ids import AssetId, OfferId, ProductId
from headrace.plan.scenario.tree import ScenarioNode

RowReason = Literal[
    "at_most",
    "limit",
    "supply",
    "spend",
    "kept_on",
    "reserved",
    "outages",
    "stayed",
    "posted",
    "cash",
    "kept_in",
]


@dataclass(frozen=True)
class MasterRow:
    """sum of coefficients x orders <= rhs, in the orders' own units.

    reason, about, node: why the row is there, which asset, bus, offer or which of the system's
        limits it holds (None: all orders together), and the tree node it is about. scale: by what
        it is divided in the problem [unit of the row].
    """

    reason: RowReason
    about: AssetId | OfferId | ProductId | Limit | Bus | None
    node: int
    columns: tuple[int, ...]
    values: tuple[float, ...]
    rhs: float
    scale: float = 1.0

    def name(self, nodes: Sequence[ScenarioNode]) -> str:
        """What people call it."""
        about = self.about.name if isinstance(self.about, Limit) else self.about
        words = {
            "at_most": f"at most {about}",
            "limit": f"{about}",
            "supply": f"supply of {about.key if isinstance(about, AssetId) else ''}",
            "spend": "spend",
            "cash": "cash",
            "kept_in": "equity that stays in",
            "kept_on": f"kept on {about}",
            "reserved": f"reserved {about}",
            "outages": f"outages of what gives {about}",
            "stayed": f"stayed with {about}",
            "posted": f"one price of {about}",
        }
        return f"{words[self.reason]}, {nodes[self.node].name}"
