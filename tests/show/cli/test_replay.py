"""`headrace replay`: from a run folder alone to promises kept, and to what a cut of power does."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.builders.pages import opened

from headrace.api.plan import Plan
from headrace.compute.hall_assets import electricity, working
from headrace.core.components import Bus
from headrace.core.hourly_store import FlowSeries, NodeHours, read_hourly, write_hourly
from headrace.core.ids import AssetId, AssetRole, ConverterId, ConverterRole, ProductId
from headrace.core.product_units import product_bus
from headrace.core.run_folder import RunFolder, create
from headrace.core.study_reader import parse_text, study_of
from headrace.models.fleet import replay as replay_trace
from headrace.models.fleet.from_plan import lines, staged
from headrace.models.serving.product_rate import offer
from headrace.show.cli import main

STUDY = """
study: small
horizon: {start: 2027-01, stages: [6 months]}
sites: {here: {grid: {limit: 9 MW, energy: 60 USD/MWh}, hall: hall.ai}}
fleet: {may_buy: {own: b200}}
models: {m: {shape: Qwen/Qwen3-32B}}
products:
  chat:
    {model: m, isl: 1000, osl: 300, promise: {ttft_p95: 2 s, tpot_p95: 50 ms}, demand: 1 Gtok/h,
     price: 4 USD/Mtok}
