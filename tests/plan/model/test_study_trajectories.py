"""Series and paths of a study, read by the key that names them, with every fault at its line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.builders.own_tables import hourly, table
from tests.builders.studies import study

from headrace.core.errors import InputError
from headrace.core.ids import AssetId, AssetRole, ConverterId, ConverterRole
from headrace.plan.analysis.mean_value import mean_study
from headrace.plan.check import checked, looked_at
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate

WHOLE = """\
study: whole
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months], terminal_value: false}
carbon: {2027: 10 USD/t, 2028: 30 USD/t}
fuels: {gas: {price: gas.csv#gas, co2: 100 kg/MMBtu}}
technologies: {plant: {capex: 1 USD/kW, heat_rate: 7 MMBtu/MWh, fuel: gas}}
sites:
  here:
    grid: {limit: 9 MW, energy: hours.csv#price, co2: 200 kg/MWh}
    build: {plant: plant, sun: {use: solar.fixed, profile: hours.csv#sun}}
products:
  power: {kind: electricity, site: here, demand: hours.csv#load, price: 60 USD/MWh}
"""
GRID = ConverterId(ConverterRole.PLANT, AssetId("here", AssetRole.GRID))


def _tables(folder: Path, load: str = "load [MW]") -> None:
    hourly(folder / "hours.csv", f"price [USD/MWh], sun [%], {load}", lambda h: f"{h % 24}, 50, 3")
    table(folder / "gas.csv", "time, gas [USD/MMBtu]", ["2027, 4", "2028, 6"])


def test_what_moves_holds_at_its_node(tmp_path: Path) -> None:
    _tables(tmp_path)
    found = expand(study(WHOLE), tmp_path)
    assert [w.fuel["gas"] for w in found.parameters] == [4 + 1, 6 + 3]
    grid = found.system.converters[found.system.converter_numbers[GRID]]
    first, second = (np.asarray(w.converter(grid).cost) for w in found.parameters)
    assert first[5] == pytest.approx(5 + 0.2 * 10)
    assert second[5] == pytest.approx(5 + 0.2 * 30)
    assert GRID not in found.parameters[0].converters
    assert found.system.demands[0].quantity[17] == 3.0
    assert len(found.series) == 4


def test_the_mean_future_has_the_mean_price(tmp_path: Path) -> None:
    _tables(tmp_path)
    whole = formulate(expand(study(WHOLE), tmp_path))
    assert mean_study(whole).problem.nodes[1].cost.scale == pytest.approx(
        whole.problem.nodes[1].cost.scale
    )


def test_every_fault_stands_at_its_key(tmp_path: Path) -> None:
    _tables(tmp_path, load="load [USD]")
    (tmp_path / "gas.csv").unlink()
    with pytest.raises(InputError) as refused:
        checked(WHOLE, tmp_path / "study.yaml")
    told = str(refused.value)
    assert f"study.yaml:5:15  fuels.gas.price: {tmp_path}/gas.csv: there is no such file" in told
    assert "study.yaml:12:42  products.power.demand: hours.csv:1: column `load [USD]`" in told


def test_two_clocks_at_a_site_without_weather(tmp_path: Path) -> None:
    _tables(tmp_path)
    hourly(tmp_path / "utc.csv", "load [MW]", lambda hour: 1, title="time [UTC]")
    other = WHOLE.replace("hours.csv#load", "utc.csv")
    with pytest.raises(
        InputError, match=r"in UTC-5, `utc.csv#load` is in UTC.0; expected one clock"
    ):
        expand(study(other), tmp_path)
    with_weather = other.replace("  here:\n", "  here:\n    weather: tmy3:723170\n", 1)
    shown = {use.key[-1]: use.series.notes for use in expand(study(with_weather), tmp_path).series}
    assert "moved from UTC+0 to the site's UTC-5" in shown["demand"]


def test_a_shape_is_brought_to_mean_one(tmp_path: Path) -> None:
    _tables(tmp_path)
    table(tmp_path / "shape.csv", "a [MW]", (f"{hour % 2 * 4} " for hour in range(8760)))
    table(tmp_path / "none.csv", "a [1]", ("0" for _ in range(8760)))
    shaped = WHOLE.replace("demand: hours.csv#load", "demand: 5 MW, shape: none.csv")
    with pytest.raises(InputError, match="0 in every hour; expected a shape"):
        expand(study(shaped), tmp_path)
    table(tmp_path / "none.csv", "a [%]", (f"{hour % 2 * 4}" for hour in range(8760)))
    assert expand(study(shaped), tmp_path).system.demands[0].quantity[:2].tolist() == [0, 10]


def test_a_load_has_its_shape_already() -> None:
    with pytest.raises(InputError, match="has every hour already"):
        study(WHOLE.replace("demand: hours.csv#load", "demand: hours.csv#load, shape: flat"))


def test_a_look_at_a_study_shows_its_series(tmp_path: Path) -> None:
    _tables(tmp_path)
    (tmp_path / "study.yaml").write_text(WHOLE)
    _, notes, series = looked_at(tmp_path / "study.yaml")
    assert notes == ()
    assert [one.key for one in series] == [
        "sites.here.build.sun.profile", "sites.here.grid.energy", "products.power.demand",
        "fuels.gas.price",
    ]  # fmt: skip
    assert series[1].by_hour == pytest.approx(range(24))
    assert (series[3].steps, series[3].begins) == ((4.0, 6.0), "2027-01")
