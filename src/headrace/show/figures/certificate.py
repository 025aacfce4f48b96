"""How sure a plan is: its bounds on a line, its residuals beside what is allowed, its notes."""

from __future__ import annotations

import math

from headrace.core.plan_file import PlanFile
from headrace.show.format import text
from headrace.show.format.chart import Table, table
from headrace.show.format.html import Markup, join, scroll_box, tag

ALLOWED = 1e-6
_DECADES = (-16, 0)
_NAMES = (
    ("max_balance_residual", "Energy, hours and tokens balance at every bus and hour"),
    ("max_chain_residual", "Stores and queues carry over from hour to hour"),
    ("max_money_residual", "Every dollar paid is a dollar received"),
)


def as_table(plan: PlanFile) -> Table:
    """The certificate as plain rows."""
    cert = plan.certificate
    rows = [
        (
            "objective" if plan.risk is None else f"objective ({plan.measure})",
            plan.objective_usd,
            "USD",
        ),
        ("lower bound", plan.lower_bound_usd, "USD"),
        ("upper bound", plan.upper_bound_usd, "USD"),
    ]
    if plan.risk is not None:
        parts = (
            ("expected NPV", plan.risk.expected_usd),
            ("CVaR", plan.risk.cvar_usd),
            ("worst branch", plan.risk.worst_usd),
        )
        rows += [(name, usd, "USD") for name, usd in parts]
    ending = (
        "terminal value in the objective"
        if plan.risk is None
        else "terminal value in the expected NPV"
    )
    rows += [("gap", plan.gap, ""), (ending, plan.terminal_value_usd, "USD")]
    rows += [(name.replace("_", " "), getattr(cert, name), "relative") for name, _ in _NAMES]
    for plant in plan.whole_units:
        about = f"{plant.title}, {text.site(plant.site)}"
        rows.append(
            (
                f"fuel and starts in the plan: {about}",
                plant.planned_fuel_usd + plant.planned_starts_usd,
                "USD",
            )
        )
        rows.append(
            (
                f"fuel and starts with whole units: {about}",
                plant.exact_fuel_usd + plant.exact_starts_usd,
                "USD",
            )
        )
    return table(("what", "value", "unit"), rows)


def drawing(plan: PlanFile) -> Markup:
    """Bounds, residuals, what whole units would cost, and notes."""
    notes = [tag("li", note) for note in plan.certificate.notes]
    rest = tag("ul", *notes, class_="notes") if notes else Markup("")
    return tag(
        "div", bounds(plan), residuals(plan), whole_units_table(plan), rest, class_="certificate"
    )


def whole_units_table(plan: PlanFile) -> Markup:
    """The plan's straight fuel lines beside whole units at their exact fuel; nothing where nothing
    burns.
    """
    if not plan.whole_units:
        return Markup("")
    unit = plan.money.unit
    rows = []
    for plant in plan.whole_units:
        off = "" if plant.difference is None else f"{100 * plant.difference:+.1f} %"
        cells = (
            f"{plant.units} of {text.quantity(plant.unit_mw, 'MW')}",
            text.money(plant.planned_fuel_usd, unit, 3),
            text.money(plant.exact_fuel_usd, unit, 3),
            text.money(plant.planned_starts_usd, unit, 3),
            text.money(plant.exact_starts_usd, unit, 3),
            off,
        )
        name = tag("th", f"{plant.title}, {text.site(plant.site)}", scope="row")
        rows.append(tag("tr", name, *(tag("td", cell, class_="num") for cell in cells)))
    named = (
        "plant",
        "units",
        "fuel in the plan",
        "whole units",
        "starts in the plan",
        "whole units",
        "difference",
    )
    head = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in named)))
    said = (
        "The plan counts fuel on a straight line; here its hours are replayed with whole units at"
        " their exact part-load fuel."
    )
    return tag(
        "div",
        tag("p", said),
        scroll_box("How sure, as numbers", tag("table", head, tag("tbody", *rows))),
    )


def bounds(plan: PlanFile) -> Markup:
    """The certified interval on a line, this plan at its lower end; in words if there is none."""
    low, high, unit = plan.lower_bound_usd, plan.upper_bound_usd, plan.money.unit
    if low is None or high is None or plan.gap is None:
        return tag(
            "p",
            "No upper bound was certified for this plan:"
            " its distance from the best possible is not known.",
            class_="none",
        )
    ends = text.interval(low, high, unit, join=" and ")
    said = f"The best possible plan is worth between {ends}. This one reaches the lower end."
    if plan.risk is not None:
        said += f" Both are of the {plan.measure}."
    room = 2.2 * max(high - low, 1e-9 * max(abs(low), abs(high), 1.0))
    left, right = 100 * (0.5 - (high - low) / room / 2), 100 * (0.5 + (high - low) / room / 2)
    bar = join(
        tag("i", class_="known", style=f"left:0;width:{left:.4g}%"),
        tag("i", class_="open", style=f"left:{left:.4g}%;width:{right - left:.4g}%"),
        tag("em", f"this plan {text.money(low, unit, 4)}", style=f"left:{left:.4g}%", class_="at"),
        tag(
            "em",
            f"no plan above {text.money(high, unit, 4)}",
            style=f"left:{right:.4g}%",
            class_="at far",
        ),
    )
    gap = tag("b", f"gap {text.percent(plan.gap)}", class_="gap")
    return tag(
        "div", tag("p", said, " ", gap), tag("div", bar, class_="bounds", aria_hidden="true")
    )


def residuals(plan: PlanFile) -> Markup:
    """Each residual on a logarithmic line beside what is allowed."""
    rows = []
    for name, meaning in _NAMES:
        value = getattr(plan.certificate, name)
        if value is None:
            continue
        good = value <= ALLOWED
        mark = tag("i", class_="dot" if good else "dot bad", style=f"left:{_decade(value):.4g}%")
        line = tag(
            "div",
            tag("i", class_="allowed", style=f"left:{_decade(ALLOWED):.4g}%"),
            mark,
            class_="scale",
            aria_hidden="true",
        )
        said = "exact" if value == 0 else f"{value:.1e}"
        rows.append(
            tag(
                "li",
                tag("span", meaning),
                line,
                tag("b", said if good else f"{said}: too large", class_="num"),
            )
        )
    if not rows:
        return Markup("")
    head = tag(
        "p",
        "Residuals, recomputed from the stored numbers;"
        f" allowed {ALLOWED:.0e} of the largest term of the row.",
    )
    return tag("div", head, tag("ul", *rows, class_="residuals"))


def _decade(value: float) -> float:
    """Per cent along a logarithmic line from 1e-16 to 1."""
    first, last = _DECADES
    decade = math.log10(min(1.0, max(value, 10.0**first)))
    return 100.0 * (decade - first) / (last - first)
