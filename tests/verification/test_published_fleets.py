"""Published deployments beside `headrace size`."""

from dataclasses import replace

import pytest
from tests.builders.checks import ids_of, row_of

from headrace.verification import published_fleets
from headrace.verification.published_fleets import FLEETS, of_server, sized
from headrace.verification.published_frontier import PUBLISHED


def test_the_registry_holds_its_row():
    assert ids_of("published_fleets") == {"models.size.published_fleets"}
    assert len({(f.name, f.tokens) for f in FLEETS}) == len(FLEETS) == 10
    servers = FLEETS[:6]
    assert len({(f.model, f.chip, f.form) for f in servers}) == 6


def test_eight_of_ten_lie_inside_and_every_count_is_told():
    found = row_of("models.size.published_fleets")
    assert (found.status, found.ours >= 8) == ("pass", True)
    assert "R1 offline 288: " in found.reason
    assert "of what was run" in found.reason


def test_a_server_is_eight_accelerators_at_the_published_speed():
    fleet = of_server(PUBLISHED[0])
    assert (fleet.count, fleet.tokens) == (8, 8 * PUBLISHED[0].tokens)
    found = sized(fleet)
    assert found.point.tpot <= 1.0 / PUBLISHED[0].user
    assert found.carried >= fleet.tokens / fleet.osl * (1 - 1e-9)


def test_deployments_eight_times_as_large_fail(monkeypatch):
    large = tuple(replace(fleet, count=8 * fleet.count) for fleet in FLEETS)
    monkeypatch.setattr(published_fleets, "FLEETS", large)
    found = row_of("models.size.published_fleets")
    assert found.status == "fail"
    assert found.deviation == pytest.approx(1.0, abs=0.3)
