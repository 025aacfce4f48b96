"""Whole replicas: counts by hand, promises kept by a replay, layouts within limits."""

from dataclasses import replace
from math import ceil

import numpy as np
import pytest

from headrace.compute.accelerator import accelerator
from headrace.core.errors import Infeasible, InputError
from headrace.core.study import Measured
from headrace.models.serving import percentile_promises
from headrace.models.serving.frontier import corrected, frontier, serve
from headrace.models.serving.layout_limits import LayoutLimits, layout
from headrace.models.serving.operating_point import ServicePromise
from headrace.models.serving.whole_fleet import (
    fewest_whole,
    prompt_share,
    whole_counts,
    whole_fleet,
)
from headrace.models.step_time.roofline import Layout

L70, V3 = "meta-llama/Llama-3.1-70B", "deepseek-ai/DeepSeek-V3"
CHAT = ServicePromise(1000, 300, 0.5, 0.045)
TOGETHER = LayoutLimits(together=True)


def ways(model=L70, chip="h100", promise=CHAT, limits=TOGETHER, precision="fp8"):
    return frontier(model, chip, precision, promise, limits=limits)


@pytest.mark.parametrize("rate", [0.1, 3.0, 10.0, 400.0])
def test_replicas_are_the_rate_over_what_one_carries_rounded_up(rate):
    found = fewest_whole(ways(), rate)
    point, load = found.point, percentile_promises.load(False, 1000, 300)
    one = point.requests_per_second * point.accelerators * load
    assert found.replicas == ceil(rate / one)
    assert found.accelerators == found.replicas * point.accelerators
    assert found.carried == pytest.approx(found.replicas * one)
    assert found.busy == pytest.approx(rate / found.carried)
    assert found.servers == ceil(found.accelerators / 8)
    assert found.accelerators_low <= found.accelerators <= found.accelerators_high


@pytest.mark.parametrize("rate", [0.5, 10.0, 90.0])
def test_nothing_smaller_carries_the_rate(rate):
    """Every way that keeps the promise, counted one by one."""
    found = ways(limits=LayoutLimits())
    keeps = found.keeps() & (found.fill <= 0.8)
    counts = whole_counts(found, rate)
    least = counts.accelerators[keeps].min()
    chosen = fewest_whole(found, rate)
    assert chosen.accelerators == least
    assert (counts.carried[keeps] >= rate * (1 - 1e-9)).all()


def test_readers_and_decoders_are_whole_each():
    found = fewest_whole(ways(limits=LayoutLimits()), 10.0)
    assert found.readers >= 1
    reading = found.point.reading.layout.accelerators
    assert found.accelerators == found.replicas * found.point.accelerators + found.readers * reading
    assert 0 < found.prompt_share < 1


def test_one_more_carries_more_and_one_fewer_less():
    found = ways()
    chosen = fewest_whole(found, 60.0)
    at = int(
        np.flatnonzero(
            (found.tp == chosen.point.layout.tp)
            & (found.batch == chosen.point.batch)
            & ~found.apart
        )[0]
    )
    fewer, more = (
        whole_fleet(found, at, 60.0, replicas=chosen.replicas + step) for step in (-1, 1)
    )
    assert fewer.carried < 60.0 <= chosen.carried < more.carried
    assert (fewer.accelerators, more.accelerators) == (
        chosen.accelerators - chosen.point.accelerators,
        chosen.accelerators + chosen.point.accelerators,
    )
    assert fewer.busy == 1.0


def test_a_mean_promise_leaves_no_room_and_takes_no_more():
    found = ways()
    means, percentiles = (fewest_whole(found, 60.0, percentiles=p) for p in (False, True))
    assert means.accelerators <= percentiles.accelerators


def test_power_lies_between_idle_and_busy():
    found, part = fewest_whole(ways(), 30.0), accelerator("h100")
    idle = part.power_idle.to("kW/accelerator") * found.accelerators
    assert idle < found.power < found.point.busy_power * found.accelerators


