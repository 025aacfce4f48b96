"""Make the pictures of the manual: python docs/pictures.py, and with `gallery` those of the
examples.

The first are of a tutorial's plan, which a test solves again; the gallery plans every example that
comes along on a week and a day of each stage, some minutes, which a slow test does again.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import headrace as hr

DOCS = Path(__file__).parent


def pictures() -> dict[str, str]:
    """Each picture by its name under assets/."""
    with tempfile.TemporaryDirectory() as folder:
        study = hr.read(DOCS / "tutorials" / "campus.yaml")
        charts = study.solve(out=Path(folder) / "campus", progress=False).charts
        return {
            "campus-cash.svg": charts.cash().svg,
            "campus-chain.svg": charts.chain().svg,
            "campus-cost.svg": charts.cost("power").svg,
        }


def gallery() -> tuple[dict[str, str], dict[str, str]]:
    """Cash by year of every example as a picture, and its answer in a line, by its name."""
    drawn, answers = {}, {}
    for name in hr.examples()["name"]:
        with tempfile.TemporaryDirectory() as folder:
            study = hr.read(str(name)).but({"horizon.hours": {"weeks": 1}})
            plan = study.solve(out=Path(folder) / "run", progress=False)
            drawn[f"gallery-{name}.svg"] = plan.charts.cash().svg
            answers[str(name)] = answer(plan)
    return drawn, answers


def answer(plan: hr.Plan) -> str:
    """What the plan advises, in a line."""
    from headrace.show.format import text
    from headrace.show.format.order_sentences import ranked, sentence

    unit, orders = plan.file.money.unit, ranked(plan.file.orders)
    worth = text.money(plan.file.objective_usd, unit)
    first = sentence(orders[0], unit).what if orders else "Place no order now."
    return f"{first} ({text.count(len(orders), 'order')} now; the plan is worth {worth})"


if __name__ == "__main__":
    if sys.argv[1:] == ["gallery"]:
        found, lines = gallery()
        for name, svg in found.items():
            (DOCS / "assets" / name).write_text(svg, encoding="utf-8")
        told = json.dumps(lines, indent=1, ensure_ascii=False)
        (DOCS / "assets" / "gallery.json").write_text(f"{told}\n", encoding="utf-8")
        sys.exit()
    for name, svg in pictures().items():
        (DOCS / "assets" / name).write_text(svg, encoding="utf-8")
