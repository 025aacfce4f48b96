"""Serving: laws that hold whatever the numbers, and messages where nothing can hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.compute.accelerator import accelerator
from headrace.core.errors import HeadraceError, Infeasible, InputError
from headrace.models.architecture import language_model
from headrace.models.serving.frontier import fitting_deployments, frontier, serve
from headrace.models.serving.operating_point import ServicePromise
from headrace.models.step_time.speculation import Speculation


def test_the_point_keeps_its_promise_and_its_own_books():
    """tokens/s = requests/s x output tokens, inside its band."""
    promise = ServicePromise(1200, 300)
    point = serve("meta-llama/Llama-3.1-70B", "b200", "fp8", promise)
    assert point.ttft <= promise.ttft
    assert point.tpot <= promise.tpot
    assert point.requests_per_second * 300 == pytest.approx(point.tokens_per_second)
    assert point.band.low < point.tokens_per_second < point.band.high
    assert point.provider == "roofline"


def test_littles_law_holds_at_every_aggregated_point():
    """batch = requests/s of the replica x time in the system."""
    found = frontier("Qwen/Qwen3-32B", "h100", "fp8", ServicePromise(1200, 300))
    rate = found.tokens / 300 * found.tp * found.dp
    inside = rate * (found.ttft + found.tpot * 299)
    assert inside[~found.apart] == pytest.approx(found.batch[~found.apart])


def test_a_large_services_rate_is_inside_the_band():
    """DeepSeek-V3 on H800: 168e9 output tokens a day on 226.75 nodes of 8 are 1,072 a second each;
    21 tokens/s a user.
    """
    point = serve(
        "deepseek-ai/DeepSeek-V3",
        "h800",
        "fp8",
        ServicePromise(4384, 1211, 5.0, 1 / 21, prefix=2466),
    )
    assert point.disaggregated
    assert point.band.low < 168e9 / 86_400 / (226.75 * 8) < point.band.high


def test_a_tighter_promise_never_serves_more():
    rates = [
        serve(
            "Qwen/Qwen3-32B", "h100", "fp8", ServicePromise(1000, 300, 2.0, tpot)
        ).tokens_per_second
        for tpot in (0.015, 0.03, 0.06, 0.12)
    ]
    assert rates == sorted(rates)


def test_a_cached_prefix_never_hurts():
    plain = serve("Qwen/Qwen3-32B", "h100", "fp8", ServicePromise(4000, 300))
    cached = serve("Qwen/Qwen3-32B", "h100", "fp8", ServicePromise(4000, 300, prefix=3000))
    assert cached.tokens_per_second > plain.tokens_per_second


def test_nothing_on_the_frontier_overflows_memory():
    """Llama 3.1 70B in fp8 on 80 GB: 70.6 GB of weights leave one H100 about 1.4 GB, so no large
    batch fits on one.
    """
    found = frontier("meta-llama/Llama-3.1-70B", "h100", "fp8", ServicePromise(8000, 1000))
    assert found.batch[found.tp == 1].max(initial=0) <= 1


def test_impossible_promises_name_the_nearest():
    with pytest.raises(Infeasible, match="nearest: ttft") as caught:
        serve("meta-llama/Llama-3.1-405B", "h100", "fp8", ServicePromise(1000, 100, 0.01, 0.001))
    assert caught.value.clashes == ("ttft", "tpot")


def test_weights_that_do_not_fit_say_so():
    with pytest.raises(InputError, match="needs 406 GB for weights"):
        serve("meta-llama/Llama-3.1-405B", "rtx_4090", "fp8", ServicePromise(1000, 100))


@pytest.mark.parametrize(
    ("promise", "words"),
    [
        (ServicePromise(0, 10), "isl: 0 tokens"),
        (ServicePromise(10, 0), "osl: 0 tokens"),
        (ServicePromise(10, 10, -1.0), "ttft: -1"),
        (ServicePromise(10, 10, float("nan")), "ttft: nan"),
        (ServicePromise(10, 10, prefix=10), "10 cached tokens"),
    ],
)
def test_bad_requests_are_named(promise, words):
    with pytest.raises(InputError, match=words):
        serve("Qwen/Qwen3-8B", "h100", "fp8", promise)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["Qwen/Qwen3-8B", "deepseek-ai/DeepSeek-V3", "openai/gpt-oss-120b"]),
    st.sampled_from(["h100", "gb300", "mi355x", "tpu_v7", "trainium3", "gaudi3"]),
    st.integers(-5, 200_000),
    st.integers(-5, 50_000),
    st.floats(-1, 100),
    st.floats(-1, 10),
)
def test_any_request_gets_an_answer_or_a_word(model, chip, isl, osl, ttft, tpot):
    try:
        point = serve(model, chip, "fp8", ServicePromise(isl, osl, ttft, tpot))
    except HeadraceError:
        return
    assert 0 < point.tokens_per_second < 1e6
    assert 0 < point.busy_power < 10


def test_everything_that_fits_is_tried_and_takes_no_more_than_there_is():
    """A dense model is only spread by tensor; a mixture of experts over data-parallel ranks too."""
    promise = ServicePromise(1000, 300)
    part = accelerator("h100")
    dense, taken = fitting_deployments(language_model("Qwen/Qwen3-32B"), part, "fp8", promise)
    assert (dense.dp == 1).all()
    assert set(dense.tp) <= {1, 2, 4, 8, 16}
    assert ((taken > 0) & (taken <= 1)).all()
    experts, taken = fitting_deployments(
        language_model("deepseek-ai/DeepSeek-V3"), part, "fp8", promise
    )
    assert experts.dp.max() > 1
    assert (experts.accelerators <= 64).all()
    assert (experts.batch % experts.dp == 0).all()
    assert taken.max() <= 1


def test_a_longer_context_leaves_fewer_places():
    part, model = accelerator("h100"), language_model("Qwen/Qwen3-32B")
    short, long = (
        fitting_deployments(model, part, "fp8", ServicePromise(isl, 300))[0]
        for isl in (1000, 30_000)
    )
    for width in np.unique(long.tp):
        assert long.batch[long.tp == width].max() <= short.batch[short.tp == width].max()


ANY = ServicePromise(1000, 1000, 1e9, 1e9)


def speed_up(model, chip, how, requests):
    """Time per token without drafts over that with, where prompts are read apart, at the fewest and
    at about `requests` requests an accelerator of tp8 or tp1dp32.
    """
    plain, drafted = (frontier(model, chip, "fp8", ANY, speculation=s) for s in (None, how))
    moe = plain.model.experts > 0
    at = plain.apart & (plain.tp == (1 if moe else 8)) & (plain.dp == (32 if moe else 1))
    each = plain.batch[at] / (plain.tp * plain.dp)[at]
    ratio = (plain.tpot / drafted.tpot)[at]
    return ratio[0], float(np.interp(requests, each, ratio))


def test_a_draft_of_one_speeds_up_as_published():
    """DeepSeek-V3 (arXiv 2412.19437, 5.4.3): 1.8 times the tokens a second with 85 to 90 % of the
    second tokens accepted; the law is a little below, and never above what is accepted.
    """
    first, loaded = speed_up("deepseek-ai/DeepSeek-V3", "h800", Speculation(1, 1.87, 0.03), 10)
    assert first == pytest.approx(1.8, rel=0.1)
    assert loaded == pytest.approx(1.8, rel=0.12)


def test_drafts_cost_throughput_where_arithmetic_is_what_lacks():
    """Four tokens are worked on for 2.6: full batches lose."""
    first, loaded = speed_up("meta-llama/Llama-3.1-70B", "h100", Speculation(3, 2.6, 0.03), 60)
    assert 2.0 < first < 2.6
    assert loaded < 0.9


@given(proposed=st.integers(1, 8), share=st.floats(0.0, 1.0), draft=st.floats(0.0, 0.3))
@settings(max_examples=20)
def test_drafts_never_yield_more_than_is_accepted(proposed, share, draft):
    how = Speculation(proposed, 1.0 + share * proposed, draft)
    plain, drafted = (
        frontier("Qwen/Qwen3-32B", "h100", "fp8", ANY, speculation=s) for s in (None, how)
    )
    assert (drafted.tpot >= plain.tpot / how.accepted * (1 - 1e-9)).all()
    assert (drafted.ttft >= plain.ttft * (1 - 1e-9)).all()


def test_drafts_that_cannot_be_are_refused():
    with pytest.raises(InputError, match="accepted"):
        frontier("Qwen/Qwen3-32B", "h100", "fp8", ANY, speculation=Speculation(2, 3.5))
