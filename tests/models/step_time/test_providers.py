"""Three providers of step tables, each telling who it is."""

import numpy as np
import pytest

from headrace.compute.accelerator import accelerator
from headrace.core.catalogue import entry
from headrace.core.errors import InputError
from headrace.models.architecture import language_model
from headrace.models.step_time import aiconfigurator
from headrace.models.step_time.aiconfigurator import KernelQuery
from headrace.models.step_time.measured_deployments import DeploymentLabels
from headrace.models.step_time.providers import (
    decode_times,
    prompt_times,
    roofline_table,
    step_table,
    tables_of,
)
from headrace.models.step_time.roofline import Coefficients, Layout
from headrace.models.step_time.table import named_table, table_names


def test_about_sixty_pairs_are_shipped():
    tables = [named_table(name) for name in table_names()]
    assert len({(t.model, t.system, t.precision) for t in tables}) >= 60
    assert all(t.source and t.date for t in tables)


def test_times_grow_with_work():
    for table in tables_of("meta-llama/Llama-3.1-70B", "h100", "fp8"):
        times = [table.decode_time(batch, 2000) for batch in (1, 8, 64, 256)]
        assert times == sorted(times)
        assert table.prefill_time(4096) > table.prefill_time(512)


def test_any_vendor_has_a_table_with_a_band():
    table = step_table("meta-llama/Llama-3.1-70B", "mi300x", "fp8", Layout(2))
    assert table.provider == "roofline"
    assert table.band[0] < 1 < table.band[1]


def test_roofline_and_kernel_agree_within_their_bands():
    """Decode of Llama 3.1 70B on four H100, batch 64 at 2,048 tokens: within a factor of 1.5 of
    each other.
    """
    own = step_table("meta-llama/Llama-3.1-70B", "h100", "fp8", Layout(4), provider="roofline")
    theirs = step_table("meta-llama/Llama-3.1-70B", "h100", "fp8", Layout(4))
    assert theirs.provider == "kernel"
    assert own.decode_time(64, 2048) / theirs.decode_time(64, 2048) == pytest.approx(1.0, abs=0.5)


def test_what_does_not_fit_says_so():
    with pytest.raises(InputError, match="do not fit"):
        step_table("meta-llama/Llama-3.1-405B", "h100", "fp8", Layout(1))


@pytest.mark.skipif(not aiconfigurator.available(), reason="the extra `kernel` is not installed")
def test_the_data_base_refuses_in_words():
    with pytest.raises(InputError, match="no_such_system"):
        aiconfigurator.table(
            KernelQuery(
                "Qwen/Qwen3-8B", "Qwen/Qwen3-8B", "no_such_system", "trtllm", "fp8", Layout(1)
            )
        )


def test_linear_in_cache_fit_by_hand():
    """Steps that are exactly 1 ms + 2 ns a token at every batch come back as such, with no miss."""
    batches, contexts = np.meshgrid(aiconfigurator.BATCHES, aiconfigurator.CONTEXTS, indexing="ij")
    fixed, per_kv, miss = aiconfigurator.decode_lines(1e-3 + 2e-9 * batches * contexts)
    assert fixed == pytest.approx(np.full(len(fixed), 1e-3))
    assert per_kv == pytest.approx(np.full(len(per_kv), 2e-9))
    assert miss < 1e-9


def test_a_decode_step_reads_its_cache_by_hand():
    """From 256 to 4,096 cached tokens a request the roofline's table grows by what it says a token
    costs.
    """
    model, chip = language_model("Qwen/Qwen3-8B"), accelerator("h100")
    table = roofline_table(model, chip, "fp8", Layout())
    labels = DeploymentLabels(model.key, chip.key, "", "fp8")
    slow = 1.0 / entry("models", "software", chip.vendor).value("factor", "1")
    short, long = (
        slow * decode_times(model, chip, "fp8", Layout(), labels, context)
        for context in (256.0, 4096.0)
    )
    grown = table.per_kv * table.batches * (4096 - 256)
    assert grown == pytest.approx(np.maximum(long - short, 0.0))


def test_a_prompt_costs_its_arithmetic_and_its_layers():
    """Well beyond the weights' time, twice the tokens take twice the time but for the layers."""
    model, chip = language_model("Qwen/Qwen3-8B"), accelerator("h100")
    costs = Coefficients(prefill_cost=2.0, layer=1e-5)
    shared, attention = prompt_times(model, chip, "fp8", Layout(), costs)
    at = {int(n): t for n, t in zip(aiconfigurator.TOKENS, shared)}
    layers = model.layers * 1e-5
    assert at[8192] - layers == pytest.approx(2 * (at[4096] - layers))
    assert at[8192] - layers == pytest.approx(2 * model.active * 8192 * 2.0 / chip.peak("fp8"))
    assert (np.diff(attention, axis=0) > 0).all()
    assert (np.diff(attention, axis=1) > 0).all()


@pytest.mark.parametrize(("precision", "bytes_"), [("bf16", 2.0), ("fp8", 1.0)])
def test_the_shortest_prompt_still_reads_every_weight(precision, bytes_):
    """One token: 2 bytes a weight in bf16 and 1 in fp8 over the bandwidth, and the layers."""
    model, chip = language_model("Qwen/Qwen3-8B"), accelerator("h100")
    costs = Coefficients(weight_cost=1.0, layer=1e-5)
    shared, _ = prompt_times(model, chip, precision, Layout(), costs)
    reading = model.active * bytes_ / chip.bandwidth.to("B/s")
    assert shared[0] == pytest.approx(reading + model.layers * 1e-5)
