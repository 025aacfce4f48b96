"""`headrace size`, `model` and `calibrate`, and `hr.size`."""

import itertools
import json

import pytest
from tests.builders.pages import opened

from headrace.api import rooms
from headrace.core.errors import InputError
from headrace.core.study_reader import parse_text, study_of
from headrace.show.cli import main

CHAT = ("--model", "meta-llama/Llama-3.1-70B", "--rate", "10")


def asked(capsys, *words):
    assert main(["size", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_ten_requests_a_second_of_a_70b_model(capsys):
    """aiconfigurator's `recommend` says four H100 for p95 promises of 2 s and 50 ms."""
    found = asked(capsys, *CHAT, "--accelerator", "h100")["options"][0]
    assert abs(found["accelerators"] - 4) <= 2
    assert found["accelerators_low"] <= found["accelerators"] <= found["accelerators_high"]
    assert found["carried"] >= 10
    cost = found["usd_per_mtok"]
    hour = found["usd_per_accelerator_hour"] * found["accelerators"]
    assert 0.036 * (1000 * cost["input"] + 300 * cost["output"]) == pytest.approx(hour)


def test_options_come_cheapest_first_and_say_what_must_be_known(capsys):
    parts = ("--accelerator", "h100", "--accelerator", "b200", "--accelerator", "mi300x")
    told = asked(capsys, *CHAT, *parts)["options"]
    costs = [option["usd_per_mtok"]["output"] for option in told]
    assert costs == sorted(costs)
    assert {option["accelerator"] for option in told} == {"h100", "b200", "mi300x"}
    assert all(option["remarks"] for option in told)


def test_a_replica_over_several_servers_is_said_beside_the_best_within_one(capsys):
    wide = ("--model", "deepseek-ai/DeepSeek-V3", "--accelerator", "mi300x", "--rate", "50",
            "--isl", "8192", "--osl", "1024", "--ttft", "1 h", "--tpot", "60 ms")  # fmt: skip
    told = asked(capsys, *wide)["options"][0]
    assert "within one server" in told["remarks"][0]
    alone = asked(capsys, *wide, "--one-server", "--no-disaggregation")["options"][0]
    assert alone["layout"] in ("tp1", "tp2", "tp4", "tp8", "tp1dp8", "tp2dp4", "tp4dp2", "tp1dp4")
    assert alone["accelerators"] >= told["accelerators"]
    assert "servers" not in alone["remarks"][0]


def test_rent_hours_and_cached_input_change_the_cost(capsys):
    base = (*CHAT, "--accelerator", "h100", "--isl", "4000")
    plain, cached = (
        asked(capsys, *base, *more)["options"][0] for more in ((), ("--cached", "50%"))
    )
    assert cached["accelerators"] <= plain["accelerators"]
    assert 0 < cached["usd_per_mtok"]["cached"] < cached["usd_per_mtok"]["input"]
    flat = asked(capsys, *base, "--hour", "2 USD/accelerator-h")["options"][0]
    assert flat["usd_per_accelerator_hour"] == 2.0
    rented = asked(capsys, *base, "--rented")["options"][0]
    assert rented["usd_per_accelerator_hour"] == pytest.approx(2.95)


STUDY = """
study: sized
horizon: {start: 2027-01, stages: [12 months], hours: {weeks: 1}}
sites:
  here: {weather: "tmy3:723170", grid: {limit: 9 MW, stands: 9 MW, energy: 60 USD/MWh},
      hall: {use: hall.ai, stands: 5 MW}}
accelerators: {mine: {like: b200, memory: 432 GB, price: 90 kUSD/accelerator}}
fleet: {may_buy: {a: h100, b: mine}}
models: {m: {shape: meta-llama/Llama-3.1-70B, measured: {a: {tpot: 1.2, error: 4 %}}}}
products:
  chat: {model: m, isl: 1000, osl: 300, demand: 0.0108 Gtok/h, price: 20 USD/Mtok}
"""


def test_a_product_of_a_study_is_sized_on_its_own_parts(tmp_path, capsys):
    """0.0108 Gtok/h of 300 tokens are 10 requests a second."""
    path = tmp_path / "study.yaml"
    path.write_text(STUDY)
    told = asked(capsys, "--study", str(path), "--product", "chat")
    assert told["rate"] == pytest.approx(10.0)
    options = {option["accelerator"]: option for option in told["options"]}
    assert options["a"]["provider"] == "measured"
    band = options["a"]["band"]
    assert band["high"] / band["low"] == pytest.approx(1.064**2)
    assert options["b"]["usd_per_accelerator_hour"] > options["a"]["usd_per_accelerator_hour"]
    assert main(["size", "--study", str(path), "--product", "chatt"]) == 2


def test_an_answer_of_one_token_has_no_time_per_token(capsys):
    words = (*CHAT[:2], "--rate", "5", "--accelerator", "h100", "--osl", "1")
    assert asked(capsys, *words)["options"][0]["carried"] >= 5
    assert main(["size", *words]) == 0
    assert " s, -" in capsys.readouterr().out


def test_a_frontier_is_told_and_drawn(tmp_path, capsys):
    page = tmp_path / "frontier.html"
    told = asked(capsys, *CHAT, "--accelerator", "h100", "--frontier", "--picture", str(page))
    points = told["frontier"]["h100"]
    assert all(a["tpot"] < b["tpot"] for a, b in itertools.pairwise(points))
    assert all(a["tokens"] < b["tokens"] for a, b in itertools.pairwise(points))
    (chart,) = opened(page.read_text()).data["charts"]
    assert len(chart["table"]["rows"]) == len(points)
    assert main(["size", *CHAT, "--accelerator", "h100", "--frontier"]) == 0
    assert "tok/s a user" in capsys.readouterr().out


def test_a_sized_fleet_keeps_its_percentiles_in_a_replay(capsys):
    told = asked(capsys, *CHAT, "--accelerator", "h100", "--replay")["replay"]
    assert told["finished"] == 1.0
    assert told["ttft_p95"] <= 2.0
    assert told["tpot_p95"] <= 0.05


def test_drafts_are_sized_as_asked_and_as_the_study_says(tmp_path, capsys):
    tight = (*CHAT, "--accelerator", "h100", "--tpot", "15 ms")
    plain = asked(capsys, *tight)["options"][0]
    told = asked(capsys, *tight, "--proposed", "3", "--accepted", "2.6")
    drafted = told["options"][0]
    assert drafted["accelerators"] < plain["accelerators"]
    assert "drafts of 3 yield 2.6" in told["asked"]
    assert any("measure it under load" in remark for remark in drafted["remarks"])
    path = tmp_path / "study.yaml"
    path.write_text(
        STUDY.replace("measured:", "speculation: {proposed: 3, accepted: 2.6}, measured:")
    )
    study = ("--study", str(path), "--product", "chat")
    assert "drafts of 3 yield 2.6" in asked(capsys, *study)["asked"]
    own = asked(capsys, *study, "--proposed", "2", "--accepted", "1.9")
    assert "drafts of 2 yield 1.9" in own["asked"]


def test_a_sized_fleet_with_drafts_keeps_its_percentiles_in_a_replay(capsys):
    words = ("--accelerator", "h100", "--tpot", "15 ms", "--proposed", "3", "--accepted", "2.6")
    told = asked(capsys, *CHAT, *words, "--replay")["replay"]
    assert told["finished"] == 1.0
    assert told["ttft_p95"] <= 2.0
    assert told["tpot_p95"] <= 0.015


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), 2),
        (("--model", "none", "--rate", "1", "--accelerator", "h100"), 2),
        ((*CHAT,), 2),
        ((*CHAT, "--accelerator", "h101"), 2),
        ((*CHAT, "--accelerator", "h100", "--layout", "x"), 2),
        ((*CHAT, "--accelerator", "h100", "--accepted", "2"), 2),
        ((*CHAT, "--accelerator", "h100", "--proposed", "2", "--accepted", "3.5"), 2),
        ((*CHAT, "--accelerator", "h100", "--cached", "100%"), 2),
        ((*CHAT, "--accelerator", "h100", "--pue", "0.5"), 2),
        ((*CHAT, "--accelerator", "h100", "--hour", "2 EUR"), 2),
        ((*CHAT, "--accelerator", "h100", "--isl", "200000"), 2),
        ((*CHAT, "--accelerator", "h100", "--tpot", "0.001 ms"), 4),
        ((*CHAT, "--product", "chat", "--accelerator", "h100"), 2),
    ],
)
def test_what_cannot_be_sized_is_told(words, code, capsys):
    assert main(["size", *words]) == code
    assert "error" in capsys.readouterr().err


