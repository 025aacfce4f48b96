"""Make the pictures of the manual from a tutorial's plan: python docs/pictures.py.

A test solves it again and holds them fresh.
"""

from __future__ import annotations

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


if __name__ == "__main__":
    for name, svg in pictures().items():
        (DOCS / "assets" / name).write_text(svg, encoding="utf-8")
