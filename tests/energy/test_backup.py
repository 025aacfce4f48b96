"""Backup survival by enumeration, against REopt's hand arithmetic and the Monte Carlo."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.energy.backup import Battery, Generators, sampled_survival, survival, transition


def test_the_hand_enumeration_of_reopt():
    """Hour 3: 2 of 2 run 0.262144, 2 then 1 0.131072, 2 then 1 then 1 0.16384; together 0.557056
    (REopt.jl, test/runtests.jl).
    """
    load = np.array([1.0, 2.0, 2.0])
    assert survival(load, (Generators(2, 1, 5),), Battery(1, 2, 1)) == pytest.approx(
        [1.0, 0.8704, 0.557056], abs=1e-12
    )
    one_each = (Generators(1, 1, 5), Generators(1, 1, 5))
    assert survival(load, one_each, Battery(1, 2, 1)) == pytest.approx(
        [1.0, 0.8704, 0.557056], abs=1e-12
    )


def test_one_genset_alone_is_a_power():
    """0.9 available x 0.95 starts x 0.75 an hour: 0.64125, then 0.48094."""
    found = survival(np.ones(2), (Generators(1, 1, 4, 0.9, 0.95),))
    assert found == pytest.approx([0.64125, 0.64125 * 0.75])


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 3), st.floats(2, 50), st.integers(0, 4), st.integers(0, 3), st.integers(0, 2**31)
)
def test_sampling_agrees_with_enumeration(count, mttf, energy, power, seed):
    load = np.array([1.0, 2.0, 1.0, 2.0])
    gensets, battery = (
        (Generators(count, 1, mttf, 0.95, 0.98),),
        Battery(power, energy, energy / 2, 0.9, 0.9),
    )
    exact = survival(load, gensets, battery)
    drawn = sampled_survival(load, gensets, battery, 20_000, seed).mean(axis=0)
    assert (np.diff(exact) <= 1e-12).all()
    # five standard errors: with 25 examples of four hours a false alarm is one in ten thousand
    assert (np.abs(drawn - exact) <= 5 * np.sqrt(exact * (1 - exact) / 20_000) + 1e-9).all()


def test_chances_beyond_one_are_refused():
    with pytest.raises(InputError, match="chances"):
        survival(np.ones(2), (Generators(1, 1, 4, 1.2),))


def test_an_hour_of_a_battery_by_hand():
    """2 MW, 4 MWh, 90 % each way. One MW to spare: 0.9 in; full at 3.5 + 0.5; one MW short: 1 / 0.9
    out; 1.9 MWh give 1.71 MWh, less than 1.8.
    """
    battery = Battery(power=2.0, energy=4.0, efficiency_in=0.9, efficiency_out=0.9)
    assert battery.level_after(1.0, 1.0) == pytest.approx(1.9)
    assert battery.level_after(3.5, 1.0) == pytest.approx(4.0)
    assert battery.level_after(1.0, 9.0) == pytest.approx(1.0 + 0.9 * 2.0)
    assert battery.level_after(1.9, -1.0) == pytest.approx(1.9 - 1 / 0.9)
    assert battery.level_after(1.9, -1.8) is None
    assert battery.level_after(4.0, -2.1) is None


@given(st.floats(0, 4), st.floats(-3, 3))
def test_a_battery_keeps_within_its_walls(level, spare):
    battery = Battery(power=2.0, energy=4.0, efficiency_in=0.95, efficiency_out=0.95)
    after = battery.level_after(level, spare)
    assert after is None or -1e-9 <= after <= 4.0 + 1e-9
    if after is not None and spare < 0:
        assert after <= level + 1e-9


def test_one_hour_of_two_gensets_by_hand():
    """Two of 1 MW, each failing one hour in five, for a load of 1 MW: both with 0.64, one with
    0.32; what is left without any, 0.04, is lost.
    """
    kinds = (Generators(2, 1.0, 5.0),)
    after = transition({((2,), 0.0): 1.0}, kinds, Battery(), 1.0)
    assert after == pytest.approx({((2,), 0.0): 0.64, ((1,), 0.0): 0.32})


def test_sun_takes_its_part_of_the_load():
    """A load that the sun carries alone is served whatever the generators do."""
    load = np.array([1.0, 2.0, 1.0])
    assert survival(load, (Generators(1, 1.0, 2.0),), free=load) == pytest.approx([1, 1, 1])


@pytest.mark.parametrize(
    "battery", [Battery(1, 1, 2), Battery(-1, 1), Battery(1, 1, 0, 0.0), Battery(1, 1, 0, 1, 1.1)]
)
def test_batteries_that_cannot_be(battery):
    with pytest.raises(InputError, match="0 <= start <= energy"):
        survival(np.ones(1), (Generators(1, 1, 4),), battery)
