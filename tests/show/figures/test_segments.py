"""What is ordered at each price: one stepped line an asset, the price of entry dotted."""

from __future__ import annotations

import dataclasses

import pytest

from headrace.core.uncertainty import Capex
from headrace.plan.analysis.breakeven import Breakeven
from headrace.plan.analysis.price_sweep import Bought, Segment, Sweep
from headrace.show.figures import segments


def segment(low: float, high: float, **bought: float) -> Segment:
    own = tuple(Bought("here", name, name, size, "MW") for name, size in bought.items())
    return Segment(low, high, (low + high) / 2, 1.0, 1.1, 0.0, 0.5, own)


SWEEP = Sweep(
    study="study",
    title="",
    about=Capex("reactor"),
    name="reactor",
    unit="USD/kW",
    low=100.0,
    high=900.0,
    entry=None,
    crossings=(),
    segments=(
        segment(100.0, 400.0, reactor=10.0),
        segment(400.0, 600.0, reactor=6.0, gas_plant=4.0),
        segment(600.0, 900.0, gas_plant=10.0),
    ),
)


def test_a_line_steps_where_the_plan_changes():
    reactor, plant = segments.chart(SWEEP).figure["data"]
    assert reactor["x"] == [100.0, 400.0, 400.0, 600.0, 600.0, 900.0]
    assert reactor["y"] == [10.0, 10.0, 6.0, 6.0, 0.0, 0.0]
    assert plant["y"] == [0.0, 0.0, 4.0, 4.0, 10.0, 10.0]
    assert plant["name"] == "gas plant [MW]"


def test_the_plan_of_a_segment_is_told_in_words():
    assert segments.orders(SWEEP.segments[1]) == "6 MW reactor, 4 MW gas plant"
    assert segments.orders(segment(0.0, 1.0)) == "nothing"
    assert segments.as_table(SWEEP).rows[1] == (
        *(400.0, 600.0, 1.0, 0.5),
        "6 MW reactor, 4 MW gas plant",
    )


def test_only_the_largest_are_drawn():
    names = {f"asset{place}": float(place + 1) for place in range(12)}
    many = dataclasses.replace(SWEEP, segments=(segment(100.0, 900.0, **names),))
    drawn = segments.chart(many).figure["data"]
    assert len(drawn) == segments.MOST_LINES
    assert drawn[0]["name"] == "asset11 [MW]"


@pytest.mark.parametrize(
    ("low", "never", "lines"), [(540.0, False, 1), (950.0, False, 0), (540.0, True, 0)]
)
def test_the_entry_is_a_dotted_line_inside_the_picture(low, never, lines):
    entry = Breakeven(low, low, True, 1.0, 0.0, 3, never)
    shapes = segments.chart(dataclasses.replace(SWEEP, entry=entry)).figure["layout"]["shapes"]
    assert [shape["x0"] for shape in shapes] == [low] * lines
