"""Trace readers: one small sample of every public format, and no bad file that ends in anything but
an InputError.
"""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.models.fleet import read_trace
from headrace.models.fleet.readers import check_order, mooncake_row, seconds_of
from headrace.verification.registry import Skip, data_file

AZURE = """TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:15:46.6805900,374,44
2023-11-16 18:15:50.9951690,396,109
2023-11-16 18:15:51.2224670,879,55
"""
BURST = """Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type
5,ChatGPT,472,18,490,Conversation log
45,ChatGPT,1087,0,1087,Conversation log
118,GPT-4,417,276,693,API log
"""
SERVEGEN = "request_id,timestamp,input_tokens,output_tokens\n0,0.5,10,20\n1,0.75,30,40\n"
MOONCAKE = """{"timestamp": 1000, "input_length": 1000, "output_length": 5, "hash_ids": [7, 9]}
{"timestamp": 3500, "input_length": 1200, "output_length": 6, "hash_ids":[7,9,12345678901234567890]}
"""


def written(folder: Path, text: str, name: str = "trace.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_azure_keeps_tenths_of_microseconds(tmp_path: Path) -> None:
    found = read_trace(written(tmp_path, AZURE))
    assert found.arrival.tolist() == pytest.approx([0.0, 4.314579, 4.541877], abs=1e-9)
    assert found.input.tolist() == [374, 396, 879]
    assert found.output.tolist() == [44, 109, 55]


def test_burstgpt_failures_are_an_error_or_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, BURST)
    with pytest.raises(InputError, match="request 1: its answer is empty"):
        read_trace(path)
    found = read_trace(path, drop_empty=True)
    assert found.arrival.tolist() == [0.0, 113.0]
    assert found.input.tolist() == [472, 417]


def test_servegen_and_gzip(tmp_path: Path) -> None:
    path = tmp_path / "workload.csv.gz"
    path.write_bytes(gzip.compress(SERVEGEN.encode()))
    found = read_trace(path)
    assert (found.arrival.tolist(), found.output.tolist()) == ([0.0, 0.25], [20, 40])


def test_mooncake_blocks(tmp_path: Path) -> None:
    found = read_trace(written(tmp_path, MOONCAKE, "trace.jsonl"))
    assert found.arrival.tolist() == [0.0, 2.5]
    assert found.blocks is not None
    assert (found.blocks.pointer.tolist(), found.blocks.ids.tolist(), found.blocks.tokens) == (
        [0, 2, 5],
        [0, 1, 0, 1, 2],
        512,
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("a,b\n1,2\n", "columns a, b"),
        (AZURE + "2023-11-16 18:15:40,1,1\n", ":5.*before the one above"),
        (AZURE + "2023-11-16 18:15:59,x,1\n", ":5.*`x`"),
        (AZURE + "2023-11-16 18:15:59,1\n", ":5.*2 fields"),
        (AZURE + "never,1,1\n", "timestamp"),
        (AZURE + "2023-11-16 18:15:59,1.5,1\n", ":5.*1.5 tokens"),
        (AZURE + "2023-11-16 18:15:59,0,1\n", "prompt is empty"),
        (SERVEGEN.replace("0.5", "-0.5"), "negative timestamp"),
        (SERVEGEN.replace("0.5", "nan"), "no finite timestamp"),
        (SERVEGEN.replace("20", "1e30"), "whole number"),
        ("TIMESTAMP,ContextTokens,GeneratedTokens\n", "no request"),
        (MOONCAKE + "{}\n", ":3.*not a Mooncake"),
        (MOONCAKE + "[1]\n", ":3.*not a Mooncake"),
        (MOONCAKE + '{"timestamp": 1, "input_length": 1, "output_length": 1}\n', "before"),
        (MOONCAKE.replace("[7, 9]", '["a"]'), ":1.*hash_ids"),
    ],
)
def test_bad_files_say_where(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_trace(written(tmp_path, text))


def test_no_file_and_no_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_trace(tmp_path / "missing.csv")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\x01" * 9)
    with pytest.raises(InputError, match="readable"):
        read_trace(tmp_path / "binary.csv")
    (tmp_path / "broken.csv.gz").write_bytes(b"\x1f\x8b nonsense")
    with pytest.raises(InputError, match="no whole gzip"):
        read_trace(tmp_path / "broken.csv.gz")


CELLS = st.one_of(st.text(max_size=8), st.integers().map(str), st.floats().map(str))


@settings(max_examples=150, deadline=None)
@given(
    header=st.sampled_from([text.splitlines()[0] for text in (AZURE, BURST, SERVEGEN)]),
    rows=st.lists(st.lists(CELLS, max_size=7), max_size=5),
    drop=st.booleans(),
)
def test_any_csv_reads_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, header: str, rows: list[list[str]], drop: bool
) -> None:
    path = written(
        tmp_path_factory.mktemp("fuzz"), "\n".join([header, *(",".join(row) for row in rows)])
    )
    try:
        found = read_trace(path, drop_empty=drop)
    except InputError as refused:
        assert refused.problems
    else:
        assert len(found) >= 1
        assert (np.diff(found.arrival) >= 0).all()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["timestamp", "input_length", "hash_ids"]), inner)
    ),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(extra=JSON, key=st.sampled_from(["timestamp", "input_length", "output_length", "hash_ids"]))
