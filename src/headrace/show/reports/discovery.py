"""A finding on one page: claim, errors beside the null law's, counterexamples, dead hypotheses, the
region where it holds, seeds, hashes, and the command that runs it again.
"""

from __future__ import annotations

import math
from pathlib import Path

from headrace.science.discovery.finding import Finding
from headrace.science.robustness.prim import sentence
from headrace.show.format import text
from headrace.show.format.chart import Cell, Chart, table
from headrace.show.format.colours import QUIET, technology
from headrace.show.reports import page

MOST_ROWS = 400


def write(finding: Finding, folder: Path) -> Path:
    """Write report.html into the folder. Raises DiskFull."""
    return page.write(discovery_page(finding), folder / "report.html")


def discovery_page(finding: Finding) -> str:
    """The page as text; the same finding gives the same bytes."""
    asked = finding.question.asked
    title = asked.title or asked.question
    subject = f"question {asked.question}, {finding.state}"
    top = page.masthead(subject, title, lede=(verdict(finding),))
    return page.gallery(asked.question, top, charts(finding))


def verdict(finding: Finding) -> str:
    """The answer in words."""
    tolerance = text.percent(finding.question.asked.tolerance)
    name = finding.question.answer.name
    if finding.verdict == "stopped":
        return f"Stopped: {finding.state}; {finding.solves} plans solved so far. {finding.why}"
    if finding.verdict == "refused":
        return f"Refused: {finding.why}."
    if finding.verdict == "no law":
        return f"No law: {finding.why} (tolerance {tolerance})."
    claim = (
        f"{name} = {finding.words} [{finding.question.answer.unit}], "
        f"within {text.percent(finding.law_error)} on {finding.held_out} plans it never saw; "
        f"it survived {finding.falsified} solves that sought where it is worst."
    )
    null = f"The null law is off by {_share(finding.null_held_out)} there."
    if finding.verdict == "law":
        return f"{claim} {null}" if math.isfinite(finding.null_held_out) else claim
    return f"No more than levelised-cost algebra: {finding.why}. The law: {claim} {null}"


def _share(value: float) -> str:
    return text.percent(value) if math.isfinite(value) else "more than can be told"


def charts(finding: Finding) -> tuple[Chart, ...]:
    """The tables and pictures of a finding, those that it has come to."""
    found = [claim(finding)]
    found += [tested(finding)] if finding.tested else []
    found += [counterexamples(finding)] if finding.counterexamples else []
    found += [hypotheses(finding)] if finding.hypotheses else []
    found += [screening(finding)] if finding.screened else []
    found += [unanswered(finding)] if finding.unanswered else []
    return (*found, asked_for(finding), again(finding))


def claim(finding: Finding) -> Chart:
    """The verdict and every figure behind it."""
    asked = finding.question.asked
    rows: list[tuple[Cell, ...]] = [
        ("verdict", finding.verdict, finding.why),
        ("law", finding.words or "none", "in the inputs and units below"),
        ("largest error, held out", _share(finding.law_error), f"{finding.held_out} plans"),
        ("allowed", _share(finding.allowed), f"tolerance {text.percent(asked.tolerance)}"),
        ("null law, held out", _share(finding.null_held_out), asked.null_says or "as asked"),
        ("times better than the null law", _times(finding.beats_null), "2 are asked for"),
        ("best constant, held out", _share(finding.do_nothing_held_out), "the do-nothing law"),
        ("noise floor", _share(finding.noise[0]), f"at most {_share(finding.noise[1])}"),
        (
            "share of the box that is certain",
            _share(finding.certain),
            f"at {text.percent(asked.confidence)}, corrected for all hypotheses tried",
        ),
        (
            "chance that it is luck",
            _times(finding.chance),
            f"binomial, times {len(finding.hypotheses)} hypotheses less those of wrong units",
        ),
        ("solves against it", str(finding.falsified), _survival(finding)),
        (
            "still holds outside the box",
            _share(finding.beyond),
            f"{finding.beyond_asked} plans, {text.percent(asked.beyond)} further on each side",
        ),
        ("where it holds", _region(finding), "PRIM, in and around the box"),
        ("plans solved", str(finding.solves), "in all"),
    ]
    about = (
        "Errors are relative to the answer and count what lies beyond the interval that the solved "
        "plans certify."
    )
    return Chart("claim", "The claim", table(("what", "value", "told of it"), rows), {}, about)


def _survival(finding: Finding) -> str:
    if not finding.falsified:
        return "none yet"
    refuted = len(finding.counterexamples)
    return f"{refuted} laws refuted on the way" if refuted else "no counterexample"


def _times(value: float) -> str:
    return f"{value:.3g}" if math.isfinite(value) else "-"


def _region(finding: Finding) -> str:
    if finding.law is None:
        return "-"
    if finding.region is None:
        return "at every plan that was solved, in the box and around it"
    varied = finding.question.varied
    names, units = [v.name for v in varied], [v.unit for v in varied]
    return sentence(finding.region, names, units, "within the tolerance")


