"""Failures drawn at random."""

import numpy as np
import pytest
from tests.builders.fleet_tables import round_table

from headrace.core.errors import InputError
from headrace.models.fleet.outages import draw_outages
from headrace.models.fleet.types import Fleet, Pool

FLEET = Fleet((Pool("a", round_table(), 30), Pool("b", round_table(), 10)))


def test_outages_of_a_replica_do_not_overlap():
    found = draw_outages(FLEET, 1e6, between=1000.0, repair=500.0)
    for replica in range(FLEET.replicas):
        own = found.replica == replica
        down, up = found.down[own], found.up[own]
        assert (up > down).all()
        assert (down[1:] > up[:-1]).all()
        assert (down < 1e6).all()


def test_the_share_of_time_lost_is_that_of_the_means():
    """900 s between, 100 s of repair: a tenth is lost. 40 replicas x 2,000 cycles: sd 0.05 %."""
    found = draw_outages(FLEET, 2e6, between=900.0, repair=100.0, seed=3)
    lost = (np.minimum(found.up, 2e6) - found.down).sum() / (FLEET.replicas * 2e6)
    assert lost == pytest.approx(0.1, abs=0.0025)


def test_a_fleet_that_never_fails():
    found = draw_outages(FLEET, 1e6, between=1e30, repair=1.0)
    assert len(found.replica) == len(found.down) == len(found.up) == 0
    assert found.replica.dtype == np.int64


def test_the_seed_decides():
    one, same, other = (draw_outages(FLEET, 1e5, between=1e3, repair=10, seed=s) for s in (1, 1, 2))
    assert np.array_equal(one.down, same.down)
    assert not np.array_equal(one.down[:10], other.down[:10])


@pytest.mark.parametrize(
    ("between", "repair"), [(0, 1), (-1, 1), (1, 0), (1, float("inf")), (float("nan"), 1)]
)
def test_means_that_are_none(between, repair):
    with pytest.raises(InputError, match="above 0"):
        draw_outages(FLEET, 10.0, between=between, repair=repair)
