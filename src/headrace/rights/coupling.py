"""What the rights room tells the plan: royalty per clip, and the legal regime as a belief of the
user.

No royalty rate was found in public, so there is no default number here: rates come from the user's
licences or from a settlement. Which regime will hold is a belief with the user's probabilities; the
legal facts (law.py) inform it and decide nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.money import MICRO
from headrace.rights.register import Register
from headrace.rights.royalties.settlement import Settlement

RegimeName = Literal["fair_use", "opt_in", "licence"]
REGIMES: tuple[RegimeName, ...] = get_args(RegimeName)


@dataclass(frozen=True)
class Rights:
    """The user's picture of a product, all inputs.

    named: share of clips asked for that name a work or character. opted_in: share of those whose
        holder has opted in.
    per_named: royalty of a clip with a named work [main units a clip]. blanket: royalty of any clip
        where a blanket licence is needed [main units a clip].
    """

    named: float
    opted_in: float
    per_named: float
    blanket: float


@dataclass(frozen=True)
class Regime:
    """One future of the law: its probability, the royalty of a clip that is made, and the share of
    clips that may be made.
    """

    name: RegimeName
    probability: float
    royalty_per_clip: float
    available: float


def royalty_per_use(settled: Settlement) -> float:
    """Mean royalty of one use [main units of the settlement's currency a use]: what holders earned
    over all uses.
    """
    return int(settled.earned.sum()) / MICRO / settled.uses if settled.uses else 0.0


def royalty_per_clip(
    register: Register, asked: Mapping[str, float], currency: str = "USD"
) -> float:
    """Royalty of a mean clip from the licences' own prices [main units a clip].

    asked: share of clips that use each work (they need not add up to 1: the rest uses none). Raises
        InputError where a work has no licence with a price in that currency; an unknown price is
        not zero.
    """
    problems = []
    total = 0.0
    for work, share in asked.items():
        prices = [
            x.per_use
            for x in register.by_work.get(work, ())
            if x.per_use is not None and x.currency == currency
        ]
        if not prices or not 0 <= share <= 1:
            problems.append(
                InputFault(
                    Place(key=work),
                    f"no licence of `{work}` has a price in {currency}"
                    if not prices
                    else f"the share of `{work}`, {share:g}, is outside 0 to 1",
                )
            )
        else:
            total += share * max(prices) / MICRO
    if problems:
        raise InputError(problems)
    return total


def regimes(rights: Rights, belief: Mapping[str, float]) -> tuple[Regime, ...]:
    """The three regimes with the user's probabilities [1], in the order fair_use, opt_in, licence.

    fair_use: anything may be made without asking, except that a named work is paid for: generation
        with a specific
              character stays licensed even where training is free.
    opt_in:   named works only where the holder opted in; other clips are free. What is not opted in
              is not made.
    licence:  every clip pays the blanket royalty, named ones their own on top.
    Raises InputError where probabilities do not add up to 1, or an input is out of range.
    """
    problems = [
        InputFault(Place(key=name), "not a regime", ", ".join(REGIMES))
        for name in belief
        if name not in REGIMES
    ]
    if any(not 0 <= p <= 1 for p in belief.values()) or not math.isclose(
        sum(belief.values()), 1.0, abs_tol=1e-9
    ):
        problems.append(
            InputFault(
                Place(key="rights"), f"the probabilities add up to {sum(belief.values()):g}", "1"
            )
        )
    for name in ("named", "opted_in"):
        if not 0 <= getattr(rights, name) <= 1:
            problems.append(
                InputFault(Place(key=name), f"{getattr(rights, name)} is no share between 0 and 1")
            )
    for name in ("per_named", "blanket"):
        if not 0 <= getattr(rights, name) < math.inf:
            problems.append(InputFault(Place(key=name), f"{getattr(rights, name)} is no price"))
    if problems:
        raise InputError(problems)
    made = 1.0 - rights.named * (1.0 - rights.opted_in)
    named_made = rights.named * rights.opted_in
    costs = {
        "fair_use": (rights.named * rights.per_named, 1.0),
        "opt_in": (named_made * rights.per_named / made if made else 0.0, made),
        "licence": (rights.blanket + rights.named * rights.per_named, 1.0),
    }
    return tuple(Regime(name, belief.get(name, 0.0), *costs[name]) for name in REGIMES)


def expected_royalty(some: tuple[Regime, ...]) -> float:
    """Expected royalty of a clip that is made [main units a clip], over the regimes."""
    made = sum(r.probability * r.available for r in some)
    return (
        sum(r.probability * r.available * r.royalty_per_clip for r in some) / made if made else 0.0
    )