def tested(finding: Finding) -> Chart:
    """The law beside plans that it never saw, as a picture and a table."""
    varied, unit = finding.question.varied, finding.question.answer.unit
    columns = ["part", *(f"{v.name} [{v.unit}]" for v in varied)]
    columns += [f"from [{unit}]", f"to [{unit}]", f"law [{unit}]", f"off [{unit}]"]
    rows: list[tuple[Cell, ...]] = [
        (p.part, *p.point, *p.answer, p.told, p.off) for p in finding.tested[:MOST_ROWS]
    ]
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": part,
            "x": [0.5 * sum(p.answer) for p in finding.tested if p.part == part],
            "y": [p.told for p in finding.tested if p.part == part],
            "marker": {"color": colour, "size": 6},
        }
        for part, colour in zip(
            dict.fromkeys(p.part for p in finding.tested),
            (technology("grid"), technology("gas"), technology("pv"), QUIET, QUIET, QUIET),
        )
    ]
    ends = [end for p in finding.tested for end in p.answer]
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": "equal",
        "x": [min(ends), max(ends)],
        "y": [min(ends), max(ends)],
        "line": {"color": QUIET, "dash": "dot", "width": 1.5},
    }
    layout = {
        "height": 360,
        "xaxis": {"title": {"text": f"plans: {finding.question.answer.name} [{unit}]"}},
        "yaxis": {"title": {"text": f"law [{unit}]"}},
    }
    figure = {"data": [*traces, line], "layout": layout}
    about = "Held-out plans, and those that sought where the law is worst; none of them fitted it."
    return Chart("tested", "The law beside the plans", table(columns, rows), figure, about)


def counterexamples(finding: Finding) -> Chart:
    """Every solve that refuted a law."""
    varied, unit = finding.question.varied, finding.question.answer.unit
    columns = [*(f"{v.name} [{v.unit}]" for v in varied), "law", f"it says [{unit}]"]
    columns += [f"plans say, from [{unit}]", f"to [{unit}]", "error"]
    rows: list[tuple[Cell, ...]] = [
        (*c.point, c.law, c.told, *c.answer, text.percent(c.error)) for c in finding.counterexamples
    ]
    about = "Each of these laws passed the held-out test and was refuted by an exact solve."
    return Chart("counterexamples", "Counterexamples", table(columns, rows), {}, about)


def hypotheses(finding: Finding) -> Chart:
    """Every candidate and what became of it."""
    told = finding.as_json()["hypotheses"]
    assert isinstance(told, list)
    rows = [
        (h["law"], h["length"], _share_of(h["training"]), _share_of(h["held_out"]), h["fate"])
        for h in told
    ]
    columns = ("law", "length", "error, training", "error, held out", "what became of it")
    about = "Every candidate that was frozen before the held-out plans were solved."
    return Chart("hypotheses", "All hypotheses", table(columns, rows), {}, about)


def _share_of(value: object) -> str:
    return text.percent(value) if isinstance(value, float) else "-"


def screening(finding: Finding) -> Chart:
    """What was varied and how much of it matters."""
    rows = [
        (s.name, _share(s.effect), _share(s.spread), "yes" if s.kept else "no: below the tolerance")
        for s in finding.screened
    ]
    columns = ("varied", "effect", "spread of it", "searched on")
    about = "Morris's elementary effects across the range, relative to the median answer."
    return Chart("screening", "What matters", table(columns, rows), {}, about)


def unanswered(finding: Finding) -> Chart:
    """Points without one answer, with every value of those that have several."""
    varied = finding.question.varied
    several = {point: values for point, values in finding.crossings}
    rows: list[tuple[Cell, ...]] = [
        (*point, why, ", ".join(f"{value:.5g}" for value in several.get(point, ())))
        for point, why in finding.unanswered[:MOST_ROWS]
    ]
    names, units = [v.name for v in varied], [v.unit for v in varied]
    box = finding.unanswered_region
    where = "" if box is None else f" {sentence(box, names, units, 'without one answer')}"
    columns = (*(f"{v.name} [{v.unit}]" for v in varied), "why", "every value")
    about = f"Points without one answer are mapped, never averaged over.{where}"
    return Chart("unanswered", "Where there is no one answer", table(columns, rows), {}, about)


def asked_for(finding: Finding) -> Chart:
    """The question: what is varied, the inputs of laws, the answer."""
    rows: list[tuple[Cell, ...]] = [
        ("varied", v.name, v.unit, f"{v.low:g} to {v.high:g}: {', '.join(k.key for k in v.keys)}")
        for v in finding.question.varied
    ]
    rows += [("input of laws", q.name, q.unit, "") for q in finding.question.quantities]
    answer = finding.question.answer
    rows.append(("answer", answer.name, answer.unit, finding.question.asked.source))
    columns = ("what", "name", "unit", "range, keys, source")
    return Chart("asked", "What was asked", table(columns, rows))


def again(finding: Finding) -> Chart:
    """What runs it again: seed, hashes, versions."""
    asked = finding.question.asked
    rows: list[tuple[Cell, ...]] = [
        ("run it again", "headrace discover question.yaml --out NEW_FOLDER"),
        ("seed", asked.seed),
        *finding.hashes,
    ]
    about = (
        "The same question in the same environment gives the same bytes; elsewhere compare the law "
        "and the verdict. No answer here is a neural network's: the world is the study, solved."
    )
    return Chart("again", "Run it again", table(("what", "value"), rows), {}, about)
