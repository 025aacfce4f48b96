"""Deep answers stand beside the order they are about, whatever that order is called."""

from __future__ import annotations

import numpy as np
import pytest

from headrace.core.plan_file import OrderRecord, PlanFile, PlanStatus, Span
from headrace.plan.analysis.deep.lead_time import LeadTimeValue
from headrace.plan.analysis.deep.questions import DeepState
from headrace.plan.analysis.deep.regret import Regret
from headrace.plan.analysis.deep.switching_price import SwitchingPrice
from headrace.plan.analysis.deep.to_json import with_deep
from headrace.plan.analysis.value_of_information import Interval


def order(number: int) -> OrderRecord:
    return OrderRecord("here", "plant", 1.0, "MW", "2027-01", "2028-01", number=number)


PLAN = PlanFile("s", PlanStatus("finished"), 1.0, 1, 1, 1.0, orders=(order(5), order(2)))
ASKED = DeepState(
    0.9,
    cvar=Interval(1.0, np.inf),
    regrets=(Regret("cloud", missing="nothing is rented"),),
    switching_prices=(
        SwitchingPrice(2, "sites.here.build.plant.capex", "USD/kW", 20.0, 45.0, np.inf),
    ),
    lead_times=(LeadTimeValue(5, 1.0, Interval(3.0, 4.0)),),
    open=("what knowing the future is worth",),
    notes=("a note",),
)


@pytest.fixture
def answered(formulation=None) -> PlanFile:
    return with_deep(PLAN, formulation, ASKED, 12.34)


def test_two_orders_of_one_name_keep_their_own_answers(answered):
    first, second = answered.orders
    assert (first.number, first.flips_at, first.month_earlier) == (5, None, Span(3.0, 4.0))
    assert second.month_earlier is None
    assert (second.flips_at.now, second.flips_at.low) == (20.0, 45.0)


def test_what_is_not_known_is_null(answered):
    flip = answered.orders[1].flips_at
    assert (flip.value, flip.high) == (None, None)
    assert answered.deep.cvar == Span(1.0, None)
    (cloud,) = answered.deep.regrets
    assert (cloud.worth, cloud.regret, cloud.missing) == (None, None, "nothing is rented")
    assert answered.deep.information is None


def test_an_open_question_leaves_it_unfinished_and_the_plan_untouched(answered):
    assert not answered.deep.finished
    assert answered.deep.open == ASKED.open
    assert answered.deep.seconds == 12.3
    assert answered.objective_usd == PLAN.objective_usd
    assert PLAN.deep is None
