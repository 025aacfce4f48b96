"""Learning curves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.energy.learning import ANCHOR, curve
from headrace.energy.technology import learned, technology


def test_curves_interpolate_and_hold_at_their_ends():
    """Wind moderate: 1,380 (2025) and 1,228 (2030) -> 1,319 in 2027; reactors begin in 2030."""
    path = curve("wind")
    assert path.at("capex", 2027) == pytest.approx(
        path.at("capex", 2025) * 0.6 + path.at("capex", 2030) * 0.4
    )
    assert curve("nuclear.smr").at("capex", 2026) == 8000
    assert path.at("capex", 2070) == path.at("capex", 2050)
    row = technology("wind.onshore")
    assert learned(row, 2025, "moderate") == row
    with pytest.raises(InputError):
        learned(row, 2030, "hopeful")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="Known"):
        curve("steam")


def test_the_atb_curve_is_relative_to_its_moderate_anchor():
    """PV moderate 2030: 1,044 of 1,323; SMR advanced 2050: 2,000 of 8,000 (ATB 2024)."""
    assert technology("solar.single_axis", 2030).capex.value == pytest.approx(
        1323 * 1043.5 / 1322.9, rel=2e-3
    )
    assert technology("nuclear.smr", 2050, "advanced").capex.value == pytest.approx(2000)
    assert technology("battery.lfp", 2030).energy_capex.value == pytest.approx(245.7, rel=1e-3)


@given(st.sampled_from(["wind", "nuclear.smr"]), st.integers(2020, 2080))
def test_advanced_is_never_dearer_than_conservative(key, year):
    advanced, conservative = (curve(key, s) for s in ("advanced", "conservative"))
    assert advanced.at("capex", year) <= conservative.at("capex", year) + 1e-9


def test_factors_are_one_at_the_anchor_and_where_there_is_no_figure():
    path = curve("wind")
    assert path.factor("capex", ANCHOR) == 1.0
    assert path.heat_rate == ()
    assert path.factor("heat_rate", 2040) == 1.0
