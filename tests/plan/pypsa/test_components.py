"""Each noun of a plan becomes components of its own, whatever it is called."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.ids import AssetId, AssetRole, ConverterId, ConverterRole, ProductId, StoreId
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.lp import highs
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.pypsa.components import segments
from headrace.plan.pypsa.exporter import operating_cost, to_pypsa
from headrace.plan.solve.solve import solve

pytest.importorskip("pypsa")
# PyPSA's own, on strings of pandas 3
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")

HOSTILE = """
study: hostile
money: {{discount: 0 %/a real}}
horizon: {{start: 2027-01, stages: [12 months], hours: {{blocks: [6000 h, 2760 h]}}}}
technologies: {{plant: {{capex: 20 USD/kW, variable: 15 USD/MWh}}}}
sites:
  "{site}":
    build: {{"{first}": {{use: plant, stands: 3 MW}}, "{second}": {{use: plant, stands: 4 MW}}}}
products:
  "{sold}": {{kind: electricity, site: "{site}", demand: 5 MW, price: 60 USD/MWh}}
  "{other}": {{kind: electricity, site: "{site}", demand: 1 MW, price: 50 USD/MWh}}
"""


@pytest.mark.parametrize(
    ("site", "first", "second", "sold", "other"),
    [
        ("here", "plant", "plant standing 0", "power", "power lost"),
        ("here thrown away", "electricity", "electricity at here", "x", "x waiting"),
        ("new.albany", "a.b", "a", "b", "product b"),
        ("here", "lost", "it's", "short", "'short'"),
    ],
)
def test_no_name_makes_two_components_one(site, first, second, sold, other):
    """6 MW of demand from 7 MW: both plants, both loads and all their helpers are there, and each
    name only once.
    """
    text = HOSTILE.format(site=site, first=first, second=second, sold=sold, other=other)
    found = formulate(expand(study_of(parse_text(text))))
    held = highs.solve_fixed(found.problem, solve(found.problem).solution.master)
    network = to_pypsa(found, held)
    for table in (network.buses, network.generators, network.links, network.loads):
        assert table.index.is_unique
    plants = [AssetId(site, AssetRole.BUILD, key) for key in (first, second)]
    names = [str(ConverterId(ConverterRole.PLANT, plant)) for plant in plants]
    assert [network.generators.p_nom[n] for n in names] == pytest.approx([3.0, 4.0])
    assert set(network.loads.index) == {str(ProductId(sold)), str(ProductId(other))}
    assert operating_cost(found, held) < 0


keys = st.text(max_size=8)


@given(st.lists(st.tuples(keys, st.sampled_from(AssetRole), keys), unique=True, max_size=8))
def test_different_identities_read_differently(parts):
    """Any text may be a key: quotes, dots, words of ours."""
    assets = [AssetId(site, role, key) for site, role, key in parts]
    texts = {str(a) for a in assets} | {str(StoreId(a)) for a in assets}
    texts |= {str(ConverterId(role, a)) for role in ConverterRole for a in assets}
    assert len(texts) == len(assets) * (2 + len(ConverterRole))


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_each_circle_has_its_own_number(lengths):
    """Snapshots that lead back to where they began are one segment."""
    following, begin = [], 0
    for length in lengths:
        following += [*range(begin + 1, begin + length), begin]
        begin += length
    expected = np.repeat(np.arange(len(lengths)), lengths)
    assert segments(np.array(following)).tolist() == expected.tolist()
