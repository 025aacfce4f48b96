"""The page of an integration: what each layer brings, how two go together, what suppliers ask."""

from __future__ import annotations

from pathlib import Path

from headrace.finance.choices.coalitions import Bounds
from headrace.plan.analysis.integration.value import Integration, dominating
from headrace.show.format.chart import Cell, Chart, table
from headrace.show.format.html import tag
from headrace.show.format.text import money
from headrace.show.reports import page

NAME = "integration.html"


def write(found: Integration, path: Path) -> Path:
    """Write the page. Raises InputError, DiskFull."""
    file = found.question.file
    top = page.masthead("make or buy", file.title or file.integrate, lede=sentences(found))
    notes = tag("section", tag("h2", "How to read it"), *(tag("p", text) for text in NOTES))
    return page.write(page.gallery(file.integrate, top, tables(found), notes), path)


NOTES = (
    "v(S) is the best plan where the layers in S may be made and the others are bought; making a "
    "layer costs its fixed sum once. Every world is solved between certified bounds.",
    "A layer brings its Shapley value: what it adds, averaged over all orders in which layers "
    "come. One whose interval holds 0 is not shown to matter.",
    "A supplier picks its price on a grid against a plan that buys this layer and makes the "
    "others, solved at each price. It does not see whether one could make it.",
)


def sentences(found: Integration) -> list[str]:
    """The answer in words."""
    if found.whole is None:
        count = 2 ** len(found.question.players)
        return [f"Stopped: {len(found.worlds)} of {count} worlds are solved. The same words go on."]
    made = ", ".join(n for n in found.question.players if n in found.makes) or "nothing"
    still = [share.player for share in found.shares if not share.matters]
    told = [
        f"Integration is worth {interval(found.whole)}: making {made}, against buying every layer."
    ]
    told += [
        f"Making {name} strictly dominates: it is better in every world and costs nothing fixed. "
        "Look whether what buying it costs is as meant."
        for name in dominating(found)
    ]
    if still:
        told.append(f"Not shown to matter: {', '.join(still)}.")
    return told


def interval(bounds: Bounds) -> str:
    """Bounds [USD] in words."""
    low, high = (money(end, "USD") for end in bounds)
    return low if low == high else f"{low} to {high}"


def tables(found: Integration) -> list[Chart]:
    """Layers, pairs, suppliers, sets: each a table."""
    charts = []
    if found.shares:
        alone = found.alone or {}
        layers: list[tuple[Cell, ...]] = [
            (
                *(s.player, *millions((s.low, s.high)), *millions(alone[s.player])),
                "matters" if s.matters else "not shown to matter",
                "made" if s.player in found.makes else "bought",
            )
            for s in found.shares
        ]
        names = ("layer", "brings at least [M USD]", "at most", "alone at least", "alone at most")
        told = table((*names, "verdict", "in the best plan"), layers)
        charts.append(Chart("layers", "What each layer brings", told))
    if found.pairs:
        pairs: list[tuple[Cell, ...]] = [(f"{a} with {b}", *millions(c)) for a, b, c in found.pairs]
        told = table(("pair", "more together, at least [M USD]", "at most"), pairs)
        charts.append(Chart("pairs", "How two layers go together", told))
    charts += transfer(found)
    if found.responses:
        answers: list[tuple[Cell, ...]] = [
            (one.layer, one.answer, one.paid, one.unit, max(one.profits) / 1e6)
            for one in found.responses
        ]
        columns = ("supplier of", "asks", "paid on the mean", "unit", "its profit [M USD]")
        charts.append(Chart("suppliers", "What suppliers ask", table(columns, answers)))
    sets: list[tuple[Cell, ...]] = [
        (" + ".join(sorted(chosen)) or "nothing", *millions(value))
        for chosen, value in found.values.items()
    ]
    told = table(("may be made", "worth at least [M USD]", "at most"), sets)
    charts.append(Chart("sets", "Every set of layers", told))
    return charts


def transfer(found: Integration) -> list[Chart]:
    """What each layer would charge the next, in the best plan and where it alone is bought."""
    if not found.complete:
        return []
    by_made = {world.made: world for world in found.worlds}
    best = by_made[found.makes]
    rows: list[tuple[Cell, ...]] = []
    for one in best.prices:
        rest = by_made[found.makes - {one.layer}].prices
        same = [o for o in rest if (o.layer, o.makes, o.by) == (one.layer, one.makes, one.by)]
        bought = round(same[0].price, 6) if same and one.layer in found.makes else ""
        even, use = (
            f"{share:.0%}" if share is not None else "" for share in (one.even_use, one.use)
        )
        named = f"{one.makes}, by {one.by}" if one.by else one.makes
        price = round(one.price, 6)
        rows.append((one.layer, named, f"USD/{one.unit}", price, bought, even, use))
    columns = (
        *("layer", "charges for", "unit", "transfer price", "where it is bought"),
        *("break-even use", "use in the plan"),
    )
    about = (
        "What one more unit is worth to the plan, weighted by what passes. Where it is bought: the "
        "same in the plan that buys this layer alone. Break-even use: the share of the hours in "
        "which it must work to pay its yearly cost at the transfer price; above 100 % it never "
        "does, and where no hour brings anything there is none."
    )
    title = "Transfer prices in the best plan"
    return [Chart("transfer", title, table(columns, rows), about=about)] if rows else []


def millions(bounds: Bounds) -> tuple[float, float]:
    """Bounds [USD] in millions."""
    return round(bounds[0] / 1e6, 6), round(bounds[1] / 1e6, 6)
