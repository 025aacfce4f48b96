"""The dollar rule stands once: what the objective counts is what the cash flow tells."""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.nouns import asset, cell, parameters, plant, sold, system
from tests.builders.studies import BELIEFS, CAMPUS, PLANT, STORED, UNITS, study

from headrace.core.components import Commitment
from headrace.core.ids import AssetRole
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.build_system import expand
from headrace.plan.model.column_money import rates
from headrace.plan.model.constraints.context import ColumnKind, ColumnLabel
from headrace.plan.model.formulate import formulate

PAID = STORED.replace("variable: 20", "variable: -20")
"""A plant that is paid for what it gives, so that waste and spill have a price."""


@pytest.mark.parametrize("text", [PLANT, BELIEFS, STORED, UNITS, CAMPUS, PAID])
def test_every_column_costs_minus_its_rates(text: str) -> None:
    found = formulate(expand(study(text)))
    for n, (block, labels) in enumerate(zip(found.problem.nodes, found.labels)):
        costs = block.cost.hourly(block.profiles)
        cut = found.time_slices[n].cut
        for label, cost in zip(labels.columns, costs):
            moved = rates(found.system, found.parameters[n], cut, label)
            usd = sum((np.asarray(rate.usd) for rate in moved), start=np.zeros(len(cost)))
            assert cost * MONEY == pytest.approx(-usd * label.scale, abs=1e-9)


@pytest.mark.parametrize("kind", ["level", "rise", "fall", "held"])
def test_levels_ramps_and_what_is_held_move_no_money(kind: ColumnKind) -> None:
    assert rates(system([asset()]), parameters(), lambda x: x, ColumnLabel(kind, 0)) == ()


def test_each_kind_has_its_rule() -> None:
    """2 USD of wear, 30 USD a start, 1,000 prices of 50 USD a unit short."""
    power, energy = asset("cell"), asset("cell", AssetRole.BUILD_ENERGY)
    of = system(
        [asset(), power, energy],
        [plant(asset(), commitment=Commitment(start_cost=30.0))],
        stores=(cell(power, energy, wear=2.0),),
        demands=(sold(),),
    )
    wanted = {"charge": 0.0, "discharge": -2.0, "start": -30.0, "short": -50_000.0}
    for kind, usd in wanted.items():
        label = ColumnLabel(kind, 0)  # type: ignore[arg-type]
        moved = rates(of, parameters(), lambda x: x, label)
        assert sum(float(rate.usd) for rate in moved) == pytest.approx(usd)
