"""From the bus to the chip."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.energy.power_path import power_path


def test_paths_to_the_chip():
    """AC from the grid: 0.98 x 0.94 x 0.99 x 0.94 = 0.8573; part load is worse; DC saves most for
    the battery.
    """
    ac = power_path("path.ac", "grid")
    assert ac.efficiency == pytest.approx(0.98 * 0.94 * 0.99 * 0.94)
    at = ac.at(np.array([0.0, 0.25, 0.5, 1.0]))
    assert at[0] == 0
    assert (np.diff(at) > 0).all()
    assert at[-1] == pytest.approx(ac.efficiency)
    gain = {
        s: power_path("path.dc", s).efficiency / power_path("path.ac", s).efficiency
        for s in ("grid", "solar", "battery")
    }
    assert gain["battery"] > gain["grid"] > 1
    with pytest.raises(InputError, match="Known"):
        power_path("path.dc", "moon")  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["path.ac", "path.dc"])
@given(load=st.floats(0.01, 1.0))
def test_a_path_never_delivers_more_than_it_is_given_and_is_best_at_full_load(key, load):
    path = power_path(key, "battery")
    found = float(path.at(np.array([load]))[0])
    assert 0 < found <= path.efficiency + 1e-12 <= 1


def test_what_is_lost_at_no_load_is_lost_at_half_load_by_hand():
    """AC from the grid: 1 / 0.8573 - 1 = 0.1665 lost at full load, 0.02 of it always; at half load
    0.5 x 1.1465 + 0.02 is drawn for 0.5.
    """
    path = power_path("path.ac", "grid")
    lost = 1 / path.efficiency - 1
    drawn = 0.5 * (1 + lost - 0.02) + 0.02
    assert path.at(np.array([0.5]))[0] == pytest.approx(0.5 / drawn)
