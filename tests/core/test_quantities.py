"""Types of a study's numbers: the unit they are read in, their bounds, and months and rates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from headrace.core import quantities
from headrace.core.quantities import month_text, read_deadline, read_month, read_real_rate
from headrace.core.units import Unit


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("Power", "1.5 GW", 1500.0),
        ("Energy", "-2 MWh", -2.0),
        ("Share", "95 %", 0.95),
        ("Months", "1 year", 12.0),
        ("PowerPriceYear", "2 USD/kW-month", 24.0),
        ("EnergyPrice", "0.05 USD/kWh", 50.0),
        ("Emission", "0.05 t/MMBtu", 50.0),
        ("AcceleratorPrice", "30 kUSD/accelerator", 30_000.0),
        ("Ramp", "1 %/min", 0.6),
        ("HeatRate", "6.5 MMBtu/MWh", 6.5),
        ("Share", "1/3", 1 / 3),
        ("Accelerators", 60_000, 60_000.0),
        ("Accelerators", "60 kaccelerator", 60_000.0),
        ("Accelerators", "60_000", 60_000.0),
        ("Whole", 3, 3),
    ],
)
def test_a_quantity_is_read_in_the_unit_of_its_type(kind, written, value):
    adapter = TypeAdapter(getattr(quantities, kind))
    assert adapter.validate_python(written) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("Share", "101 %"),
        ("Share", "-1 %"),
        ("Months", "-1 month"),
        ("Years", "0 years"),
        ("Seconds", "0 s"),
        ("PowerPrice", "-1 USD/kW"),
        ("Change", "-100 %/a"),
        ("Power", "300"),
        ("Power", "300 MWh"),
        ("HeatRate", 6.5),
        ("HeatRate", "52 %"),
        ("Power", "1e16 MW"),
        ("Power", "1e-16 MW"),
        ("Change", "1100 %/a"),
        ("Accelerators", -5),
        ("Accelerators", float("inf")),
        ("Accelerators", float("nan")),
        ("Accelerators", True),
        ("Accelerators", "5 MW"),
        ("Accelerators", 10**400),
        ("Whole", True),
        ("Whole", 10**400),
        ("Whole", 1.5),
        ("Written", {"a": 1}),
        ("Written", "1" * 201),
    ],
)
def test_what_is_out_of_bounds_or_of_another_dimension_is_refused(kind, written):
    with pytest.raises(ValidationError):
        TypeAdapter(getattr(quantities, kind)).validate_python(written)


def test_the_schema_tells_the_unit():
    told = TypeAdapter(quantities.Power).json_schema()
    assert (told["x-unit"], told["examples"]) == ("MW", ["300 MW"])


@given(year=st.integers(0, 9999), month=st.integers(1, 12))
def test_months_come_back_as_written(year, month):
    written = f"{year:04d}-{month:02d}"
    assert read_month(written) == 12 * year + month - 1
    assert month_text(read_month(written)) == written


@pytest.mark.parametrize("written", ["2027", "2027-13", "2027-00", "27-01", "2027-1", 2027, None])
def test_what_is_no_month(written):
    with pytest.raises(ValueError, match="is not a month"):
        read_month(written)


def test_a_part_of_a_month_is_cut_off():
    """24,324 months after year 0 is January 2027; 24,335.9 is still its December."""
    assert month_text(24_324.0) == "2027-01"
    assert month_text(24_335.9) == "2027-12"


def test_a_rate_says_that_it_is_real():
    assert read_real_rate("8 %/a real") == pytest.approx(0.08)
    for written in ("8 %/a", "8 %/a nominal", "", 0.08):
        with pytest.raises(ValueError, match="must say that it is real"):
            read_real_rate(written)


def test_a_deadline_is_a_word_or_a_length_of_time():
    assert [read_deadline(x) for x in ("now", "day", "year")] == ["now", "day", "year"]
    assert read_deadline("90 min") == pytest.approx(1.5)
    with pytest.raises(ValueError, match="has no unit"):
        read_deadline("4")
    for written in ("0 h", "-4 h", "2 years"):
        with pytest.raises(ValueError, match="is no deadline"):
            read_deadline(written)


UNITS = {
    name: note.symbol
    for name, kind in vars(quantities).items()
    for note in getattr(kind, "__metadata__", ())
    if isinstance(note, Unit)
}


@pytest.mark.parametrize("name", UNITS)
def test_only_shares_and_counts_are_read_without_a_unit(name):
    """Energy over energy has no dimension either; as a heat rate it has a unit all the same."""
    adapter = TypeAdapter(getattr(quantities, name))
    if UNITS[name] in ("1", "accelerator"):
        assert adapter.validate_python(0.5) == 0.5
    else:
        with pytest.raises(ValidationError, match="has no unit"):
            adapter.validate_python(0.5)
