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
from headrace.models.fleet.traces import read
from headrace.models.fleet.traces.read import check_order, text_of
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
    with pytest.raises(InputError, match=r"trace.csv:3: its answer is empty.*--drop-empty"):
        read_trace(path)
    found = read_trace(path, drop_empty=True)
    assert (found.dropped, found.notes[0][:6]) == (1, "1 rows")
    assert found.lines.tolist() == [2, 4]
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
        (SERVEGEN.replace("20", "1e30"), ":2.*whole number"),
        (SERVEGEN.replace("20", "-3"), ":2.*-3 tokens"),
        (SERVEGEN + "2,0.8,1,2,3\n", ":4: 5 fields"),
        (SERVEGEN + '2,0.8,1,"2\n', "not CSV"),
        ("TIMESTAMP,ContextTokens,GeneratedTokens\n", "no request"),
        (MOONCAKE + "{}\n", ":3.*not a request"),
        (MOONCAKE + "[1]\n", ":3.*not a request"),
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
    row: dict[str, object] = {"timestamp": 5000, "input_length": 10, "output_length": 5}
    row |= {"hash_ids": [1]} | {key: extra}
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


@pytest.mark.parametrize(
    ("arrival", "words"),
    [
        ([0.0, np.nan], "x:8: no finite timestamp"),
        ([0.0, 2.0, 1.0, 0.5], r"x:9: this row comes before the one above it \(2 such rows\)"),
    ],
)
def test_times_that_fall_are_named_by_their_line(arrival: list[float], words: str) -> None:
    """Lines are those of the file, whatever was left out above them."""
    with pytest.raises(InputError, match=words):
        check_order(np.array(arrival), np.array([2, 8, 9, 10]), "x")


def test_vidur_and_own_columns(tmp_path: Path) -> None:
    vidur = "arrived_at,num_prefill_tokens,num_decode_tokens\n0.0,374,44\n4.3,396,109\n"
    splitwise = "Time,PromptTokenCount,CompletionTokenCount,Date\n0.0,374,44,x\n4.3,396,109,x\n"
    own = "when,in,out\n2000,374,44\n6300,396,109\n"
    found = [
        read_trace(written(tmp_path, vidur)),
        read_trace(written(tmp_path, splitwise)),
        read_trace(written(tmp_path, own), columns=("when", "IN", "out"), unit="ms"),
    ]
    for each in found:
        assert each.arrival.tolist() == pytest.approx([0.0, 4.3])
        assert (each.input.tolist(), each.output.tolist()) == ([374, 396], [44, 109])
    with pytest.raises(InputError, match="no column answer"):
        read_trace(written(tmp_path, own), columns=("when", "in", "answer"))
    with pytest.raises(InputError, match="2 names"):
        read_trace(written(tmp_path, own), columns=("when", "in"))


def test_quoted_fields_hold_commas_and_quotes(tmp_path: Path) -> None:
    """BurstGPT 3 names models and sessions; a comma in quotes does not end a field."""
    text = (
        "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log\n"
        "5,1,2.0,ChatGPT,472,18,490,Conversation log\n"
        '45,"1,2",2.0,"GPT ""4"", turbo",100,18,118,API log\n'
    )
    found = read_trace(written(tmp_path, text))
    assert (found.arrival.tolist(), found.input.tolist()) == ([0.0, 40.0], [472, 100])


def test_a_pack_of_nothing_but_zeros_stays_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a gzipped file unpacks to is bounded before it is kept."""
    from headrace.models.fleet.traces import read

    monkeypatch.setattr(read, "MOST_BYTES", 1000)
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"0" * 5000))
    with pytest.raises(InputError, match="more than 1,000 bytes"):
        text_of(path)


@pytest.mark.parametrize(
    ("options", "words"), [({"unit": "min"}, "--unit"), ({"block": -1}, "--block")]
)
def test_options_that_cannot_be(tmp_path: Path, options: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_trace(written(tmp_path, SERVEGEN), **options)


@pytest.mark.parametrize("between", [";", "\t"])
def test_fields_may_be_parted_by_semicolons_and_tabs(tmp_path, between):
    text = SERVEGEN.replace(",", between)
    plain, other = (read_trace(written(tmp_path, each)) for each in (SERVEGEN, text))
    np.testing.assert_array_equal(plain.arrival, other.arrival)
    np.testing.assert_array_equal(plain.input, other.input)
    np.testing.assert_array_equal(plain.output, other.output)


def test_a_packed_file_without_a_line_break_is_refused_before_it_is_split(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"0" * 3_000_000))
    monkeypatch.setattr(read, "read_csv", lambda *_: pytest.fail("it was split"))
    with pytest.raises(InputError, match="first line of more than 1,000,000 characters"):
        read.read_trace(path)
