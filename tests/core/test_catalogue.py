"""Every row of every catalogue has its birth certificate."""

from __future__ import annotations

from importlib.resources import files

import pytest

from headrace.core.catalogue import CatalogueRow, Figure, entries, entry
from headrace.core.errors import InputError, Place
from headrace.core.units import UnitError
from headrace.verification.registry import ROOMS

TABLES = [
    (room, path.name.removesuffix(".yaml"))
    for room in ROOMS
    if (files("headrace") / room / "catalogue").is_dir()
    for path in (files("headrace") / room / "catalogue").iterdir()
    if path.name.endswith(".yaml")
]


@pytest.mark.parametrize(("room", "table"), TABLES)
def test_every_figure_has_value_unit_source_date_and_status(room: str, table: str) -> None:
    rows = entries(room, table)
    assert rows
    for row in rows.values():
        for figure in row.figures.values():
            assert figure.source
            assert figure.date


def test_an_unknown_row_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"gas\.engine"):
        entry("energy", "gas", "gas.engin")


def figure(**changed: object) -> Figure:
    told = {"value": 8000.0, "unit": "USD/kW", "source": "somebody", "date": "2024-06"}
    return Figure(**(told | {"status": "estimate", "low": 5500.0, "high": 12500.0} | changed))


def test_a_figure_speaks_any_unit_of_its_dimension() -> None:
    assert figure().to("MUSD/MW") == pytest.approx(8.0)
    with pytest.raises(UnitError, match="this field is an energy"):
        figure().to("MWh")


def test_an_override_has_its_own_evidence_and_no_range_of_the_old_one() -> None:
    other = figure(money_year=2022).but(9000.0, source="a quote", date="2026-01")
    assert (other.value, other.unit, other.status) == (9000.0, "USD/kW", "assumption")
    assert (other.low, other.high, other.money_year) == (None, None, 2022)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"status": "rumour"}, "status `rumour`"),
        ({"date": "June 2024"}, "date `June 2024`"),
        ({"date": "2024-6"}, "date `2024-6`"),
        ({"source": " "}, "the source is empty"),
        ({"value": 5000.0}, "lies outside its own range"),
        ({"unit": "USD/kWw"}, "not a known unit"),
    ],
)
def test_a_certificate_with_a_flaw_says_which(changed: dict[str, object], words: str) -> None:
    (fault,) = figure(**changed).faults(Place("table.yaml", key="row.capex"))
    assert words in str(fault)
    assert "row.capex" in str(fault)


def test_a_sound_certificate_has_no_fault() -> None:
    for date in ("2024", "2024-06", "2024-06-30"):
        assert figure(date=date).faults(Place()) == []
    assert figure(low=None, high=None, value=1e9).faults(Place()) == []


def test_a_row_answers_in_units_and_with_defaults() -> None:
    row = CatalogueRow("nuclear.smr", "thermal", "SMR", {}, {"capex": figure()})
    assert row.value("capex", "USD/MW") == pytest.approx(8e6)
    assert row.value("life", "year", 60.0) == 60.0
    assert row.value("capex", "USD/kW", 1.0) == 8000.0
    with pytest.raises(InputError, match=r"nuclear\.smr: the catalogue row has no `life`.*capex"):
        row.value("life", "year")
