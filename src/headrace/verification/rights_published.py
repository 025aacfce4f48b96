"""Splits that others published, beside ours: rows of `headrace verify --only rights`."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import numpy as np

from headrace.core.arrays import Ints
from headrace.verification.registry import CheckOutcome, check

_OURS = "Headrace's own promise; recomputed here"
_HEAD = "id,user,at,works,terms,price,currency,quantity"


def _settled(rows: list[str], fees: str, rule: str, period: str = "2026-01") -> dict[str, int]:
    """Settle a month given as `user works quantity` rows; the holder of a work has its name."""
    from headrace.rights.royalties.period import settle_folder
    from headrace.rights.terms_yaml import parse_licences

    works = sorted({row.split()[1].split("=")[0] for row in rows})
    terms = "licences:\n" + "".join(
        f"- {{id: '{w}', work: '{w}', holder: '{w}', allow: ['*'], media: ['*'], territory: ['*'],"
        " term: 2026-01..2026-12}\n"
        for w in works
    )
    digest = parse_licences(terms).digest
    lines = [_HEAD]
    for i, row in enumerate(rows):
        user, work, quantity = row.split()
        lines.append(f"{i},{user},2026-01-05T00:00:00Z,{work},{digest},0,USD,{quantity}")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "licences.yaml").write_text(terms, encoding="utf-8")
        (folder / "uses.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (folder / "fees.csv").write_text(f"user,fee,currency\n{fees}\n", encoding="utf-8")
        found = settle_folder(folder, period, rule).chosen  # type: ignore[arg-type]
    return dict(zip(found.holders, found.earned.tolist()))


@check(
    "rights.settle.hesse_2021",
    what="pro rata: what the artist played 10 times gets of 12 USD beside 3,000 other plays",
    unit="USD",
    tolerance=0.005,
    source="Hesse 2021 (two subscribers of 6 USD kept, 10 and 3,000 tracks): 4 cents",
)
def hesse() -> CheckOutcome:
    """10 / 3,010 of 12 USD."""
    got = _settled(["a small=1 10", "b large=1 3000"], "a,6,USD\nb,6,USD", "pro_rata")
    return CheckOutcome(got["small"] / 1e6, 0.04, absolute=True)


@check(
    "rights.settle.leth_2015",
    what="user-centric: an artist with a quarter of one subscriber's plays, of 7 USD",
    unit="USD",
    tolerance=0.0,
    source="Leth 2015, Streaming Music Is Ripping You Off: 25 % of 7 USD is 1.75",
)
def leth() -> CheckOutcome:
    """A quarter of one pot, whatever others play."""
    rows = ["a mine=1 25", "a rest=1 75", "b rest=1 100000"]
    got = _settled(rows, "a,7,USD\nb,7,USD", "user_centric")
    return CheckOutcome(got["mine"] / 1e6, 1.75)


@check(
    "rights.settle.bergantinos_2025",
    what=(
        "pro-rata, user-centric and Shapley index of a drawn 7 x 4 streaming problem, by the"
        " paper's formulas; worst difference"
    ),
    unit="USD",
    tolerance=4e-6,  # four pots, each rounded by less than a micro-unit
    source="Bergantinos & Moreno-Ternero, Revenue sharing at music streaming platforms, Man. Sci.",
)
def bergantinos() -> CheckOutcome:
    """Seven artists, four users, each paying 1 USD; t(artist, user) drawn from 0 to 9."""
    plays: Ints = np.random.default_rng(7).integers(0, 10, (7, 4))
    rows = [f"u{j} a{i}=1 {plays[i, j]}" for i in range(7) for j in range(4) if plays[i, j]]
    fees = "\n".join(f"u{j},1,USD" for j in range(4))
    formulas = {
        "pro_rata": 4 * plays.sum(axis=1) / plays.sum(),
        "user_centric": (plays / plays.sum(axis=0)).sum(axis=1),
        "equal_split": ((plays > 0) / (plays > 0).sum(axis=0)).sum(axis=1),
    }
    worst, at = -1.0, (0.0, 0.0)
    for rule, amounts in formulas.items():
        got = _settled(rows, fees, rule)
        for i, theirs in enumerate(amounts):
            ours = got[f"a{i}"] / 1e6
            if abs(ours - theirs) > worst:
                worst, at = abs(ours - theirs), (ours, float(theirs))
    return CheckOutcome(*at, deviation=worst, reason="the deviation is absolute, of rounding only")


@check(
    "rights.settle.cfr_385_21",
    what=(
        "US mechanical pool by formula (2026: 15.3 % of 100 M USD or the less of 26.2 % of 50 M and"
        " 1.10 x 5 M, less 6 M of performance, at least 0.60 x 5 M), shared over 10^9 plays: a"
        " track of 6:30 minutes played 10^6 times counts 1.4"
    ),
    unit="USD",
    tolerance=1e-9,
    source="37 CFR 385.21(b)-(c), 385.22(a)(3) as of 2023; worked by hand",
)
def mechanicals() -> CheckOutcome:
    """9.3 M pool; 1.4 M of 1,000.4 M counted plays: 9,300,000 x 1.4 / 1,000.4."""
    from headrace.rights.royalties.clauses import parse_pool

    formula = """pool:
  currency: USD
  inputs: {revenue: 100000000, content: 50000000, performance: 6000000, subscribers: 5000000}
  steps:
    - {name: headline, percent: {2023: 15.1, 2024: 15.2, 2025: 15.25, 2026: 15.3}, of: revenue}
    - {name: content, percent: 26.2, of: content_cost}
    - {name: capped, each: 1.10, of: subscribers}
    - {name: lesser, lesser_of: [content, capped]}
    - {name: all_in, greater_of: [headline, lesser]}
    - {name: rest, difference: [all_in, performance]}
    - {name: floor, each: 0.60, of: subscribers}
    - {name: payable, greater_of: [rest, floor]}