"""
PUE, STANDING = 1.1, 1000.0


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """Two days: 1,000 B200 stand, 200 work at night and 800 by day, each making what the offer
    says, at a PUE of 1.1.
    """
    folder = create(tmp_path / "run", STUDY)
    study = study_of(parse_text(STUDY))
    made = offer(study.products["chat"], study.models["m"], "b200")
    assert made is not None
    use = np.where(np.arange(48) % 24 < 8, 200.0, 800.0)
    idle, work = made.idle * PUE * STANDING, (made.busy - made.idle) * PUE * use
    own = AssetId("here", AssetRole.ACCELERATOR, "own")
    working_bus, power = working(own), electricity("here")
    sold = product_bus("chat", study.products["chat"])
    item = ConverterId(ConverterRole.WORK, own, ProductId("chat"))
    stands = ConverterId(ConverterRole.STANDING, own)

    def line(at: Bus, one: ConverterId, values: np.ndarray) -> FlowSeries:
        ids = {"bus_id": str(at), "item_id": str(one)}
        return FlowSeries(at.site, at.carrier.name, one.name, at.unit, values, **ids)

    series = (
        line(sold, item, made.rate * use),
        line(working_bus, item, -use),
        line(working_bus, stands, np.full(48, STANDING)),
        line(power, item, -work),
        line(power, stands, np.full(48, -idle)),
    )
    write_hourly(folder, NodeHours(0, np.ones(48), series))
    return folder


def tell(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict]:
    code = main(["replay", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_plan_s_hours_come_back(run: RunFolder) -> None:
    """Power of an accelerator at work is the catalogue's busy figure of this service, without the
    hall's share.
    """
    study = study_of(parse_text(STUDY))
    (line,) = lines(study, read_hourly(run, 0), 1)
    made = offer(study.products["chat"], study.models["m"], "b200")
    assert made is not None
    assert line.power == pytest.approx(np.full(24, 1e3 * made.busy))  # kW
    assert (line.busiest, line.accelerators[0], line.accelerators[12]) == (8, 200.0, 800.0)


def test_requests_follow_the_hours_and_replicas_the_plan(run: RunFolder) -> None:
    """One in k of the plan's requests; a quarter of the accelerators at night, rounded up to whole
    replicas.
    """
    study = study_of(parse_text(STUDY))
    (line,) = lines(study, read_hourly(run, 0), 0)
    found = staged(study, line, 6, 4, requests=40_000)
    counts = np.histogram(found.trace.arrival, bins=3600.0 * np.arange(5))[0]
    assert counts[2:].sum() / counts[:2].sum() == pytest.approx(4.0, rel=0.05)
    assert found.one_in * len(found.trace) == pytest.approx(
        line.tokens[6:10].sum() * 1e6 / 300, rel=0.02
    )
    assert (found.plan.replicas[0] == np.ceil(0.25 * found.plan.replicas[2])).all()
    assert (found.plan.cap[2:] > found.plan.cap[:2]).all()


def quiet_first_day(run: RunFolder, *, days: int = 1) -> None:
    """Nothing is served on the first `days` days."""
    hourly = read_hourly(run, 0)
    series = tuple(
        replace(one, values=np.where(np.arange(48) < 24 * days, 0.0, one.values))
        if "chat" in one.item_id
        else one
        for one in hourly.series
    )
    write_hourly(run, replace(hourly, series=series))


def test_the_first_day_with_requests_is_replayed(
    run: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tell(capsys, str(run.root), "--requests", "20000")[1]["day"] == 0
    quiet_first_day(run)
    assert tell(capsys, str(run.root), "--requests", "20000")[1]["day"] == 1
    assert main(["replay", str(run.root), "--requests", "20000"]) == 0
    assert "Nothing is served before day 1 of node 0." in capsys.readouterr().out
    assert main(["replay", str(run.root), "--day", "0"]) == 2
    assert "nothing is served in tokens on day 0" in capsys.readouterr().err
    quiet_first_day(run, days=2)
    assert main(["replay", str(run.root)]) == 2
    assert "nothing is served" in capsys.readouterr().err


def test_a_plan_with_faster_software_is_replayed_with_it(run: RunFolder) -> None:
    """The plan's accelerators make half as much again: so do their replicas, and requests are half
    as many again.
    """
    hourly = read_hourly(run, 0)
    sold = [one for one in hourly.series if "chat" in one.bus_id]
    assert len(sold) == 1
    series = tuple(
        replace(one, values=1.5 * one.values) if one is sold[0] else one for one in hourly.series
    )
    write_hourly(run, replace(hourly, series=series))
    cases = "{a: {probability: 1, value: 0 %/a}}"
    belief = f"beliefs: {{s: {{about: software, before: 20 %/a, reveal: 2, cases: {cases}}}}}\n"
    text = STUDY.replace("sites:", f"{belief}sites:").replace("[6 months]", "[6 months, 6 months]")
    study = study_of(parse_text(text))
    (line,) = lines(study, read_hourly(run, 0), 0)
    fast = staged(study, line, 12, 1, requests=20_000)
    assert fast.point.pace == pytest.approx(1.5)
    found = replay_trace(fast.trace, fast.fleet)
    assert np.percentile(found.tpot, 95) <= 0.05
    assert found.finished.all()


def test_promises_are_kept_and_a_cut_shows(
    run: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (
        str(run.root),
        "--requests",
        "60000",
        "--curtail",
        "30%",
        "--at",
        "12",
        "--for",
        "20 min",
        "--patience",
        "20 s",
    )
    code, told = tell(capsys, *words)
    assert code == 0
    assert all(promise["kept"] for promise in told["promises"])
    assert told["cap_w"] == pytest.approx(0.7 * told["drawn_w"])
    assert told["worst_ratio"] <= 1.0
    assert told["window_s"] == [3600.0, 4800.0]
    assert told["cut"]["ttft"]["p99"] > told["base"]["ttft"]["p99"]
    assert told["base"]["shed"] == 0
    page = opened(Path(told["report"]).read_text())
    assert re.search("Time to first token.*p50 and p99", page.markup, re.DOTALL)
    assert len(page.chart("day")["table"]["rows"]) == 24
    own = {"curtail": "30%", "at": 12, "during": "20 min", "patience": "20 s"}
    asked = Plan(run, None).replay(requests=60_000, **own)
    assert set(asked) == set(told) - {"lines", "report"}
    for name in ("promises", "cap_w", "drawn_w", "worst_ratio", "sentence"):
        assert asked[name] == told[name]


def test_without_a_cut_it_tells_how_the_plan_serves(
    run: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(run.root), "--requests", "20000", "--day", "1"]) == 0
    out = capsys.readouterr().out
    assert "chat on own at here" in out
    assert "p95 per token" in out
    assert (run.root / "replay.html").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--node", "3"), "node 3 has no stored hours"),
        (("--day", "2"), "the node has 2 days"),
        (("--product", "chatt"), "one of chat"),
        (("--at", "24", "--curtail", "20%"), "an hour of the day"),
        (("--curtail", "20 kg"), "a share"),
        (("--curtail", "120%"), "by 0 to 1"),
        (("--hours", "25"), "1 to 24"),
        (("--requests", "0"), "1 to 20 million"),
        (("--for", "0 s", "--curtail", "20%"), "more than 0"),
    ],
)
def test_bad_words_are_named(
    run: RunFolder, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    code, told = tell(capsys, str(run.root), *words)
    assert code == 2
    assert said in json.dumps(told, ensure_ascii=False)


def test_a_folder_that_is_no_run_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tell(capsys, str(tmp_path))[0] == 2
