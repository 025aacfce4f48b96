"""`headrace fleet` and its report."""

import json
import re
from pathlib import Path

import pytest
from tests.builders.pages import opened

from headrace.show.cli import main

ROWS = "".join(f"{i * 0.05},{50 + i % 300},{1 + i % 80}\n" for i in range(600))
TRACE = "timestamp,input_tokens,output_tokens\n" + ROWS


@pytest.fixture
def trace(tmp_path: Path) -> str:
    path = tmp_path / "trace.csv"
    path.write_text(TRACE)
    return str(path)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["fleet", *words])
    return code, capsys.readouterr().out


def test_one_json_object(trace: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(capsys, trace, "--replicas", "2", "--json")
    told = json.loads(out)
    assert (code, told["requests"], told["shed"], told["unserved"]) == (0, 600, 0, 0)
    assert told["ttft"]["p50"] <= told["ttft"]["p99"]


def test_it_finds_the_fewest_replicas(trace: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, trace)[0] == 0
    assert main(["fleet", trace, "--ttft", "1 ms"]) == 4
    assert re.search(r"Promise ttft 0\.\d+ s and tpot 0\.\d+ s", capsys.readouterr().err)


def test_reports_load_nothing_from_outside(
    trace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = tmp_path / "one.html", tmp_path / "two.html"
    assert run(capsys, trace, "--replicas", "2", "--bucket", "5 s", "--report", str(one))[0] == 0
    cut = ("--curtail", "0.5", "--at", "10 s", "--during", "10 s", "--bucket", "5 s")
    code, out = run(capsys, trace, "--replicas", "8", *cut, "--report", str(two))
    assert code == 0
    assert "p99 time to first token goes from" in out
    for page in (one.read_text(), two.read_text()):
        told = opened(page)
        assert len(told.data["charts"]) == 6
        assert told.markup.index("Time to first token") < told.markup.index("Figures")


def test_curtailment_as_json(trace: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(
        capsys,
        trace,
        "--replicas",
        "8",
        "--curtail",
        "0.5",
        "--at",
        "10 s",
        "--during",
        "10 s",
        "--bucket",
        "5 s",
        "--json",
    )
    told = json.loads(out)
    assert (code, told["worst_ratio"] <= 1) == (0, True)
    assert told["cap_w"] == pytest.approx(0.5 * told["drawn_w"])


@pytest.mark.parametrize(
    "words",
    [
        ("--replicas", "-1"),
        ("--speed", "0"),
        ("--warm-up", "3 kg"),
        ("--table", "llama-9"),
        ("--table", "missing.json"),
        ("--kv", "60", "--replicas", "1"),
        ("--cache", "5", "--replicas", "1"),
        ("--outstanding", "4"),
    ],
)
def test_bad_input_is_2(
    trace: str, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert run(capsys, trace, *words)[0] == 2


def test_a_broken_trace_is_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(TRACE + "0.1,5,5\n")
    assert run(capsys, str(path), "--json")[0] == 2
