"""A plan on the terminal: orders in words, ranked, and the JSON that scripts rely on."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from rich.text import Text

from headrace.core.plan_file import Certificate, OrderRecord, PlanFile, RiskRecord
from headrace.show.cli.output import console
from headrace.show.format import text
from headrace.show.reports import deep_section, order_sentences

MOST_ORDERS = 30


def as_json(plan: PlanFile) -> dict[str, object]:
    """The contract of `headrace plan --json`."""
    return {
        "study": plan.study,
        "objective_usd": plan.objective_usd,
        "lower_bound_usd": plan.lower_bound_usd,
        "upper_bound_usd": plan.upper_bound_usd,
        "gap": plan.gap,
        "nodes": plan.nodes,
        "hours_per_node": plan.hours_per_node,
        "solve_seconds": plan.solve_seconds,
        "terminal_value_usd": plan.terminal_value_usd,
        **({} if plan.risk is None else {"risk": asdict(plan.risk)}),
        "orders": [_order(order) for order in order_sentences.ranked(plan.orders)],
        "certificate": _certificate(plan.certificate),
        **({} if plan.deep is None else {"deep": asdict(plan.deep)}),
    }


def _order(order: OrderRecord) -> dict[str, object]:
    names = (
        "site",
        "asset",
        "quantity",
        "unit",
        "order_by",
        "arrives",
        "value_low_usd",
        "value_high_usd",
        "decided",
    )
    told = {name: getattr(order, name) for name in names}
    flip, month = order.flips_at, order.month_earlier
    told |= {} if order.unit_size is None else {"unit_size": order.unit_size}
    return (
        told
        | {"flips_at": flip and asdict(flip)}
        | ({} if month is None else {"month_earlier": asdict(month)})
    )


def _certificate(certificate: Certificate) -> dict[str, object]:
    names = ("max_balance_residual", "max_chain_residual", "max_money_residual")
    return {name: getattr(certificate, name) for name in names} | {"notes": list(certificate.notes)}


def show(plan: PlanFile, folder: Path) -> None:
    """Print the plan: one headline, the orders, where the rest is."""
    screen = console()
    unit = plan.money.unit
    year = f" of {plan.money.year}" if plan.money.year else ""
    screen.print(Text(plan.title or plan.study, style="bold"))
    named = f" ({plan.measure})" if plan.risk is not None else ""
    screen.print(
        f"Objective {text.money(plan.objective_usd, unit)}{year}{named}, {gap_words(plan)}; {_size(plan)}."
    )
    if plan.risk is not None:
        screen.print(f"{risk_words(plan.risk, unit)}.")
    screen.print()
    found = order_sentences.ranked(plan.orders)
    screen.print(
        Text(
            "Orders now" if found else "No order now: every one is worth more later, or never.",
            style="bold",
        )
    )
    for place, order in enumerate(found[:MOST_ORDERS], 1):
        _show_order(place, order_sentences.sentence(order, unit))
    if len(found) > MOST_ORDERS:
        screen.print(f"... and {len(found) - MOST_ORDERS} smaller ones, in the report")
    screen.print()
    if plan.deep is not None:
        _show_bet(plan)
    screen.print(Text(f"Run folder {folder}", style="dim"))
    if (folder / "report.html").is_file():
        screen.print(Text(f"Report     {folder / 'report.html'}", style="dim"))


def _show_bet(plan: PlanFile) -> None:
    """The bet in words: one line an answer, then what is still open."""
    screen = console()
    screen.print(Text("The bet", style="bold"))
    for said in deep_section.sentences(plan):
        screen.print(Text(f"  {said}"))
    screen.print()


def _show_order(place: int, told: order_sentences.Sentence) -> None:
    style = "green" if told.order.decided else "yellow" if told.order.decided is False else "dim"
    console().print(Text.assemble(f"{place:>3}  ", (told.what, "bold"), ": ", (told.worth, style)))
    rest = "; ".join(
        part
        for part in (f"because {told.why}" if told.why else "", told.when, told.further)
        if part
    )
    if rest:
        console().print(Text(f"     {rest}."), style="dim")


def risk_words(risk: RiskRecord, unit: str) -> str:
    """The parts of a risk-adjusted objective beside each other."""
    tail = f"{text.money(risk.cvar_usd, unit)} the mean of the worst {text.percent(1 - risk.alpha)} (CVaR)"
    if risk.alpha >= 1:
        tail = f"{text.money(risk.cvar_usd, unit)} CVaR 1"
    return f"Expected NPV {text.money(risk.expected_usd, unit)}; {tail}; {text.money(risk.worst_usd, unit)} on the worst branch"


def gap_words(plan: PlanFile) -> str:
    """How good the plan is known to be: its gap, or that none was certified."""
    if plan.gap is None:
        return "no bound above it yet"
    told = text.percent(plan.gap)
    return f"{told if told.startswith('below') else f'at most {told}'} from the best possible"


def _size(plan: PlanFile) -> str:
    return f"{plan.nodes} tree nodes of {plan.hours_per_node:,} hours, solved in {plan.solve_seconds:.0f} s"
