"""The chain in one measure: hand arithmetic on a small chain, and the balance of any."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.core.plan_file import FlowRecord
from headrace.show.figures import flow_balance, sankey

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))


def flow(source, target, carrier, quantity, unit):
    return FlowRecord(0, source, target, carrier, quantity, unit)


SMALL = (
    flow("sun", "bus", "electricity", 60.0, "MWh"),
    flow("gas", "bus", "electricity", 50.0, "MWh"),
    flow("bus", "battery", "electricity", 40.0, "MWh"),
    flow("battery", "bus", "electricity", 30.0, "MWh"),
    flow("bus", "chip", "electricity", 100.0, "MWh"),
    flow("chip", "model", "accelerator-hours", 150.0, "accelerator-h"),
    flow("chip", "idle", "accelerator-hours", 50.0, "accelerator-h"),
    flow("model", "chat", "chat", 9.0, "Mtok"),
    flow("model", "agents", "agents", 3.0, "Mtok"),
    flow("chat", "sold", "chat", 9.0, "Mtok"),
    flow("chat", "enterprise", "money", 18.0, "USD"),
    flow("agents", "enterprise", "money", 2.0, "USD"),
    flow("enterprise", "gain", "money", 20.0, "USD"),
)


def widths(links):
    return {(link.source, link.target): link.width for link in links}


def test_a_battery_is_drawn_as_its_losses_and_customers_once():
    """110 MWh in; the battery turns over 30 and keeps 10; what chat sells is drawn as its money."""
    found = {(link.source, link.target): link for link in flow_balance.netted(SMALL)}
    assert found["bus", "battery"].width == 10.0
    assert found["bus", "battery"].turned_over == 30.0
    assert ("battery", "bus") not in found
    assert ("chat", "sold") not in found


def test_energy_goes_down_the_chain_by_shares():
    """100 MWh enter the chip: 150/200 of them, 75, go to the model, 25 to idleness; chat takes 9/12
    of 75.
    """
    told = widths(flow_balance.in_measure(flow_balance.netted(SMALL), "energy"))
    assert told["chip", "model"] == pytest.approx(75)
    assert told["chip", "idle"] == pytest.approx(25)
    assert told["model", "chat"] == pytest.approx(56.25)
    assert ("chat", "enterprise") not in told


def test_hours_and_dollars_keep_their_own_measure():
    hours = widths(flow_balance.in_measure(flow_balance.netted(SMALL), "hours"))
    assert hours == pytest.approx(
        {
            ("chip", "model"): 150,
            ("chip", "idle"): 50,
            ("model", "chat"): 112.5,
            ("model", "agents"): 37.5,
        }
    )
    dollars = widths(flow_balance.in_measure(flow_balance.netted(SMALL), "money"))
    assert dollars == {
        ("chat", "enterprise"): 18,
        ("agents", "enterprise"): 2,
        ("enterprise", "gain"): 20,
    }


def test_the_whole_chain_gives_every_layer_one_height():
    """Energy enters with 60 + 50 = 110, hours with 200, money with 20: each layer's entries add up
    to 1.
    """
    told = widths(flow_balance.whole(flow_balance.netted(SMALL)))
    assert told["sun", "bus"] == pytest.approx(60 / 110)
    assert told["chip", "model"] + told["chip", "idle"] == pytest.approx(1)
    assert told["chat", "enterprise"] == pytest.approx(0.9)


def test_two_directions_of_a_store_are_one_vertex():
    renamed = tuple(
        FlowRecord(
            f.node,
            f.source.replace("battery", "battery discharge"),
            f.target.replace("battery", "battery charge"),
            f.carrier,
            f.quantity,
            f.unit,
        )
        for f in SMALL
    )
    assert widths(flow_balance.netted(renamed)) == widths(flow_balance.netted(SMALL))


def test_what_is_paid_for_a_thing_is_not_the_thing():
    flows = (
        *SMALL[:-1],
        flow("enterprise", "sun", "money", 5.0, "USD"),
        flow("enterprise", "gain", "money", 15.0, "USD"),
    )
    told = widths(flow_balance.whole(flow_balance.netted(flows)))
    assert ("enterprise", "sun, paid") in told
    assert ("enterprise", "sun") not in told


def test_imbalance_finds_what_does_not_add_up():
    assert flow_balance.native_imbalance(SMALL) == 0
    broken = (*SMALL[:-1], flow("enterprise", "gain", "money", 15.0, "USD"))
    assert flow_balance.native_imbalance(broken) == pytest.approx(0.25)


@pytest.mark.parametrize("base", ["energy", "hours", "money"])
def test_every_view_of_the_toy_plan_balances(base):
    for node in PLAN.tree:
        links = flow_balance.in_measure(
            flow_balance.netted(f for f in PLAN.flows if f.node == node.id), base
        )
        assert links
        assert flow_balance.imbalance(links) < 1e-12


@given(
    st.lists(st.floats(0.1, 1e6), min_size=2, max_size=5),
    st.lists(st.floats(0.1, 1e6), min_size=1, max_size=4),
)
@settings(max_examples=100, deadline=None)
def test_a_conversion_passes_on_all_it_takes(sources, products):
    """Whatever the quantities, the energy that leaves the chip in hours and the model in tokens is
    the energy that came.
    """
    flows = [flow(f"source {i}", "chip", "electricity", q, "MWh") for i, q in enumerate(sources)]
    flows.append(flow("chip", "model", "accelerator-hours", 7.0, "accelerator-h"))
    flows += [
        flow("model", f"product {i}", f"product {i}", q, ("Mtok", "EFLOP")[i % 2])
        for i, q in enumerate(products)
    ]
    links = flow_balance.in_measure(flow_balance.netted(flows), "energy")
    assert flow_balance.imbalance(links) < 1e-9
    made = sum(link.width for link in links if link.source == "model")
    assert made == pytest.approx(sum(sources))


def test_a_ring_does_not_hang_the_drawing():
    ring = (
        flow("a", "b", "electricity", 1.0, "MWh"),
        flow("b", "c", "electricity", 1.0, "MWh"),
        flow("c", "a", "electricity", 1.0, "MWh"),
    )
    assert flow_balance.in_measure(flow_balance.netted(ring), "energy") == ()


def test_the_figures_say_their_units_and_escape_names():
    views = {chart.key: chart for chart in sankey.charts(PLAN, 0)}
    assert list(views) == ["chain", "energy", "hours", "money"]
    trace = views["energy"].figure["data"][0]
    assert trace["type"] == "sankey"
    assert (
        len(trace["link"]["source"]) == len(trace["link"]["value"]) == len(trace["link"]["color"])
    )
    table = views["energy"].table
    battery = next(row for row in table.rows if row[1] == "Greensboro battery")
    assert battery[3] == pytest.approx(1e6 * 0.6 * 0.02)
    evil = plan_file.parse(
        json.dumps(toy_plan.plan()).replace("Large model", "<img src=x onerror=alert(1)>")
    )
    assert "<img" not in json.dumps(sankey.charts(evil, 0)[0].figure)


def test_a_vertex_is_labelled_without_its_carrier():
    assert sankey.label("Accelerator-hours B200 Greensboro") == "B200 Greensboro"


def test_two_things_that_are_called_alike_are_two_vertices():
    """A plant called `electricity here`, like the bus it feeds: 5 MWh come in and 5 go out."""
    made = FlowRecord(0, "electricity here", "electricity here", "electricity", 5.0, "MWh", "here")
    made = replace(made, source_id="plant", target_id="bus")
    used = FlowRecord(0, "electricity here", "chat", "electricity", 5.0, "MWh", "here")
    used = replace(used, source_id="bus", target_id="chat")
    links = flow_balance.netted((made, used))
    assert [(link.source, link.target) for link in links] == [
        ("electricity here", "electricity here (bus)"),
        ("electricity here (bus)", "chat"),
    ]
    assert flow_balance.imbalance(links) == 0.0
