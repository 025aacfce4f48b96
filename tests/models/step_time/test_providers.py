"""Three providers of step tables, each telling who it is."""

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.models.step_time import aiconfigurator
from headrace.models.step_time.aiconfigurator import KernelQuery
from headrace.models.step_time.providers import step_table, tables_of
from headrace.models.step_time.roofline import Layout
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