def test_the_library_says_the_same(capsys):
    found = rooms.size(
        model="meta-llama/Llama-3.1-70B", accelerator=("h100", "b200"), rate=10.0, one_server=True
    )
    words = ("--accelerator", "h100", "--accelerator", "b200", "--one-server")
    told = asked(capsys, *CHAT, *words)["options"]
    assert found["accelerators"] == tuple(option["accelerators"] for option in told)
    assert found["output"] == tuple(option["usd_per_mtok"]["output"] for option in told)
    with pytest.raises(InputError, match="Did you mean `accelerator`"):
        rooms.size(model="meta-llama/Llama-3.1-70B", accelerators=("h100",), rate=10.0)


def test_a_models_lines_are_those_a_study_reads(tmp_path, capsys):
    config = tmp_path / "small" / "config.json"
    config.parent.mkdir()
    config.write_text(
        json.dumps(
            {
                "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
                "vocab_size": 128256, "num_key_value_heads": 8, "intermediate_size": 14336,
                "max_position_embeddings": 131072,
            }
        )
    )  # fmt: skip
    assert main(["model", str(config)]) == 0
    lines = capsys.readouterr().out
    text = STUDY.replace("fleet:", lines + "fleet:").replace("meta-llama/Llama-3.1-70B", "small")
    study = study_of(parse_text(text))
    assert study.shapes["small"].parameters == pytest.approx(8.03e9, rel=0.001)
    assert main(["model", str(config), "--name", "x", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "x"
    assert main(["model", str(tmp_path / "none.json")]) == 2


def test_measurements_become_the_lines_of_a_study(tmp_path, capsys):
    path = tmp_path / "points.csv"
    rows = [f"Qwen/Qwen3-32B,h200,fp8,4,1000,300,{n},{t},{p}" for n, t, p in (
        (1, 80, 11), (8, 120, 12), (32, 260, 15), (64, 420, 19), (128, 800, 28))]  # fmt: skip
    head = "model,system,precision,accelerators,isl,osl,concurrency,ttft_ms,tpot_ms\n"
    path.write_text(head + "\n".join(rows))
    assert main(["calibrate", str(path), "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["calibrations"]
    assert (told["points"], told["system"]) == (5, "h200")
    assert told["error"] < 0.25
    assert main(["calibrate", str(path)]) == 0
    assert "measured: {h200: {tpot:" in capsys.readouterr().out
    path.write_text(head + rows[0])
    assert main(["calibrate", str(path)]) == 2


def test_rows_of_inferencex_are_calibrated_and_what_is_left_out_is_said(tmp_path, capsys):
    path, rows = tmp_path / "dump.json", []
    for n, first, each in ((1, 0.08, 0.011), (8, 0.12, 0.012), (64, 0.42, 0.019)):
        figures = {"mean_ttft": first, "mean_tpot": each, "output_tput_per_gpu": 300.0}
        where = {"hw": "h200", "model": "Qwen/Qwen3-32B", "precision": "fp8", "tp": 4}
        rows.append({**where, "framework": "vllm", "isl": 1000, "osl": 300, "conc": n, **figures})
    drafts = {**rows[0], "spec_decoding": "mtp"}
    unknown = {**rows[0], "model": "nobody/knows"}
    path.write_text(json.dumps([*rows, drafts, unknown]))
    asked = ["calibrate", str(path), "--model", "Qwen/Qwen3-32B"]
    assert main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["points"] for each in told["calibrations"]] == [3]
    assert told["left_out"] == {"draft models": 1}
    assert main(asked) == 0
    assert "Left out: 1 rows, draft models." in capsys.readouterr().out
    assert main(["calibrate", str(path)]) == 2  # a model that nobody knows is not passed over
    assert main([*asked, "--accelerator", "b200"]) == 2
    assert "Qwen/Qwen3-32B on h200" in capsys.readouterr().err
    assert main([*asked, "--framework", "sglang"]) == 2


def test_all_that_is_wrong_with_a_question_is_told_at_once(capsys):
    words = (
        *("--model", "none", "--accelerator", "h1", "--accelerator", "x2", "--layout", "y3"),
        *("--rate", "-1", "--isl", "0", "--osl", "0", "--ttft", "2 kg", "--cached", "140%"),
        *("--hour", "2 EUR", "--electricity=-1 USD/MWh", "--pue", "9", "--accepted", "2"),
    )
    assert main(["size", *words]) == 2
    told = capsys.readouterr().err
    named = ("`none`", "`h1`", "`x2`", "`y3`", "--rate", "--isl", "--osl", "--ttft", "--cached")
    for one in (*named, "--hour", "--electricity", "--pue", "--proposed"):
        assert one in told
    assert told.count("error ") == 13
