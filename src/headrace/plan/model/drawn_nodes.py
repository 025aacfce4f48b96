"""A branch put together of nodes that the tree does not have: other values of what is believed,
other years of weather, outages drawn unit by unit.

The tree is a sample of what may come; a plan is doubted on what it never saw (science/replay). A
chain of such nodes is an expansion like any other, so all that formulates and solves holds for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.calendar import first_weekday
from headrace.core.components import System
from headrace.core.ids import ConverterId
from headrace.core.study import Study
from headrace.core.uncertainty import CarbonTax, ExportOffer, GridEnergy, unit_of
from headrace.energy.own_series.shelf import SeriesShelf
from headrace.energy.weather.record import SERIES, Weather
from headrace.plan.model.believed_study import Held, held_at
from headrace.plan.model.build_system import (
    SystemOnTree,
    believed_world,
    expand,
    slices_of_nodes,
)
from headrace.plan.model.node_parameters import BelievedWorld, node_parameters
from headrace.plan.scenario.operated_years import operated_nodes
from headrace.plan.scenario.time_slices import TimeSlices
from headrace.plan.scenario.tree import ScenarioNode

PRICES = (CarbonTax, GridEnergy, ExportOffer)
"""Prices that a world is made with; those of fuels and of technologies a node has of its own."""


@dataclass(frozen=True, eq=False)
class DrawnYear:
    """A year that may come. days: of each day the day of the weather year that takes its place,
    shape (365,), None: its own. there: of each converter the share of its units that is there over
    the mean share [1], shape (8760,).
    """

    days: Ints | None
    there: Mapping[ConverterId, Floats]

    def weather(self, known: Weather) -> Weather:
        """Weather with its days in another order; all that was measured in a day stays together."""
        if self.days is None:
            return known
        hours = (self.days[:, None] * 24 + np.arange(24)).reshape(-1)
        moved = {name: getattr(known, name)[hours] for name in SERIES}
        return replace(known, **moved)

    def system(self, known: System) -> System:
        """Converters with the units that are there."""
        return replace(
            known,
            converters=tuple(
                replace(one, availability=np.minimum(1.0, one.availability * self.there[one.id]))
                if one.id in self.there
                else one
                for one in known.converters
            ),
        )


@dataclass(frozen=True, eq=False)
class DrawnStudy:
    """A study with the years that may be drawn. base: its own tree; worlds and hours of each year
    are made when they are first asked for.
    """

    study: Study
    folder: Path | None
    base: SystemOnTree
    years: tuple[DrawnYear, ...]
    _worlds: dict[tuple[int, Held], BelievedWorld] = field(default_factory=dict)
    _slices: dict[int, tuple[TimeSlices, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, study: Study, folder: Path | None, years: Sequence[DrawnYear]) -> DrawnStudy:
        """A study that has been checked."""
        return cls(study, folder, expand(study, folder), tuple(years))

    def chain(
        self, nodes: Sequence[ScenarioNode], like: Sequence[int], years: Sequence[int]
    ) -> SystemOnTree:
        """A branch of such nodes. like: the node of the study's tree that each takes the place of;
        years: the drawn year that each is operated in.

        Raises InputError where a value that was drawn makes no study.
        """
        slices = tuple(self._hours(year)[o] for o, year in zip(like, years))
        return replace(
            self.base,
            nodes=tuple(nodes),
            time_slices=slices,
            parameters=tuple(
                node_parameters(self._own, self._world(node, year), node, calendar)
                for node, year, calendar in zip(nodes, years, slices)
            ),
            risk=None,
        )

    @property
    def _own(self) -> BelievedWorld:
        """The study's own world, whose nouns are those of the whole chain."""
        held = held_at(self.study, self.base.nodes[0])
        if (-1, held) not in self._worlds:
            made = believed_world(self.study, held, {}, self._shelf)
            self._worlds[-1, held] = replace(made, system=self.base.system)
        return self._worlds[-1, held]

    def _world(self, node: ScenarioNode, year: int) -> BelievedWorld:
        plain = held_at(self.study, node)
        if (year, plain) not in self._worlds:
            drawn = self.years[year]
            made = believed_world(self.study, plain, {}, self._shelf, drawn.weather)
            self._worlds[year, plain] = replace(made, system=drawn.system(made.system))
        known = self._worlds[year, plain]
        held = tuple(
            (about, f"{node.values[about]!r} {unit_of(about)}")
            if isinstance(about, PRICES) and about in node.values
            else (about, text)
            for about, text in plain
        )
        return known if held == plain else believed_world(
            self.study, held, {plain: known}, self._shelf
        )  # fmt: skip

    def _hours(self, year: int) -> tuple[TimeSlices, ...]:
        """Snapshots of each node of the tree, as that year of weather chooses them."""
        if year not in self._slices:
            _, moments = operated_nodes(self.study, self.base.system, self.base.discounting)
            system = self._world(self.base.nodes[0], year).system
            self._slices[year] = slices_of_nodes(
                self.study, self.base.nodes, system, moments, every_hour=False
            )
        return self._slices[year]

    @property
    def _shelf(self) -> SeriesShelf:
        rates = {code: currency.rate for code, currency in self.study.currencies.items()}
        blocks = self.study.horizon.hours.blocks is not None
        weekday = first_weekday(self.study.horizon.start)
        return SeriesShelf(self.folder or Path(), blocks, weekday, rates)
