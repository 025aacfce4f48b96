"""One branch of a plan in money of the day, as statements and contracts read it: nouns alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from headrace.core.arrays import Floats


@dataclass(frozen=True, eq=False)
class Purchase:
    """An order on a branch. spending: by year, positive paid [USD of the day], shape (years,).

    begins, ends: when it works [months since year 0]; ordered: when it was ordered. resale: what it
    is worth at the horizon's end [USD of the day]; rent: of each year, of what is rented [USD].
    """

    key: str
    title: str
    plant: str
    ordered: int
    begins: int
    ends: float
    spending: Floats
    resale: float
    rent: Floats


@dataclass(frozen=True, eq=False)
class ContractFlows:
    """What a contract brings on a branch [USD of the day], each of shape (years,): income (costs
    negative); what is owed for it, and what lies with it, at each year's end. plant: the class of
    plant that the counterparty sells and lends on, "" for none.
    """

    name: str
    kind: str
    counterparty: str
    income: Floats
    owed: Floats
    held: Floats
    plant: str = ""

    @property
    def balance(self) -> Floats:
        """What is owed less what lies there, at each year's end [USD]."""
        return self.owed - self.held

    @property
    def cash(self) -> Floats:
        """Received less paid, by year [USD]."""
        return self.income + np.diff(self.balance, prepend=0.0)


@dataclass(frozen=True, eq=False)
class PlannedEquity:
    """What owners pay in by the plan's own lines, less what the plan gives back, by year [USD of
    the day], shape (years,).
    """

    name: str
    moved: Floats


@dataclass(frozen=True, eq=False)
class BranchFacts:
    """One branch: path of nodes from the root to the leaf; node_of_year: the node in force at each
    year's end. revenue by product and cost by kind, positive [USD of the day], shape (years,).

    minor: dust, positive paid; minor_resale: its worth at the end. index: of each year [1].
    rents: what is believed of the rent of accelerators, by what the belief is about: the price of
        an hour in money of the day (`rent:NAME`), or a factor grown with the index (`rent`).
    contracts: what was signed, and debt that the plan draws; equity: what it draws of owners.
    """

    leaf: int
    probability: float
    path: tuple[int, ...]
    node_of_year: tuple[int, ...]
    years: tuple[int, ...]
    index: Floats
    revenue: Mapping[str, Floats]
    cost: Mapping[str, Floats]
    minor: Floats
    minor_resale: float
    purchases: tuple[Purchase, ...]
    rents: Mapping[str, Floats] = field(default_factory=dict)
    contracts: tuple[ContractFlows, ...] = ()
    equity: tuple[PlannedEquity, ...] = ()

    @property
    def equity_in(self) -> Floats:
        """What owners pay in by the plan's lines, by year [USD of the day]."""
        none = np.zeros(len(self.years))
        return np.asarray(sum((np.maximum(one.moved, 0.0) for one in self.equity), none))

    @property
    def equity_out(self) -> Floats:
        """What the plan's lines give back to owners, by year [USD of the day]."""
        none = np.zeros(len(self.years))
        return np.asarray(sum((np.maximum(-one.moved, 0.0) for one in self.equity), none))

    @property
    def operating(self) -> Floats:
        """Revenue and income of contracts less running cost [USD of the day], shape (years,)."""
        none = np.zeros(len(self.years))
        earned = sum(self.revenue.values(), none) + sum((c.income for c in self.contracts), none)
        return np.asarray(earned - sum(self.cost.values(), none))
