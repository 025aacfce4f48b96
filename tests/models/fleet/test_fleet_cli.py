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
    cut = ("--curtail", "0.5", "--at", "10 s", "--during", "10 s", "--metered", "5 s")
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
        "--metered",
        "5 s",
        "--json",
    )
    told = json.loads(out)
    assert (code, told["worst_ratio"] <= 1) == (0, True)
    assert told["cap_w"] == pytest.approx(0.5 * told["drawn_w"])


SIZE = ("--bucket", "5 s")
CUT = (
    *("--replicas", "8", "--at", "10 s", "--during", "10 s", "--metered", "5 s"),
    *(*SIZE, "--json"),
)


@pytest.mark.parametrize("share", ["20%", "0.2"])
def test_failures_happen_under_a_cut_too(
    trace: str, capsys: pytest.CaptureFixture[str], share: str
) -> None:
    """Base and cut lose the same replicas; without failures neither does."""
    failing = ("--failures", "10 s", "--repair", "5 s")
    plain = json.loads(run(capsys, trace, *CUT, "--curtail", share)[1])
    failed = json.loads(run(capsys, trace, *CUT, "--curtail", share, *failing)[1])
    for side in ("base", "cut"):
        assert plain[side]["evicted"] == 0 or side == "cut"
        assert failed[side]["evicted"] > plain[side]["evicted"]


def test_the_hint_holds_when_it_is_followed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Prompts so long that half a second cannot be kept: what is proposed can, nothing is proposed
    stricter than was promised.
    """
    path = tmp_path / "long.csv"
    rows = [f"{i * 0.5},{30_000 if i % 7 == 0 else 500},{20 + i % 30}" for i in range(400)]
    path.write_text("timestamp,input_tokens,output_tokens\n" + "\n".join(rows))
    assert main(["fleet", str(path), "--ttft", "0.5 s", "--tpot", "9 ms"]) == 4
    words = capsys.readouterr().err
    told = re.search(r"Promise ttft ([\d.]+) s and tpot ([\d.]+) s", words)
    assert told is not None
    ttft, tpot = (float(figure) for figure in told.groups())
    assert ttft >= 0.5
    assert tpot >= 0.009
    assert run(capsys, str(path), "--ttft", f"{ttft} s", "--tpot", f"{tpot} s")[0] == 0


def test_requests_are_made_up_without_a_trace(capsys: pytest.CaptureFixture[str]) -> None:
    made = ("--rate", "8", "--requests", "500", "--input", "lognormal 600 0.8", "--output", "50")
    told = json.loads(run(capsys, *made, "--replicas", "1", "--json")[1])
    assert (told["requests"], told["output_tokens"]) == (500, 25_000)
    assert told["trace"] == "synthetic"


def test_a_closed_loop_holds_so_many_users(trace: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Twice the users wait longer, and everything is served."""
    means = []
    for users in ("8", "64"):
        told = json.loads(run(capsys, trace, "--replicas", "1", "--users", users, "--json")[1])
        assert told["finished"] == 600
        means.append(told["e2e"]["mean"])
    assert means[1] > 1.5 * means[0]


def test_a_closed_loop_needs_neither_trace_nor_rate(capsys: pytest.CaptureFixture[str]) -> None:
    """So many users are served whatever the rate would have been."""
    loop = ("--users", "12", "--requests", "400", "--output", "50", "--replicas", "1", "--json")
    alone, fast = (json.loads(run(capsys, *loop, *more)[1]) for more in ((), ("--rate", "900")))
    assert alone["requests"] == 400
    assert alone["e2e"]["mean"] == pytest.approx(fast["e2e"]["mean"])


