"""The table of measured deployments, where the extra is installed: what is read and what is
refused.
"""

import csv

import numpy as np
import pytest

from headrace.models.step_time.measured_deployments import (
    labels_of,
    library_answers,
    linked,
    read,
    table_path,
)
from headrace.models.step_time.roofline import Coefficients, times


@pytest.fixture(scope="module")
def data():
    if table_path() is None:
        pytest.skip("the extra `kernel` is not installed")
    return read(table_path())


def test_every_priceable_row_is_read(data):
    """3,619 aggregated and 274 disaggregated rows have batch sizes."""
    assert len(data.row) == 3893
    assert int(data.terms.disaggregated.sum()) == 274


def test_every_row_is_priced(data):
    found = times(data.terms, Coefficients())
    assert np.isfinite(found.tpot).all()
    assert (found.tpot > 0).all()
    assert (found.ttft > 0).all()


def test_speed_of_light_is_never_beaten(data):
    """With every cost at 1 and no overhead, fewer than 2 % of the measured steps are faster
    (mixed-up widths in the table).
    """
    light = times(data.terms, Coefficients(1, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 0, 0))
    assert float((light.decode > data.tpot).mean()) < 0.02


def test_the_librarys_answers_are_those_published_in_the_study(data):
    """Asked the layouts that were run it answers about 71 % of the rows, with a mean error of
    24.5 % (TPOT) found in an independent run; asked those written, the error was 28.8 %.
    """
    line, _, tpot = library_answers()
    position = {int(i): j for j, i in enumerate(line)}
    error = [
        abs(tpot[position[int(r)]] / m - 1)
        for r, m in zip(data.row, data.tpot)
        if int(r) in position
    ]
    assert len(error) / len(data.row) == pytest.approx(0.71, abs=0.01)
    assert np.mean(error) == pytest.approx(0.245, abs=0.002)


WIDTHS = ("tp_size", "attention_dp_size", "moe_ep_size", "moe_tp_size", "batch_size")
SIDES = ("", "prefill_", "decode_")


def row(**cells):
    """A row of the table with nothing in it but what is told."""
    names = ("mode", "model_path", "system", "backend", "gemm_quant_mode", "moe_quant_mode")
    names += ("precision", "isl", "osl", "silicon_tpot_ms", "silicon_ttft_ms")
    names += tuple(f"{side}{width}" for side in SIDES for width in WIDTHS)
    names += ("prefill_num_workers", "decode_num_workers", "silicon_data_source")
    told = {
        "mode": "agg", "model_path": "Qwen/Qwen3-32B", "system": "h100_sxm", "backend": "vllm",
        "gemm_quant_mode": "fp8", "isl": "1000", "osl": "200", "tp_size": "4", "batch_size": "16",
        "silicon_tpot_ms": "20", "silicon_ttft_ms": "300",
    }  # fmt: skip
    return dict.fromkeys(names, "") | told | {name: str(value) for name, value in cells.items()}


