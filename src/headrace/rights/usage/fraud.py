"""What can one bot account move? Each rule with and without it.

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
from headrace.rights.money import apportion
from headrace.rights.royalties.settlement import RULES, Rule, pro_rata_pots
from headrace.rights.usage.uses import Uses


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
    """Every rule with and without a bot that pays `fee` and makes `count` uses of
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
    gains = {
        "pro_rata": _common_pot(uses, fees, accomplice, fee, count),
        "per_use": (count * price, 0),
    }
    # A pot of its own: the bot's fee, to the only holder it used; nobody else's pot changes.
    return tuple(BotGain(rule, fee, count, *gains.get(rule, (fee, 0))) for rule in rules)


def _common_pot(uses: Uses, fees: Ints, accomplice: int, fee: int, count: int) -> tuple[int, int]:
    """What the accomplice gains and all others lose where the bot's fee and uses join one pot."""
    pots = pro_rata_pots(uses, fees)
    place = int(np.searchsorted(pots.holder, accomplice))
    more = pots.weight.copy()
    more[place] += count * uses.whole
    total = int(pots.totals[0])
    lot = [int(x) for x in pots.lot(np.arange(len(more)))]
    before = apportion(total, pots.weight.tolist(), lot)
    after = apportion(total + fee, more.tolist(), lot)
    gain = after[place] - before[place]
    return gain, gain - fee
