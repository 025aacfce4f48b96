"""Products as demands."""

import numpy as np
import pytest

from headrace.core.ids import ProductId
from headrace.core.study import Product
from headrace.market.demand import demand
from headrace.market.shape import hourly


def product(**changes):
    told = {"kind": "electricity", "demand": "100 MW", "price": "60 USD/MWh", "shape": "chat"}
    return Product(**(told | changes))


def test_a_demand_has_its_level_on_average_and_its_shape_by_the_hour():
    found = demand("works", product(), 4)
    assert np.mean(found.quantity) == pytest.approx(100.0)
    assert found.quantity == pytest.approx(100.0 * hourly("chat", 4))
    assert found.price == pytest.approx(60.0)


@pytest.mark.parametrize(
    ("written", "deadline", "hours"),
    [("now", "now", 1.0), ("4 h", "hours", 4.0), ("day", "day", 1.0), ("year", "year", 1.0)],
)
def test_what_can_wait_says_how_long(written, deadline, hours):
    found = demand("works", product(deadline=written), 4)
    assert (found.deadline, found.window_hours) == (deadline, hours)


def test_a_demand_is_of_its_product_whatever_its_title():
    found = demand("works", product(title="Smelter"), 4)
    assert found.product == ProductId("works")
    assert found.title == "Smelter"
    assert found.bus.unit == "MWh"
    assert demand("works", product(), 4).title == "works"
