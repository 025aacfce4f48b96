"""Rows of InferenceX, made by hand in both of its forms."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.models.architecture import language_model
from headrace.models.step_time.inferencex import MODELS, parse_inferencex, why_left_out

RESULT = {
    "hw": "h200", "model": "Qwen/Qwen3-32B", "framework": "vllm", "precision": "FP8", "tp": 4,
    "ep": 1, "dp_attention": "false", "conc": 32, "isl": 1024, "osl": 1024, "disagg": "false",
    "is_multinode": "false", "spec_decoding": "none", "mean_ttft": 0.31, "mean_tpot": 0.0148,
    "tput_per_gpu": 980.0, "output_tput_per_gpu": 490.0,
}  # fmt: skip
ROW = {
    "id": 1, "hardware": "B200", "framework": "sglang", "model": "dsr1", "precision": "fp4",
    "spec_method": "none", "disagg": False, "is_multinode": False, "prefill_tp": 8, "decode_tp": 8,
    "decode_dp_attention": False, "num_prefill_gpu": 8, "num_decode_gpu": 8, "isl": 8192,
    "osl": 1024, "conc": 64, "benchmark_type": "single_turn", "date": "2026-07-01",
    "metrics": {"median_ttft": 1.2, "median_tpot": 0.021, "output_tput_per_gpu": 355.0},
}  # fmt: skip


ODD = st.none() | st.booleans() | st.floats() | st.sampled_from(["", "nan", "1e999", "-3", "x"])


def read(*rows, **how):
    return parse_inferencex(json.dumps(rows), "dump.json", **how)


def test_both_forms_are_load_points():
    one, other = read(RESULT, ROW).rows
    assert (one.model, one.system, one.precision) == ("Qwen/Qwen3-32B", "h200", "fp8")
    assert (one.accelerators, one.concurrency, one.ttft, one.tpot) == (4, 32, 0.31, 0.0148)
    assert (other.model, other.system) == ("deepseek-ai/DeepSeek-V3", "b200")
    assert (other.accelerators, other.isl, other.osl, other.tokens) == (8, 8192, 1024, 355.0)
    assert (other.ttft, other.tpot) == (1.2, 0.021)  # medians where there are no means


def test_a_row_a_line_is_read_too():
    text = "\n".join(json.dumps(row) for row in (RESULT, ROW)) + "\n\n"
    assert parse_inferencex(text, "dump.jsonl").rows == read(RESULT, ROW).rows


def test_short_names_are_keys_of_the_catalogue():
    assert all(language_model(key).key == key for key in MODELS.values())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"spec_decoding": "mtp"}, "draft models"),
        ({"disagg": True}, "prompts read apart"),
        ({"is_multinode": "true"}, "several servers"),
        ({"dp_attention": True}, "data-parallel attention"),
        ({"isl": None, "osl": None, "benchmark_type": "agentic_traces"}, "no fixed lengths"),
    ],
)
def test_what_the_law_does_not_describe_is_left_out_and_counted(change, reason):
    found = read(RESULT, {**RESULT, **change}, {**RESULT, **change})
    assert (len(found.rows), found.left_out) == (1, ((reason, 2),))
    assert why_left_out(RESULT) == ""


def test_one_framework_can_be_asked_for():
    found = read(RESULT, ROW, framework="SGLang")
    assert [row.system for row in found.rows] == ["b200"]
    assert found.left_out == (("another framework", 1),)


def test_every_bad_figure_of_every_row_is_named():
    bad = {**RESULT, "mean_tpot": -1.0, "conc": "many"}
    milliseconds = {**RESULT, "mean_ttft": 31_000.0, "hw": ""}
    with pytest.raises(InputError) as caught:
        read(RESULT, bad, milliseconds, {**RESULT, "osl": True})
    keys = [problem.where.key for problem in caught.value.problems]
    assert keys == [
        "row 2, conc", "row 2, mean_tpot or median_tpot", "row 3, hardware or hw",
        "row 3, mean_ttft or median_ttft", "row 4, osl",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "[]", "[1]", "{", "[{}]", '"x"', "[null]", "nan", "[" * 5000])
def test_what_is_no_dump_is_refused(text):
    with pytest.raises(InputError):
        parse_inferencex(text, "dump.json")


@given(st.dictionaries(st.sampled_from(sorted(RESULT)), ODD))
def test_no_row_breaks_the_reader(change):
    try:
        (row,) = read({**RESULT, **change}).rows
    except InputError:
        return
    assert min(row.tpot, row.ttft, row.tokens) > 0
    assert min(row.accelerators, row.isl, row.osl) >= 1
