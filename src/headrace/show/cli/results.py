"""A plan on the terminal: orders in words, ranked, and the JSON that scripts rely on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rich.text import Text

from headrace.core.plan_file import PlanFile, RiskRecord, summary
from headrace.core.printable import in_one_line
from headrace.show.cli.output import console
from headrace.show.format import decision_words, order_sentences, text
from headrace.show.reports import deep_section, plan_status

MOST_ORDERS = 30


def as_json(plan: PlanFile) -> dict[str, object]:
    """The contract of `headrace plan --json`; orders are ranked as a person reads them, and there
    are none where the run did not finish: nobody shall place them.
    """
    advised = order_sentences.ranked(plan.orders) if plan.finished else ()
    return summary(replace(plan, orders=advised, decision=plan.decision if advised else None))


def show(plan: PlanFile, folder: Path) -> None:
    """Print the plan: one headline, the orders, where the rest is. A run that did not finish gives
    no orders: it says what is known.
    """
    screen = console()
    screen.print(Text(plan.title or plan.study, style="bold"))
    if plan.finished:
        show_advice(plan)
    else:
        screen.print(Text(f"{plan_status.headline(plan)}.", style="bold yellow"))
        screen.print(Text(plan_status.known(plan)))
    screen.print()
    if plan.deep is not None:
        screen.print(Text("The bet", style="bold"))
        for said in deep_section.sentences(plan):
            screen.print(Text(f"  {said}"))
        screen.print()
    screen.print(Text(f"Run folder {in_one_line(folder)}", style="dim"))
    if (folder / "report.html").is_file():
        screen.print(Text(f"Report     {in_one_line(folder / 'report.html')}", style="dim"))


def show_advice(plan: PlanFile) -> None:
    """Print the objective and how good it is, then the orders, ranked."""
    screen, unit = console(), plan.money.unit
    year = f" of {plan.money.year}" if plan.money.year else ""
    named = f" ({plan.measure})" if plan.risk is not None else ""
    screen.print(
        f"Objective {text.money(plan.objective_usd, unit)}{year}{named}, {gap_words(plan)};"
        f" {plan.nodes} tree nodes of {plan.hours_per_node:,} hours,"
        f" solved in {plan.solve_seconds:.0f} s."
    )
    if plan.full_hours is not None:
        screen.print(f"{plan.full_hours.sentence}.", markup=False)
    for one in plan.availability or ():
        screen.print(Text(f"{one.sentence}.", style="" if one.kept else "bold yellow"))
    if plan.risk is not None:
        screen.print(f"{risk_words(plan.risk, unit)}.")
    screen.print(Text("; ".join(plan_status.strip(plan)), style="dim"))
    screen.print()
    found = order_sentences.ranked(plan.orders)
    screen.print(Text("Orders now" if found else order_sentences.NO_ORDER, style="bold"))
    for what, worth, less, _ in decision_words.alternatives(plan):
        screen.print(Text.assemble("  0  ", (what, "bold"), ": pay nothing; ", f"{worth}, {less}."))
    for place, order in enumerate(found[:MOST_ORDERS], 1):
        show_order(place, order_sentences.sentence(order, unit))
    if len(found) > MOST_ORDERS:
        screen.print(f"... and {len(found) - MOST_ORDERS} smaller ones, in the report")
    if found and (told := decision_words.committed(plan)):
        screen.print(Text.assemble("     ", ("All of them together", "bold"), f": pay {told}."))
        screen.print(Text(f"     {decision_words.counted(found)}."))
        screen.print(Text(f"     {decision_words.without_any(plan)}"))
    if more := decision_words.time_spent(plan):
        screen.print(Text(more, style="dim"))


def show_order(place: int, told: order_sentences.Sentence) -> None:
    """Print one order under its rank: what and its worth, then why and when."""
    style = "green" if told.order.decided else "yellow" if told.order.decided is False else "dim"
    rate = f", {told.per_dollar}" if told.per_dollar else ""
    parts = (f"{told.pays}; " if told.pays else "", (told.worth + rate, style))
    console().print(Text.assemble(f"{place:>3}  ", (told.what, "bold"), ": ", *parts))
    why = f"because {told.why}" if told.why else ""
    rest = "; ".join(part for part in (told.branches, why, told.when, told.further) if part)
    if rest:
        console().print(Text(f"     {rest}."), style="dim")


def risk_words(risk: RiskRecord, unit: str) -> str:
    """The parts of a risk-adjusted objective beside each other."""
    worst = f"the mean of the worst {text.percent(1 - risk.alpha)} (CVaR)"
    tail = f"{text.money(risk.cvar_usd, unit)} {worst if risk.alpha < 1 else 'CVaR 1'}"
    return (
        f"Expected NPV {text.money(risk.expected_usd, unit)}; {tail};"
        f" {text.money(risk.worst_usd, unit)} on the worst branch"
    )


def gap_words(plan: PlanFile) -> str:
    """How good the plan is known to be: its gap, or that none was certified."""
    if plan.gap is None:
        return "no bound above it yet"
    told = text.percent(plan.gap)
    return f"{told if told.startswith('below') else f'at most {told}'} from the best possible"
