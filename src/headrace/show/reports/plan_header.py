"""The top of a plan's page: what it says in two sentences, and the figures that frame it."""

from __future__ import annotations

from headrace.core.plan_file import PlanFile
from headrace.show.format import decision_words, order_sentences, text
from headrace.show.format.html import Markup, tag
from headrace.show.format.text import count
from headrace.show.reports import page, plan_status


def masthead(plan: PlanFile) -> Markup:
    """Title, the answer in one or two sentences, and the few figures that frame it."""
    typical = [weather.site for weather in plan.weather if weather.typical]
    named = ", ".join(dict.fromkeys(text.site(site) for site in typical))
    words = (
        f"Weather of {named}: a typical year stitched from several calendar years. Extremes, and"
        " weather that strikes several sites at once, are understated until you bring actual years."
    )
    caution = tag("p", words, class_="caution") if typical else Markup("")
    return page.masthead(
        f"plan of study {plan.study}",
        plan.title or plan.study,
        strip(plan),
        figures(plan),
        caution,
        lede=lede(plan),
    )


def strip(plan: PlanFile) -> Markup:
    """How the run ended and what its numbers are about, before any of them."""
    parts = [tag("span", told) for told in plan_status.strip(plan)]
    return tag("p", *parts, class_="strip" if plan.finished else "strip unfinished", role="note")


def lede(plan: PlanFile) -> tuple[str | Markup, ...]:
    """The answer: what to commit and in how many orders, the most valuable one, and what is lost
    without any; of a run that did not finish, that there is no advice, and what is known.
    """
    if not plan.finished:
        return tag("b", f"{plan_status.headline(plan)}."), f" {plan_status.known(plan)}"
    found = order_sentences.ranked(plan.orders)
    if not found:
        return ("Place no order now: everything is worth more later, or never.",)
    first, sum_ = (
        order_sentences.sentence(found[0], plan.money.unit),
        decision_words.committed(plan),
    )
    pays = f", {first.pays.partition(', ')[0]}" if first.pays else ""
    without = decision_words.without_any(plan)
    told: list[str | Markup] = [
        f"Commit {sum_} this month in " if sum_ else "Place ",
        f"{decision_words.counted(found)}. First: ",
        tag("b", first.what[:1].lower() + first.what[1:]),
        f"{pays}, {first.worth}.",
        f" {without}" if without else "",
    ]
    return tuple(told)


def figures(plan: PlanFile) -> Markup:
    """Objective, terminal value, gap, size."""
    unit = plan.money.unit
    year = f"{unit} of {plan.money.year}, real" if plan.money.year else unit
    which = "plan" if plan.finished else "best plan so far"
    cells = [
        (f"Worth of the {which} (NPV)", text.money(plan.objective_usd, unit), f"discounted, {year}")
    ]
    if plan.risk is not None:
        cells = [
            (
                f"Risk-adjusted worth of the {which}",
                text.money(plan.objective_usd, unit),
                f"{plan.risk.mixture}, {year}",
            )
        ]
        cells.append(
            ("Expected NPV", text.money(plan.risk.expected_usd, unit), "mean over the branches")
        )
        cells.append(
            (
                "Worst branch",
                text.money(plan.risk.worst_usd, unit),
                f"CVaR {text.money(plan.risk.cvar_usd, unit)}",
            )
        )
    if plan.terminal_value_usd is not None:
        of = (
            "of which at the horizon's end"
            if plan.risk is None
            else "of the expected NPV at the horizon's end"
        )
        cells.append((of, text.money(plan.terminal_value_usd, unit), "terminal value"))
    sure = (
        (text.percent(plan.gap), "from the best possible, at most")
        if plan.gap is not None
        else ("not known", "no bound certified")
    )
    cells.append(("Gap", *sure))
    cells.append(
        (
            "Futures",
            f"{count(plan.nodes, 'node')}",
            f"of {plan.hours_per_node:,} hours, solved in {plan.solve_seconds:,.0f} s",
        )
    )
    return tag(
        "dl",
        *(
            tag("div", tag("dt", name), tag("dd", value, tag("small", rest)))
            for name, value, rest in cells
        ),
        class_="figures",
    )
