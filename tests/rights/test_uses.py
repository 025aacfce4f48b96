"""Uses as columns: taking some, joining two logs, and lots that do not look at rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.rights_logs import bot_uses, join, log, plain, rows

from headrace.rights.usage.uses import WHOLE


def told(uses):
    """A log as rows of names, in its order."""
    found = []
    for k in range(uses.count):
        lines = range(uses.starts[k], uses.starts[k + 1])
        shares = {uses.works[uses.work[i]]: int(uses.weight[i]) for i in lines}
        found.append((uses.users[uses.user[k]], int(uses.price[k]), bool(uses.disputed[k]), shares))
    return found


@given(rows=rows, data=st.data())
def test_taking_uses_is_taking_rows(rows, data):
    order = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=20))
    uses = log(rows)
    assert told(uses) == rows
    assert told(uses.take(order)) == [rows[k] for k in order]


@given(first=rows, second=rows)
def test_two_logs_joined_are_their_rows_one_after_the_other(first, second):
    both = join(log(first), log(second))
    assert told(both) == [*first, *second]
    for names in (both.users, both.works, both.holders):
        assert len(set(names)) == len(names)


def test_logs_of_two_currencies_do_not_join():
    from dataclasses import replace

    one = log([plain("u", "a1")])
    with pytest.raises(ValueError, match="EUR"):
        join(one, replace(one, currency="EUR"))


@given(rows=rows)
def test_a_lot_is_drawn_by_content_not_by_row(rows):
    uses = log(rows)
    order = np.arange(uses.count)[::-1]
    turned = uses.take(order)
    assert np.array_equal(turned.use_lots(np.arange(uses.count)), uses.use_lots(order))


def test_each_line_knows_its_use():
    half = {"a1": WHOLE // 2, "b1": WHOLE // 2}
    uses = log([("u", 1, False, half), plain("v", "a1"), ("u", 2, True, half)])
    assert uses.use_of_line().tolist() == [0, 0, 1, 2, 2]


def test_a_bot_is_a_new_user_after_all_others():
    """Its name is free even where somebody is called `bot` already."""
    uses = log([plain("bot", "a1", 5), plain("bot+", "b1", 7)])
    made = bot_uses(uses, "b1", uses.holders.index("b"), count=3, price=9)
    assert (made.users, made.works, made.holders) == (("bot++",), ("b1",), ("b",))
    assert told(made) == [("bot++", 9, False, {"b1": WHOLE})] * 3
    assert made.at.min() >= uses.at.max()
