"""`open`, and a stored plan as tables. It is read from its run folder; nothing is computed anew.

A plan whose run did not finish gives no advice, and everything it tells says so
(docs/decisions/0065).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from headrace.api import node_tables
from headrace.api.table import Cell, ResultTable
from headrace.core.errors import InputError, InputFault, Place, nearest_fault
from headrace.core.plan_file import (
    OrderRecord,
    PlanFile,
    PlanStatus,
    Ratio,
    ShadowPriceRecord,
    read_plan,
)
from headrace.core.run_folder import STUDY, RunFolder, open_run
from headrace.core.study_changes import Key, changed_study, located
from headrace.core.study_reader import parse_text

if TYPE_CHECKING:
    from pypsa import Network

    from headrace.api.charts import PlanCharts
    from headrace.finance.statements import PlanStatements
    from headrace.plan.analysis.replan import Replan
    from headrace.plan.analysis.what_if import WhatIf
    from headrace.plan.solve.stored_solution import StoredPlan

LIMITS = ("limit", "at_most", "at_most_energy")
"""Ends of the keys whose worth is stored wherever it is above the solver's dust."""


def open_plan(run: str | Path) -> Plan:
    """The plan of a run folder, as `headrace plan` and `solve` write it.

    Raises InputError where there is none, with every problem of the file.
    """
    folder = open_run(Path(run))
    return Plan(folder, read_plan(folder))


