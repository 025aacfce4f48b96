"""Payments, slots in a queue, rented power, purchase agreements."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.energy.contracts import (
    DEPOSIT,
    bridge_power,
    contracts,
    power_purchase,
    reservation,
    staged_payments,
)
from headrace.energy.technology import technologies, technology


def test_payments_add_up_and_end_at_operation():
    """An SMR over 96 months with five years of building: a tenth now, the rest from month 42 to
    month 90.
    """
    row = technology("nuclear.smr")
    paid = staged_payments(row, 1000.0)
    assert sum(one.usd for one in paid) == pytest.approx(1000)
    assert [one.month for one in paid] == [0, 42, 54, 66, 78, 90]
    squeezed = staged_payments(technology("gas.fuel_cell"), 1000.0)
    assert [one.month for one in squeezed] == [0, 3]


def test_contracts_load_and_do_what_they_say():
    kinds = contracts()
    assert {"reservation", "bridge", "ppa"} == set(kinds.values())
    slot = reservation("reserve.turbine")
    ccgt = technology(slot.technology)
    assert slot.conversion(2_400_000) == 2_400_000 - 30_000
    assert slot.given_up() == pytest.approx(0.8 * 30_000)
    assert slot.converted_lead(ccgt) == 36
    rented = bridge_power("bridge.engine")
    assert rented.cost(6) == rented.cost(12) == 12 * 26_000 + 60_000
    assert power_purchase("ppa.solar").paid(1000.0, 700.0, 0) == 55 * 1000
    with pytest.raises(InputError, match="not a bridge"):
        bridge_power("ppa.solar")
    for key, kind in kinds.items():
        {"reservation": reservation, "bridge": bridge_power, "ppa": power_purchase}[kind](key)


@given(
    st.sampled_from(technologies()),
    st.floats(1.0, 1e7),
    st.one_of(st.none(), st.floats(1.0, 200.0)),
)
def test_whatever_the_lead_the_price_is_paid_once_and_before_operation(row, price, lead):
    paid = staged_payments(row, price, lead)
    assert sum(one.usd for one in paid) == pytest.approx(price)
    assert paid[0].usd == pytest.approx(DEPOSIT * price)
    months = [one.month for one in paid]
    assert months == sorted(months)
    assert 0 <= months[0] <= months[-1] <= (row.lead.to("month") if lead is None else lead)


def test_a_short_lead_squeezes_the_years_of_building_by_hand():
    """Five years in 30 months: six months each, paid in the middle: 3, 9, 15, 21, 27."""
    paid = staged_payments(technology("nuclear.smr"), 1000.0, lead=30.0)
    assert [one.month for one in paid] == pytest.approx([0, 3, 9, 15, 21, 27])


def test_a_converted_slot_saves_months_but_never_the_building():
    """A reactor: 96 months less 36 saved are 60, its five years of building; no slot beats them."""
    row = technology("nuclear.smr")
    assert reservation("reserve.reactor").converted_lead(row) == 60
    assert reservation("reserve.turbine").converted_lead(row) == 72


def test_take_or_pay_grows_with_the_years():
    """Nothing taken of 1,000 MWh: what must be paid is paid, dearer each year."""
    ppa = power_purchase("ppa.solar")
    first, later = ppa.paid(1000.0, 0.0, 0), ppa.paid(1000.0, 0.0, 10)
    assert first == pytest.approx(ppa.price.to("USD/MWh") * 1000 * ppa.take_or_pay.value)
    assert later == pytest.approx(first * (1 + ppa.escalation.value) ** 10)
    assert ppa.paid(1000.0, 1000.0, 0) >= first


def test_an_unknown_contract_names_the_nearest():
    with pytest.raises(InputError, match=r"reserve\.turbine"):
        reservation("reserve.turbin")
    with pytest.raises(InputError, match=r"Known: reserve\.turbine"):
        reservation("bridge.engine")
