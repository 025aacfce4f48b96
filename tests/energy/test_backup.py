"""Backup survival by enumeration, against REopt's hand arithmetic and the Monte Carlo."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.energy.backup import Battery, Generators, sampled_survival, survival


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
