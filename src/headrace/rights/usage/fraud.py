"""What can one bot account move? Each rule is settled with and without it.

A bot pays one fee and generates uses of one accomplice's work, nothing else. Under user_centric and
equal_split it can move at most its own fee. Under pro_rata it moves whatever weight it can buy,
bounded by the pool, not by the fee. Under per_use the accomplice gets the price of each use;
whether that is a loss depends on who pays the price.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Ints
from headrace.core.errors import InputError
from headrace.rights.royalties.settlement import RULES, Rule, settle
from headrace.rights.usage.uses import WHOLE, Uses, join


@dataclass(frozen=True)
class BotGain:
    """One rule against one bot, micro-units: the fee it paid, what its accomplice gained, what all
    others lost by it.
    """

    rule: Rule
    fee: int
    uses: int
    gain: int
    others_lost: int

    @property
    def times_fee(self) -> float:
        """Gain over fee [1]; inf where a free account gains."""
        return self.gain / self.fee if self.fee else (0.0 if self.gain == 0 else float("inf"))


def bot_gains(
    uses: Uses,
    fees: Ints,
    *,
    work: str,
    fee: int,
    count: int,
    price: int = 0,
    rules: tuple[Rule, ...] = RULES,
) -> tuple[BotGain, ...]:
    """Settle under every rule with and without a bot that pays `fee` and makes `count` uses of
    `work` at `price` each.

    Amounts in micro-units. Raises InputError where nobody holds the work in this log.
    """
    lines = (
        np.flatnonzero(uses.work == uses.works.index(work))
        if work in uses.works
        else np.zeros(0, dtype=np.int64)
    )
    if lines.size == 0:
        raise InputError(f"`{work}` is not used in this log, so its holder is unknown")
    accomplice = int(uses.holder[lines[0]])
    with_bot = join(uses, bot_uses(uses, work, accomplice, count, price))
    with_fees = np.append(fees, np.int64(fee))
    rows = []
    for rule in rules:
        before, after = settle(uses, rule, fees), settle(with_bot, rule, with_fees)
        change = after.earned - before.earned
        gain = int(change[accomplice])
        rows.append(BotGain(rule, fee, count, gain, gain - int(change.sum())))
    return tuple(rows)


def bot_uses(uses: Uses, work: str, accomplice: int, count: int, price: int) -> Uses:
    """`count` uses of one work by one new user, after all others; price: micro-units each."""
    name = "bot"
    while name in uses.users:
        name += "+"
    last = int(uses.at.max()) if uses.count else 0
    return Uses(
        currency=uses.currency,
        users=(name,),
        works=(work,),
        holders=(uses.holders[accomplice],),
        user=np.zeros(count, dtype=np.int32),
        price=np.full(count, price, dtype=np.int64),
        at=last + np.arange(count, dtype=np.int64),
        disputed=np.zeros(count, dtype=bool),
        starts=np.arange(count + 1, dtype=np.int64),
        work=np.zeros(count, dtype=np.int32),
        holder=np.zeros(count, dtype=np.int32),
        weight=np.full(count, WHOLE, dtype=np.int64),
    )
