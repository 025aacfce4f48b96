"""Offers keep what users are promised: each is replayed request by request, at the load and on the
fleet that it stands for.
"""

import re

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.core.study import Model, Product
from headrace.core.study import Promise as Written
from headrace.models.fleet import replay
from headrace.models.fleet.deployment import deployed, requests
from headrace.models.serving import percentile_promises
from headrace.models.serving.operating_point import ServicePromise
from headrace.models.serving.product_rate import offer, refuse_impossible, serving_point

ACCELERATORS = 1000.0
LARGE = Model(shape="deepseek-ai/DeepSeek-V3", precision="fp8")
MODELS = (
    LARGE,
    Model(shape="meta-llama/Llama-3.1-70B", precision="fp8"),
    Model(shape="Qwen/Qwen3-32B", precision="fp8"),
    Model(shape="meta-llama/Llama-3.1-8B", precision="bf16"),
    Model(shape="openai/gpt-oss-120b", precision="fp8"),
)
CHIPS = ("h100", "b200", "gb300", "mi355x")
LENGTHS = ((1200, 300), (4000, 1000), (200, 50), (8000, 200), (500, 2000))
PROMISES = ((2.0, 0.05), (10.0, 0.1), (0.5, 0.02))
EMBEDDED = [
    (LARGE, chip, *kind)
    for chip in ("b200", "gb300")
    for kind in ((1200, 300, 2.0, 0.05), (4000, 1000, 10.0, 0.1))
]
OTHERS = [
    (MODELS[1], "mi355x", 200, 50, 0.5, 0.02),
    (MODELS[2], "h100", 500, 2000, 10.0, 0.1),
    (MODELS[3], "h100", 500, 2000, 2.0, 0.05),
    (MODELS[3], "b200", 500, 2000, 10.0, 0.1),
    (MODELS[4], "b200", 8000, 200, 2.0, 0.05),
]


def product(isl: int, osl: int, ttft: float, tpot: float) -> Product:
    promise = {"ttft_p95": f"{ttft} s", "tpot_p95": f"{tpot} s"}
    return Product(
        model="m", isl=isl, osl=osl, promise=promise, demand="1 Gtok/h", price="1 USD/Mtok"
    )


def kept(
    model: Model, chip: str, isl: int, osl: int, ttft: float, tpot: float
) -> tuple[float, float, float] | None:
    """p95 of TTFT and TPOT over the promise, and the share of requests finished; None where there
    is no offer.
    """
    point = serving_point(product(isl, osl, ttft, tpot), model, chip)
    if point is None:
        return None
    promise = ServicePromise(isl, osl, ttft, tpot)
    rate = (
        percentile_promises.load(point.disaggregated, isl, osl)
        * point.requests_per_second
        * ACCELERATORS
    )
    # the second half is steady, and is judged
    seconds = max(3.0 * osl * tpot + 5.0 * ttft, min(120.0, 60_000 / rate))
    trace = requests(rate, seconds, promise)
    found = replay(trace, deployed(point, promise, ACCELERATORS))
    late = trace.arrival > seconds / 2
    slow, slow_each = (
        np.percentile(found.ttft[late], 95),
        np.percentile(found.tpot[late & (trace.output > 1)], 95),
    )
    return float(slow / ttft), float(slow_each / tpot), float(found.finished.mean())


@pytest.mark.parametrize(
    "case", EMBEDDED + OTHERS, ids=lambda c: f"{c[0].shape.split('/')[-1]}-{c[1]}-{c[2]}-{c[3]}"
)
def test_the_percentiles_are_kept_at_the_offered_rate(case):
    found = kept(*case)
    assert found is not None
    assert found[0] <= 1.0
    assert found[1] <= 1.0
    assert found[2] == 1.0


@pytest.mark.slow
@pytest.mark.parametrize("chip", CHIPS)
@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.shape.split("/")[-1])
def test_every_offer_of_the_grid_keeps_its_percentiles(model, chip):
    """The whole grid that the catalogue row was measured on."""
    cases = [(model, chip, *at, *promise) for at in LENGTHS for promise in PROMISES]
    found = {case[1:]: kept(*case) for case in cases}
    broken = {
        case: value
        for case, value in found.items()
        if value is not None and not (max(value[:2]) <= 1.0 == value[2])
    }
    assert not broken
    assert sum(value is not None for value in found.values()) >= 10


@pytest.mark.parametrize("chip", ["h100", "b200"])
def test_an_offer_with_drafts_keeps_its_percentiles_too(chip):
    drafts = {"proposed": 3, "accepted": 2.4}
    model = Model(shape="Qwen/Qwen3-32B", precision="fp8", speculation=drafts)
    found = kept(model, chip, 1200, 300, 2.0, 0.02)
    assert found is not None
    assert max(found[:2]) <= 1.0 == found[2]
    made = offer(product(1200, 300, 2.0, 0.02), model, chip)
    assert "drafts of 3" in made.words
    plain = offer(product(1200, 300, 2.0, 0.02), MODELS[2], chip)
    assert made.rate > plain.rate
    # what a step yields is less sure than the law is
    assert made.high / made.low > plain.high / plain.low


def test_a_promise_in_seconds_is_kept_in_seconds():
    """The study's times are seconds, and so are those of the search."""
    point = serving_point(product(1200, 300, 2.0, 0.05), LARGE, "b200")
    assert point is not None
    assert point.ttft < 2.0 / 3.5
    assert point.tpot < 0.05 / 1.1


def test_a_looser_promise_offers_more_and_an_impossible_one_nothing():
    rates = [offer(product(1200, 300, 2.0, tpot), LARGE, "b200").rate for tpot in (0.03, 0.05, 0.1)]
    assert rates[0] < rates[1] < rates[2]
    assert offer(product(1200, 300, 2.0, 1e-4), LARGE, "b200") is None


def test_a_percentile_asks_more_than_a_mean():
    percentile = percentile_promises.mean_promise(
        Written(ttft_p95="1 s", tpot_p95="40 ms"), 1200, 300
    )
    mean = percentile_promises.mean_promise(Written(ttft="1 s", tpot="40 ms"), 1200, 300)
    assert (mean.ttft, mean.tpot) == pytest.approx((1.0, 0.04))
    assert percentile.ttft == pytest.approx(1.0 / (3.5 * 1.15))
    assert percentile.tpot == pytest.approx(0.04 / (1.1 + 16 / 300))


def test_the_stricter_of_mean_and_percentile_counts():
    found = percentile_promises.mean_promise(Written(ttft="10 ms", ttft_p95="1 s"), 1200, 300)
    assert found.ttft == pytest.approx(0.01)
    # what is not written is promised as ever
    assert found.tpot == pytest.approx(0.05 / (1.1 + 16 / 300))


def test_an_impossible_promise_is_answered_with_the_nearest_that_can_be_kept():
    """And what the message proposes is kept."""
    with pytest.raises(InputError, match="times too slow") as caught:
        refuse_impossible(product(1000, 300, 0.001, 0.001), LARGE, ("b200", "h100"))
    told = re.search(
        r"On (\w+) .*ttft_p95: ([\d.]+) ms, tpot_p95: ([\d.]+) ms", caught.value.problems[0].fix
    )
    assert told is not None
    again = product(1000, 300, float(told[2]) / 1e3, float(told[3]) / 1e3)
    refuse_impossible(again, LARGE, (told[1],))
    assert serving_point(again, LARGE, told[1]) is not None


def test_a_promise_that_one_accelerator_keeps_is_not_refused():
    refuse_impossible(product(1200, 300, 2.0, 0.05), LARGE, ("h100", "b200"))
