"""People, money and tokens of a subscription, month by month, in whole numbers that add up.

Every change is a posting: so many people of a cohort join a tier, leave it, move, come back, or pay
another price, with what that does to monthly recurring revenue. Beside the postings stands a
statement of stocks by month, kept separately. `faults` is a reader of both that shares no code with
what wrote them: it rolls every stock forward from the postings and says the first thing that does
not add up. A cohort shrinks by its
survival curve, to the head; those who move tier begin anew there.

Amounts are integer cents and integer tokens. Source of the movements: new + reactivated + expansion
- contraction - churn = change of MRR, as SaaS books are kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from headrace.core.errors import InputError, InputFault, Place
from headrace.market.cohorts import SurvivalCurve

Kind = Literal["new", "reactivated", "expansion", "contraction", "churn"]
SIGN: dict[Kind, int] = {
    "new": 1, "reactivated": 1, "expansion": 1, "contraction": -1, "churn": -1,
}  # fmt: skip


@dataclass(frozen=True)
class SubscriptionTier:
    """What a head pays and may use. price: [cents a month]; partner: share of it that a partner
    keeps [per mille]; wanted: tokens a head wants, cap: may use [tokens a month].
    """

    name: str
    price: int
    wanted: int
    cap: int
    partner: int = 0


@dataclass(frozen=True)
class Move:
    """Heads of a cohort that change tier in a month [1]; positive."""

    month: int
    cohort: int
    source: str
    target: str
    heads: int


@dataclass(frozen=True)
class SubscriberPlan:
    """What is to be accounted for. joins: heads by month and tier; survival: by tier; moves and
    returns (month, tier, heads) as they come.
    """

    months: int
    tiers: tuple[SubscriptionTier, ...]
    joins: tuple[tuple[int, ...], ...]
    survival: tuple[SurvivalCurve, ...]
    moves: tuple[Move, ...] = ()
    returns: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True)
class HeadPosting:
    """A change of heads and of MRR. heads: [1] and mrr: [cents], both positive; their signs are
    those of the kind, except that a move changes no number of people.
    """

    month: int
    cohort: int
    tier: str
    kind: Kind
    heads: int
    mrr: int
    moved_from: str = ""


@dataclass(frozen=True)
class TierStatement:
    """What stands of a tier at a month's end. heads [1]; mrr, gross, net, partner [cents]; wanted,
    served, unserved [tokens].
    """

    month: int
    tier: str
    heads: int
    mrr: int
    gross: int
    net: int
    partner: int
    wanted: int
    served: int
    unserved: int


@dataclass(frozen=True)
class Accounts:
    """Postings, and statements kept beside them."""

    plan: SubscriberPlan
    postings: tuple[HeadPosting, ...]
    statements: tuple[TierStatement, ...]

    def bridge(self, month: int) -> dict[Kind, int]:
        """Movements of MRR in a month [cents], by kind; contraction and churn positive."""
        sums: dict[Kind, int] = dict.fromkeys(SIGN, 0)
        for one in self.postings:
            if one.month == month:
                sums[one.kind] += one.mrr
        return sums


@dataclass
class _Books:
    """Accounts while they are kept. groups: of a cohort in a tier, each with its heads, the month
    in which it had them, and the month in which it began.
    """

    plan: SubscriberPlan
    curves: tuple[np.ndarray, ...]
    groups: dict[tuple[int, int], list[tuple[int, int, int]]]
    postings: list[HeadPosting]

    def post(self, month: int, cohort: int, tier: int, kind: Kind, heads: int) -> None:
        one = self.plan.tiers[tier]
        mrr = one.price * heads
        self.postings.append(HeadPosting(month, cohort, one.name, kind, heads, mrr))

    def churn(self, month: int) -> None:
        """Groups shrink along their survival curves; who is gone is posted."""
        for (cohort, tier), groups in self.groups.items():
            now, curve = [], self.curves[tier]
            for heads, at, born in groups:
                before = curve[at - born]
                share = curve[month - born] / before if before > 0 else 0.0
                now.append(
                    (int(np.floor(heads * share + 0.5)), month, born)
                )  # half a head is a head
            gone = sum(n for n, _, _ in groups) - sum(n for n, _, _ in now)
            self.groups[cohort, tier] = now
            if gone:
                self.post(month, cohort, tier, "churn", gone)

    def join(self, month: int, tier: int, kind: Kind, heads: int) -> None:
        """Heads that come; those of one month are one cohort."""
        if heads:
            self.post(month, month, tier, kind, heads)
            self.groups[month, tier].append((heads, month, month))

    def move(self, move: Move) -> None:
        """Heads change tier, the oldest groups first; in the new tier they are as good as new."""
        names = [tier.name for tier in self.plan.tiers]
        source, target = names.index(move.source), names.index(move.target)
        left, rest = move.heads, []
        for heads, at, born in self.groups[move.cohort, source]:
            taken = min(heads, left)
            left -= taken
            rest.append((heads - taken, at, born))
        if left:
            there = move.heads - left
            found = f"{move.heads} of cohort {move.cohort} leave {move.source} in {move.month}"
            raise InputError(InputFault(Place(key="moves"), found, f"at most the {there} there"))
        self.groups[move.cohort, source] = rest
        self.groups[move.cohort, target].append((move.heads, move.month, move.month))
        price, before = self.plan.tiers[target].price, self.plan.tiers[source].price
        kind: Kind = "expansion" if price >= before else "contraction"
        mrr = abs(price - before) * move.heads
        self.postings.append(
            HeadPosting(move.month, move.cohort, move.target, kind, move.heads, mrr, move.source)
        )

    def stated(self, month: int, tier: int) -> TierStatement:
        """What stands of a tier at a month's end."""
        one = self.plan.tiers[tier]
        heads = sum(n for (_, t), gs in self.groups.items() if t == tier for n, _, _ in gs)
        gross = heads * one.price
        partner = gross * one.partner // 1000
        wanted, served = heads * one.wanted, heads * min(one.wanted, one.cap)
        left = gross - partner, partner, wanted, served, wanted - served
        return TierStatement(month, one.name, heads, gross, gross, *left)


