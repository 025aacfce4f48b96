"""Times at the speed of light by hand, and laws of the formulas."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.compute.accelerator import accelerator, accelerators
from headrace.models.architecture import language_model
from headrace.models.step_time.roofline import (
    BYTES,
    Coefficients,
    Deployments,
    Layout,
    arithmetic,
    cache_bytes,
    joined_terms,
    rows_of,
    terms,
    times,
)

H100 = accelerator("h100")
DENSE = language_model("Qwen/Qwen3-32B")
EXPERTS = language_model("deepseek-ai/DeepSeek-V3")
LIGHT = Coefficients(1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0)
"""Costs of a machine without overhead."""


def deployment(tp=1.0, dp=1.0, batch=1.0, isl=1000.0, osl=200.0, disaggregated=0.0):
    row = (tp, dp, tp * dp, batch, isl, osl, tp * dp, dp, batch, disaggregated)
    return Deployments(*(np.array([float(value)]) for value in row))


def test_one_request_reads_every_weight_once():
    """A dense model in fp8 on one H100: bytes of weights over bandwidth, 2 FLOP a weight over the
    peak; reading is what binds.
    """
    found = terms(DENSE, H100, "fp8", "fp8", deployment())
    assert found.weights[0] == pytest.approx(DENSE.parameters / H100.bandwidth.to("B/s"))
    assert found.flop[0] == pytest.approx(2 * DENSE.active / H100.peak("fp8"))
    assert found.weights[0] > 10 * found.flop[0]
    assert found.reduce[0] == found.exchange[0] == found.joined[0] == 0.0


def test_the_cache_of_a_request_by_hand():
    """1,100 tokens on average of 2 x 8 heads x 128 x 64 layers bytes in fp8, over bandwidth."""
    found = terms(DENSE, H100, "fp8", "fp8", deployment())
    bytes_ = DENSE.kv_elements * 1100.0
    assert found.cache[0] == pytest.approx(bytes_ / H100.bandwidth.to("B/s"))
    assert found.need[0] == pytest.approx(DENSE.kv_elements * 1200.0)


def test_a_prompt_by_hand():
    """2 FLOP a weight and token, and attention over half the prompt on average."""
    found = terms(DENSE, H100, "fp8", "fp8", deployment())
    flop = 2 * DENSE.active * 1000 + DENSE.attention_flop(1000, 500)
    assert found.prompt[0] == pytest.approx(flop / H100.peak("fp8"))


def test_a_batch_touches_the_experts_it_must():
    """Weights of all but experts once a rank, experts as far as the batch touches them."""
    one, many = (terms(EXPERTS, H100, "fp8", "fp8", deployment(8, 1, b)) for b in (1, 1024))
    dense = EXPERTS.parameters - EXPERTS.expert_parameters
    for found, batch in ((one, 1), (many, 1024)):
        bytes_ = dense + EXPERTS.expert_parameters * EXPERTS.touched(batch)
        assert found.weights[0] == pytest.approx(bytes_ / 8 / H100.bandwidth.to("B/s"))


def test_four_bits_on_a_part_without_them_are_computed_in_bf16():
    small = terms(DENSE, H100, "fp4", "fp4", deployment())
    wide = terms(DENSE, H100, "bf16", "bf16", deployment())
    assert small.flop[0] == pytest.approx(wide.flop[0])
    assert small.weights[0] == pytest.approx(wide.weights[0] * BYTES["fp4"] / BYTES["bf16"])


def test_beyond_the_domain_tokens_travel_over_the_network():
    """Sixteen ranks on domains of eight: half of what each sends leaves it, over a slower link."""
    inside = terms(EXPERTS, H100, "fp8", "fp8", deployment(1, 8, 512))
    beyond = terms(EXPERTS, H100, "fp8", "fp8", deployment(1, 16, 1024))
    assert inside.exchange[0] > 0
    slower = 0.5 + 0.5 * H100.link.to("B/s") / H100.network.to("B/s")
    assert beyond.exchange[0] / inside.exchange[0] == pytest.approx(slower)


@given(
    st.sampled_from([1.0, 2.0, 4.0, 8.0]),
    st.integers(1, 512),
    st.integers(16, 30_000),
    st.integers(16, 5_000),
)
def test_more_work_never_takes_less_time(tp, batch, isl, osl):
    costs = Coefficients()
    base = times(terms(DENSE, H100, "fp8", "fp8", deployment(tp, 1, batch, isl, osl)), costs)
    more = times(terms(DENSE, H100, "fp8", "fp8", deployment(tp, 1, batch + 1, isl, osl)), costs)
    longer = times(terms(DENSE, H100, "fp8", "fp8", deployment(tp, 1, batch, isl + 9, osl)), costs)
    for name in ("decode", "prompt", "tpot"):
        assert getattr(more, name)[0] >= getattr(base, name)[0] * (1 - 1e-12)
        assert getattr(longer, name)[0] >= getattr(base, name)[0] * (1 - 1e-12)


def test_the_formulas_at_the_top_of_the_file_by_hand():
    """At the costs of light: decode = max(flop, weights) + cache; TPOT adds batch / osl prompts,
    none where prompts are read elsewhere; TTFT is the prompt.
    """
    together = terms(DENSE, H100, "fp8", "fp8", deployment(batch=20))
    found = times(together, replace(LIGHT, queue=1.0))
    decode = max(together.flop[0], together.weights[0]) + together.cache[0]
    assert found.decode[0] == pytest.approx(decode)
    assert found.tpot[0] == pytest.approx(decode + 20 / 200 * together.prompt[0])
    assert found.ttft[0] == pytest.approx(together.prompt[0])
    apart = times(terms(DENSE, H100, "fp8", "fp8", deployment(batch=20, disaggregated=1.0)), LIGHT)
    assert apart.tpot[0] == pytest.approx(decode)


def test_a_layer_takes_its_overhead():
    plain = terms(EXPERTS, H100, "fp8", "fp8", deployment(8))
    costs = replace(LIGHT, layer=1e-3, join=1e-4, expert=1e-5, link_cost=0.0)
    overhead = times(plain, costs).overhead[0]
    assert overhead == pytest.approx(EXPERTS.layers * (1e-3 + 1e-4 + 1e-5))


def test_a_latent_cache_is_copied_and_heads_are_split():
    """DeepSeek's latent stands on every rank; Qwen's eight heads are split eight ways and then
    copied.
    """
    widths = np.array([1.0, 8.0, 16.0])
    latent = cache_bytes(EXPERTS, "fp8", widths)
    assert latent.tolist() == [EXPERTS.kv_elements * w for w in widths]
    heads = cache_bytes(DENSE, "bf16", widths)
    assert heads.tolist() == [2 * DENSE.kv_elements * copies for copies in (1, 1, 2)]


@pytest.mark.parametrize("chip", accelerators(), ids=lambda chip: chip.key)
def test_weights_are_multiplied_in_their_format_or_in_bf16(chip):
    """Four-bit weights on a part without four-bit arithmetic are widened to bf16, not to fp8."""
    for stored, peak in (("fp8", chip.peak_fp8), ("fp4", chip.peak_fp4), ("int4", None)):
        assert arithmetic(chip, stored) == (stored if peak is not None else "bf16")
    assert arithmetic(chip, "bf16") == "bf16"
    assert chip.peak(arithmetic(chip, "fp4")) > 0


def test_blocks_are_joined_and_cut_in_order():
    one, two = (terms(DENSE, H100, "fp8", "fp8", deployment(batch=b)) for b in (1, 2))
    joined = joined_terms([one, two], np.array([1, 0]))
    assert joined.batch.tolist() == [2.0, 1.0]
    assert rows_of(joined, np.array([True, False])).batch.tolist() == [2.0]


def test_a_layout_counts_its_accelerators():
    assert Layout(4, 8).accelerators == 32
    assert deployment(4, 8).accelerators[0] == 32
