"""Rows on outages, backup power and solar stations: their ids, and that a wrong number fails."""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.checks import failed, ids_of, rows_of

from headrace.energy import backup, capacity_factor, outages, reliability


def test_the_registry_holds_its_rows():
    assert ids_of("energy") == {
        "energy.backup.survival",
        "energy.reliability.rts79",
        "energy.solar.atb_class",
    }


def test_survival_off_by_a_millionth_fails_its_hours(monkeypatch):
    """The exact hours are held to 1e-9; the sampled row has its own bar of three errors."""
    monkeypatch.setattr(
        backup,
        "sampled_survival",
        lambda *world, samples, seed: np.array([[1, 1, 0.557], [1, 1, 0.5572]]),
    )
    assert failed(rows_of("energy.backup.survival")) == set()
    true = backup.survival
    monkeypatch.setattr(backup, "survival", lambda *world: true(*world) + 1e-6)
    assert failed(rows_of("energy.backup.survival")) == {".hour1", ".hour2", ".hour3"}


def test_a_sample_far_from_the_exact_survival_fails(monkeypatch):
    """Mean 0.60 with an error of 0.01 is 4.3 errors from 0.557056."""
    monkeypatch.setattr(
        backup,
        "sampled_survival",
        lambda *world, samples, seed: np.array([[1, 1, 0.59], [1, 1, 0.61]]),
    )
    assert failed(rows_of("energy.backup.survival")) == {".montecarlo"}


@pytest.mark.parametrize(
    ("hours", "energy", "off"),
    [
        (9.394, 1176.0, set()),
        (9.396, 1176.0, {".hours"}),
        (9.394, 1178.0, {".energy"}),
    ],
)
def test_a_loss_of_load_that_is_not_the_published_one_fails(monkeypatch, hours, energy, off):
    """9.394 h to 1e-4 and 1,176 MWh to 1e-3, relative."""

    class Drawn:
        hours_lost = np.array([9.0, 9.788])

    monkeypatch.setattr(outages, "expected_loss", lambda load, units: (hours, energy))
    monkeypatch.setattr(reliability, "simulate", lambda fleet, samples, seed: Drawn())
    monkeypatch.setattr(reliability, "standard_error", lambda lost: 0.4)
    assert failed(rows_of("energy.reliability.rts79")) == off


def test_a_station_outside_its_class_fails(monkeypatch):
    """Trackers of one yield everywhere: Miami's class gives 11 % more than Greensboro's."""
    monkeypatch.setattr(
        capacity_factor, "hourly_share", lambda row, weather: np.full(8760, 0.236186657)
    )
    rows = rows_of("energy.solar.atb_class")
    assert failed(rows) == {".miami"}
    assert "kWh/m2 a day" in rows[".greensboro"].reason