def keep_accounts(plan: SubscriberPlan) -> Accounts:
    """The accounts of a plan. Raises InputError for moves of more heads than there are, and tiers
    that are not there.
    """
    _check(plan)
    curves = tuple(one.curve(plan.months) for one in plan.survival)
    books = _Books(plan, curves, defaultdict(list), [])
    statements = []
    for month in range(plan.months):
        books.churn(month)
        for tier, heads in enumerate(plan.joins[month]):
            books.join(month, tier, "new", heads)
        for when, tier, heads in plan.returns:
            if when == month:
                books.join(month, tier, "reactivated", heads)
        for move in plan.moves:
            if move.month == month:
                books.move(move)
        statements += [books.stated(month, tier) for tier in range(len(plan.tiers))]
    return Accounts(plan, tuple(books.postings), tuple(statements))


def _check(plan: SubscriberPlan) -> None:
    faults = []
    if len(plan.tiers) != len(plan.survival) or len(plan.joins) != plan.months:
        found = f"{len(plan.survival)} survivals, {len(plan.joins)} months of joins"
        faults.append(InputFault(Place(key="plan"), found, "one for each tier and month"))
    faults += [
        InputFault(Place(key=tier.name), "a negative price, cap or share", "0 or more")
        for tier in plan.tiers
        if min(tier.price, tier.wanted, tier.cap, tier.partner, 1000 - tier.partner) < 0
    ]
    if any(number < 0 for row in plan.joins for number in row):
        faults.append(InputFault(Place(key="joins"), "fewer than no people", "0 or more"))
    names = {tier.name for tier in plan.tiers}
    faults += [
        InputFault(Place(key="moves"), f"{m.source} to {m.target}", ", ".join(sorted(names)))
        for m in plan.moves
        if not {m.source, m.target} <= names or m.source == m.target or m.heads <= 0
    ]
    if faults:
        raise InputError(faults)


def faults(accounts: Accounts) -> list[str]:
    """Everything that does not add up, in sentences; empty where all does.

    Reads postings and statements only, and the plan for prices, joins and caps.
    """
    found: list[str] = []
    plan = accounts.plan
    price = {tier.name: tier.price for tier in plan.tiers}
    tiers = {tier.name: tier for tier in plan.tiers}
    heads: dict[str, int] = dict.fromkeys(price, 0)
    cohorts: dict[tuple[int, str], int] = defaultdict(int)
    told = {(s.month, s.tier): s for s in accounts.statements}
    if len(told) != len(accounts.statements) or len(told) != plan.months * len(price):
        found.append("a statement is missing or stands twice")
    if any(not 0 <= one.month < plan.months or one.tier not in price for one in accounts.postings):
        return [*found, "a posting is of no month or tier of the plan"]
    before = 0
    for month in range(plan.months):
        change = 0
        for one in (p for p in accounts.postings if p.month == month):
            worth = abs(price[one.tier] - price.get(one.moved_from, 0)) * one.heads
            if one.heads <= 0 or one.mrr != worth:
                found.append(f"month {month}: {one.kind} of {one.heads} in {one.tier} is {one.mrr}")
            change += SIGN[one.kind] * one.mrr
            sign = -1 if one.kind == "churn" else 1
            heads[one.tier] += sign * one.heads
            cohorts[one.cohort, one.tier] += sign * one.heads
            if (one.kind in ("expansion", "contraction")) != bool(one.moved_from):
                found.append(f"month {month}: a {one.kind} that is no move, or a move that is none")
            if one.moved_from:
                heads[one.moved_from] -= one.heads
                cohorts[one.cohort, one.moved_from] -= one.heads
                rises = price[one.tier] >= price[one.moved_from]
                if rises != (one.kind == "expansion"):
                    found.append(f"month {month}: a {one.kind} to {one.tier} is none")
        found += _month_faults(month, heads, cohorts, told, tiers)
        closing = sum(told[month, name].mrr for name in price if (month, name) in told)
        if before + change != closing:
            found.append(f"month {month}: MRR {before} and movements {change} are not {closing}")
        before = closing
    return found + _join_faults(accounts) + _rule_faults(accounts)