def test_classes_are_served_in_their_order(trace: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(
        run(
            capsys, trace, "--replicas", "1", "--json", "--speed", "20",
            *("--class", "paid 30% ttft=1s", "--class", "trial 20% refuse_at=10"),
        )[1]
    )  # fmt: skip
    paid, trial, others = told["classes"]
    assert [c["name"] for c in told["classes"]] == ["paid", "trial", "others"]
    assert paid["requests"] == pytest.approx(180, abs=40)
    assert paid["ttft"]["mean"] < others["ttft"]["mean"]
    assert trial["shed_share"] > 0


def test_the_first_minutes_may_be_left_out(trace: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(run(capsys, trace, "--replicas", "2", "--skip", "10 s", "--json")[1])
    assert told["requests"] == 400


def test_oversize_requests_are_refused_with_their_line_or_shed_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One beyond the model's context, in line 3; one beyond the KV of the replica."""
    path = tmp_path / "long.csv"
    path.write_text(
        "timestamp,input_tokens,output_tokens\n0,500,100\n1,200000,100\n2,500,10\n3,9000,1\n"
    )
    assert main(["fleet", str(path), "--replicas", "1"]) == 2
    assert re.search(r"long.csv:3.*131,072", capsys.readouterr().err)
    shed = (str(path), "--replicas", "1", "--oversize", "shed", "--json")
    told = json.loads(run(capsys, *shed)[1])
    assert (told["requests"], told["oversize"]) == (3, 1)
    assert "1 requests of more than 131,072 tokens" in told["notes"][0]
    assert json.loads(run(capsys, *shed, "--kv", "8000")[1])["oversize"] == 2


def test_pools_apart_have_their_own_tables_and_a_link(
    trace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Over 0.1 GB/s a prompt's 128 kB a token take longer than over 50 GB/s."""
    apart = (trace, "--replicas", "1", "--decode-replicas", "1", "--json")
    tables = ("--table", "llama-3.1-8b.h100.fp8.trtllm.tp1", "--decode-table",
              "llama-3.1-8b.h100.fp8.trtllm.tp2")  # fmt: skip
    slow, fast = (
        json.loads(run(capsys, *apart, *tables, "--kv-link", link)[1])
        for link in ("0.1 GB/s", "50 GB/s")
    )
    assert [pool["table"][-3:] for pool in slow["pools"]] == ["tp1", "tp2"]
    assert slow["tpot"]["mean"] > 1.2 * fast["tpot"]["mean"]


def test_a_draft_shortens_the_time_per_token(
    trace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, drafted = (
        json.loads(run(capsys, trace, "--replicas", "4", "--json", *words)[1])
        for words in ((), ("--proposed", "3", "--accepted", "2.5"))
    )
    assert drafted["tpot"]["p50"] < 0.6 * plain["tpot"]["p50"]
    assert drafted["pools"][0]["table"].endswith("+draft")


def test_host_time_is_added_to_every_step(trace: str, capsys: pytest.CaptureFixture[str]) -> None:
    plain, slowed = (
        json.loads(run(capsys, trace, "--replicas", "4", "--json", *words)[1])
        for words in ((), ("--overhead", "3 ms"))
    )
    gap = slowed["tpot"]["p50"] - plain["tpot"]["p50"]
    assert gap == pytest.approx(0.003, rel=0.35)
    assert slowed["itl"]["p50"] == pytest.approx(slowed["tpot"]["p50"], rel=0.1)


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
        ("--curtail", "much", "--replicas", "1"),
        ("--class", "paid"),
        ("--class", "paid 20% speed=3"),
        ("--class", "paid 20% ttft"),
        ("--class", "a 70%", "--class", "b 70%"),
        ("--class", "a -5%"),
        ("--class", "a 20%", "--class", "a 30% ttft=1s"),
        ("--class", "others 20%"),
        ("--users", "-3", "--replicas", "1"),
        ("--accepted", "2"),
        ("--proposed", "2", "--accepted", "4"),
        ("--decode-table", "llama-3.1-8b.h100.fp8.trtllm.tp1", "--replicas", "1"),
        ("--kv-link", "0 GB/s", "--replicas", "1", "--decode-replicas", "1"),
        ("--rate", "5"),
        ("--skip", "1 h", "--replicas", "1"),
        ("--columns", "a, b", "--replicas", "1"),
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


def test_neither_a_trace_nor_a_rate_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--replicas", "1")[0] == 2


def test_what_is_odd_about_a_trace_is_said_in_text_and_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "coarse.csv"
    rows = "".join(f"{i // 10},{50 + i % 300},{1 + i % 80}\n" for i in range(600))
    path.write_text("timestamp,input_tokens,output_tokens\n" + rows)
    assert "Note: 540 of 600 requests" in run(capsys, str(path), "--replicas", "1")[1]
    told = json.loads(run(capsys, str(path), "--replicas", "1", "--spread", "--json")[1])
    assert told["notes"] == []
