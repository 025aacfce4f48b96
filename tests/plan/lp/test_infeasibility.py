"""Why no plan keeps every limit: names of what clashes, and the cheapest way out."""

import numpy as np
import pytest
from tests.builders.problems import engine

from headrace.core.errors import Infeasible
from headrace.plan.lp.extensive_form import extensive, node_matrix
from headrace.plan.lp.infeasibility import Label, explain, explain_node, row_labels


def test_labels_read_as_words():
    assert str(Label("root", "balance", "hour 3")) == "node root: balance hour 3"
    assert str(Label("", "budget", "")) == "budget"


def test_every_row_of_a_node_has_a_name():
    block = engine().nodes[0]
    names = [str(label) for label in row_labels(block, node_matrix(block))]
    assert names == [
        "node root: balance hour 0",
        "node root: balance hour 1",
        "node root: upper limit of burn hour 0",
        "node root: upper limit of burn hour 1",
    ]


def test_a_demand_beyond_every_engine_is_named():
    """7 must be served of at most 2 that can be ordered: the balance clashes with the bound, and
    the cheapest way out gives 5.
    """
    problem = engine(most=2.0, must=7.0)
    error = explain(problem, extensive(problem))
    assert isinstance(error, Infeasible)
    assert "balance" in error.message
    assert "upper limit of burn" in error.message
    assert "5" in error.message.split("Cheapest relaxation: ")[1]


def test_a_node_that_cannot_be_operated_is_explained_at_its_capacities():
    block = engine(must=7.0).nodes[0]
    error = explain_node(block, np.array([3.0]))
    assert "would have to give 4" in error.message


@pytest.mark.parametrize("stands", [7.0, 9.0])
def test_where_nothing_clashes_nothing_is_named(stands):
    error = explain_node(engine(must=7.0).nodes[0], np.array([stands]))
    assert "no single row stands out" in error.message
