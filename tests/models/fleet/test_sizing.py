"""How many replicas does a promise take?"""

import numpy as np
import pytest
from tests.builders.fleet_tables import round_table, trace

from headrace.core.errors import Infeasible
from headrace.models.fleet import Fleet, Pool, ServiceClass
from headrace.models.fleet.sizing import fewest

TABLE = round_table()
TOGETHER = trace(np.zeros(8), np.full(8, 90), np.full(8, 1))


def fleet_of(ttft):
    def build(number):
        pool = Pool("a", TABLE, number, max_batch=1, token_budget=91)
        return Fleet((pool,), classes=(ServiceClass("all", ttft, 1.0),))

    return build


@pytest.mark.parametrize(("ttft", "number"), [(0.012, 8), (0.025, 4), (0.045, 2), (0.1, 1)])
def test_eight_prompts_at_once_by_hand(ttft, number):
    """A prompt takes 10 ms + 90 x 0.01 ms + 0.09 ms = 10.99 ms; a replica reads one at a time, so
    with n replicas the last is done after ceil(8 / n) of them.
    """
    assert fewest(TOGETHER, fleet_of(ttft), share=1.0) == number


def test_a_share_asks_for_less_than_all():
    """Half of eight within two prompts' time: two replicas are enough for four of them."""
    assert fewest(TOGETHER, fleet_of(0.025), share=0.5) == 2


def test_more_than_may_be_says_how_far_it_came():
    """Two replicas read four of eight prompts within 25 ms."""
    with pytest.raises(Infeasible, match=r"with 2 replicas 50\.00%"):
        fewest(TOGETHER, fleet_of(0.025), share=1.0, most=3)
