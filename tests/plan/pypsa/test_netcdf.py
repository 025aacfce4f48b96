"""PyPSA's netCDF files as tables: what a file does not write has PyPSA's default."""

from __future__ import annotations

import netCDF4
import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.plan.pypsa.netcdf import ComponentTable, Network, read


def written(path, change=lambda file: None):
    """Two generators, one with a series, over three snapshots."""
    with netCDF4.Dataset(str(path), "w") as file:
        file.createDimension("snapshots", 3)
        file.createDimension("generators_i", 2)
        file.createDimension("generators_t_p_max_pu_i", 1)
        file.createVariable("snapshots_objective", "f8", ("snapshots",))[:] = [1.0, 2.0, 3.0]
        names = file.createVariable("generators_i", str, ("generators_i",))
        names[:] = np.array(["sun", "plant"], dtype=object)
        file.createVariable("generators_p_nom", "f8", ("generators_i",))[:] = [5.0, 7.0]
        of = file.createVariable("generators_t_p_max_pu_i", str, ("generators_t_p_max_pu_i",))
        of[:] = np.array(["sun"], dtype=object)
        series = file.createVariable(
            "generators_t_p_max_pu", "f8", ("snapshots", "generators_t_p_max_pu_i")
        )
        series[:] = np.array([[0.0], [0.5], [1.0]])
        change(file)
    return path


def test_numbers_series_and_defaults(tmp_path):
    network = read(written(tmp_path / "n.nc"))
    table = network.table("generators")
    assert table.names == ("sun", "plant")
    assert [table.number("p_nom", 0, i) for i in (0, 1)] == [5.0, 7.0]
    assert table.hourly("p_max_pu", 0, 0).tolist() == [0.0, 0.5, 1.0]
    assert table.hourly("p_max_pu", 0, 1) == 1.0
    assert table.number("p_nom_max", 0, 0) == np.inf
    assert table.number("capital_cost", 0, 0) == 0.0
    assert table.word("bus", 0, 0) == ""
    assert network.objective.tolist() == [1.0, 2.0, 3.0]
    assert network.stores.tolist() == [1.0, 1.0, 1.0]
    assert (network.scenarios, network.odds.tolist()) == (("",), [1.0])
    assert network.table("links").names == ()


@pytest.mark.parametrize(
    ("kind", "attribute", "value"),
    [
        ("links", "efficiency2", 1.0),
        ("loads", "sign", -1.0),
        ("generators", "sign", 1.0),
        ("storage_units", "p_min_pu", -1.0),
        ("links", "p_min_pu", 0.0),
    ],
)
def test_defaults_that_differ_by_component(kind, attribute, value):
    assert ComponentTable(kind, (), {}, {}).default(attribute) == value


def test_a_series_of_another_scenario_only_is_none_here():
    """A series written for `dear` alone is nan in `wet`: the static number holds there."""
    series = {"p_set": {"town": np.array([[np.nan, np.nan], [1.0, 2.0]])}}
    table = ComponentTable("loads", ("town",), {"p_set": np.array([[4.0], [9.0]])}, series)
    assert table.hourly("p_set", 0, 0) == 4.0
    assert table.hourly("p_set", 1, 0).tolist() == [1.0, 2.0]


def test_files_with_another_time_are_refused(tmp_path):
    with netCDF4.Dataset(str(tmp_path / "empty.nc"), "w"):
        pass
    with pytest.raises(InputError, match="no snapshots"):
        read(tmp_path / "empty.nc")
    periods = written(tmp_path / "p.nc", lambda file: file.createDimension("investment_periods", 2))
    with pytest.raises(InputError, match="investment periods"):
        read(periods)


def test_a_network_without_a_kind_has_an_empty_table():
    network = Network(np.ones(1), np.ones(1), ("",), np.ones(1), {})
    assert network.table("stores") == ComponentTable("stores", (), {}, {})