def test_any_json_reads_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, extra: object, key: str
) -> None:
    row = {"timestamp": 5000, "input_length": 10, "output_length": 5, "hash_ids": [1]} | {
        key: extra
    }
    path = written(
        tmp_path_factory.mktemp("fuzz"), MOONCAKE + json.dumps(row) + "\n", "trace.jsonl"
    )
    try:
        assert len(read_trace(path)) == 3
    except InputError as refused:
        assert refused.problems


def test_published_traces() -> None:
    """The Azure conversation hour has 19,366 requests of mean length 1155/211; Mooncake's, 12,031,
    repeats 37 % of its blocks.
    """
    try:
        azure = read_trace(data_file("azure_llm_2023/AzureLLMInferenceTrace_conv.csv"))
        mooncake = read_trace(data_file("mooncake_fast25/conversation_trace.jsonl"))
    except Skip as why:
        pytest.skip(str(why))
    assert len(azure) == 19_366
    assert (azure.input.mean(), azure.output.mean()) == pytest.approx((1155, 211), rel=1e-3)
    assert len(mooncake) == 12_031
    assert mooncake.blocks is not None
    assert 1 - (mooncake.blocks.ids.max() + 1) / len(mooncake.blocks.ids) == pytest.approx(
        0.37, abs=0.005
    )


def test_dates_keep_their_hundred_nanoseconds() -> None:
    """A zone and a Z are dropped; what counts is the time since the first."""
    found = seconds_of(["2024-05-10 00:00:00.0000001+00:00", "2024-05-11T00:00:01.0000003Z"], "x")
    assert found.tolist() == pytest.approx([0.0, 86_401.0000002], abs=1e-12)
    with pytest.raises(InputError, match="YYYY-MM-DD"):
        seconds_of(["yesterday"], "x")
    with pytest.raises(InputError, match="no timestamp"):
        seconds_of(["2024-05-10", "NaT"], "x")


@pytest.mark.parametrize(
    ("arrival", "words"),
    [
        ([0.0, np.nan], "x:3: no finite timestamp"),
        ([-1.0, 0.0], "x:2: a negative timestamp"),
        ([0.0, 2.0, 1.0, 0.5], r"x:4: this row comes before the one above it \(2 such rows\)"),
    ],
)
def test_times_that_fall_are_named_by_their_line(arrival: list[float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        check_order(np.array(arrival), "x")


@pytest.mark.parametrize(
    "row",
    [
        [],
        {"timestamp": 1, "input_length": 2},
        {"timestamp": True, "input_length": 2, "output_length": 3},
        {"timestamp": 1, "input_length": "2", "output_length": 3},
        {"timestamp": 1, "input_length": 2, "output_length": 3, "hash_ids": 7},
        {"timestamp": 1, "input_length": 2, "output_length": 3, "hash_ids": ["a"]},
    ],
)
def test_what_is_no_mooncake_request(row: object) -> None:
    with pytest.raises((TypeError, KeyError)):
        mooncake_row(row)  # type: ignore[arg-type]


def test_a_mooncake_request_without_blocks() -> None:
    row: dict[str, object] = {"timestamp": 1, "input_length": 2, "output_length": 3}
    assert mooncake_row(row) == (1.0, 2.0, 3.0, [])
