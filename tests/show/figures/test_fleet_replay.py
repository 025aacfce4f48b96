"""A replay over time: what is drawn is what the course holds, in the units of the axes."""

from __future__ import annotations

import dataclasses
import json
import math
from types import SimpleNamespace

import numpy as np
import pytest

from headrace.models.fleet.metrics import Course
from headrace.models.fleet.power_cap import Curtailment
from headrace.models.fleet.types import ServiceClass
from headrace.show.figures import fleet_replay


def course(buckets: int = 4, *, width: float = 60.0, shed: float = 0.0) -> Course:
    """Buckets of `width` seconds; every figure a plain number that says which it is."""
    row = np.arange(buckets, dtype=float)
    ttft = np.array([0.1 + row, 0.2 + row, 0.4 + row])
    return Course(
        time=row * width,
        ttft=ttft,
        tpot=ttft / 10,
        arrivals=np.full(buckets, 9.0),
        shed=np.full(buckets, shed),
        waiting=row + 0.5,
        power=1000.0 * (row + 1),
        awake=np.full(buckets, 3.0),
        utilisation=np.full(buckets, 0.5),
        tokens=np.full(buckets, 7.0),
    )


def replay(promise: float = 2.0):
    fleet = SimpleNamespace(classes=(ServiceClass("all", ttft=promise, tpot=0.1),))
    return SimpleNamespace(fleet=fleet, bucket=60.0)


def cut(base: Course, after: Course) -> Curtailment:
    worst = SimpleNamespace(worst=0.9)
    return Curtailment((60.0, 120.0), 1500.0, 3000.0, 1400.0, replay(), worst, base, after, 60.0)


def test_a_replay_draws_latencies_queue_use_and_power():
    found = {chart.key: chart for chart in fleet_replay.replay_charts(course(), replay())}
    assert list(found) == ["ttft", "tpot", "queue", "use", "power"]
    p99, p90, median = found["ttft"].figure["data"]
    assert (p99["y"], median["y"]) == ([0.4, 1.4, 2.4, 3.4], [0.1, 1.1, 2.1, 3.1])
    assert (p99["name"], p90["name"], median["name"]) == ("p99", "p90", "median")
    assert p99["x"] == [0.0, 1.0, 2.0, 3.0]  # minutes
    assert found["ttft"].figure["layout"]["shapes"][0]["y0"] == 2.0
    assert found["ttft"].figure["layout"]["yaxis"]["type"] == "log"
    assert found["power"].figure["data"][0]["y"] == [1.0, 2.0, 3.0, 4.0]  # kW
    assert found["power"].table.columns == ("time [s]", "power [kW]")
    assert found["use"].figure["data"][1]["yaxis"] == "y2"
    assert len(found["queue"].figure["data"]) == 1
    for chart in found.values():
        json.dumps(chart.as_json(), allow_nan=False)


def test_shed_requests_are_drawn_only_where_there_are_any():
    found = fleet_replay.replay_charts(course(shed=2.0), replay())
    assert [line["name"] for line in found[2].figure["data"]] == ["waiting", "shed in the bucket"]


def test_no_promise_no_line():
    found = fleet_replay.replay_charts(course(), replay(math.inf))
    assert found[0].figure["layout"]["shapes"] == []


def test_a_long_replay_is_told_in_hours():
    """Four buckets of two hours end at 8 h; four of one minute end at 4 min."""
    assert fleet_replay.clock_of(8 * 3600.0) == (3600.0, "h")
    assert fleet_replay.clock_of(240.0) == (60.0, "min")
    found = fleet_replay.replay_charts(course(width=7200.0), replay())
    assert found[0].figure["data"][0]["x"] == [0.0, 2.0, 4.0, 6.0]
    assert found[0].figure["layout"]["xaxis"]["title"]["text"] == "time [h]"


def test_a_cut_stands_beside_what_was_without_it():
    base, after = course(), course(shed=1.0)
    found = {chart.key: chart for chart in fleet_replay.curtailment_charts(cut(base, after))}
    assert list(found) == ["ttft", "tpot", "power", "queue", "awake", "shed"]
    assert [line["name"] for line in found["ttft"].figure["data"]] == [
        *("p99 as it is", "p50 as it is", "p99 with the cut", "p50 with the cut")
    ]
    shade, cap = found["power"].figure["layout"]["shapes"]
    assert (shade["x0"], shade["x1"], cap["y0"]) == (1.0, 2.0, 1.5)  # minutes, kW
    assert found["power"].about == "The cap is kept in every metered interval of 60 s."
    without = fleet_replay.curtailment_charts(cut(base, base))
    assert "shed" not in {chart.key for chart in without}


def test_a_cap_that_was_passed_is_said():
    broken = dataclasses.replace(cut(course(), course()), cut_replay=SimpleNamespace(worst=1.2))
    (power,) = (c for c in fleet_replay.curtailment_charts(broken) if c.key == "power")
    assert "NOT kept" in power.about


@pytest.mark.parametrize(("first", "second"), [(3, 5), (5, 3)])
def test_the_longer_of_both_gives_the_axis(first, second):
    """A fleet whose power is cut serves its last requests later: its course is longer."""
    found = fleet_replay.curtailment_charts(cut(course(first), course(second)))
    for chart in found:
        assert len(chart.table.rows) == 5
        for line in chart.figure["data"]:
            assert len(line["x"]) == len(line["y"]) == 5
    queue = next(chart for chart in found if chart.key == "queue")
    shorter = 1 if first < second else 2
    assert [row[shorter] for row in queue.table.rows] == [0.5, 1.5, 2.5, None, None]


def test_a_day_asks_for_tokens_by_the_hour():
    told = fleet_replay.day(np.arange(24.0), "node 0, day 3")
    assert told.figure["data"][0]["x"][8] == "8"
    assert told.figure["layout"]["xaxis"]["type"] == "category"
    assert told.table.rows[8] == (8, 8.0)
    assert told.about == "Output tokens an hour, node 0, day 3."
