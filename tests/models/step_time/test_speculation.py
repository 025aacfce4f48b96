"""Speculative decoding by hand, on a table with round numbers."""

import pytest
from tests.builders.fleet_tables import round_table, trace

from headrace.core.errors import InputError
from headrace.models.fleet import Fleet, Pool, replay
from headrace.models.step_time.speculation import Speculation, speculative


def test_a_step_checks_all_drafts_and_yields_what_is_accepted():
    """Batch 10, three proposed, 2.5 accepted: the step works on 40 tokens, 14 ms + 3 x 0.1 x 11 ms
    of drafts, over 2.5; reading 10 x 1,000 KV tokens takes 1 ms, shared by the same 2.5.
    """
    table = round_table()
    found = speculative(table, Speculation(3, 2.5, 0.1))
    assert table.decode_time(10, 1000) == pytest.approx(0.012)
    assert found.decode_time(10, 1000) == pytest.approx((0.014 + 3.3e-3 + 0.001) / 2.5)
    assert found.prefill_time(500) == table.prefill_time(500)
    assert "2.5 tokens a step" in found.source


def test_nothing_accepted_beyond_the_models_own_token_is_slower():
    table = round_table()
    assert speculative(table, Speculation(2, 1.0)).decode_time(4, 100) > table.decode_time(4, 100)


def test_a_fleet_answers_faster_by_what_is_accepted():
    load = trace([0.0], [100], [201])
    plain, drafted = (
        replay(load, Fleet((Pool("a", table, 1),))).tpot[0]
        for table in (round_table(), speculative(round_table(), Speculation(1, 2.0, 0.0)))
    )
    assert drafted / plain == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("how", "key"),
    [
        (Speculation(0, 1.0), "proposed"),
        (Speculation(3, 4.5), "accepted"),
        (Speculation(3, 0.9), "accepted"),
        (Speculation(3, 2.0, 1.5), "draft"),
    ],
)
def test_drafts_that_cannot_be(how, key):
    with pytest.raises(InputError, match=key):
        speculative(round_table(), how)
