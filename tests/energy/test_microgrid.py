"""Sun first, battery next, gas for the rest: conservation, hand arithmetic, and the shape
of cost.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.energy.microgrid import dispatch


def test_three_hours_by_hand():
    """Load 10; sun 30, 0, 0; battery 8 MW, 20 MWh, round trip 0.81 (0.9 each way): charge 8 ->
    level 7.2 -> gives 6.48.
    """
    found = dispatch(np.full(3, 10.0), np.array([30.0, 0.0, 0.0]), 8.0, 20.0, 0.81)
    assert found.direct == 10
    assert found.stored == pytest.approx(6.48)
    assert found.gas == pytest.approx(20 - 6.48)
    assert found.curtailed == pytest.approx(12)
    assert found.gas_peak == pytest.approx(10)
    assert found.solar_share == pytest.approx(16.48 / 30)


@given(
    st.lists(st.floats(0, 50), min_size=1, max_size=60),
    st.floats(0, 30),
    st.floats(0, 100),
    st.floats(0.3, 1),
)
def test_energy_is_conserved_and_storage_never_hurts(sun, power, energy, round_trip):
    load, rays = np.full(len(sun), 10.0), np.array(sun)
    found = dispatch(load, rays, power, energy, round_trip)
    assert found.direct + found.stored + found.gas == pytest.approx(load.sum())
    assert found.direct + found.curtailed + found.stored <= rays.sum() + 1e-6
    assert found.gas <= dispatch(load, rays, 0.0, 0.0).gas + 1e-9
    assert min(found.direct, found.stored, found.gas, found.curtailed) >= -1e-9


def test_bad_sizes_are_refused():
    with pytest.raises(InputError):
        dispatch(np.ones(3), np.ones(2), 1.0, 1.0)
