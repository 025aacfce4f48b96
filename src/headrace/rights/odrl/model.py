"""ODRL 2.2 policies as values: what is written, not yet what it means for us.

Names of ODRL's own vocabulary are without prefix ("derive", "dateTime"); all others are whole IRIs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NAMESPACE = "http://www.w3.org/ns/odrl/2/"
RuleKind = Literal["permission", "prohibition", "obligation"]
LOGICAL = ("and", "or", "xone", "andSequence")


@dataclass(frozen=True)
class Value:
    """A right operand: its text, and the IRI of its datatype ("" for plain text, "@id" for a
    name)."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Constraint:
    """One comparison: left operand, operator, right operands, unit, and what else stands on it."""

    left: str
    operator: str
    right: tuple[Value, ...]
    unit: str = ""
    every: str = ""
    uid: str = ""


@dataclass(frozen=True)
class Combined:
    """Several constraints under and, or, xone or andSequence."""

    operator: str
    parts: tuple[Constraint | Combined, ...]


Condition = Constraint | Combined


@dataclass(frozen=True)
class Action:
    """What is done, and what narrows it."""

    name: str
    refinements: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Thing:
    """An asset or a party: its name ("" where it has none), whether it is a collection, the
    collection it is drawn from, and what narrows that.
    """

    name: str
    collection: bool = False
    source: str = ""
    refinements: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One permission, prohibition, obligation or duty, with what the policy says for all of them.

    duties: of a permission; every one has to be fulfilled. further: consequences and remedies.
    """

    kind: RuleKind | Literal["duty", "consequence", "remedy"]
    actions: tuple[Action, ...]
    targets: tuple[Thing, ...] = ()
    assigners: tuple[Thing, ...] = ()
    assignees: tuple[Thing, ...] = ()
    constraints: tuple[Condition, ...] = ()
    duties: tuple[Rule, ...] = ()
    further: tuple[Rule, ...] = ()
    uid: str = ""


@dataclass(frozen=True)
class Policy:
    """A policy: its kind (Set, Offer, Agreement, ...), profiles, conflict strategy, and rules.

    conflict: perm, prohibit or invalid (ODRL's own default). exclusive: of our profile.
    """

    uid: str
    kind: str
    rules: tuple[Rule, ...]
    profiles: tuple[str, ...] = ()
    conflict: str = "invalid"
    exclusive: bool = False
