"""Policies into licences, never wider than they are written.

A licence lets a platform generate with a work. So a permission to `derive`, or to `use` (which
includes it), is a grant; constraints on it hold together, whatever their number; what is not
constrained is not limited. Whatever a licence cannot hold is refused with its clause: other
actions, other operators, refinements, collections, duties of another kind, obligations, unknown
profiles, permissions that win over prohibitions.

A policy that names no assigner is a grant by nobody we know: its uses are licensed, their money
waits. One that names no assignee is a grant to anybody. An offer or a request grants nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.money import MoneyError, micro
from headrace.rights.odrl.graph import PROFILE, graph
from headrace.rights.odrl.model import Action, Condition, Constraint, Policy, Rule, Thing
from headrace.rights.odrl.reading import PolicyReader
from headrace.rights.register import Register, register
from headrace.rights.terms import ANY, Licence

GRANTS = ("Set", "Policy", "Agreement", "Assertion")
_DERIVE = ("derive", "use")
_FLAGS = {
    f"{PROFILE}:train": "training",
    f"{PROFILE}:depictLikeness": "likeness",
    f"{PROFILE}:imitateVoice": "voice",
}
_LISTS = {
    "purpose": "allow",
    "media": "media",
    "spatial": "territory",
    f"{PROFILE}:character": "characters",
}
_UNITS = {
    "http://dbpedia.org/resource/Euro": "EUR",
    "http://dbpedia.org/resource/United_States_dollar": "USD",
    "http://dbpedia.org/resource/Japanese_yen": "JPY",
    "http://dbpedia.org/resource/Pound_sterling": "GBP",
}
_END_OF_DAY = timedelta(days=1) - timedelta(seconds=1)


def from_odrl(text: str, file: str = "odrl.json") -> Register:
    """The register in a JSON-LD or Turtle text, one licence per policy and target.

    Raises InputError with every clause that a licence cannot hold.
    """
    reader = PolicyReader(graph(text, file), file)
    policies = reader.policies()
    problems, found = list(reader.problems), []
    for policy in policies if not problems else ():
        mapped = _Mapping(Place(file, key=policy.uid or "a policy without uid"))
        licences = mapped.licences(policy)
        problems += mapped.problems
        found += licences if not mapped.problems else []
    if problems:
        raise InputError(problems)
    return register(found, file)


@dataclass
class _Mapping:
    """One policy on its way to licences, and what keeps it from getting there."""

    place: Place
    problems: list[InputFault] = field(default_factory=list)

    def bad(self, clause: str, fix: str = "") -> None:
        self.problems.append(InputFault(self.place, clause, fix=fix))

    def licences(self, policy: Policy) -> list[Licence]:
        """The policy as a licence; none where there are problems."""
        self._frame(policy)
        values: dict[str, object] = {}
        targets: list[str] = []
        grants = [r for r in policy.rules if r.kind == "permission"]
        for rule in policy.rules:
            self._rule(rule, values, len([r for r in grants if self._derives(r)]), targets)
        if not any(self._derives(r) for r in grants):
            self.bad("no permission to derive or use: nothing is granted that a licence holds")
        holder = self._one("assigner", [t for r in policy.rules for t in r.assigners])
        licensee = self._one("assignee", [t for r in policy.rules for t in r.assignees]) or ANY
        works = list(dict.fromkeys(targets))
        if len(works) != 1:
            self.bad(f"{len(works)} targets of its grants", "One target a policy.")
        if self.problems:
            return []
        for name in ("allow", "media", "territory"):
            values.setdefault(name, (ANY,))
        bounds = {"first": date.min, "last": date.max} | values
        return [
            Licence(  # type: ignore[call-arg]
                policy.uid,
                works[0],
                holder,
                licensee=licensee,
                exclusive=policy.exclusive,
                **bounds,  # type: ignore[arg-type]
            )
        ]

    def _frame(self, policy: Policy) -> None:
        """Kind, profiles and conflict strategy of the policy."""
        if policy.kind not in GRANTS:
            self.bad(f"{policy.kind}: it grants nothing yet", "An Agreement does.")
        for profile in policy.profiles:
            if profile != PROFILE:
                self.bad(f"profile {profile}: what it adds is not known here")
        against = [r for r in policy.rules if r.kind == "prohibition"]
        if policy.conflict == "perm" and against:
            self.bad("conflict perm: permissions win over prohibitions; here prohibition wins")
        elif policy.conflict == "invalid" and any(self._derives(r) for r in against):
            self.bad(
                "conflict invalid (ODRL's default): a clash would void the whole policy",
                "Say `conflict: prohibit`.",
            )

    def _derives(self, rule: Rule) -> bool:
        return any(a.name in _DERIVE for a in rule.actions)

    def _one(self, what: str, things: Iterable[Thing]) -> str:
        """The one party that all rules name; "" where none does."""
        found = list(dict.fromkeys(things))
        for thing in found:
            self._plain(thing, what)
        if len({t.name for t in found}) > 1:
            self.bad(f"{len(found)} different {what}s in one policy")
        return found[0].name if found else ""

    def _plain(self, thing: Thing, what: str) -> None:
        if thing.collection or thing.source or thing.refinements:
            self.bad(f"{what} {thing.name or thing.source}: a collection, or refined")
        elif not thing.name:
            self.bad(f"{what} without a name")

    def _rule(self, rule: Rule, values: dict[str, object], grants: int, targets: list[str]) -> None:
        action = rule.actions[0] if rule.actions else Action("")
        self._unrefined(rule, action)
        if action.name in _FLAGS:
            if rule.constraints or rule.duties or rule.kind == "obligation":
                self.bad(f"{rule.kind} to {action.name}: constrained")
            values[_FLAGS[action.name]] = rule.kind == "permission"
        elif rule.kind == "permission" and action.name in _DERIVE:
            if grants > 1:
                self.bad(f"{grants} permissions to derive or use in one policy", "One a policy.")
            targets += [thing.name for thing in rule.targets]
            for condition in rule.constraints:
                self._constraint(condition, values)
            for duty in rule.duties:
                self._duty(duty, values)
        elif rule.kind == "prohibition" and action.name in _DERIVE:
            self._prohibition(rule, values)
        elif rule.kind == "obligation" and action.name == f"{PROFILE}:offer":
            self._offer(rule, values)
        else:
            self.bad(f"{rule.kind} to {action.name or 'do nothing named'}: no licence holds it")

    def _unrefined(self, rule: Rule, action: Action) -> None:
        """Whatever narrows a rule beyond its constraints is a problem."""
        if action.refinements:
            self.bad(f"{rule.kind} to {action.name}: a refined action")
        for thing in rule.targets:
            self._plain(thing, "target")
        if rule.further:
            self.bad(f"{rule.kind} to {action.name}: consequences and remedies are not held")

    def _prohibition(self, rule: Rule, values: dict[str, object]) -> None:
        named: dict[str, object] = {}
        conditions = rule.constraints
        if len(conditions) > 1 or any(
            not isinstance(c, Constraint) or c.left != "purpose" for c in conditions
        ):
            # Several constraints narrow a prohibition; one of them alone would forbid otherwise.
            self.bad("prohibition to derive: other constraints than one purpose")
        for condition in conditions:
            self._constraint(condition, named)
        before = values.get("forbid", ())
        more = named.get("allow", (ANY,))
        values["forbid"] = (*before, *more)  # type: ignore[misc]

    def _constraint(self, condition: Condition, values: dict[str, object]) -> None:
        if not isinstance(condition, Constraint):
            if condition.operator != "and":
                self.bad(f"constraints under {condition.operator}: a licence holds only `and`")
            for part in condition.parts if condition.operator == "and" else ():
                self._constraint(part, values)
            return
        told = f"constraint {condition.left} {condition.operator}"
        if condition.unit:
            self.bad(f"{told}: a unit")
        elif condition.left in _LISTS and condition.operator in ("isAnyOf", "eq"):
            self._names(condition, _LISTS[condition.left], values)
        elif condition.left == "dateTime":
            self._term(condition, values)
        elif condition.left == "count" and condition.operator == "lteq":
            self._cap(condition, values)
        else:
            self.bad(f"{told} {' '.join(v.text for v in condition.right)}: no licence holds it")

    def _names(self, one: Constraint, key: str, values: dict[str, object]) -> None:
        names = tuple(v.text for v in one.right)
        if one.operator == "eq" and len(names) > 1:
            self.bad(f"constraint {one.left} eq: {len(names)} values at once")
        before = values.get(key)
        if isinstance(before, tuple) and ANY not in before:
            names = tuple(n for n in before if n in names) if ANY not in names else before
        values[key] = names

    def _term(self, one: Constraint, values: dict[str, object]) -> None:
        try:
            first, last = days(one)
        except ValueError as error:
            self.bad(f"constraint dateTime {one.operator}: {error}")
            return
        begun, ended = values.get("first", date.min), values.get("last", date.max)
        values["first"] = max(begun, first)  # type: ignore[call-overload]
        values["last"] = min(ended, last)  # type: ignore[call-overload]

    def _cap(self, one: Constraint, values: dict[str, object]) -> None:
        texts = [v.text for v in one.right]
        if one.every != "P1M" or len(texts) != 1 or not texts[0].isdecimal():
            self.bad(f"constraint count lteq {' '.join(texts)}: only a count a month is held")
            return
        before = values.get("cap", int(texts[0]))
        values["cap"] = min(int(texts[0]), before)  # type: ignore[call-overload]

    def _offer(self, rule: Rule, values: dict[str, object]) -> None:
        one = rule.constraints[0] if len(rule.constraints) == 1 else None
        if not isinstance(one, Constraint) or one.left != f"{PROFILE}:exposureShare":
            self.bad("obligation to offer: anything but one exposureShare")
            return
        values["min_exposure"] = self._share(one, "gteq")

    def _duty(self, duty: Rule, values: dict[str, object]) -> None:
        action = duty.actions[0] if duty.actions else Action("")
        if action.name == "obtainConsent" and not duty.constraints and not action.refinements:
            values["approval"] = True
            return
        conditions = (*action.refinements, *duty.constraints)
        one = conditions[0] if len(conditions) == 1 else None
        if action.name != "compensate" or not isinstance(one, Constraint) or duty.further:
            self.bad(f"duty to {action.name} with these constraints: no licence holds it")
        elif one.left == "payAmount" and one.operator == "eq" and len(one.right) == 1:
            self._price(one, values)
        elif one.left == "percentage":
            self._once("share", self._share(one, "eq"), values)
        else:
            self.bad(f"duty to compensate: {one.left} {one.operator}")

    def _price(self, one: Constraint, values: dict[str, object]) -> None:
        try:
            amount = micro(one.right[0].text)
        except MoneyError as error:
            self.bad(f"duty to compensate: {error}")
            return
        currency = _UNITS.get(one.unit, one.unit)
        if len(currency) != 3 or not (currency.isascii() and currency.isupper()):
            self.bad(f"duty to compensate: the unit {one.unit or '(none)'} is no known currency")
        self._once("per_use", amount, values)
        values["currency"] = currency

    def _once(self, key: str, value: object, values: dict[str, object]) -> None:
        if values.get(key, value) != value:
            self.bad(f"two different duties: {key} {values[key]} and {value}")
        values[key] = value

    def _share(self, one: Constraint, operator: str) -> int:
        text = one.right[0].text if len(one.right) == 1 else ""
        try:
            part = Decimal(text) * 10_000
        except InvalidOperation:
            part = Decimal(-1)
        whole = part.is_finite() and part == part.to_integral_value()
        if one.operator != operator or not whole or not 0 <= part <= 1_000_000:
            self.bad(f"{one.left} {one.operator} {text}: no percentage a licence can hold")
            return 0
        return int(part)


def days(one: Constraint) -> tuple[date, date]:
    """First and last day that a dateTime constraint leaves whole, both included [UTC].

    A day of which only a part is left is left out: a licence holds days, and is never wider. The
    last second of a day stands for its end. Raises ValueError in words.
    """
    if len(one.right) != 1:
        raise ValueError(f"{len(one.right)} dates at once")
    text = one.right[0].text
    low, high = span(text)  # the instants the text stands for: a day, or one moment
    if one.operator not in ("lt", "lteq", "gt", "gteq", "eq"):
        raise ValueError(f"the operator {one.operator} leaves no single term")
    if not 1 < low.year < 9999:
        raise ValueError(f"`{text}` is beyond the years we count")
    first, last = date.min, date.max
    if one.operator in ("gteq", "eq"):
        first = low.date() if low.time() == datetime.min.time() else low.date() + timedelta(days=1)
    elif one.operator == "gt":
        first = high.date() + timedelta(days=1)
    if one.operator in ("lteq", "eq"):
        # the last day that is over when the moment has passed
        midnight = high.replace(hour=0, minute=0, second=0, microsecond=0)
        last = high.date() - timedelta(days=0 if high - midnight >= _END_OF_DAY else 1)
    elif one.operator == "lt":
        last = low.date() - timedelta(days=1)
    return first, last


def span(text: str) -> tuple[datetime, datetime]:
    """First and last instant of a date or dateTime text [UTC]. Raises ValueError in words."""
    try:
        if len(text) == 10:
            day = datetime.fromisoformat(text).replace(tzinfo=UTC)
            return day, day + timedelta(days=1) - timedelta(microseconds=1)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise ValueError(
            f"`{text}` is not a date or time like 2026-01-31 or ...T00:00:00Z"
        ) from None
    if moment.tzinfo is None:
        raise ValueError(f"`{text}` is a time without its zone")
    return moment.astimezone(UTC), moment.astimezone(UTC)
