"""What has to be weighed beside an order, and the plan without any: the sheet one decides from.

Money in USD of `money.year`. Payments and years are undiscounted and hold if the branch happens;
gains are discounted to the horizon's start and hold on their branch.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from headrace.core.json_records import WHERE_KNOWN
from headrace.core.plan_file.deep import Span


@dataclass(frozen=True)
class DuePayment:
    """What is due in a month, "YYYY-MM" [USD, undiscounted]; positive is paid."""

    due: str
    usd: float


@dataclass(frozen=True)
class BranchGain:
    """What the plan earns more on the branch that ends in `node` than the best plan found without
    the order [USD, discounted, if that branch happens]; below zero where the order loses there.
    """

    node: int
    usd: float


@dataclass(frozen=True)
class YearCash:
    """Undiscounted cash of one calendar year [USD, positive received], if the node is reached: what
    its operation earns and costs, and what is due for the orders placed there, whenever it is due.

    kind and product as of `Cash`; "terminal" is the value at the horizon's end of what was ordered.
    discounted: the same to the horizon's start and weighted by probability [USD], so that a node's
        lines add up to its `cash`; None in older files.
    """

    year: int
    kind: str
    usd: float
    product: str = ""
    discounted: float | None = None


@dataclass(frozen=True)
class StageCost:
    """What a unit of a product costs and brings in one stage of the tree, mean over its nodes [USD
    per unit]. sold: share of all discounted units [1]; months: length of the stage.
    """

    start: str
    months: float
    sold: float
    price: float
    cost: float


@dataclass(frozen=True)
class Alternative:
    """Another plan beside this one. worth: of the best plan of its kind; loses: this plan's worth
    beyond it, at least and at most [USD]; branches: by how much this plan does better on each.
    breaks: what becomes of a promise there, in words; then it is no plan and has no worth in money.
    """

    worth: Span | None = None
    loses: Span | None = None
    branches: tuple[BranchGain, ...] = ()
    breaks: str | None = field(default=None, metadata=WHERE_KNOWN)


@dataclass(frozen=True)
class DecisionRecord:
    """The orders of this month together [USD, undiscounted]: what they cost, and what of it is due
    at once.

    waiting: the best plan that places none of them now; nothing: the best one that places no order
    ever. Either is None where time was up before. seconds, limit_seconds: spent and allowed for
    the worth of orders [s].
    """

    committed_usd: float
    due_now_usd: float
    waiting: Alternative | None = None
    nothing: Alternative | None = None
    seconds: float = 0.0
    limit_seconds: float | None = None
