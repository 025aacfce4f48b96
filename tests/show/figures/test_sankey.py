"""The Sankey of a node: its views, its colours, its words."""

from __future__ import annotations

import json

import pytest
from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.core.plan_file import FlowRecord
from headrace.show.figures import sankey
from headrace.show.figures.flow_balance import Ribbon
from headrace.show.format import colours

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))
ENERGY = sankey.VIEWS[1]


def ribbon(source, target, width, carrier="electricity", unit="MWh", turned_over=0.0) -> Ribbon:
    return Ribbon(
        source, target, width, FlowRecord(0, source, target, carrier, width, unit), turned_over
    )


def test_every_view_holds_its_ribbons_as_rows():
    found = {chart.key: chart for chart in sankey.charts(PLAN, 0)}
    assert list(found) == [view.key for view in sankey.VIEWS]
    for chart in found.values():
        links = chart.figure["data"][0]["link"]
        assert len(links["value"]) == len(chart.table.rows)
        assert len(links["source"]) == len(links["target"]) == len(links["color"])
    assert all(row[4] == "USD" for row in found["money"].table.rows)


def test_a_node_without_flows_has_no_view():
    assert sankey.charts(PLAN, 999) == ()


def test_what_is_too_thin_to_see_stays_in_the_table():
    links = [ribbon("a", "b", 1.0), ribbon("a", "c", 1e-9)]
    chart = sankey.chart(ENERGY, links)
    assert len(chart.figure["data"][0]["link"]["value"]) == 1
    assert len(chart.table.rows) == 2


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("accelerator-hours b200", "B200"),
        ("AI hall: direct cooling", "AI hall"),
        ("sold, enterprise", "Sold"),
        (
            "a name that is much too long to write",
            "A name that is much too long to\N{HORIZONTAL ELLIPSIS}",
        ),
    ],
)
def test_a_label_is_short(name, told):
    assert sankey.label(name) == told
    assert len(sankey.label(name)) <= sankey.LONGEST


def test_what_ends_unused_is_grey_and_a_vertex_has_the_colour_of_what_it_makes():
    bus_to_loss, bus_to_chip = ribbon("bus", "not used", 1.0), ribbon("bus", "chip", 9.0)
    assert sankey.ribbon_colour(bus_to_loss) == colours.LOSS
    assert sankey.ribbon_colour(bus_to_chip) == colours.CARRIERS["electricity"]
    made = ribbon("chip", "model", 5.0, "hours", "accelerator-h")
    links = [bus_to_chip, made]
    assert sankey.vertex_colour("chip", links) == colours.CARRIERS["accelerator-hours"]
    assert sankey.vertex_colour("bus", links) == colours.CARRIERS["electricity"]


def test_words_say_what_went_and_what_came_back():
    """A battery takes 40 MWh and gives 30 back: its ribbon is 10 wide."""
    flow = FlowRecord(0, "bus", "<battery>", "electricity", 40.0, "MWh")
    told = sankey.ribbon_words(Ribbon("bus", "<battery>", 10.0, flow, 30.0), ENERGY)
    assert "&lt;battery&gt;" in told
    assert "10 MWh of electricity" in told
    assert "30 MWh came back" in told
    made = ribbon("model", "chat", 7.0, "chat", "Mtok")
    assert "made with 7 MWh" in sankey.ribbon_words(made, ENERGY)


def test_a_vertex_says_what_enters_it():
    links = [ribbon("sun", "bus", 60.0), ribbon("gas", "bus", 50.0), ribbon("bus", "chip", 110.0)]
    assert sankey.vertex_words("bus", links) == "<b>bus</b><br>110 MWh of electricity"
    assert "60 MWh" in sankey.vertex_words("sun", links)