def table_of(tmp_path, *rows):
    path = tmp_path / "silicon.csv"
    with path.open("w", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return read(path)


def test_a_row_by_hand(tmp_path):
    """Four ways tensor-parallel, sixteen requests: 20 ms a token, 300 ms to the first."""
    found = table_of(tmp_path, row())
    assert (found.tpot[0], found.ttft[0]) == pytest.approx((0.020, 0.300))
    assert (found.terms.tp[0], found.terms.dp[0], found.terms.batch[0]) == (4, 1, 16)
    assert found.labels[0].system == "h100"
    assert found.group == ("Qwen/Qwen3-32B|h100|vllm",)


def test_rows_without_batch_sizes_cannot_be_priced(tmp_path):
    apart = {"mode": "disagg", "batch_size": "", "prefill_tp_size": 2, "decode_tp_size": 8}
    found = table_of(
        tmp_path,
        row(batch_size=""),
        row(**apart, prefill_batch_size=1),
        row(**apart, decode_batch_size=64),
        row(**apart, prefill_batch_size=1, decode_batch_size=64, decode_num_workers=3),
    )
    assert found.row.tolist() == [3]
    assert (found.terms.tp[0], found.terms.batch[0]) == (8, 64)
    # three decoding workers of 64 stand behind one reading one prompt
    assert found.terms.ahead[0] == 3 * 64
    assert found.terms.disaggregated[0] == 1.0


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"tp_size": 8, "attention_dp_size": 8, "moe_ep_size": 64}, (1, 8, 8)),
        (
            {"tp_size": 1, "attention_dp_size": 64, "moe_tp_size": 8, "moe_ep_size": 8},
            (1, 8, 8),
        ),
        ({"tp_size": 2, "attention_dp_size": 4, "moe_ep_size": 8}, (2, 4, 8)),
        ({"tp_size": 0, "attention_dp_size": 0, "moe_ep_size": 0}, (1, 1, 1)),
    ],
)
def test_two_ways_of_counting_accelerators_twice_are_undone(tmp_path, written, meant):
    """Eight ranks are written as tp 8, dp 8, ep 64 by one export, as dp 64, moe 8 x 8 by another;
    the batch is concurrency over the dp as written.
    """
    model = {"model_path": "deepseek-ai/DeepSeek-R1", "moe_quant_mode": "fp8_block"}
    found = table_of(tmp_path, row(**model, **written, batch_size=4))
    assert (found.terms.tp[0], found.terms.dp[0], found.terms.ep[0]) == meant
    assert found.terms.batch[0] == 4 * max(1, written["attention_dp_size"])


def test_rows_keep_their_order_though_priced_by_model(tmp_path):
    small = {"model_path": "Qwen/Qwen3-8B", "tp_size": 1}
    found = table_of(tmp_path, row(), row(**small, batch_size=3), row(batch_size=32))
    assert found.terms.batch.tolist() == [16, 3, 32]
    assert [label.model for label in found.labels] == [
        "Qwen/Qwen3-32B",
        "Qwen/Qwen3-8B",
        "Qwen/Qwen3-32B",
    ]


@pytest.mark.parametrize(
    ("cells", "form"),
    [
        ({"gemm_quant_mode": "", "precision": "nvfp4"}, "fp4"),
        ({"gemm_quant_mode": "", "precision": ""}, "bf16"),
        ({"gemm_quant_mode": "fp8", "moe_quant_mode": "nvfp4"}, "fp8"),
        ({"model_path": "openai/gpt-oss-120b", "gemm_quant_mode": "bfloat16"}, "fp4"),
        (
            {"model_path": "nvidia/DeepSeek-R1-NVFP4", "gemm_quant_mode": "fp8"}
            | {"moe_quant_mode": "nvfp4"},
            "fp4",
        ),
    ],
)
def test_the_format_is_that_of_the_experts_where_there_are_any(cells, form):
    assert labels_of(row(**cells)).form == form


def test_keys_that_share_a_measurement_are_one_key():
    """a, b by the first measurement and b, c by the second: one chain. d stands alone."""
    found = linked(("a", "b", "b", "c", "d"), np.array([0, 0, 1, 1, 2]))
    assert len(set(found[:4])) == 1
    assert found[4] == "d"


def test_a_twin_under_another_name_stays_in_the_fold_of_its_twin(tmp_path):
    """V3 and R1 have one shape; the same times to six digits are the same measurement."""
    twin = {"silicon_tpot_ms": "21.1234567", "silicon_ttft_ms": "311.1234567", "tp_size": 8}
    found = table_of(
        tmp_path,
        row(model_path="deepseek-ai/DeepSeek-R1", **twin),
        row(model_path="deepseek-ai/DeepSeek-V3", **twin),
        row(model_path="deepseek-ai/DeepSeek-V3", tp_size=8),
    )
    assert found.deployment[0] == found.deployment[1] == found.deployment[2]
    assert found.configuration[0] == found.configuration[1]
    assert found.measurement[0] == found.measurement[1] != found.measurement[2]


def test_the_day_of_a_measurement_is_read_from_its_source(tmp_path):
    told = "db-dump/2026-04-27; measured=2026-04-17T00:00:00.000Z; image"
    found = table_of(tmp_path, row(silicon_data_source=told), row(silicon_data_source="MLPerf"))
    assert found.date == ("2026-04-17", "")
