"""`sweep`: one price from end to end, as a table with the answer in its note."""

from __future__ import annotations

import pytest
from tests.builders.studies import BELIEFS

from headrace.api.study import read
from headrace.api.sweep import sweep
from headrace.core.errors import InputError


def test_every_range_of_a_price_has_its_best_plan():
    """The plant pays at 100 USD/kW; somewhere dearer it no longer does."""
    found = sweep(read(BELIEFS), "capex:t", 10.0, 2000.0)
    assert found.columns[0].startswith("from [USD/kW]")
    starts = found[found.columns[0]]
    assert list(starts) == sorted(starts)
    assert found["orders"][-1] == "nothing" or len(found) == 1
    assert found.note
    with pytest.raises(InputError):
        sweep(read(BELIEFS), "capex:nothing")