def test_longer_prompts_have_the_larger_share_of_the_work():
    shares = []
    for isl in (200, 2000, 20_000):
        found = ways(promise=ServicePromise(isl, 300, 60.0, 1.0))
        shares.append(prompt_share(found, int(np.argmax(found.tokens))))
    assert shares[0] < shares[1] < shares[2] < 1


def test_what_cannot_be_kept_names_the_nearest():
    with pytest.raises(Infeasible, match="nearest: means of"):
        fewest_whole(ways(promise=ServicePromise(1000, 300, 0.5, 1e-5)), 1.0)
    for rate in (0.0, -1.0, float("nan")):
        with pytest.raises(InputError, match="--rate"):
            fewest_whole(ways(), rate)


def test_replicas_stay_within_a_server_where_that_is_asked():
    promise = ServicePromise(8192, 1024, 1e9, 1 / 30)
    wide = serve(V3, "mi300x", "fp8", promise)
    one = serve(V3, "mi300x", "fp8", promise, limits=LayoutLimits(one_server=True))
    alone = serve(V3, "mi300x", "fp8", promise, limits=LayoutLimits(True, True))
    assert wide.accelerators > 8 >= one.accelerators
    assert not alone.disaggregated
    assert alone.tokens_per_second <= one.tokens_per_second <= wide.tokens_per_second


def test_own_layouts_are_the_only_ones():
    found = ways(limits=LayoutLimits(layouts=(layout("tp2"), layout("tp8"))))
    assert set(found.tp) == {2.0, 8.0}
    assert layout("TP1-dp8") == Layout(1, 8)
    for wrong in ("tp0", "8", "tp4ep2", "tp999dp999", ""):
        with pytest.raises(InputError, match="--layout"):
            layout(wrong)
    with pytest.raises(InputError, match="within a server of 8"):
        ways(limits=LayoutLimits(one_server=True, layouts=(Layout(16),)))


def test_a_context_limits_a_request():
    with pytest.raises(InputError, match=r"at most 131,072, the context of Llama 3\.1 70B"):
        ways(promise=ServicePromise(131_000, 300, 9.0, 9.0))


def test_a_point_that_reads_apart_has_the_wider_band():
    """The best of many uncertain ways is taken for better than it is."""
    found = ways(limits=LayoutLimits())
    apart, together = (found.point(int(np.flatnonzero(found.apart == kind)[0])) for kind in (1, 0))
    width = [p.band.high / p.band.low for p in (apart, together)]
    assert width[0] == pytest.approx(width[1] * 1.2 / 0.45)


def test_own_measurements_replace_the_band():
    found = corrected(ways(), Measured(tpot=2.0, ttft=1.5, error=0.05))
    plain = ways()
    assert found.tpot == pytest.approx(2 * plain.tpot)
    assert found.ttft == pytest.approx(1.5 * plain.ttft)
    assert found.tokens == pytest.approx(plain.tokens / 2)
    point = found.point(0)
    assert (point.provider, point.band.high / point.tokens_per_second) == (
        "measured",
        pytest.approx(1.08),
    )


@pytest.mark.parametrize("form", ["fp4", "int4"])
def test_weights_only_formats_read_fewer_bytes(form):
    """One request at a time a step reads weights: a quarter of bf16's bytes are faster, the
    arithmetic the same.
    """
    small = ServicePromise(100, 100, 9.0, 9.0)
    plain, narrow = (
        frontier(L70, "h100", precision, small, limits=LayoutLimits(layouts=(Layout(8),)))
        for precision in ("bf16", form)
    )
    assert narrow.tpot[0] < plain.tpot[0]
    with pytest.raises(InputError, match="GB for weights"):
        frontier(L70, "rtx_4090", "bf16", small, limits=LayoutLimits(layouts=(Layout(4),)))
    held = frontier(L70, "rtx_4090", form, small, limits=LayoutLimits(layouts=(Layout(4),)))
    assert len(held.tp) > 0
    assert replace(held.promise, isl=1).isl == 1
