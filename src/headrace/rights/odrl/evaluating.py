"""A request against policies as they stand: the evaluation of the ODRL Information Model.

A rule is active where its target, assignee, action and every constraint hold, and every duty of it
has been fulfilled. A request is permitted where a permission is active and no prohibition is (with
conflict `perm`, the permission wins; with `invalid`, ODRL's default, a clash voids the policy).
What cannot be answered is not satisfied: an unknown operand never activates a permission, and an
active prohibition needs no certainty either: a prohibition whose constraints cannot be answered is
reported as unanswered and denies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Literal

from headrace.rights.odrl.licences import span
from headrace.rights.odrl.model import Combined, Condition, Constraint, Policy, Rule, Thing, Value

#: What ODRL's vocabulary says is part of what (section 4.4 of the Vocabulary), as far as it narrows
#: `use`; `transfer` includes ownership alone.
USE = "use"
_NOT_USE = ("transfer", "give", "sell", "grantUse")
_ORDER = ("lt", "lteq", "gt", "gteq")


@dataclass(frozen=True)
class PolicyRequest:
    """Who wants to do what with which asset; values of operands the request itself answers."""

    action: str
    target: str = ""
    assignee: str = ""
    operands: Mapping[str, Sequence[Value]] = field(default_factory=dict)


@dataclass(frozen=True)
class StateOfWorld:
    """The state of the world: the time [with its zone], who or what is part of which collection,
    and the uids of duties that have been fulfilled and violated.

    unknown_duties: what a duty of which nothing is known does to its permission: "unfulfilled"
        keeps it from being active (duties come first), "pending" leaves it active until the duty is
        violated.
    """

    now: datetime
    part_of: Mapping[str, Sequence[str]] = field(default_factory=dict)
    fulfilled: frozenset[str] = frozenset()
    violated: frozenset[str] = frozenset()
    unknown_duties: Literal["unfulfilled", "pending"] = "unfulfilled"


@dataclass(frozen=True)
class PolicyVerdict:
    """Permitted or not; the uids of active rules; what could not be answered, in words."""

    permitted: bool
    permissions: tuple[str, ...]
    prohibitions: tuple[str, ...]
    unanswered: tuple[str, ...]


def evaluate(
    policies: Iterable[Policy], request: PolicyRequest, world: StateOfWorld
) -> PolicyVerdict:
    """Whether the policies together permit the request."""
    permissions: list[str] = []
    prohibitions: list[str] = []
    unanswered: list[str] = []
    void = False
    for policy in policies:
        judge = _Judge(request, world)
        active = [r for r in policy.rules if r.kind == "permission" and judge.active(r)]
        against = [r for r in policy.rules if r.kind == "prohibition" and judge.forbids(r)]
        unanswered += judge.unanswered
        if active and against and policy.conflict == "perm":
            against = []
        void = void or bool(active and against)
        permissions += [r.uid for r in active]
        prohibitions += [r.uid for r in against]
    permitted = bool(permissions) and not prohibitions and not void
    return PolicyVerdict(permitted, tuple(permissions), tuple(prohibitions), tuple(unanswered))


class _Judge:
    """One request in one world, and what it could not answer."""

    def __init__(self, request: PolicyRequest, world: StateOfWorld) -> None:
        self.request = request
        self.world = world
        self.unanswered: list[str] = []

    def active(self, rule: Rule) -> bool:
        """Whether a permission holds now: everything it asks for is certain."""
        done, broken = self.world.fulfilled, self.world.violated
        duties = all(
            duty.uid not in broken
            if duty.uid and (duty.uid in done or duty.uid in broken)
            else self.world.unknown_duties == "pending"
            for duty in rule.duties
        )
        return self._applies(rule) and duties and self._all(rule.constraints) is True

    def forbids(self, rule: Rule) -> bool:
        """Whether a prohibition holds now, or might."""
        return self._applies(rule) and self._all(rule.constraints) is not False

    def _applies(self, rule: Rule) -> bool:
        asked = self.request.action
        names = {asked} if asked in _NOT_USE else {asked, USE}
        parts = (
            any(a.name in names and self._all(a.refinements) is True for a in rule.actions),
            not rule.targets or any(self._is(t, self.request.target) for t in rule.targets),
            not rule.assignees or any(self._is(t, self.request.assignee) for t in rule.assignees),
        )
        return all(parts)

    def _is(self, thing: Thing, name: str) -> bool:
        """Whether a name is the thing, or part of its collection; refinements have to hold."""
        collections = {thing.name, thing.source} - {""}
        same = name in collections or bool(collections & set(self.world.part_of.get(name, ())))
        return same and self._all(thing.refinements) is True

    def _all(self, conditions: Iterable[Condition]) -> bool | None:
        """Whether all hold; None where that cannot be known."""
        found = [self._holds(c) for c in conditions]
        return False if False in found else None if None in found else True

    def _holds(self, condition: Condition) -> bool | None:
        if isinstance(condition, Combined):
            return self._combined(condition)
        left = self._left(condition)
        if left is None:
            self.unanswered.append(f"{condition.left} {condition.operator}")
            return None
        return compare(left, condition.operator, condition.right)

    def _combined(self, condition: Combined) -> bool | None:
        found = [self._holds(part) for part in condition.parts]
        unknown = None in found
        if condition.operator == "or":
            return True if True in found else None if unknown else False
        if condition.operator == "xone":
            return None if unknown else found.count(True) == 1
        if condition.operator == "andSequence" and len(found) > 1:
            self.unanswered.append("andSequence: in which order they were met")
            return False if False in found else None
        return False if False in found else None if unknown else True

    def _left(self, one: Constraint) -> Sequence[Value] | None:
        if one.unit or one.every:
            return None
        if one.left == "dateTime":
            return (Value(self.world.now.isoformat()),)
        return self.request.operands.get(one.left)


def compare(left: Sequence[Value], operator: str, right: Sequence[Value]) -> bool | None:
    """A comparison of ODRL; None where its operator, or the order of its values, is not known."""
    mine, theirs = {v.text for v in left}, {v.text for v in right}
    sets = {
        "isAnyOf": bool(mine & theirs),
        "isNoneOf": not mine & theirs,
        "isAllOf": theirs <= mine,
    }
    if operator in sets:
        return sets[operator]
    if len(left) != 1 or len(right) != 1:
        return None
    if operator in ("eq", "neq"):
        order = _order(left[0], right[0])
        same = order == 0 if order is not None else mine == theirs
        return same if operator == "eq" else not same
    order = _order(left[0], right[0])
    if order is None or operator not in _ORDER:
        return None
    return {"lt": order < 0, "lteq": order <= 0, "gt": order > 0, "gteq": order >= 0}[operator]


def _order(left: Value, right: Value) -> int | None:
    """-1, 0 or 1 for two numbers or two times; None for anything else. A moment within a day is
    equal to the day.
    """
    try:
        a, b = Decimal(left.text), Decimal(right.text)
        return (a > b) - (a < b) if a.is_finite() and b.is_finite() else None
    except InvalidOperation:
        pass
    try:
        (low, high), (other_low, other_high) = span(left.text), span(right.text)
    except ValueError:
        return None
    return -1 if high < other_low else 1 if low > other_high else 0
