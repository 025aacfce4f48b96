"""A world of two technologies, three branches and two load blocks, small enough to be solved by the
dozen: used by tests of the library and of all that shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from headrace.science.world_model import library as libraries
from headrace.science.world_model.ask import AskedWorld
from headrace.science.world_model.world_file import read_world

STUDY = """\
study: tiny
money: {year: 2026, discount: 5 %/a real}
horizon: {start: 2027-01, stages: [24 months, 120 months], hours: {blocks: [6000 h, 2760 h]}}
tree:
  - {node: now, values: {demand: 100 %}}
  - {node: boom, parent: now, probability: 50 %, values: {demand: 200 %}}
  - {node: bust, parent: now, probability: 50 %, values: {demand: 50 %}}
technologies:
  plant: {capex: 1000 USD/kW, variable: 20 USD/MWh, life: 12 years}
  reactor: {capex: 2500 USD/kW, variable: 5 USD/MWh, life: 12 years}
sites:
  here: {build: {plant: {use: plant, at_most: 100 MW}, reactor: {use: reactor, at_most: 100 MW}}}
products:
  power: {kind: electricity, site: here, demand: 10 MW, price: 90 USD/MWh}
"""
WORLD = """\
world: tiny
study: tiny_study.yaml
vary:
  variable: {key: technologies.plant.variable, from: 10 USD/MWh, to: 40 USD/MWh}
  reactor: {key: technologies.reactor.capex, from: 1500 USD/kW, to: 4000 USD/kW}
  odds: {from: 20 %, to: 80 %, keys: {tree.1.probability: [20 %, 80 %],
      tree.2.probability: [80 %, 20 %]}}
  load: {key: products.power.demand, from: 8 MW, to: 12 MW}
  room: {key: sites.here.build.reactor.at_most, from: 5 MW, to: 15 MW}
tolerance: 1 %
budget: {plans: 60, dollars: 1}
"""


def write(folder: Path, *, name: str = "world") -> Path:
    """The study and its world file in a folder; returns the world file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tiny_study.yaml").write_text(STUDY)
    (folder / f"{name}.yaml").write_text(WORLD)
    return folder / f"{name}.yaml"


def fill(world: Path, plans: int) -> None:
    """So many plans beside the world file."""
    file = read_world(world, lambda name: None)
    with libraries.opened(world.with_suffix(".duckdb"), file) as found:
        for _ in AskedWorld(file, found).fill(plans, stop=lambda: False):
            pass


@contextmanager
def opened(folder: Path) -> Iterator[AskedWorld]:
    """The world of a folder with its library open."""
    file = read_world(folder / "world.yaml", lambda name: None)
    with libraries.opened(folder / "world.duckdb", file) as plans:
        yield AskedWorld(file, plans)