@dataclass(frozen=True)
class Plan:
    """A stored plan: `file` is `plan.json` as values, the rest are tables of it."""

    folder: RunFolder
    file: PlanFile

    @property
    def status(self) -> PlanStatus:
        """How the run ended and what its numbers are about; orders are advice where its `state` is
        "finished".
        """
        return self.file.status

    @property
    def note(self) -> str:
        """What has to be said of everything below: nothing of a finished plan."""
        from headrace.show.reports import plan_status

        return "" if self.file.finished else f"{plan_status.headline(self.file)}."

    @property
    def orders(self) -> ResultTable:
        """The orders to place now, the surest and dearest first: what each costs, between which
        bounds its worth lies, and what it gains on its worst and its best branch. None where the
        run did not finish.
        """
        from headrace.show.format.order_sentences import ranked
        from headrace.show.reports import plan_status

        unit = self.file.money.unit
        advised = ranked(self.file.orders) if self.file.finished else ()
        columns = {
            **{"site": "", "order": "", "asset": "", "quantity": "", "unit": "", "order_by": ""},
            **{"arrives": "", "cost": unit, "first_due": "", "first_payment": unit},
            **{"worth_low": unit, "worth_high": unit, "decided": "", "per_dollar_low": "1"},
            **{"per_dollar_high": "1", "worst_branch": unit, "best_branch": unit, "why": ""},
        }
        rows = (_order_row(order) for order in advised)
        return self._table(columns, rows, plan_status.orders_title(self.file))

    @property
    def tree(self) -> ResultTable:
        """The nodes of the scenario tree, each with its probability and what is believed there."""
        columns = {
            **{"node": "", "parent": "", "probability": "1", "start": "", "months": "months"},
            **{"label": "", "beliefs": ""},
        }
        rows = (
            (
                *(node.id, node.parent, node.probability, node.start, node.months, node.label),
                ", ".join(f"{k} {b.value} {b.unit}".strip() for k, b in node.beliefs.items()),
            )
            for node in self.file.tree
        )
        return self._table(columns, rows, "Scenario tree")

    @property
    def capacity(self) -> ResultTable:
        """What stands at each node."""
        rows = (
            (node.id, c.site, c.asset, c.role, c.quantity, c.unit)
            for node in self.file.tree
            for c in node.capacity
        )
        columns = dict.fromkeys(("node", "site", "asset", "role", "quantity", "unit"), "")
        return self._table(columns, rows, "Capacity")

    @property
    def served(self) -> ResultTable:
        """Demand of each product in a year of each node, and how much of it is served."""
        return self._table(node_tables.SERVED, node_tables.served(self.file), "Demand served")

    @property
    def sold(self) -> ResultTable:
        """What each stage sells of each offer: level over its reference, price, net revenue of its
        last year, and the share of the product's work that goes unserved.
        """
        columns = node_tables.sold_columns(self.file.money.unit)
        return self._table(columns, node_tables.sold(self.file), "Sold")

    @property
    def flows(self) -> ResultTable:
        """How much of each carrier goes from where to where in a year of each node."""
        columns = ("node", "site", "source", "target", "carrier", "quantity", "unit")
        rows = (tuple(getattr(flow, name) for name in columns) for flow in self.file.flows)
        return self._table(dict.fromkeys(columns, ""), rows, "Flows")

    def cash(self, by: Literal["year", "node"] = "year", node: int | None = None) -> ResultTable:
        """Cash, positive received.

        by "year": undiscounted, in the calendar year in which it is due, mean over the branches;
        with a node, what is due if the branch comes to that node, by all nodes on its way.
        by "node": discounted and weighted by probability, so that it adds up to the expected
        objective; of one node, where it is given.

        Raises InputError for another `by`, and for a node that is not in the tree.
        """
        if by not in ("year", "node"):
            raise InputError(nearest_fault(by, ("year", "node"), "a way to add up cash"))
        return self._cash_by_year(node) if by == "year" else self._cash_by_node(node)

    def _cash_by_year(self, node: int | None) -> ResultTable:
        from headrace.show.figures.cash_fan import years_of

        unit = self.file.money.unit
        columns = {"year": "", "kind": "", "item": "", "product": "", "cash": unit}
        rows = (
            (str(y), k, words, p, usd)
            for (y, k, words, p), usd in years_of(self.file, node).items()
        )
        where = "mean over the branches" if node is None else f"if the branch comes to node {node}"
        title = f"Undiscounted cash by year, {where}"
        return self._table(columns, rows, title)

    def _cash_by_node(self, node: int | None) -> ResultTable:
        columns = {"node": "", "kind": "", "item": "", "product": "", "cash": self.file.money.unit}
        rows = (
            (one.id, line.kind, line.item, line.product, line.usd)
            for one in self.file.tree
            for line in one.cash
            if node in (None, one.id)
        )
        return self._table(columns, rows, "Expected discounted cash by node")

    @property
    def prices(self) -> ResultTable:
        """What one more unit of each limit that binds is worth, for small changes."""
        rows = ((p.site, p.name, p.usd, p.unit, p.words) for p in self.file.prices)
        columns = {"site": "", "key": "", "worth": self.file.money.unit, "per": "", "words": ""}
        return self._table(columns, rows, "Worth of one more unit")

    @property
    def unit_costs(self) -> ResultTable:
        """What a unit of each product costs, part by part, beside what it brings: both levelised
        over the tree, and by the stage that begins in `stage`.
        """
        rows: list[tuple[Cell, ...]] = []
        for cost in self.file.costs:
            for part in cost.parts:
                rows.append((cost.product, part.name, "", part.usd_per_unit, None, cost.unit))
            price = cost.levelised_price
            rows.append((cost.product, "all together", "", cost.cost, price, cost.unit))
            rows += [
                (cost.product, "all together", s.start, s.cost, s.price, cost.unit)
                for s in cost.stages
            ]
        unit = self.file.money.unit
        columns = {"product": "", "part": "", "stage": "", "cost": unit, "price": unit, "per": ""}
        return self._table(columns, rows, "Unit costs, levelised")

    def hours(
        self, node: int | None = None, site: str | None = None, carrier: str | None = None
    ) -> ResultTable:
        """What flows in each hour of a node (the root if not given), a column for each flow:
        positive into its balance, negative out of it. `weight`: hours of a year that a row is for
        [h].

        site, carrier: only those flows.

        Raises InputError for a node without hours, and for another site or carrier.
        """
        from headrace.core.hourly_store import read_hourly

        found = read_hourly(self.folder, self.file.root().id if node is None else node)
        series = found.series
        for wanted, attribute in ((site, "site"), (carrier, "bus")):
            known = tuple(dict.fromkeys(getattr(one, attribute) for one in found.series))
            if wanted is not None and wanted not in known:
                what = "a site" if attribute == "site" else "a carrier"
                raise InputError(nearest_fault(wanted, known, f"{what} of this node's hours"))
            series = tuple(s for s in series if wanted in (None, getattr(s, attribute)))
        columns = {"hour": "", "weight": "h"}
        for one in series:
            # A heading that no other column has: site, balance and line of it.
            name, count = "/".join(part for part in (one.site, one.bus, one.item) if part), 2
            while name in columns:
                name, count = f"{name.rpartition(' (')[0] or name} ({count})", count + 1
            columns[name] = one.unit
        hours = zip(
            range(len(found.weight)), found.weight.tolist(), *(s.values.tolist() for s in series)
        )
        return self._table(columns, hours, f"Hours of node {found.node}")

    def worth(self, key: str) -> ShadowPriceRecord:
        """What one more unit of a limit is worth, "greensboro.grid.limit", for small changes; a
        limit that does not bind is worth 0.

        Raises InputError for a key without a stored worth, and where the plan is unfinished.
        """
        if not self.file.finished:
            raise InputError(InputFault(Place(key=key), self.note.rstrip("."), "a finished plan"))
        known = {price.name: price for price in self.file.prices}
        found = [name for name in known if name == key or name.endswith(f".{key}")]
        if len(found) == 1:
            return known[found[0]]
        if not found and known and key.rpartition(".")[2] in LIMITS and self._written(key):
            return ShadowPriceRecord(key, 0.0, "", "does not bind: one more is worth nothing")
        what = "one key: it ends several" if found else "a key whose worth is stored"
        raise InputError(nearest_fault(key, found or tuple(known), what))

    def whatif(self, changes: Mapping[Key, object]) -> WhatIf:
        """Between which bounds the best plan lies when the study is changed, proved without solving
        it: `plan.whatif({"fuels.gas.price": "6 USD/MMBtu"})`. The stored orders operated anew are
        the low end, the stored prices prove the high one; keys as in `study.but`. Raises InputError
        for unknown keys, with every problem of the changed study, and where no solution was kept.
        """
        from headrace.plan.analysis.what_if import what_if

        changed = changed_study(self.folder.read(STUDY), changes)
        return what_if(self._stored, changed, self.folder.root)

    def replan(
        self, changes: Mapping[Key, object], gap: float = 1e-3, near: Replan | None = None
    ) -> Replan:
        """The best plan of the changed study to a gap [1], solved where a what-if is wider. near: a
        re-plan made before, from which it starts. Raises as `whatif` does, and Infeasible.
        """
        from headrace.plan.analysis.replan import replan

        changed = changed_study(self.folder.read(STUDY), changes)
        return replan(self._stored, changed, self.folder.root, gap=gap, near=near)

    def to_pypsa(self, path: str | Path | None = None, node: int = 0, year: int = 0) -> Network:
        """One operated year (0 the first) of a node of `plan.tree` at the plan's sizes as a PyPSA
        network to `optimize()`; costs in USD of that year. path: where to write it as netCDF too.

        Raises InputError for a node or year that is not there, for what PyPSA has no component for
        (tiers, spinning reserve), where PyPSA is not installed, and where no solution was kept.
        """
        from headrace.api.networks import network_of

        return network_of(self._stored, node, year, None if path is None else Path(path))

    @cached_property
    def _stored(self) -> StoredPlan:
        from headrace.plan.solve.stored_solution import stored_plan

        return stored_plan(self.folder)

    def statements(
        self, terms: str | Path | None = None, contracts: str | Path | None = None
    ) -> PlanStatements:
        """Income statement, balance sheet and cash flow on every branch and at every node, in money
        of the day: `.mean`, `.branches[0].statement.earnings["revenue"]`, `.nodes[3]`.
        terms, contracts: files with tax, debt, depreciation (else the catalogue's), and with what
        was signed. Raises InputError for an unfinished plan and bad files, HeadraceError.
        """
        from headrace.finance.statements import statements_of_files

        return statements_of_files(self.file, *(None if f is None else Path(f)
                                                for f in (terms, contracts)))  # fmt: skip

    @property
    def charts(self) -> PlanCharts:
        """Its pictures: `charts.cash()`, `charts.chain(node=14)`, `charts.cost("chat")`."""
        from headrace.api.charts import PlanCharts

        return PlanCharts(self.file)

    def report(self, path: str | Path | None = None) -> Path:
        """Write the report, one HTML file that loads nothing: to `path`, else into the run folder.

        Returns its path. Raises InputError, DiskFull.
        """
        from headrace.show.reports import plan_report

        return plan_report.write(self.folder, None if path is None else Path(path))

    def replay(
        self, paths: int | None = None, /, **options: str | int | float
    ) -> dict[str, object]:
        """Hours of a node request by request: are the promises of its tokens kept, and what does a
        cut of power do to them? As `headrace replay --json` prints it: `promises`, `base` (the
        figures as planned) and, with a cut, `cut` beside it; times in s, power in W.

        options: those of `headrace replay` with their defaults: `node=0`, `day=...`, `hours=3`,
        `product="chat"`, `requests=1e6`, `curtail="20 %"`, `during="1 h"`, ...

        paths: instead, the whole plan on so many futures that it never saw, beside the plan for the
        mean: `plan.replay(500, seed=1)["policies"]["plan"]["regret"]`. Its options: `seed=0`,
        `foresight=30`, `years=8`, `weeks=1`, `workers=2`.

        Raises InputError for an unknown option with the nearest one, for a node without hours, and
        for hours in which nothing is served.
        """
        from headrace.api.asking import on_unseen_paths
        from headrace.api.rooms import checked_options, given_options
        from headrace.show.cli.replay_hours import PowerCut, Which, as_json, simulated

        if paths is not None:
            return on_unseen_paths(self.folder, paths, options)
        checked_options(options, Which(), PowerCut())
        which, cut = given_options(Which(), options), given_options(PowerCut(), options)
        _, staged, found = simulated(self.folder, which, cut)
        return {"node": which.node, "day": staged.line.day, **as_json(staged, found)}

    def __repr__(self) -> str:
        return "\n".join((*self._head(), *([repr(self.orders)] if self.file.finished else [])))

    def _repr_html_(self) -> str:
        head = "".join(f"<p>{escape(line)}</p>" for line in self._head())
        return head + (self.orders._repr_html_() if self.file.finished else "")

    def _head(self) -> tuple[str, ...]:
        """The name, then how good the plan is, or that it is none to follow."""
        from headrace.show.cli.results import gap_words
        from headrace.show.format import text
        from headrace.show.reports import plan_status

        name, unit = self.file.title or self.file.study, self.file.money.unit
        if not self.file.finished:
            return name, self.note, plan_status.known(self.file)
        worth = text.money(self.file.objective_usd, unit)
        return name, f"{self.file.measure} {worth}, {gap_words(self.file)}."

    def _written(self, key: str) -> bool:
        """Whether the study of the run writes this key, perhaps without its section."""
        data = parse_text(self.folder.read(STUDY), STUDY).data
        assert isinstance(data, dict)
        for whole in (key, f"sites.{key}", f"fleet.{key}"):
            try:
                here: object = data
                for step in located(data, whole):
                    here = here[step]  # type: ignore[index]
            except (InputError, KeyError, IndexError, TypeError):
                continue
            return True
        return False

    def _table(
        self, columns: dict[str, str], rows: Iterable[tuple[Cell, ...]], title: str
    ) -> ResultTable:
        return ResultTable(tuple(columns), tuple(rows), tuple(columns.values()), title, self.note)


def _order_row(order: OrderRecord) -> tuple[Cell, ...]:
    gains = [gain.usd for gain in order.branches]
    rate = order.worth_per_usd or Ratio()
    first = order.payments[0] if order.payments else None
    return (
        *(order.site, order.name, order.asset, order.quantity, order.unit, order.order_by),
        *(order.arrives, order.cost_usd),
        *((None, None) if first is None else (first.due, first.usd)),
        *(order.value_low_usd, order.value_high_usd, order.decided, rate.low, rate.high),
        *((min(gains), max(gains)) if gains else (None, None)),
        order.why,
    )
