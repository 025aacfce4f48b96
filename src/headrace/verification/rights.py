"""Outside results and published bars for the rights room; see `headrace verify --only rights`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np

from headrace.rights.money import apportion
from headrace.verification import ledger as ledger_evidence  # registers the ledger's rows
from headrace.verification import rights_policies, rights_published
from headrace.verification.registry import CheckOutcome, check

__all__ = ["ledger_evidence", "rights_policies", "rights_published"]

_OURS = "Headrace's own promise; recomputed here"


def _over(ours: float, bar: float, reason: str = "", suffix: str = "") -> CheckOutcome:
    """A bar from above: off by how far ours lies beyond it."""
    return CheckOutcome(
        ours, bar, deviation=max(0.0, ours / bar - 1.0), reason=reason, id_suffix=suffix
    )


@check(
    "rights.split.hamilton_1790",
    what=(
        "largest remainders: House seats of 15 states after the 1790 census under Hamilton's "
        "bill, states off"
    ),
    unit="work",
    tolerance=0.0,
    source=(
        "Balinski & Young, Fair Representation, 2nd ed. 2001, table of the 1791 apportionment "
        "(120 seats)"
    ),
)
def hamilton() -> CheckOutcome:
    """Populations and seats: CT DE GA KY MD MA NH NJ NY NC PA RI SC VT VA."""
    people = (
        236841, 55540, 70835, 68705, 278514, 475327, 141822, 179570,
        331589, 353523, 432879, 68446, 206236, 85533, 630560,
    )  # fmt: skip
    seats = (8, 2, 2, 2, 9, 16, 5, 6, 11, 12, 14, 2, 7, 3, 21)
    off = sum(ours != theirs for ours, theirs in zip(apportion(120, people), seats))
    return CheckOutcome(float(off), 0.0, absolute=True)


@check(
    "rights.shapley.eec_1958",
    what=(
        "exact Shapley value: power of the six members in the first EEC Council (4,4,4,2,2,1; 12 "
        "to pass), worst member"
    ),
    unit="1",
    tolerance=1e-12,
    source=(
        "Felsenthal & Machover, The Measurement of Voting Power, 1998, table 5.3.5: 14/60 thrice, "
        "9/60 twice, 0"
    ),
)
def eec() -> CheckOutcome:
    """Luxembourg's null weight is the null-player property in the wild."""
    from headrace.rights.royalties.shapley import shapley

    votes = (4, 4, 4, 2, 2, 1)
    worth = [int(sum(v for i, v in enumerate(votes) if mask >> i & 1) >= 12) for mask in range(64)]
    found = shapley(worth)
    published = (14 / 60, 14 / 60, 14 / 60, 9 / 60, 9 / 60, 0.0)
    worst = max(abs(float(a) - b) for a, b in zip(found, published))
    return CheckOutcome(float(found[0]), published[0], deviation=worst)


@check(
    "rights.terms.rsl_1_0",
    what="RSL 1.0: the price of its pay-per-crawl example",
    unit="USD",
    tolerance=0.0,
    source="RSL 1.0 specification, section 3.7, rslstandard.org, December 2025",
)
def rsl() -> CheckOutcome:
    """0.015 USD a crawl."""
    from headrace.rights.rsl import read_rsl

    price = '<payment type="crawl"><amount currency="USD">0.015</amount></payment>'
    (found,) = read_rsl(
        '<rsl xmlns="https://rslstandard.org/rsl"><content '
        f'url="/"><license>{price}</license></content></rsl>'
    )
    return CheckOutcome((found.payments[0].amount or 0) / 1e6, 0.015)


@check(
    "rights.settle.five_million",
    what="four rules on 5 M generated uses, 300,000 users, 2,000 holders",
    unit="micro-units lost | CPU s | GB",
    tolerance=0.0,
    source=_OURS,
)
def five_million() -> Iterable[CheckOutcome]:
    """Conserved to the micro-unit, at most 8 CPU seconds and 2 GB in a process of its own."""
    from headrace.verification.rights_measurements import settle_all

    done = settle_all()
    seconds = ", ".join(f"{rule} {cpu:.1f}" for rule, cpu in done.by_rule)
    yield CheckOutcome(float(done.lost), 0.0, absolute=True, id_suffix=".lost")
    yield _over(done.cost.cpu_s, 8.0, seconds, ".cpu_s")
    yield _over(done.cost.peak_gb, 2.0, "generation of the uses included", ".peak_gb")


@check(
    "rights.settle.replay",
    what=(
        "micro-units that differ when 200,000 generated uses are replayed, and when they are "
        "shuffled; four rules"
    ),
    unit="micro-units",
    tolerance=0.0,
    source=_OURS,
)
def replay() -> Iterable[CheckOutcome]:
    """Identical cents."""
    from headrace.rights.generated_studio import generate
    from headrace.rights.royalties.settlement import RULES, settle

    studio, again = generate(200_000, 20_000, 500), generate(200_000, 20_000, 500)
    mixed = studio.uses.take(np.random.default_rng(1).permutation(studio.uses.count))
    for suffix, uses in ((".replayed", again.uses), (".shuffled", mixed)):
        off = sum(
            int(
                np.abs(
                    settle(studio.uses, r, studio.fees).earned - settle(uses, r, studio.fees).earned
                ).sum()
            )
            for r in RULES
        )
        yield CheckOutcome(float(off), 0.0, absolute=True, id_suffix=suffix)


