"""The page of a plan's hours replayed request by request: what was promised, what a cut of power
does, what was simulated.
"""

from __future__ import annotations

from pathlib import Path

from headrace.models.fleet.from_plan import FleetDay, promises
from headrace.models.fleet.metrics import Summary, course, summarise
from headrace.models.fleet.power_cap import Curtailment, Followed
from headrace.show.figures.fleet_replay import curtailment_charts, day, replay_charts
from headrace.show.format.html import tag
from headrace.show.reports import page
from headrace.show.reports.fleet_replay import curtailment_sentence, figures, sentence, sources


def write(staged: FleetDay, found: Followed | Curtailment, when: str, path: Path) -> Path:
    """Write the page; `when` says in words which day of which node it is.

    Raises InputError, DiskFull.
    """
    return page.write(replayed_page(staged, found, when), path)


def replayed_page(staged: FleetDay, found: Followed | Curtailment, when: str) -> str:
    """The page as text."""
    if isinstance(found, Curtailment):
        replay, charts, words = (
            found.base_replay,
            curtailment_charts(found),
            cut_words(staged, found),
        )
        after = summarise(found.cut_replay.replay)
        columns = [("as planned", summarise(replay)), ("with the cut", after)]
    else:
        replay = found.replay
        charts, words = replay_charts(course(replay), replay), sentence(summarise(replay))
        columns = [("", summarise(replay))]
    top = page.masthead(
        f"plan replayed request by request, {when}",
        staged.line.name,
        lede=(promise_words(staged, columns[0][1]), " ", words),
    )
    simulated = tag("section", tag("p", simulated_words(staged), class_="about"))
    everything = (*charts, day(staged.line.tokens, when), figures(columns))
    return page.gallery(staged.line.name, top, everything, simulated, sources(replay))


def promise_words(staged: FleetDay, base: Summary) -> str:
    """Whether the promises are kept in the hours replayed, in a sentence."""
    names = {"ttft": "first token", "tpot": "per token"}
    parts = [
        f"{one.statistic} {names[one.what]} {one.found * 1e3:,.0f} ms"
        f" of {one.promised * 1e3:,.0f} ms promised, {'kept' if one.kept else 'NOT kept'}"
        for one in promises(staged, base)
    ]
    return f"As planned: {'; '.join(parts)}."


def cut_words(staged: FleetDay, found: Curtailment) -> str:
    """What the cut does, in sentences, with the power of the plan's whole fleet there."""
    megawatts = staged.one_in / 1e6  # of the whole fleet, for each watt of the part simulated
    power = (
        f"A cut of the whole fleet's power here from {found.drawn * megawatts:,.3g}"
        f" to {found.cap * megawatts:,.3g} MW, in the part simulated:"
    )
    patient = staged.fleet.classes[0].patience < float("inf")
    waits = "" if patient else " Nobody gives up waiting; `--patience` lets them."
    return f"{power} {curtailment_sentence(found)}{waits}"


def simulated_words(staged: FleetDay) -> str:
    """What was simulated for what, in a sentence."""
    pools = ", ".join(
        f"{pool.replicas} {pool.name} of {pool.max_batch} places" for pool in staged.fleet.pools
    )
    most = staged.line.accelerators[staged.first : staged.first + staged.hours].max()
    return (
        f"{len(staged.trace):,} requests from {staged.first}:00 for {staged.hours} h on {pools};"
        f" each stands for {staged.one_in:,.0f} requests of the plan,"
        f" whose {most:,.0f} accelerators are at work at most."
    )