""".replace("content: 50", "content_cost: 50")
    pool = parse_pool(formula, date(2026, 1, 31)).amount
    rows = ["s long=1.4 1000000", "s rest=1 999000000"]
    got = _settled(rows, f"s,{pool / 1e6:.2f},USD", "pro_rata")
    return CheckOutcome(got["long"] / 1e6, 9.3e6 * 1.4 / 1000.4)


@check(
    "rights.settle.permuted",
    what="300 permutations of a log with refusals: outcomes that differ from the first",
    unit="outcomes",
    tolerance=0.0,
    source=_OURS + ": the order of rows changes nothing",
)
def permuted() -> CheckOutcome:
    """Refusals, repetitions, and the money of all four rules, held money included."""
    from headrace.rights.register import register
    from headrace.rights.royalties.settlement import RULES, settle
    from headrace.rights.terms import Licence
    from headrace.rights.usage.metering import meter

    grants = [
        Licence(
            *(w, w, f"holder of {w}"),
            first=date(2026, 1, 1),
            last=date(2026, 12, 31),
            allow=("*",),
            media=("*",),
            territory=("*",),
            cap=5 if w == "b" else None,
            per_use=10_000 if w == "c" else None,
        )
        for w in "abc"
    ]
    terms = register(grants)
    draw = np.random.default_rng(300)
    works = ("a=1", "b=1", "c=1", "a=1/3;b=1/3;c=1/3", "a=0.6;b=0.5", "x=1", "a=1.4")
    rows = [
        f"{i % 55},u{draw.integers(4)},2026-01-{draw.integers(1, 32):02d}T00:00:00Z,"
        f"{works[draw.integers(len(works))]},{terms.digest},0.0{draw.integers(0, 3)},USD,m,{i}"
        for i in range(60)
    ]
    head = "id,user,at,works,terms,price,currency,source,sequence"
    told = set()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "uses.csv"
        for n in range(301):
            order = draw.permutation(len(rows)) if n else range(len(rows))
            path.write_text("\n".join([head, *(rows[k] for k in order)]), encoding="utf-8")
            log = meter(path, terms, first=date(2026, 1, 1), last=date(2026, 1, 31))
            fees = np.full(len(log.log.users), 7_000_000)
            every = [settle(log.log, rule, fees) for rule in RULES]
            money = tuple((*s.earned.tolist(), *s.held.tolist(), s.unmatched) for s in every)
            told.add((money, tuple(sorted((r.id, r.kind) for r in log.refused)), log.repeated))
    kinds = len({kind for _, kind in next(iter(told))[1]})
    return CheckOutcome(
        float(len(told) - 1), 0.0, absolute=True, reason=f"{kinds} kinds of refusal in it"
    )
