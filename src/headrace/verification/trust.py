"""Rows of `headrace verify --only trust`: promises of this room re-run, and the real Open Bandit
sample where it is present.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from headrace.core.errors import InputError
from headrace.trust.auction import Mechanism, Offer, position_auction, surplus
from headrace.trust.audit import audit
from headrace.trust.exposure import ExposureLog, paid_exposure, read_exposure, uniformity
from headrace.trust.noninterference import check as search
from headrace.trust.replay import sample_size
from headrace.trust.simulated_logs import Marketplace
from headrace.verification import trust_published as trust_published
from headrace.verification.audit_power import tally, tally_at_printed
from headrace.verification.faulty_logs import FAULTS
from headrace.verification.leaking_recommenders import LEAKS, honest
from headrace.verification.registry import CheckOutcome, Skip, check

CASES = 10_000
REPEATS = 400
CAMPAIGNS = ("all", "men", "women")
BRIEF = "a bar this room sets itself, docs/decisions/0040"
OPEN_BANDIT = (
    "Open Bandit Dataset sample inside obp 0.5.5 (Saito, Aihara, Matsutani & Narita, NeurIPS 2021 "
    "D&B)"
)


def open_bandit_log(policy: str, campaign: str) -> ExposureLog:
    """A log of the real sample: policy "random" or "bts".

    Raises Skip where HEADRACE_OBP names no unpacked obp package.
    """
    folder = os.environ.get("HEADRACE_OBP")
    if not folder:
        raise Skip(
            "HEADRACE_OBP names no folder: unpack obp==0.5.5 as benchmarks/peers/obp/README.md says"
        )
    path = Path(folder) / "dataset" / "obd" / policy / campaign / f"{campaign}.csv"
    if not path.is_file():
        raise Skip(
            "the folder named by HEADRACE_OBP has no dataset/obd: it must be the package folder "
            "of obp==0.5.5"
        )
    return read_exposure(path)


@check(
    "trust.noninterference.honest",
    what=f"cases in which bids moved the organic bytes, {CASES:,} random pairs of runs",
    unit="cases",
    tolerance=0.0,
    source=f"noninterference (Clarkson & Schneider 2010): {BRIEF}",
)
def noninterference() -> CheckOutcome:
    """The house recommender under every schedule of bids."""
    searched = search(lambda: honest, CASES, seed=1)
    return CheckOutcome(
        float(searched.leak is not None), 0.0, absolute=True, reason=f"{searched.cases:,} cases run"
    )


@check(
    "trust.noninterference.leak",
    what="seeded leaks caught",
    unit="of 1",
    tolerance=0.0,
    source=f"seeded faults (DeMillo, Lipton & Sayward 1978): {BRIEF}",
)
def seeded_leaks() -> Iterator[CheckOutcome]:
    """Money in the score, in the tie-break, in a cache."""
    for name, build in LEAKS.items():
        searched = search(build, CASES, seed=1)
        yield CheckOutcome(
            float(searched.leak is not None),
            1.0,
            id_suffix=f".{name}",
            reason=f"caught at case {searched.cases}",
        )


@check(
    "trust.audit.false_alarms",
    what=f"honest simulated platform accused, exact relevance, {REPEATS} repeats",
    unit="share",
    tolerance=0.0,
    source=f"bar 7 % (nominal 5 %): {BRIEF}",
)
def false_alarms() -> Iterator[CheckOutcome]:
    """Size of the test at three log sizes, and with a randomisation under noisy relevance."""
    cases = {f".{n}_queries": Marketplace(queries=n) for n in (60, 500, 3000)}
    cases[".randomised"] = Marketplace(queries=500, proxy_sd=0.5, randomised=True)
    for name, market in cases.items():
        yield _at_most(tally(market, REPEATS, seed=10_000).share("biased"), 0.07, name)


@check(
    "trust.audit.power",
    what=f"bias of the printed smallest detectable size found, {REPEATS} repeats",
    unit="share",
    tolerance=0.0,
    source=f"bar 90 %: {BRIEF}",
)
def power() -> Iterator[CheckOutcome]:
    """Power where the auditor says it has it."""
    cases = {f".{n}_queries": Marketplace(queries=n) for n in (60, 500, 3000)}
    cases[".randomised"] = Marketplace(queries=500, randomised=True)
    for name, market in cases.items():
        yield _at_least(tally_at_printed(market, REPEATS, seed=20_000).share("biased"), 0.90, name)


@check(
    "trust.audit.noisy_relevance",
    what=f"honest platform, better advertisers, relevance seen with noise, {REPEATS} repeats",
    unit="share",
    tolerance=0.0,
    source=f"bars: cannot tell >= 95 %, biased <= 5 %: {BRIEF}",
)
def noisy_relevance() -> Iterator[CheckOutcome]:
    """The case in which a plain test accuses honest platforms."""
    for noise in (0.25, 0.5, 1.0, 2.0):
        counted = tally(
            Marketplace(queries=500 if noise > 0.5 else 3000, proxy_sd=noise), REPEATS, seed=30_000
        )
        yield _at_least(counted.share("cannot_tell"), 0.95, f".sd_{noise:g}.cannot_tell")
        yield _at_most(counted.share("biased"), 0.05, f".sd_{noise:g}.biased")


@check(
    "trust.audit.refusals",
    what="faulty logs refused with a reason",
    unit="of 1",
    tolerance=0.0,
    source=BRIEF,
)
def refusals() -> Iterator[CheckOutcome]:
    """Each fault of `faults.py`: the audit must refuse, and name the column."""
    for name, (log, key) in FAULTS.items():
        try:
            audit(log())
            refused, reason = False, "audited"
        except InputError as error:
            refused = any(problem.where.key == key for problem in error.problems)
            reason = str(error.problems[0])
        yield CheckOutcome(float(refused), 1.0, id_suffix=f".{name}", reason=reason)


@check(
    "trust.auction",
    what="VCG position auction on 2,000 random markets",
    unit="USD per showing",
    tolerance=1e-9,
    source="Vickrey 1961; Edelman, Ostrovsky & Schwarz, AER 97 (2007); Varian, IJIO 25 (2007)",
)
def auction() -> Iterator[CheckOutcome]:
    """No gain from a deviation, no payment above the bid, second price with one slot; and GSP does
    invite shading.
    """
    rng = np.random.default_rng(5)
    gain = over = vickrey = shading = 0.0
    for _ in range(2000):
        values, clicks, reserve = _market(rng)
        gain = max(gain, _best_gain(values, clicks, reserve, "vcg"))
        shading = max(shading, _best_gain(values, clicks, reserve, "gsp"))
        offers = tuple(Offer(f"b{k}", v) for k, v in enumerate(values))
        bids = {one.bidder: one.amount for one in offers}
        over = max(
            [
                over,
                *(
                    one.price - bids[one.bidder]
                    for one in position_auction(offers, clicks, reserve)
                ),
            ]
        )
        top = sorted(values, reverse=True)
        sold = position_auction(offers, clicks[:1], reserve)
        expected = max(top[1], reserve) if top[0] >= reserve else 0.0
        vickrey = max(vickrey, abs((sold[0].price if sold else 0.0) - expected))
    yield CheckOutcome(gain, 0.0, absolute=True, id_suffix=".deviation_gain")
    yield CheckOutcome(max(0.0, over), 0.0, absolute=True, id_suffix=".price_above_bid")
    yield CheckOutcome(vickrey, 0.0, absolute=True, id_suffix=".one_slot_is_vickrey")
    yield CheckOutcome(
        float(shading > 1e-6),
        1.0,
        id_suffix=".gsp_invites_shading",
        reason=f"largest gain {shading:.3g} USD per showing",
    )


@check(
    "trust.replay.sample_size",
    what="queries to see one flip with 95 % probability",
    unit="queries",
    tolerance=0.0,
    source=(
        "ln 0.05 / ln(1 - p), the rule of three's exact form (Hanley & Lippman-Hand, JAMA 249, "
        "1983)"
    ),
)
def sample_sizes() -> Iterator[CheckOutcome]:
    """299, 2,995 and 29,956 queries."""
    for rate, published in ((0.01, 299), (0.001, 2995), (0.0001, 29_956)):
        yield CheckOutcome(float(sample_size(rate)), float(published), id_suffix=f".{rate:g}")


@check(
    "trust.open_bandit.uniform",
    what="positions in which the real uniform log shows dependence (Holm over 3 positions)",
    unit="positions",
    tolerance=0.0,
    source=OPEN_BANDIT,
)
def uniform_log() -> Iterator[CheckOutcome]:
    """The platform says it drew uniformly: the auditor must agree, campaign by campaign."""
    for campaign in CAMPAIGNS:
        found = uniformity(open_bandit_log("random", campaign))
        smallest = min(one.adjusted for one in found.tests)
        count = sum(one.adjusted <= 0.05 for one in found.tests)
        yield CheckOutcome(
            float(count),
            0.0,
            absolute=True,
            id_suffix=f".{campaign}",
            reason=f"smallest corrected p {smallest:.2f}",
        )


@check(
    "trust.open_bandit.thompson",
    what="positions in which the real Bernoulli-TS log shows dependence",
    unit="positions",
    tolerance=0.0,
    source=OPEN_BANDIT,
)
def thompson_log() -> Iterator[CheckOutcome]:
    """A learning policy shows what clicks: every position must stand out."""
    for campaign in CAMPAIGNS:
        found = uniformity(open_bandit_log("bts", campaign))
        total = sum(one.statistic for one in found.tests)
        count = sum(one.adjusted <= 0.05 for one in found.tests)
        yield CheckOutcome(
            float(count),
            3.0,
            id_suffix=f".{campaign}",
            reason=f"chi-square {total:,.0f} over three positions",
        )


@check(
    "trust.open_bandit.planted_flags",
    what="paid flags planted at random and accused, 500 on each of three campaigns (Holm)",
    unit="share",
    tolerance=0.0,
    source=f"bar 7 %; {OPEN_BANDIT}",
)
def planted_flags() -> Iterator[CheckOutcome]:
    """Size control on real rows: flags drawn by us cannot have moved anything."""
    rng = np.random.default_rng(9)
    for policy, explained in (("random", False), ("bts", True)):
        alarms = [
            _alarms(open_bandit_log(policy, campaign), explained, rng) for campaign in CAMPAIGNS
        ]
        reason = ", ".join(
            f"{name} {share:.1%}" for name, share in zip(CAMPAIGNS, alarms, strict=True)
        )
        yield _at_most(float(np.mean(alarms)), 0.07, f".{policy}", reason)


def _alarms(log: ExposureLog, explained: bool, rng: np.random.Generator, draws: int = 500) -> float:
    count = 0
    for _ in range(draws):
        paid = np.zeros(log.candidates, dtype=bool)
        paid[rng.permutation(log.candidates)[: log.candidates // 2]] = True
        count += paid_exposure(log, paid, explained).dependent()
    return count / draws


def _at_most(ours: float, bar: float, suffix: str, reason: str = "") -> CheckOutcome:
    return CheckOutcome(
        ours,
        bar,
        deviation=max(0.0, ours - bar),
        id_suffix=suffix,
        reason=reason or f"bar: at most {bar:.0%}",
    )


def _at_least(ours: float, bar: float, suffix: str) -> CheckOutcome:
    return CheckOutcome(
        ours,
        bar,
        deviation=max(0.0, bar - ours),
        id_suffix=suffix,
        reason=f"bar: at least {bar:.0%}",
    )


def _market(rng: np.random.Generator) -> tuple[list[float], list[float], float]:
    values = [float(v) for v in rng.choice((0.0, 0.5, 1.0, 2.0), size=int(rng.integers(2, 6)))]
    if rng.random() < 0.7:
        values = [float(v) for v in rng.lognormal(size=len(values))]
    clicks = sorted(
        (float(a) for a in rng.uniform(0.01, 1.0, int(rng.integers(1, 5)))), reverse=True
    )
    return values, clicks, float(rng.choice((0.0, 0.3, 1.0)))


def _best_gain(
    values: list[float], clicks: list[float], reserve: float, mechanism: Mechanism
) -> float:
    """Largest gain of the first bidder from any bid of a grid over bidding its value [USD per
    showing].
    """
    rivals = tuple(Offer(f"b{k}", v) for k, v in enumerate(values[1:], start=1))
    grid = sorted(
        {
            0.0,
            1e9,
            *(max(0.0, v + step) for v in (*values, reserve) for step in (-1e-6, 0.0, 1e-6)),
            *np.linspace(0, 5, 21),
        }
    )

    def gain(bid: float) -> float:
        return surplus(
            (Offer("b0", float(bid)), *rivals), "b0", values[0], clicks, reserve, mechanism
        )

    return max(gain(bid) for bid in grid) - gain(values[0])
