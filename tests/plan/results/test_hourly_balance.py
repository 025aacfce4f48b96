"""Balanced books: at every bus and hour in and out add up to zero."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from tests.builders.nouns import POWER, asset, plant
from tests.builders.studies import (
    BELIEFS,
    CAMPUS,
    PLANT,
    STORED,
    UNITS,
    WRITTEN_TREE,
    Solved,
    on_a_circle,
    solve_system,
    solved_once,
)

from headrace.core.hourly_store import NodeHours
from headrace.plan.results.dispatch import BusFlow
from headrace.plan.results.hourly_balance import balanced, balances


def assert_balanced(found: Solved) -> None:
    for outcome in found.outcomes:
        hours = balances(found.formulation, outcome)
        hours.check()
        sums: dict = defaultdict(float)
        sizes: dict = defaultdict(float)
        for s in hours.series:
            sums[s.book, s.bus_id] = sums[s.book, s.bus_id] + s.values
            sizes[s.book, s.bus_id] += float(np.abs(s.values).sum())
        for key, total in sums.items():
            assert np.abs(total).max() <= 1e-6 * max(1.0, sizes[key]), key


@pytest.mark.parametrize("text", [PLANT, BELIEFS, WRITTEN_TREE, UNITS, CAMPUS])
def test_every_book_adds_up_to_zero(text: str) -> None:
    assert_balanced(solved_once(text))


def stored() -> Solved:
    return solve_system(on_a_circle(STORED, (2.0, 14.0, 8.0)))


def test_so_does_the_inside_of_a_store() -> None:
    assert_balanced(stored())


def lines(hours: NodeHours, book: str) -> dict[str, list[float]]:
    return {
        s.part if s.part != "flow" else s.item: s.values.tolist()
        for s in hours.series
        if s.book == book
    }


def test_the_market_of_the_plant_by_hand() -> None:
    """10 MW are asked for, 8 sold, 2 lost."""
    found = solved_once(PLANT)
    market = lines(balances(found.formulation, found.outcomes[0]), "market")
    assert market["asked"] == [10.0, 10.0]
    assert market["sold"] == pytest.approx([-8.0, -8.0])
    assert market["lost"] == pytest.approx([-2.0, -2.0])


def test_what_may_wait_is_not_called_lost() -> None:
    found = solve_system(
        on_a_circle(PLANT.replace("50 USD/MWh}", "50 USD/MWh, deadline: day}"), (5.0, 9.0))
    )
    items = {s.item for s in balances(found.formulation, found.outcomes[0]).series}
    assert "waiting or lost" in items
    assert "lost" not in items


def test_units_on_line_are_at_work_or_spinning() -> None:
    """8 MW on line, 6 at work."""
    found = solved_once(UNITS)
    inside = lines(balances(found.formulation, found.outcomes[0]), "plant")
    assert inside["on line"] == pytest.approx([8.0, 8.0])
    assert inside["at work"] == pytest.approx([-6.0, -6.0])
    assert inside["spinning"] == pytest.approx([-2.0, -2.0])


def test_a_store_gives_back_what_it_took_less_its_loss() -> None:
    found = stored()
    inside = lines(balances(found.formulation, found.outcomes[0]), "store")
    assert sum(inside["rise of the level"]) == pytest.approx(0.0, abs=1e-9)
    assert sum(inside["charged"]) + sum(inside["discharged"]) == pytest.approx(0.0, abs=1e-6)
    assert max(inside["charged"]) > 1.0


def test_what_is_left_over_is_curtailed() -> None:
    """5 MW in, 3 MW out: 2 MW are left, and nothing where both are alike."""
    item = plant(asset()).id
    made = [
        BusFlow(POWER, item, "in", np.array([5.0, 3.0])),
        BusFlow(POWER, item, "out", np.array([-3.0, -3.0])),
    ]
    *_, left = balanced(POWER, made)
    assert (left.part, left.values.tolist()) == ("curtailed", [-2.0, 0.0])


def test_names_are_words_and_identities_are_apart() -> None:
    """A plant called like the market keeps its own lines."""
    plain = solved_once(PLANT)
    odd = solved_once(PLANT.replace("{plant:", '{"market power":'))
    one, other = (balances(s.formulation, s.outcomes[0]).series for s in (plain, odd))
    assert [s.values.tolist() for s in one] == [s.values.tolist() for s in other]
    assert len({(s.book, s.bus_id, s.part, s.item_id) for s in other}) == len(other)
