"""Rows on halls and supply: their ids, and that a wrong number fails."""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.checks import failed, ids_of, row_of, rows_of

from headrace.verification import compute


def test_the_registry_holds_its_rows():
    assert ids_of("compute") == {"compute.pue.annual", "compute.density.h100"}


@pytest.mark.parametrize(
    ("annual", "off", "words"),
    [
        (1.098, set(), "inside"),
        (1.188, set(), "inside"),
        (1.09, {".greensboro", ".miami"}, "outside"),
        (1.3, {".greensboro", ".miami"}, "outside"),
    ],
)
def test_the_band_of_published_pue_is_kept_at_both_ends(monkeypatch, annual, off, words):
    """1.143 plus or minus .045 is the published 1.098 to 1.188."""
    monkeypatch.setattr(compute, "pue", lambda drybulb, wetbulb, hall: np.full(8760, annual))
    rows = rows_of("compute.pue.annual")
    assert failed(rows) == off
    assert rows[".miami"].reason.startswith(words)


def test_the_hall_of_the_catalogue_is_inside_the_band():
    assert failed(rows_of("compute.pue.annual")) == set()


@pytest.mark.parametrize(("kilowatt", "status"), [(1.3, "pass"), (1.0, "fail"), (1.75, "fail")])
def test_power_of_an_accelerator_is_within_a_fifth_of_its_site(monkeypatch, kilowatt, status):
    """1,000 / 720 = 1.389 kW; 1.3 is 6 % off, 1.0 is 28 % and 1.75 is 26 % off."""

    class Chip:
        @property
        def power_busy(self):
            return self

        def to(self, unit):
            assert unit == "kW/accelerator"
            return kilowatt

    monkeypatch.setattr(compute, "accelerator", lambda key: Chip())
    assert row_of("compute.density.h100").status == status
