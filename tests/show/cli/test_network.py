"""`headrace import`: a network of PyPSA in one line, and in one JSON object."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest

from headrace.show import cli

pypsa = pytest.importorskip("pypsa")
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")


def network(folder: Path, least: float) -> Path:
    """50 MW of load on 100 MW of which a share must run, for 4 snapshots at 40 a MWh."""
    n = pypsa.Network()
    n.set_snapshots(range(4))
    n.add("Bus", "b")
    n.add("Load", "l", bus="b", p_set=50.0)
    n.add("Generator", "g", bus="b", p_nom=100.0, p_min_pu=least, marginal_cost=40.0)
    n.add("Generator", "new", bus="b", p_nom_extendable=True, capital_cost=1e4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        n.export_to_netcdf(str(folder / "n.nc"))
    return folder / "n.nc"


def test_a_network_that_is_as_in_pypsa(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert cli.main(["import", str(network(tmp_path, 0.2))]) == 0
    told = capsys.readouterr().out
    assert "n.nc: as in PyPSA, total cost between 8,000 and 8,000" in told
    assert "generators new" in told


def test_a_network_that_pypsa_cannot_solve(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert cli.main(["import", str(network(tmp_path, 0.8)), "--json"]) == 4
    told = json.loads(capsys.readouterr().out)
    assert told["exact"] is False
    assert told["thrown_away_mwh"] == pytest.approx(120.0)


def test_a_network_that_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert cli.main(["import", str(tmp_path / "absent.nc")]) == 2
    assert "there is no such file" in capsys.readouterr().err
