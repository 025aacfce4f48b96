"""A replay in words: latencies, promises, what a cut does to the requests that arrive in it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from headrace.models.fleet.metrics import ClassSummary, Spread, Summary
from headrace.show.reports import fleet_replay

FAST = Spread(0.01, 0.01, 0.02, 0.02, 0.0301)
SUMMARY = Summary(
    requests=1200,
    finished=1190,
    shed=6,
    unserved=4,
    output_tokens=3.6e6,
    seconds=600.0,
    goodput=1.9,
    good_share=0.9791,
    ttft=FAST,
    tpot=FAST,
    itl=FAST,
    e2e=Spread(2.0, 1.5, 4.0, 5.0, float("nan")),
    energy=7.2e6,
    joules_per_token=2.0,
    fleet_hours=3.0,
    accelerator_hours=24.0,
    utilisation=0.85,
    hit_share=0.1,
    preempted=2,
    evicted=1,
    classes=(),
)


def test_a_replay_in_a_sentence():
    told = fleet_replay.sentence(SUMMARY)
    assert told.startswith(
        "97.91% keep both promises. First token: median 10.0 ms, p95 20.0 ms, p99 "
    )
    assert told.endswith("2 J a token, 3.0 replica-hours, 85% of them computing.")


def test_every_figure_has_its_unit():
    """7.2 MJ are 2 kWh; what was not measured is a dash."""
    rows = dict(fleet_replay.rows_of(SUMMARY))
    assert rows["energy"] == "2 kWh"
    assert rows["whole answer: mean, p50, p90, p95, p99"] == "2.00 s, 1.50 s, 4.00 s, 5.00 s, -"
    assert rows["goodput"] == "1.9 requests/s"
    assert rows["preemptions, restarts elsewhere"] == "2, 1"


def test_classes_are_listed_where_there_are_several():
    import dataclasses

    one = ClassSummary("chat", 10, 0.1, 0.8, FAST, FAST)
    alone = dataclasses.replace(SUMMARY, classes=(one,))
    both = dataclasses.replace(SUMMARY, classes=(one, dataclasses.replace(one, name="agents")))
    assert not any(name.startswith("class") for name, _ in fleet_replay.rows_of(alone))
    assert dict(fleet_replay.rows_of(both))["class agents: good, shed"] == "80.00%, 10.00%"


def test_two_replays_stand_side_by_side():
    told = fleet_replay.figures((("as it is", SUMMARY), ("with the cut", SUMMARY)))
    assert told.table.columns == ("figure", "as it is", "with the cut")
    assert told.table.rows[0] == ("requests", "1,200", "1,200")
    assert fleet_replay.figures((("", SUMMARY),)).table.columns == ("figure", "value")


def replay(ttft: list[float], shed: list[bool]):
    return SimpleNamespace(
        trace=SimpleNamespace(arrival=np.array([0.0, 60.0, 90.0, 120.0])),
        ttft=np.array(ttft),
        tpot=np.array(ttft) / 10,
        shed=np.array(shed),
    )


def test_a_cut_is_told_by_those_who_arrive_in_it():
    """The window is 60 to 120 s: the second and the third request; one of them is shed."""
    found = SimpleNamespace(
        window=(60.0, 120.0),
        drawn=2000.0,
        cap=1500.0,
        left=1480.0,
        base_replay=replay([9.0, 0.1, 0.1, 9.0], [False] * 4),
        cut_replay=SimpleNamespace(
            replay=replay([9.0, 0.5, np.nan, 9.0], [False, False, True, False]), watts=(1000.0,)
        ),
    )
    assert fleet_replay.curtailment_sentence(found) == (
        "From 2.0 to 1.5 kW: the p99 time to first token goes from 100.0 ms to 500.0 ms,"
        " the p99 time per token from 10.0 ms to 50.0 ms; 1 of 2 requests are shed."
    )
    found.base_replay.trace.arrival = np.full(4, 500.0)
    assert "goes from - to -" in fleet_replay.curtailment_sentence(found)
    found.left = 900.0  # 600 W unused, a replica draws 1,000
    assert "coarser than a replica: 0.9 kW were drawn, 40% less" in fleet_replay.coarse_words(found)
    found.left = 300.0  # one more would have fitted: there was nothing to do
    assert fleet_replay.coarse_words(found) == ""


@pytest.mark.parametrize("name", ["trace", "</p><script>"])
def test_sources_name_trace_and_tables(name):
    table = SimpleNamespace(name="t", provider="measured", source="bench <1>", band=(0.9, 1.2))
    told = str(
        fleet_replay.sources(
            SimpleNamespace(
                trace=SimpleNamespace(name=name, source="a file"),
                fleet=SimpleNamespace(pools=[SimpleNamespace(table=table)] * 2),
            )
        )
    )
    assert told.count("Step times: t (measured), 80 % band x 0.90 to 1.20. bench &lt;1&gt;.") == 1
    assert "<script>" not in told
