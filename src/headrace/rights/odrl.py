"""Licences to and from ODRL 2.2 (W3C Recommendation, 15 February 2018) as JSON-LD, one policy per
licence.

| licence | ODRL | | --- | --- | | id, holder, licensee, work | Agreement: uid, assigner, assignee,
target | | allow, media, territory, characters | permission to `derive`; constraints purpose, media,
spatial, `character` | | term, cap | constraints dateTime (two), count (a month) on the same
permission | | forbid | prohibition of `derive` with a purpose constraint | | per_use, share | duty
`compensate`: payAmount with its currency as unit, or percentage | | approval | duty `obtainConsent`
| | min_exposure | obligation on the assignee: `offer`, exposureShare gteq (exposure is not use) | |
training, likeness, voice | permission or prohibition of `train`, `depictLikeness`, `imitateVoice`:
never silent | | exclusive | `exclusive: true` | | prohibition wins | conflict: prohibit |

Terms that ODRL does not have stand in the profile `urn:headrace:rights:1` (prefix `hr:`). Reading
is strict: a rule, action or constraint we do not understand is refused, because leaving a
constraint out would widen the grant.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.money import MoneyError, micro, written
from headrace.rights.register import Register, register
from headrace.rights.terms import Licence

CONTEXT = "http://www.w3.org/ns/odrl.jsonld"
PROFILE = "urn:headrace:rights:1"
_FLAGS = {"training": "hr:train", "likeness": "hr:depictLikeness", "voice": "hr:imitateVoice"}
Json = Mapping[str, object]


def to_odrl(found: Register) -> str:
    """The register as a JSON-LD list of ODRL Agreements."""
    return json.dumps([policy(x) for x in found.licences], indent=1, ensure_ascii=False) + "\n"


def policy(x: Licence) -> dict[str, object]:
    """One licence as an ODRL Agreement."""
    limits = [_among("purpose", x.allow), _among("media", x.media), _among("spatial", x.territory)]
    if x.characters:
        limits.append(_among("hr:character", x.characters))
    limits.append(_bound("dateTime", "gteq", x.first.isoformat()))
    limits.append(_bound("dateTime", "lteq", x.last.isoformat()))
    if x.cap is not None:
        limits.append(_bound("count", "lteq", str(x.cap), "P1M"))
    grant: dict[str, object] = {"action": "derive", "constraint": limits}
    duties = _duties(x)
    if duties:
        grant["duty"] = duties
    permissions, prohibitions = [grant], []
    if x.forbid:
        prohibitions.append({"action": "derive", "constraint": [_among("purpose", x.forbid)]})
    for name, action in _FLAGS.items():
        (permissions if getattr(x, name) else prohibitions).append({"action": action})
    told: dict[str, object] = {
        "@context": [CONTEXT, {"hr": f"{PROFILE}:"}],
        "@type": "Agreement",
        "uid": x.id,
        "profile": PROFILE,
        "conflict": "prohibit",
        "assigner": x.holder,
        "assignee": x.licensee,
        "target": x.work,
        "permission": permissions,
        "prohibition": prohibitions,
    }
    if x.min_exposure is not None:
        told["obligation"] = [
            {
                "action": "hr:offer",
                "constraint": [_bound("hr:exposureShare", "gteq", _percent(x.min_exposure), "P1M")],
            }
        ]
    if x.exclusive:
        told["hr:exclusive"] = True
    return told


def _duties(x: Licence) -> list[dict[str, object]]:
    duties: list[dict[str, object]] = []
    if x.per_use is not None:
        price = {
            "leftOperand": "payAmount",
            "operator": "eq",
            "rightOperand": written(x.per_use),
            "unit": x.currency,
        }
        duties.append({"action": "compensate", "constraint": [price]})
    if x.share is not None:
        duties.append(
            {"action": "compensate", "constraint": [_bound("percentage", "eq", _percent(x.share))]}
        )
    if x.approval:
        duties.append({"action": "obtainConsent"})
    return duties


def _among(operand: str, names: tuple[str, ...]) -> dict[str, object]:
    return {"leftOperand": operand, "operator": "isAnyOf", "rightOperand": list(names)}


def _bound(operand: str, operator: str, value: str, every: str = "") -> dict[str, object]:
    told: dict[str, object] = {"leftOperand": operand, "operator": operator, "rightOperand": value}
    return told | ({"hr:every": every} if every else {})


def _percent(millionths: int) -> str:
    return f"{Decimal(millionths).scaleb(-4):f}"


def from_odrl(text: str, file: str = "odrl.json") -> Register:
    """The register in a JSON-LD text: one policy or a list of them.

    Raises InputError with everything not understood.
    """
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(InputFault(Place(file), f"this is not JSON: {error}")) from None
    policies = data if isinstance(data, list) else [data]
    problems: list[InputFault] = []
    found = []
    for i, cell in enumerate(policies):
        reader = _Reader(Place(file, key=f"policy {i + 1}"))
        values = reader.policy(cell)
        problems += reader.problems
        if not reader.problems:
            found.append(Licence(**values))  # type: ignore[arg-type]
    if problems:
        raise InputError(problems)
    return register(found, file)


class _Reader:
    """Reads one policy, and keeps every problem instead of stopping at the first."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.problems: list[InputFault] = []

    def bad(self, found: str, fix: str = "") -> None:
        self.problems.append(InputFault(self.place, found, fix=fix))

    def policy(self, cell: object) -> dict[str, object]:
        values: dict[str, object] = {}
        if not isinstance(cell, Mapping):
            self.bad("this is no policy")
            return values
        rest = {str(k): v for k, v in cell.items() if k not in ("@context", "profile")}
        kind = rest.pop("@type", rest.pop("type", "Set"))
        if kind not in ("Agreement", "odrl:Agreement"):
            self.bad(
                f"the policy is a {kind}", "Only an Agreement names who grants and who receives."
            )
        if rest.pop("conflict", "prohibit") != "prohibit":
            self.bad(
                "the policy lets permissions win over prohibitions",
                "Here prohibition wins; `conflict` has to be `prohibit`.",
            )
        for key, name in (
            ("uid", "id"),
            ("assigner", "holder"),
            ("assignee", "licensee"),
            ("target", "work"),
        ):
            values[name] = self.name(rest.pop(key, None), key)
        values["exclusive"] = rest.pop("hr:exclusive", False) is True
        for rule, read in (
            ("permission", self.permission),
            ("prohibition", self.prohibition),
            ("obligation", self.obligation),
        ):
            for part in self.listed(rest.pop(rule, [])):
                read(part, values)
        for key in rest:
            self.bad(f"`{key}` of the policy is not understood")
        if "first" not in values or "last" not in values:
            self.bad("no term: a dateTime gteq and a dateTime lteq are needed on the permission")
        return values

    def name(self, raw: object, key: str) -> str:
        found = raw.get("uid", raw.get("@id")) if isinstance(raw, Mapping) else raw
        if not isinstance(found, str) or not found:
            self.bad(f"the policy has no {key}")
            return ""
        return found

    def listed(self, raw: object) -> list[Json]:
        some = raw if isinstance(raw, list) else [raw]
        if any(not isinstance(part, Mapping) for part in some):
            self.bad("a rule or constraint is no object")
        return [part for part in some if isinstance(part, Mapping)]

    def known(self, part: Json, keys: Iterable[str]) -> None:
        for key in set(map(str, part)) - set(keys):
            self.bad(f"`{key}` of a rule is not understood")

    def permission(self, part: Json, values: dict[str, object]) -> None:
        self.known(part, ("action", "constraint", "duty"))
        for name, action in _FLAGS.items():
            if part.get("action") == action:
                values[name] = True
                if part.get("constraint") or part.get("duty"):
                    self.bad(f"a constrained permission of {action} is not understood")
                return
        if part.get("action") not in ("derive", "odrl:derive"):
            self.bad(
                f"a permission of `{part.get('action')}` is not understood",
                "Generation with a work is `derive`.",
            )
            return
        for one in self.listed(part.get("constraint", [])):
            self.constraint(one, values)
        for duty in self.listed(part.get("duty", [])):
            self.duty(duty, values)

    def prohibition(self, part: Json, values: dict[str, object]) -> None:
        self.known(part, ("action", "constraint"))
        if part.get("action") in _FLAGS.values():
            return  # no is the default
        constraints = self.listed(part.get("constraint", []))
        if part.get("action") not in ("derive", "odrl:derive"):
            self.bad(f"a prohibition of `{part.get('action')}` is not understood")
        elif not constraints:
            values["forbid"] = ("*",)
        elif len(constraints) > 1 or constraints[0].get("leftOperand") != "purpose":
            # Several constraints on a prohibition narrow it; reading only one would forbid more, or
            # less.
            self.bad("a prohibition with other constraints than one purpose is not understood")
        else:
            before = values.get("forbid")
            forbidden = before if isinstance(before, tuple) else ()
            values["forbid"] = (*forbidden, *self.names(constraints[0]))

    def obligation(self, part: Json, values: dict[str, object]) -> None:
        self.known(part, ("action", "constraint"))
        constraints = self.listed(part.get("constraint", []))
        if (
            part.get("action") != "hr:offer"
            or len(constraints) != 1
            or constraints[0].get("leftOperand") != "hr:exposureShare"
        ):
            self.bad(f"an obligation to `{part.get('action')}` is not understood")
            return
        values["min_exposure"] = self.share(constraints[0], "gteq")

    def constraint(self, one: Json, values: dict[str, object]) -> None:
        operand, operator = (
            str(one.get("leftOperand", "")).removeprefix("odrl:"),
            one.get("operator"),
        )
        lists = {
            "purpose": "allow",
            "media": "media",
            "spatial": "territory",
            "hr:character": "characters",
        }
        if operand in lists:
            values[lists[operand]] = self.names(one)
        elif operand == "dateTime" and operator in ("gteq", "lteq"):
            values["first" if operator == "gteq" else "last"] = self.day(one)
        elif (
            operand == "count"
            and operator == "lteq"
            and one.get("hr:every") == "P1M"
            and str(one.get("rightOperand")).isdigit()
        ):
            values["cap"] = int(str(one["rightOperand"]))
        else:
            self.bad(
                f"the constraint {operand} {operator} {one.get('rightOperand')} is not understood"
            )

    def duty(self, part: Json, values: dict[str, object]) -> None:
        self.known(part, ("action", "constraint"))
        constraints = self.listed(part.get("constraint", []))
        operand = constraints[0].get("leftOperand") if len(constraints) == 1 else None
        if part.get("action") == "obtainConsent" and not constraints:
            values["approval"] = True
        elif part.get("action") == "compensate" and operand == "payAmount":
            try:
                values["per_use"] = micro(str(constraints[0].get("rightOperand")))
            except MoneyError as error:
                self.bad(str(error))
            values["currency"] = str(constraints[0].get("unit", "")).rsplit(":", 1)[-1]
        elif part.get("action") == "compensate" and operand == "percentage":
            values["share"] = self.share(constraints[0], "eq")
        else:
            self.bad(f"a duty to `{part.get('action')}` with these constraints is not understood")

    def names(self, one: Json) -> tuple[str, ...]:
        raw = one.get("rightOperand")
        listed = raw if isinstance(raw, list) else [raw]
        if one.get("operator") not in ("isAnyOf", "eq", "odrl:isAnyOf", "odrl:eq") or any(
            not isinstance(n, str) for n in listed
        ):
            self.bad(
                f"the constraint {one.get('leftOperand')} {one.get('operator')} is not understood"
            )
            return ()
        return tuple(str(n) for n in listed)

    def day(self, one: Json) -> date:
        raw = one.get("rightOperand")
        text = raw.get("@value") if isinstance(raw, Mapping) else raw
        try:
            return date.fromisoformat(str(text))
        except ValueError:
            self.bad(f"`{text}` is not a day like 2026-01-31")
            return date.min

    def share(self, one: Json, operator: str) -> int:
        try:
            part = Decimal(str(one.get("rightOperand"))) * 10_000
        except InvalidOperation:
            part = Decimal(-1)
        if (
            one.get("operator") != operator
            or not 0 <= part <= 1_000_000
            or part != part.to_integral_value()
        ):
            self.bad(
                f"{one.get('leftOperand')} {one.get('operator')} {one.get('rightOperand')}"
                " is not a percentage we can hold"
            )
            return 0
        return int(part)
