"""Shares that are up, spares, and what is left with age."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.compute.failures import spares, standing, up_share
from headrace.core.errors import InputError


def test_failures_by_hand():
    """Interval 99 h, repair 1 h: 99 % up.

    Of 100 parts one is in repair on average; Poisson(1) has its 99 % point at 4.
    """
    assert up_share(99.0, 1.0) == 0.99
    assert spares(100, 99.0, 1.0, 0.99) == 4
    assert standing(2.0, 0.1) == pytest.approx(0.81)
    with pytest.raises(InputError):
        up_share(0.0, 1.0)


def test_more_reliable_parts_need_no_more_spares():
    counts = [spares(10_000, interval, 48.0) for interval in np.geomspace(100, 1e6, 12)]
    assert counts == sorted(counts, reverse=True)


@given(st.floats(1e-3, 1e6), st.floats(0, 1e6), st.floats(0, 1e4))
def test_a_longer_repair_never_leaves_more_up(interval, repair, more):
    assert 0 < up_share(interval, repair + more) <= up_share(interval, repair) <= 1


@given(st.integers(0, 5000), st.floats(0.5, 0.98))
def test_more_certainty_never_takes_fewer_spares(accelerators, level):
    few, many = (spares(accelerators, 1000.0, 20.0, at) for at in (level, level + 0.01))
    assert 0 <= few <= many


def test_parts_that_need_no_repair_need_no_spares():
    assert spares(1000, 100.0, 0.0) == 0


@pytest.mark.parametrize("level", [0.0, 1.0, -1.0, 2.0])
def test_a_certainty_is_between_nothing_and_all(level):
    with pytest.raises(InputError, match="between 0 and 1"):
        spares(10, 100.0, 1.0, level)


@pytest.mark.parametrize(("interval", "repair"), [(-1, 1), (0, 1), (10, -1), (np.nan, 1)])
def test_impossible_failures_are_refused(interval, repair):
    with pytest.raises(InputError, match="interval > 0"):
        up_share(interval, repair)


@given(st.floats(0, 10), st.floats(0, 10), st.floats(0, 0.9))
def test_losses_compound(first, second, loss):
    """What stands after both spans is what stands after one, times what stands after the other."""
    assert standing(first + second, loss) == pytest.approx(
        standing(first, loss) * standing(second, loss)
    )
