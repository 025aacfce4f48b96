"""Published deployments beside `headrace size`: how many accelerators it asks for the tokens that
so many made.

One point of each model and accelerator of the published frontier (single servers of InferenceX and
vendors' posts), DeepSeek's own service, and the three DeepSeek-R1 results of MLPerf Inference v6.0
on 288 GB300. Of MLPerf the lengths are means of its data set and its limits, which hold for 99 % of
requests, are asked as means.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.compute.accelerator import accelerator
from headrace.core.study import Promise
from headrace.finance.serving_fleet import SizeQuestion, option_of
from headrace.models.architecture import language_model
from headrace.models.serving.layout_limits import ANY_LAYOUT, LayoutLimits
from headrace.models.serving.whole_fleet import WholeFleet
from headrace.models.step_time.roofline import Format
from headrace.verification.published_frontier import PUBLISHED, PublishedPoint
from headrace.verification.registry import CheckOutcome, check

NEVER = 1e5  # no promise [s]
SERVER = 8.0


@dataclass(frozen=True)
class PublishedFleet:
    """`count` accelerators made `tokens` output tokens per second in all; ttft, tpot: means that
    were kept [s]; cached: input tokens from a prefix cache.
    """

    name: str
    model: str
    chip: str
    form: Format
    isl: int
    osl: int
    count: int
    tokens: float
    ttft: float = NEVER
    tpot: float = NEVER
    cached: int = 0


def of_server(point: PublishedPoint) -> PublishedFleet:
    """A frontier point as the server that made it."""
    name = f"{language_model(point.model).title} on {point.chip}"
    sizes = (point.isl, point.osl, int(SERVER), SERVER * point.tokens)
    return PublishedFleet(name, point.model, point.chip, point.form, *sizes, tpot=1.0 / point.user)


V3 = "deepseek-ai/DeepSeek-V3"
SERVERS = tuple(PUBLISHED[i] for i in (0, 5, 6, 11, 15, 17))
"""The first point of six models on six accelerators."""
FLEETS = (
    *(of_server(point) for point in SERVERS),
    PublishedFleet("R1 offline", V3, "gb300", "fp4", 800, 3880, 288, 2.49e6),
    PublishedFleet("R1 server", V3, "gb300", "fp4", 800, 3880, 288, 1.56e6, 2.0, 0.080),
    PublishedFleet("R1 interactive", V3, "gb300", "fp4", 800, 3880, 288, 0.25e6, 1.5, 0.015),
    PublishedFleet(
        "DeepSeek's day", V3, "h800", "fp8", 4395, 1214, 1814, 168e9 / 86_400, 5.0, 1 / 21, 2472
    ),
)


def sized(fleet: PublishedFleet, limits: LayoutLimits = ANY_LAYOUT) -> WholeFleet:
    """What `headrace size --means` asks for the same tokens."""
    question = SizeQuestion(
        language_model(fleet.model),
        fleet.form,
        fleet.tokens / fleet.osl,
        fleet.isl,
        fleet.osl,
        {fleet.chip: accelerator(fleet.chip)},
        Promise(ttft=f"{fleet.ttft} s", tpot=f"{fleet.tpot} s"),
        fleet.cached,
        limits=limits,
    )
    return option_of(question, fleet.chip).fleet


@check(
    "models.size.published_fleets",
    what="Published deployments inside the band of `headrace size`",
    unit="deployments",
    tolerance=0.2,
    source=(
        "InferenceX and vendors' posts, March to July 2026; DeepSeek open-infra-index, day 6; "
        "MLPerf Inference v6.0, DeepSeek-R1 on 288 GB300"
    ),
)
def published_fleets() -> CheckOutcome:
    """Share of ten deployments whose count lies outside the band. Bands are of whole replicas, so
    those of one server are wide; the reason tells every count. All but the three of MLPerf were
    known when bands of spread and split replicas were set.
    """
    words, inside, ratios = [], 0, []
    for fleet in FLEETS:
        found = sized(fleet)
        low, high = found.accelerators_low, found.accelerators_high
        inside += low <= fleet.count <= high
        ratios.append(found.accelerators / fleet.count)
        words.append(f"{fleet.name} {fleet.count:,}: {found.accelerators:,} ({low:,} to {high:,})")
    reason = f"{'; '.join(words)}; median {np.median(ratios):.2f} of what was run"
    outside = 1.0 - inside / len(FLEETS)
    return CheckOutcome(inside, len(FLEETS), deviation=outside, reason=reason)
