"""Cash on every branch of a plan whose study limits it (`limits.cash`), and what is drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DrawnMoney:
    """What stands drawn of a line under `limits.cash.lines` [USD]."""

    line: str
    usd: float


@dataclass(frozen=True)
class CashYear:
    """Cash at the end of one operated year, if its node is reached.

    node: number of its decision in the tree; until: the month in which the year is over. cash_usd:
    undiscounted, before tax, with what is drawn [USD]. price: what one more dollar from that year
    on is worth today, if the node is reached [USD]; 0 where cash does not bind.
    """

    node: int
    until: str
    cash_usd: float
    drawn: tuple[DrawnMoney, ...] = ()
    price: float = 0.0


@dataclass(frozen=True)
class MoneyUse:
    """One line: the most that stands drawn on any branch [USD], what it costs the goal [USD], and
    what one more dollar of it is worth today [USD]. cost: what it asks [1/year, real]; None in
    older files.
    """

    line: str
    kind: str
    limit_usd: float
    peak_usd: float
    cost_usd: float
    worth: float = 0.0
    cost: float | None = None


@dataclass(frozen=True)
class LiquidityRecord:
    """Cash at the start and the least that must stay [USD].

    peak_funding_usd: the most that the plan's own payments run ahead of what it earns on any
    branch, which opening cash and lines pay [USD]. worth: of one more dollar at the start [USD],
    beside the dollar itself.
    """

    opening_usd: float
    least_usd: float
    peak_funding_usd: float
    worth: float
    years: tuple[CashYear, ...]
    lines: tuple[MoneyUse, ...] = ()
