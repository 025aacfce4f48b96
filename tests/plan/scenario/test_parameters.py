"""What holds at a node is a value: compared by its parts, never changed."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from tests.builders.nouns import SOLD, parameters


def test_two_nodes_at_which_the_same_holds_are_equal() -> None:
    assert parameters(fuel={"gas": 4.0}) == parameters(fuel={"gas": 4.0})
    assert parameters(level={SOLD: 1.1}) != parameters(level={SOLD: 1.2})


def test_what_holds_cannot_be_set_anew() -> None:
    with pytest.raises(FrozenInstanceError):
        parameters().fuel = {}  # type: ignore[misc]
