"""Published frontier points that are in no table the law was fitted on, beside `serve`'s choice.

Output tokens a second and accelerator at a speed that one user sees; InferenceX and vendors' posts
of March to July 2026, read as output = total x osl / (isl + osl); two from cost over price; MLPerf
Inference v6.0 Llama 3.1 8B with assumed mean lengths. InferenceX points on NVIDIA parts may use
draft models; on MI300X and MI325X they are single servers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.models.serving.frontier import frontier
from headrace.models.serving.layout_limits import LayoutLimits
from headrace.models.serving.operating_point import ServicePromise, ServingPoint
from headrace.models.step_time.roofline import Format
from headrace.verification.registry import CheckOutcome, check

V3, L70 = "deepseek-ai/DeepSeek-V3", "meta-llama/Llama-3.1-70B"
KIMI, M25 = "moonshotai/Kimi-K2.5", "MiniMaxAI/MiniMax-M2.5"


@dataclass(frozen=True)
class PublishedPoint:
    """tokens: output tokens per second and accelerator at `user` tokens per second of one user."""

    model: str
    chip: str
    form: Format
    isl: int
    osl: int
    user: float
    tokens: float


PUBLISHED = (
    *(PublishedPoint(V3, "mi300x", "fp8", 8192, 1024, *p) for p in ((23, 81), (32, 67), (42, 45))),
    *(PublishedPoint(V3, "mi325x", "fp8", 8192, 1024, *p) for p in ((25, 95), (44, 51))),
    PublishedPoint("openai/gpt-oss-120b", "mi325x", "fp4", 1024, 1024, 72, 999),
    *(PublishedPoint(M25, "mi355x", "fp8", 1024, 1024, *p) for p in ((42, 1845), (68, 579))),
    PublishedPoint(M25, "mi355x", "fp4", 1024, 1024, 42, 2502),
    PublishedPoint(M25, "gb300", "fp8", 1024, 1024, 53, 2184),
    PublishedPoint(M25, "gb300", "fp4", 1024, 1024, 53, 6072),
    *(
        PublishedPoint(L70, "b200", "fp8", 1024, 1024, *p)
        for p in ((76, 2216), (108, 1372), (139, 456))
    ),
    PublishedPoint(L70, "b200", "fp4", 1024, 1024, 76, 2986),
    *(PublishedPoint(KIMI, "b200", "fp4", 8192, 1024, *p) for p in ((32, 430), (40, 391))),
    *(PublishedPoint(M25, "h100", "fp8", 8192, 1024, *p) for p in ((22, 334), (110, 54))),
    PublishedPoint("meta-llama/Llama-3.1-8B", "b200", "fp4", 778, 128, 1, 20_050),
)


def answer(published: PublishedPoint, limits: LayoutLimits) -> ServingPoint:
    """The best point at the published speed."""
    promise = ServicePromise(published.isl, published.osl, 1e9, 1.0 / published.user)
    found = frontier(published.model, published.chip, published.form, promise, limits=limits)
    return found.point(int(np.argmax(np.where(found.keeps(), found.tokens, -1.0))))


@check(
    "models.serving.published_frontier",
    what="Published frontier points inside the band of what is chosen",
    unit="points",
    tolerance=0.2,
    source="InferenceX and vendors' posts, March to July 2026; MLPerf Inference v6.0",
)
def published_frontier() -> CheckOutcome:
    """Share of points outside the band. The band of points that read apart was widened knowing
    seventeen of these; the reason tells how far the estimates themselves are off.
    """
    words = []
    counts = []
    for name, limits in (
        ("as it chooses", LayoutLimits()),
        ("within one server", LayoutLimits(one_server=True)),
        ("within one server, prompts not apart", LayoutLimits(one_server=True, together=True)),
    ):
        points = [(p, answer(p, limits)) for p in PUBLISHED]
        inside = sum(a.band.low <= p.tokens <= a.band.high for p, a in points)
        ratio = float(np.median([a.tokens_per_second / p.tokens for p, a in points]))
        counts.append(inside)
        words.append(f"{name} {inside} inside, median estimate {ratio:.2f} of published")
    outside = 1.0 - counts[0] / len(PUBLISHED)
    return CheckOutcome(counts[0], len(PUBLISHED), deviation=outside, reason="; ".join(words))
