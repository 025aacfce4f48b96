"""USD a million tokens, by hand."""

import pytest

from headrace.core.errors import InputError
from headrace.finance.token_cost import AcceleratorHour, owned_hour, token_cost


def test_an_owned_hour_is_the_annuity_and_the_upkeep():
    """At a rate of 0 a price of 87,600 over 10 years is a dollar an hour, 8,760 a year another."""
    assert owned_hour(87_600, 8_760, 10, 0.0) == pytest.approx(2.0)
    assert owned_hour(87_600, 0, 10, 0.08) > 1.4
    assert AcceleratorHour(1.5, 0.5).total == 2.0
    for life, rate in ((0, 0.08), (5, 1.0), (5, -0.9)):
        with pytest.raises(InputError):
            owned_hour(1, 1, life, rate)


def test_all_money_of_an_hour_is_found_in_its_tokens():
    """36 USD an hour, 3,600 requests of 800 read, 200 cached and 100 made tokens; 40 % of the work
    is prompts, a tenth of that over cached tokens.
    """
    found = token_cost(36.0, 3600.0, (800.0, 200.0, 100.0), 0.4, 0.1)
    assert found.input == pytest.approx(36 * 0.4 * 0.9 / (3600 * 800) * 1e6)
    assert found.cached == pytest.approx(36 * 0.4 * 0.1 / (3600 * 200) * 1e6)
    assert found.output == pytest.approx(36 * 0.6 / (3600 * 100) * 1e6)
    hour = 3600 * (800 * found.input + 200 * found.cached + 100 * found.output) / 1e6
    assert hour == pytest.approx(36.0)


def test_nothing_cached_costs_nothing():
    assert token_cost(36.0, 3600.0, (1000.0, 0.0, 100.0), 0.4, 0.0).cached == 0.0
