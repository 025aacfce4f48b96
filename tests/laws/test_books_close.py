"""Electricity, accelerator-hours, tokens and money close at every node and hour of a stored run; a
changed number shows.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from headrace.core.audit_run import TOLERANCE, demand_closed, recheck
from headrace.core.errors import InputError, LawBroken
from headrace.core.hourly_store import DIGESTS, NodeHours, read_hourly, write_hourly
from headrace.core.run_folder import PLAN, RunFolder
from headrace.plan.run import plan

STUDY = """
study: books
money: {discount: 6 %/a real}
horizon: {start: 2027-01, stages: [6 months, 6 months, 24 months], hours: {weeks: 1}}
beliefs:
  demand: {about: demand, before: 50 %/a, reveal: 2, cases: {low: {probability: 50 %,
      value: 0 %/a}, high: {probability: 50 %, value: 100 %/a}}}
  gas: {about: "fuel:gas", before: 4 USD/MMBtu, reveal: 3, cases: {same: {probability: 70 %,
      value: 4 USD/MMBtu}, dear: {probability: 30 %, value: 12 USD/MMBtu}}}
fuels: {gas: {price: 4 USD/MMBtu, co2: 53.06 kg/MMBtu}}
carbon: 30 USD/t
sites:
  greensboro:
    weather: tmy3:723170
    grid: {limit: 40 MW, stands: 10 MW, energy: 90 USD/MWh, queue: 3 months,
        demand: 10 USD/kW-month, billing: month}
    hall: {stands: 20 MW, at_most: 60 MW, use: hall.ai}
    build: {pv: {use: solar.single_axis, lead: 4 months, at_most: 100 MW},
        battery: {use: battery.lfp, lead: 3 months, at_most: 50 MW,
        at_most_energy: 300 MWh}, engines: {use: gas.engine, lead: 8 months, at_most: 60 MW}}
  miami:
    weather: tm2:12839
    grid: {limit: 10 MW, stands: 5 MW, energy: 60 USD/MWh, queue: 3 months}
    hall: {stands: 6 MW, at_most: 20 MW, use: hall.ai}
fleet: {may_buy: {b200: {use: b200, supply: 10000, stands: {greensboro: 1000}},
    h100: {use: h100, supply: 4000}}}
models: {large: {shape: deepseek-ai/DeepSeek-V3}, video: {shape: wan-14b-720p, precision: bf16}}
products:
  chat: {model: large, demand: 30 Gtok/h, price: 1 USD/Mtok, shape: chat}
  agents: {model: large, demand: 10 Gtok/h, price: 0.8 USD/Mtok, shape: office, deadline: 4 h}
  clips: {kind: video, model: video, demand: 3000 video-second/h, price: 0.3 USD/video-second,
      deadline: day}
  train: {kind: training, model: large, demand: 1e25 FLOP/a, price: 1.5 USD/EFLOP, deadline: year}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = tmp_path_factory.mktemp("books")
    (folder / "study.yaml").write_text(STUDY)
    return RunFolder(plan(folder / "study.yaml", folder / "run", lambda event: None, lambda: False))


def test_every_book_closes(run: RunFolder) -> None:
    closings = recheck(run)
    kinds = {c.kind for c in closings}
    assert {
        "hourly electricity",
        "hourly accelerator-hours b200",
        "hourly product",
        "hourly market",
        "hourly store",
        "chain",
        "money",
        "bounds",
    } <= kinds
    for closing in closings:
        assert closing.residual <= TOLERANCE, closing
    demand_closed(run)


def test_the_orders_have_value_intervals_around_the_truth(run: RunFolder) -> None:
    stored = json.loads(run.read(PLAN))
    assert stored["orders"]
    for order in stored["orders"]:
        assert 0 <= order["value_low_usd"] <= order["value_high_usd"]
        assert order["arrives"] > order["order_by"]
    assert stored["lower_bound_usd"] <= stored["upper_bound_usd"] * (1 + 1e-9)


def test_no_asset_works_before_it_arrives(run: RunFolder) -> None:
    """Engines take eight months: in the first six nothing comes from them."""
    stored = read_hourly(run, 0)
    assert not [
        s
        for s in stored.series
        if s.site == "greensboro" and s.item == "engines" and np.any(s.values != 0)
    ]


def test_a_changed_hour_is_found(run: RunFolder, tmp_path: Path) -> None:
    copy = _copy(run, tmp_path)
    hours = read_hourly(copy, 1)
    first = next(i for i, s in enumerate(hours.series) if s.bus == "electricity" and s.values.any())
    changed = hours.series[first]
    values = changed.values.copy()
    values[7] += 0.01
    series = list(hours.series)
    series[first] = replace(changed, values=values)
    write_hourly(copy, NodeHours(1, hours.weight, tuple(series)))
    with pytest.raises(InputError, match="was altered since its plan was written"):
        demand_closed(copy)
    # and by the books themselves, where the digests were altered with it
    copy.path(DIGESTS).unlink()
    copy.write_json(PLAN, json.loads(copy.read(PLAN)) | {"hours_sha256": ""})
    with pytest.raises(LawBroken, match="hourly electricity"):
        demand_closed(copy)


def test_a_changed_dollar_is_found(run: RunFolder, tmp_path: Path) -> None:
    copy = _copy(run, tmp_path)
    stored = json.loads(copy.read(PLAN))
    stored["tree"][1]["cash"][0]["usd"] += 0.01 * abs(stored["objective_usd"])
    copy.write_json(PLAN, stored)
    with pytest.raises(LawBroken, match="money"):
        demand_closed(copy)


def test_a_changed_link_is_found(run: RunFolder, tmp_path: Path) -> None:
    copy = _copy(run, tmp_path)
    stored = json.loads(copy.read(PLAN))
    link = next(
        f
        for f in stored["flows"]
        if f["carrier"] == "electricity" and f["target"].startswith("electricity")
    )
    link["quantity"] *= 1.01
    copy.write_json(PLAN, stored)
    with pytest.raises(LawBroken, match="chain"):
        demand_closed(copy)


def _copy(run: RunFolder, to: Path) -> RunFolder:
    copy = RunFolder(to)
    for path in run.root.rglob("*"):
        if path.is_file() and not path.name.startswith("."):
            (to / path.relative_to(run.root)).parent.mkdir(parents=True, exist_ok=True)
            (to / path.relative_to(run.root)).write_bytes(path.read_bytes())
    return copy
