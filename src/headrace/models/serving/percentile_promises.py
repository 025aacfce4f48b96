"""From the 95th percentile that users are promised to the means that a serving point states, and
the load it may carry.

    mean TTFT <= p95 / (3.5 (1 + isl / 8000))          mean TPOT <= p95 / (1.1 + 16 / osl)

at a share of the point's rate of 0.95 (0.85 where the same replicas read prompts) over 1 + 0.35 osl
/ (isl + osl), with caches filled to 80 %. Answers spread: long ones keep their places and their
caches longer, so those met in a replica are longer than the mean. The numbers are a catalogue row
(`percentiles`), measured with the fleet simulator; docs/decisions/0051 tells how, and tests replay
offers request by request.
"""

from __future__ import annotations

import numpy as np

from headrace.core.catalogue import CatalogueRow, entry
from headrace.core.study import Promise as Written
from headrace.models.serving.operating_point import Frontier, ServicePromise, ServingPoint

NONE = float("inf")


def mean_promise(written: Written, isl: int, osl: int, cached: int = 0) -> ServicePromise:
    """The strictest means [s] that what is written asks for, for requests of `isl` and `osl`
    tokens, `cached` of the input held by a prefix cache. An answer of one token has no further
    ones, so nothing is asked of their time.
    """
    law = _law()
    ttft = law.value("ttft", "1") * (1.0 + isl / law.value("ttft_tokens", "1"))
    tpot = law.value("tpot", "1") + law.value("tpot_tokens", "1") / osl
    each = min(NONE if written.tpot is None else written.tpot, (written.tpot_p95 or NONE) / tpot)
    return ServicePromise(
        isl,
        osl,
        min(NONE if written.ttft is None else written.ttft, (written.ttft_p95 or NONE) / ttft),
        each if osl > 1 else NONE,
        cached,
    )


def percentiles(point: ServingPoint, isl: int, osl: int) -> tuple[float, float]:
    """95th percentiles [s] of time to first token and time per further token at which a point
    serves requests of `isl` and `osl` tokens, carrying its `load`: the law of `mean_promise`, read
    the other way.
    """
    law = _law()
    ttft = point.ttft * law.value("ttft", "1") * (1.0 + isl / law.value("ttft_tokens", "1"))
    return ttft, point.tpot * (law.value("tpot", "1") + law.value("tpot_tokens", "1") / osl)


def load(apart: bool, isl: int, osl: int) -> float:
    """Share of a point's rate that an open fleet may be asked for with its percentiles kept [1];
    apart: prompts read elsewhere.
    """
    law = _law()
    most = law.value("load_apart" if apart else "load_together", "1")
    return most / (1.0 + law.value("load_answers", "1") * osl / (isl + osl))


def best(found: Frontier) -> ServingPoint | None:
    """The point that carries most in an open fleet, of those that keep the (mean) promise and leave
    room in the caches.
    """
    keeps = found.keeps() & (found.fill <= _law().value("fill", "1"))
    if not keeps.any():
        return None
    asked = found.promise
    carried = found.tokens * np.where(
        found.apart, *(load(apart, asked.isl, asked.osl) for apart in (True, False))
    )
    return found.point(int(np.argmax(np.where(keeps, carried, -1.0))))


def nearest(found: Frontier, written: Written) -> tuple[float, str]:
    """How many times too slow the nearest point is [1] (above 1: no point keeps it), and the
    promise that it keeps, in words.
    """
    asked = found.promise
    late = np.maximum(found.ttft / asked.ttft, found.tpot / asked.tpot)
    roomy = np.where(found.fill <= _law().value("fill", "1"), late, np.inf)
    at = int(np.argmin(roomy if np.isfinite(roomy).any() else late))
    kept = []
    for name, mean, wanted in (
        ("ttft", found.ttft[at], asked.ttft),
        ("tpot", found.tpot[at], asked.tpot),
    ):
        percentile = getattr(written, f"{name}_p95")
        key, value = (
            (f"{name}_p95", percentile)
            if percentile is not None
            else (name, getattr(written, name))
        )
        if value is not None:
            milliseconds = 1e3 * float(value * max(1.0, mean / wanted))
            step = 10.0 ** (np.floor(np.log10(milliseconds)) - 2)  # rounded up to three digits
            kept.append(f"{key}: {np.ceil(milliseconds / step - 1e-9) * step:.4g} ms")
    return float(roomy[at]), ", ".join(kept)


def _law() -> CatalogueRow:
    return entry("models", "percentiles", "p95")
