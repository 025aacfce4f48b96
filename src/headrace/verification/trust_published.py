"""The auditor beside what others published, and on data that nobody here wrote.

Published figures stand in the code; data come by path and are skipped where they are absent.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from headrace.core.arrays import Floats
from headrace.trust.audit import Answer, audit
from headrace.trust.covariance import Specification, estimate, moments
from headrace.trust.log import Columns
from headrace.trust.pairs import read_pairs
from headrace.trust.sensitivity import (
    Benchmark,
    robustness_value,
    robustness_value_at,
    shares_of_driver,
)
from headrace.trust.simulated_logs import Marketplace, draw
from headrace.verification.ranking_data import RankingData, planted, read_ranking_data
from headrace.verification.registry import CheckOutcome, Skip, check, data_file

REPEATS = 150
SENSEMAKR = (
    "PySensemakr 0.0.8 on its Darfur data (Cinelli & Hazlett, JRSS-B 82, 2020, table 1): "
    "peacefactor ~ directlyharmed + age + farmer_dar + herder_dar + pastvoted + hhsize_darfur + "
    "female + village"
)
DARFUR_T, DARFUR_FREEDOM = 4.184449984808401, 783
FEMALE = Benchmark("female", 1, 0.009081065190329763, 0.0, 0.10903391542784192, 0.0)
PYCOMETS = (
    "pycomets 0.0.1 (commit 6dc2e2c), GCM with least squares, of Shah & Peters, Annals of "
    "Statistics 48 (2020); run on the differences within each answer"
)
LIGHTGBM = "LightGBM's lambdarank example (rank.train), money planted by us; docs/decisions/0080"
MARKUP = "The Markup, Amazon Puts Its Own Brands First (14 October 2021), pairwise_training_set"


def published_path(variable: str, relative: str) -> Path:
    """What the environment variable names, or a place under HEADRACE_DATA. Raises Skip."""
    told = os.environ.get(variable)
    if told is None:
        return data_file(relative)
    if not Path(told).exists():
        raise Skip(f"{variable} names no file or folder that is there")
    return Path(told)


@check(
    "trust.sensemakr.robustness_value",
    what="share an unseen driver must explain to undo the effect, and to make it insignificant",
    unit="share",
    tolerance=1e-9,
    source=SENSEMAKR,
)
def sensemakr_values() -> Iterator[CheckOutcome]:
    """The robustness value and its inference at three levels."""
    r = DARFUR_T / float(np.hypot(DARFUR_T, np.sqrt(DARFUR_FREEDOM)))
    yield CheckOutcome(robustness_value(r), 0.13877635389359344, id_suffix=".estimate")
    for alpha, theirs in (
        (0.1, 0.08663475044778615),
        (0.05, 0.07625796554486282),
        (0.01, 0.055590517543478934),
    ):
        ours = robustness_value_at(DARFUR_T, DARFUR_FREEDOM, alpha)
        yield CheckOutcome(ours, theirs, id_suffix=f".alpha_{alpha:g}")


@check(
    "trust.sensemakr.bounds",
    what="shares of treatment and outcome of a driver 1, 2, 3 times as strong as `female`",
    unit="share",
    tolerance=1e-4,
    source=SENSEMAKR,
)
def sensemakr_bounds() -> Iterator[CheckOutcome]:
    """Bounds with the shares that female explains (0.0091 of harm, 0.109 of the outcome)."""
    for times, *theirs in (
        (1, 0.009164, 0.124641),
        (2, 0.018329, 0.249324),
        (3, 0.027493, 0.374050),
    ):
        for name, ours, one in zip(("paid", "rank"), shares_of_driver(FEMALE, times), theirs):
            yield CheckOutcome(ours, one, id_suffix=f".{times}_{name}")


@check(
    "trust.pycomets",
    what="generalised covariance measure of a simulated log of 500 answers of two, linear",
    unit="1",
    tolerance=1e-12,
    source=PYCOMETS,
)
def pycomets() -> Iterator[CheckOutcome]:
    """In answers of two an answer is one difference, so our sums by answer are its products. Theirs
    divides the variance by Q, ours by Q - 1.
    """
    queries, linear = 500, (Specification("linear", "places", "linear", (0,)),)
    for seed, beta, proxy_sd, theirs in (
        (1, 0.0, 0.5, -0.14372965164879228),
        (2, 0.3, 0.5, 1.7730693106505437),
        (3, 0.3, 1.0, 3.0767692302306853),
        (4, -0.2, 0.5, -0.9864807362539796),
        (5, 0.6, 0.2, 3.779815310883384),
        (6, 0.0, 2.0, 1.76563495058611),
    ):
        log = draw(Marketplace(queries, 2, beta, proxy_sd=proxy_sd), seed)
        (ours,) = estimate(log, moments(log), linear)
        like = ours.statistic * float(np.sqrt(queries / (queries - 1)))
        yield CheckOutcome(like, theirs, id_suffix=f".log_{seed}", reason="x sqrt(Q / (Q - 1))")


def answers(
    data: RankingData, shown: Floats, columns: Columns, beta: float, repeats: int
) -> Counter[Answer]:
    """Answers over independent draws of who pays. beta: planted effect [score's unit]."""
    logs = (planted(data, shown, columns, seed, beta) for seed in range(repeats))
    return Counter(audit(log).answer for log in logs)


@check(
    "trust.lightgbm",
    what=f"answers on foreign features, {REPEATS} draws of who pays",
    unit="share",
    tolerance=0.0,
    source=LIGHTGBM,
)
def lightgbm() -> Iterator[CheckOutcome]:
    """Score open, half of it open, paid randomised, and an outsider with 1, 3 and 6 features."""
    data = read_ranking_data(published_path("HEADRACE_LIGHTGBM", "lightgbm_lambdarank"))

    def share(shown: Floats, beta: float, **parts: object) -> tuple[float, str]:
        names = tuple(f"feature_{k}" for k in range(shown.shape[1]))
        named = {key: names if value is None else value for key, value in parts.items()}
        columns = Columns(**named)  # type: ignore[arg-type]
        found = answers(data, shown, columns, beta, REPEATS)
        told = ", ".join(f"{answer} {count}" for answer, count in sorted(found.items()))
        return found["biased"] / REPEATS, f"{told} of {REPEATS}"

    score, half, few = data.score[:, None], data.half[:, None], data.strongest(6)
    cases = (
        (".open_honest", "at most", 0.07, share(score, 0.0, platform_score=None)),
        (".open_0.15", "at least", 0.90, share(score, 0.15, platform_score=None)),
        (".open_0.3", "at least", 0.90, share(score, 0.3, platform_score=None)),
        (".half_declared_honest", "at most", 0.0, share(half, 0.0, platform_score=None)),
        (".randomised_honest", "at most", 0.07, share(few, 0.0, relevance=None, propensity="p")),
        (".randomised_0.3", "at least", 0.90, share(few, 0.3, relevance=None, propensity="p")),
        *(
            (f".outsider_{k}_honest", "at most", 0.0, share(few[:, :k], 0.0, relevance=None))
            for k in (1, 3, 6)
        ),
    )
    for suffix, side, bar, (ours, reason) in cases:
        miss = ours - bar if side == "at most" else bar - ours
        yield CheckOutcome(
            ours,
            bar,
            deviation=max(0.0, miss),
            id_suffix=suffix,
            reason=f"bar: {side} {bar:.0%}; {reason}",
        )


@check(
    "trust.markup",
    what="The Markup's pairs: own brands first, an answer given, its bound within the scale",
    unit="1",
    tolerance=0.0,
    source=MARKUP,
)
def markup() -> Iterator[CheckOutcome]:
    """602 of the 649 pairs of one own brand and one other have the own brand first."""
    log = read_pairs(published_path("HEADRACE_MARKUP", "markup_2021/pairwise_training_set.csv.gz"))
    mixed = np.add.reduceat(log.paid, log.starts[:-1]) == 1.0
    first = np.add.reduceat(log.paid * (log.rank == 1), log.starts[:-1])[mixed]
    yield CheckOutcome(float(len(first)), 649.0, id_suffix=".pairs")
    yield CheckOutcome(float(first.sum()), 602.0, id_suffix=".own_brand_first")
    for names in (
        ("stars", "reviews"),
        ("stars", "reviews", "shipped"),
        ("stars", "logreviews", "shipped"),
        ("stars", "logreviews", "shipped", "sold"),
    ):
        keep = [log.columns.covariates.index(name) for name in names]
        chosen = replace(log, covariates=log.covariates[:, keep], columns=Columns(relevance=names))
        verdict = audit(chosen)
        given = float(verdict.answer in ("biased", "ranks_higher"))
        suffix = "." + "_".join(names)
        yield CheckOutcome(given, 1.0, id_suffix=f"{suffix}.answer_given", reason=verdict.why)
        ours = max(verdict.design.slack, verdict.beta_min)
        yield CheckOutcome(
            ours,
            1.0,
            deviation=max(0.0, ours - 1.0),
            id_suffix=f"{suffix}.bound",
            reason="bar: at most 1 place, the most that can be gained in a pair",
        )