@check(
    "rights.settle.bot",
    what="what a bot that pays one fee moves to its accomplice, as a multiple of the fee",
    unit="times the fee",
    tolerance=0.0,
    source=(
        "user-centric and Shapley bound it by the fee; pro rata does not (Alaei et al., "
        "Management Science 2022)"
    ),
)
def bot() -> Iterable[CheckOutcome]:
    """5,000 uses.

    The user rules are judged; what the bot moves under the others is told beside them.
    """
    from headrace.rights.generated_studio import generate
    from headrace.rights.usage.fraud import bot_gains

    studio = generate(200_000, 20_000, 500)
    gains = bot_gains(
        studio.uses, studio.fees, work="work-00400", fee=9_990_000, count=5_000, price=50_000
    )
    unbounded = ", ".join(
        f"{g.rule} {g.times_fee:.1f}" for g in gains if g.rule in ("pro_rata", "per_use")
    )
    for gain in gains:
        if gain.rule in ("user_centric", "equal_split"):
            yield CheckOutcome(
                gain.times_fee,
                1.0,
                absolute=True,
                reason=f"not bounded by the fee: {unbounded}",
                id_suffix=f".{gain.rule}",
            )


def _offers(seed: int, share: float = 0.08):  # type: ignore[no-untyped-def]
    from headrace.rights.offering.offers import Group, Offers

    draw = np.random.default_rng(seed)
    slots = draw.integers(100_000, 300_000, 12).astype(float)
    groups = [
        Group(
            f"g{i}",
            tuple(int(w) for w in np.flatnonzero(draw.random(40) < 0.2)),
            slots.sum() * draw.uniform(0.2, 1.0) * share,
        )
        for i in range(6)
    ]
    names = tuple(f"s{i}" for i in range(12)), tuple(f"w{i}" for i in range(40))
    return Offers(
        *names, slots, draw.lognormal(0, 1, (12, 40)), draw.random((12, 40)) < 0.8, tuple(groups)
    )


@check(
    "rights.offers.price",
    what=(
        "price of a guarantee against the value lost by one more guaranteed offer; worst of 144, "
        "2.4 M slots each"
    ),
    unit="utility/work",
    tolerance=1e-6,
    source="finite differences of the optimum; envelope theorem",
)
def prices() -> CheckOutcome:
    """24 problems of six guarantees."""
    from headrace.rights.offering.allocation import allocate

    worst, at = -1.0, (0.0, 0.0)
    for seed in range(24):
        problem = _offers(seed)
        done = allocate(problem)
        for i, group in enumerate(problem.groups):
            more = tuple(
                replace(g, at_least=g.at_least + 1.0) if g is group else g for g in problem.groups
            )
            lost = done.value - allocate(replace(problem, groups=more)).value
            price = float(done.guarantee_price[i])
            if abs(lost - price) > worst:
                worst, at = abs(lost - price), (price, lost)
    return CheckOutcome(*at, deviation=worst, reason="the worst of them; the deviation is absolute")


@check(
    "rights.offers.clash",
    what=(
        "guarantees in the conflict set we name, beyond the fewest found by trying every subset; "
        "24 problems, most infeasible"
    ),
    unit="work",
    tolerance=0.0,
    source="enumeration of all subsets",
)
def clash() -> CheckOutcome:
    """Each problem wants more offers than there are slots."""
    from headrace.rights.offering.conflict import smallest_conflict
    from headrace.rights.offering.offers import feasible

    beyond = tried = 0
    for seed in range(40, 64):
        problem = _offers(seed, share=0.9)
        fewest = next(
            (
                k
                for k in range(1, 7)
                for some in combinations(problem.groups, k)
                if not feasible(problem, some)
            ),
            0,
        )
        tried += fewest > 0
        beyond += len(smallest_conflict(problem)) - fewest
    return CheckOutcome(
        float(beyond), 0.0, absolute=True, reason=f"{tried} of 24 problems were infeasible"
    )


@check(
    "rights.metering.refused",
    what="of six faults planted in a log and its terms, those not refused with their own reason",
    unit="work",
    tolerance=0.0,
    source=_OURS,
)
def refused() -> CheckOutcome:
    """Overlapping exclusive grants, expired terms, unknown work, weights not adding up to 1, mixed
    currencies, clock going back.
    """
    from datetime import date

    from headrace.core.errors import InputError
    from headrace.rights.register import register
    from headrace.rights.terms import Licence
    from headrace.rights.usage.metering import meter

    fox = Licence(
        *("fox", "Fox", "acme"),
        first=date(2026, 1, 1),
        last=date(2026, 12, 31),
        allow=("*",),
        media=("*",),
        territory=("*",),
    )
    owl = replace(fox, id="owl", work="Owl", last=date(2026, 1, 9))
    terms = register([fox, owl])
    try:
        register([fox, replace(fox, id="two", exclusive=True)])
        found = set()
    except InputError as error:
        found = (
            {"overlapping exclusive grants"}
            if "overlapping exclusive grants" in str(error)
            else set()
        )
    rows = (
        "Fox=1,USD,10",
        "Owl=1,USD,11",
        "Mouse=1,USD,12",
        "Fox=0.9,USD,13",
        "Fox=1,EUR,14",
        "Fox=1,USD,09",
        "Fox=1,USD,15",
    )
    lines = ["id,user,at,works,terms,price,currency,context,medium,territory,sequence"]
    for i, row in enumerate(rows):
        works, money, day = row.split(",")
        lines.append(
            f"{i},u,2026-01-{day}T00:00:00Z,{works},{terms.digest},0.01,{money},meme,video,JP,{i}"
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "uses.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        log = meter(path, terms, first=date(2026, 1, 1), last=date(2026, 1, 31))
    found |= {r.kind for r in log.refused}
    wanted = {
        "overlapping exclusive grants",
        "expired terms",
        "unknown work",
        "weights",
        "currency",
        "clock",
    }
    off = len(wanted ^ found) + abs(log.uses.count - 2) + abs(log.read - 7)
    return CheckOutcome(float(off), 0.0, absolute=True, reason=", ".join(sorted(found)))
