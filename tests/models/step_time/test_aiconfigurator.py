"""The adapter to the kernel data base, with an engine of round numbers in its place."""

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.models.architecture import language_model
from headrace.models.step_time import aiconfigurator
from headrace.models.step_time.aiconfigurator import BATCHES, CHUNKS, CONTEXTS, PREFIXES, TOKENS
from headrace.models.step_time.roofline import Layout

QUERY = aiconfigurator.KernelQuery(
    "Qwen/Qwen3-32B", "Qwen/Qwen3-32B-FP8", "h100_sxm", "vllm", "fp8", Layout(4)
)


class RoundEngine:
    """A mixed step 1 ms and 1 us a token; decode 2 ms and 1 ns a cached token; attention 1 us a
    token, doubled by each 8,192 tokens before.
    """

    def mixed_step_breakdown(self, tokens, decoding, isl, osl):
        return [0.0, 1.0 + 1e-3 * tokens, 0.0]

    def decode_step_latency(self, batch, context, osl):
        return 2.0 + 1e-6 * batch * context

    def run_static_per_op(self, *, batch_size, isl, osl, prefix, mode):
        assert (batch_size, mode) == (1, "static_ctx")
        chunk = isl - prefix
        ops = [("context_attention", 1e-3 * chunk * (1 + prefix / 8192)), ("gemm", 5.0)]
        return ops, []


@pytest.fixture
def table(monkeypatch):
    monkeypatch.setattr(aiconfigurator, "_engine", lambda query: RoundEngine())
    return aiconfigurator.table(QUERY)


def test_the_engines_milliseconds_become_seconds(table):
    assert table.shared == pytest.approx(1e-3 + 1e-6 * TOKENS)
    assert table.fixed == pytest.approx(np.full(len(BATCHES), 2e-3))
    assert table.per_kv == pytest.approx(np.full(len(BATCHES), 1e-9))
    expected = 1e-6 * CHUNKS[:, None] * (1 + PREFIXES[None, :] / 8192)
    assert table.attention == pytest.approx(expected)


def test_the_table_says_what_it_is_of(table):
    assert table.name == "qwen3-32b.h100.fp8.vllm.tp4"
    assert (table.system, table.layout, table.accelerators) == ("h100", "tp4", 4)
    assert table.provider == "kernel"
    assert "within 0.0 %" in table.source
    assert table.kv_tokens > 0


def test_data_parallel_ranks_hold_as_many_times_the_batch(monkeypatch):
    monkeypatch.setattr(aiconfigurator, "_engine", lambda query: RoundEngine())
    model = "deepseek-ai/DeepSeek-V3"
    query = aiconfigurator.KernelQuery(model, model, "b200_sxm", "vllm", "fp8", Layout(1, 8))
    found = aiconfigurator.table(query)
    assert (found.batches == 8 * BATCHES).all()
    assert (found.tokens == 8 * TOKENS).all()
    assert found.per_kv == pytest.approx(np.full(len(BATCHES), 1e-9 / 8))
    assert found.layout == "tp1-dp8"


def test_what_the_library_throws_is_passed_on_in_its_words(monkeypatch):
    def broken(query):
        raise KeyError("no such system at /somewhere/else")

    monkeypatch.setattr(aiconfigurator, "_engine", broken)
    with pytest.raises(InputError, match="KeyError: 'no such system"):
        aiconfigurator.table(QUERY)


def test_a_look_up_is_made_once():
    asked = []
    known = aiconfigurator.remembered(lambda *args, **more: asked.append((args, more)) or 7)
    assert [known([1], a=2), known([1], a=2), known([2], a=2)] == [7, 7, 7]
    assert len(asked) == 2


def test_capacity_by_hand():
    """Nine tenths of 4 x 80 GB less 32.8 GB of fp8 weights, over 65,536 bytes a token."""
    model = language_model("Qwen/Qwen3-32B")
    found = aiconfigurator.capacity(model, 80e9, "fp8", Layout(4))
    assert found == pytest.approx((0.9 * 320e9 - model.parameters) / model.kv_elements)


def test_weights_of_attention_stand_on_every_rank():
    """Eight ranks keep eight copies of all but the experts."""
    model = language_model("deepseek-ai/DeepSeek-V3")
    dense = model.parameters - model.expert_parameters
    one, eight = (
        aiconfigurator.capacity(model, 192e9, "fp8", Layout(*w)) for w in ((8, 1), (1, 8))
    )
    cache_of_8, cache_of_1 = 8 * model.kv_elements, model.kv_elements
    assert one * cache_of_8 - eight * cache_of_1 == pytest.approx(7 * dense)


def test_lines_are_bounded_below():
    """Steps that fall with context give no negative time per token, nor one below half the
    least.
    """
    steps = np.tile(np.linspace(2e-3, 1e-3, len(CONTEXTS)), (len(BATCHES), 1))
    fixed, per_kv, miss = aiconfigurator.decode_lines(steps)
    assert (per_kv == 0).all()
    assert (fixed >= 0.5e-3).all()
    assert miss > 0.05
