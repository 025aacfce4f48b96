"""Shapley values: known games, laws on random ones, and games that are not complete."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.finance.choices.coalitions import coalitions, interactions, shapley

PLAYERS = ("a", "b", "c", "d")


@st.composite
def games(draw) -> dict[frozenset[str], tuple[float, float]]:
    found = {}
    for chosen in coalitions(PLAYERS):
        low = draw(st.floats(-100, 100))
        found[chosen] = (low, low + draw(st.floats(0, 5)))
    return found


@given(games())
def test_shares_add_up_and_a_null_player_gets_nothing(game) -> None:
    exact = {chosen: (low, low) for chosen, (low, _) in game.items()}
    shares = shapley(PLAYERS, exact)
    whole = exact[frozenset(PLAYERS)][0] - exact[frozenset()][0]
    assert sum(s.low for s in shares) == pytest.approx(whole, abs=1e-9)
    without = {chosen: exact[chosen - {"d"}] for chosen in exact}
    assert shapley(PLAYERS, without)[3].low == pytest.approx(0.0, abs=1e-9)


@given(games(), st.integers(0, 2**16 - 1))
def test_the_interval_holds_every_game_within_the_bounds(game, picks) -> None:
    inside = {}
    for place, (chosen, (low, high)) in enumerate(game.items()):
        value = high if picks >> place & 1 else low
        inside[chosen] = (value, value)
    for share, one in zip(shapley(PLAYERS, game), shapley(PLAYERS, inside)):
        assert share.low - 1e-9 <= one.low <= share.high + 1e-9
    for (_, _, bounds), (_, _, one) in zip(
        interactions(PLAYERS, game), interactions(PLAYERS, inside)
    ):
        assert bounds[0] - 1e-9 <= one[0] <= bounds[1] + 1e-9


def test_what_is_not_complete_is_refused_at_once() -> None:
    game = {chosen: (0.0, 1.0) for chosen in coalitions("ab")}
    del game[frozenset("a")]
    game[frozenset("ab")] = (2.0, 1.0)
    with pytest.raises(InputError) as raised:
        shapley("ab", game)
    assert len(raised.value.problems) == 2
    with pytest.raises(InputError, match="each named once"):
        shapley("aa", game)


def test_an_interval_that_holds_0_matters_to_nobody() -> None:
    game = {c: (0.0, 0.1) for c in coalitions("ab")}
    assert not any(share.matters for share in shapley("ab", game))