def _month_faults(
    month: int,
    heads: dict[str, int],
    cohorts: dict[tuple[int, str], int],
    told: dict[tuple[int, str], TierStatement],
    tiers: dict[str, SubscriptionTier],
) -> list[str]:
    found = [
        f"month {month}: cohort {cohort} has {number} heads in {name}"
        for (cohort, name), number in cohorts.items()
        if number < 0 or cohort > month
    ]
    for name, tier in tiers.items():
        s = told.get((month, name))
        if s is None:
            continue
        if s.heads != heads[name]:
            found.append(f"month {month}: {s.heads} heads of {name} stated, {heads[name]} posted")
        if s.gross != s.heads * tier.price or s.mrr != s.gross:
            found.append(f"month {month}: {name} bills {s.gross} for {s.heads} heads")
        if s.net + s.partner != s.gross or s.partner != s.gross * tier.partner // 1000:
            found.append(f"month {month}: {name} net {s.net} and partner {s.partner} of {s.gross}")
        if s.served + s.unserved != s.wanted or s.wanted != s.heads * tier.wanted:
            found.append(f"month {month}: {name} tokens {s.served} + {s.unserved} of {s.wanted}")
        if s.served != s.heads * min(tier.wanted, tier.cap):
            found.append(f"month {month}: {name} serves {s.served} under its cap")
    return found


def _join_faults(accounts: Accounts) -> list[str]:
    """Joins and returns are those of the plan."""
    plan = accounts.plan
    posted: dict[tuple[int, str, str], int] = defaultdict(int)
    for one in accounts.postings:
        if one.kind in ("new", "reactivated"):
            posted[one.month, one.tier, one.kind] += one.heads
            if one.cohort != one.month:
                return [f"month {one.month}: heads join cohort {one.cohort}"]
    planned: dict[tuple[int, str, str], int] = defaultdict(int)
    for month, row in enumerate(plan.joins):
        for tier, number in zip(plan.tiers, row):
            planned[month, tier.name, "new"] += number
    for month, where, number in plan.returns:
        planned[month, plan.tiers[where].name, "reactivated"] += number
    off = [key for key in {*posted, *planned} if posted[key] != planned[key]]
    return [
        f"month {m}: {posted[m, t, k]} {k} in {t}, planned {planned[m, t, k]}" for m, t, k in off
    ]


def _rule_faults(accounts: Accounts) -> list[str]:
    """Every cohort shrinks by its tier's survival curve, to the head; who moves begins anew."""
    plan = accounts.plan
    balance, found = _balances(accounts), []
    for cohort in range(plan.months):
        for month, due in _due_heads(plan, cohort):
            for name, heads in due.items():
                there = balance[month, cohort, name]
                if there != heads:
                    found.append(
                        f"cohort {cohort} of {name}: {there} in month {month}, not {heads}"
                    )
    return found


def _due_heads(plan: SubscriberPlan, cohort: int) -> Iterator[tuple[int, dict[str, int]]]:
    """Heads that a cohort has to have by tier, month by month, from the plan alone."""
    # lots of one age by tier: [heads, month of birth]
    lots: dict[str, list[list[int]]] = {tier.name: [] for tier in plan.tiers}
    stays = {t.name: one.curve(plan.months) for t, one in zip(plan.tiers, plan.survival)}
    for month in range(cohort, plan.months):
        for name, held in lots.items():
            for lot in held:
                old = month - lot[1]
                before = stays[name][old - 1]
                lot[0] = int(lot[0] * (stays[name][old] / before if before > 0 else 0.0) + 0.5)
        if month == cohort:
            for place, tier in enumerate(plan.tiers):
                came = [n for when, at, n in plan.returns if (when, at) == (month, place)]
                lots[tier.name] = [[n, month] for n in (plan.joins[month][place], *came)]
        for one in (m for m in plan.moves if (m.month, m.cohort) == (month, cohort)):
            due = one.heads
            for lot in lots[one.source]:
                lot[0], due = max(lot[0] - due, 0), max(due - lot[0], 0)
            lots[one.target].append([one.heads, month])
        yield month, {name: sum(n for n, _ in held) for name, held in lots.items()}


def _balances(accounts: Accounts) -> dict[tuple[int, int, str], int]:
    """Heads by month, cohort and tier that the postings leave."""
    change: dict[tuple[int, int, str], int] = defaultdict(int)
    for one in accounts.postings:
        sign = -1 if one.kind == "churn" else 1
        change[one.month, one.cohort, one.tier] += sign * one.heads
        if one.moved_from:
            change[one.month, one.cohort, one.moved_from] -= one.heads
    names, months = [tier.name for tier in accounts.plan.tiers], accounts.plan.months
    held: dict[tuple[int, int, str], int] = defaultdict(int)
    for cohort in range(months):
        for name in names:
            for month in range(months):
                before = held[month - 1, cohort, name] if month else 0
                held[month, cohort, name] = before + change[month, cohort, name]
    return held
