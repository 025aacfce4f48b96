"""Whatever is added to an ODRL policy, it permits no more than before, or is refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from headrace.core.errors import InputError
from headrace.rights.odrl import from_odrl, to_odrl
from headrace.rights.terms import Request
from headrace.rights.terms_yaml import parse_licences

pytest.importorskip("rdflib")
LICENCE = """licences:
- {id: m1, work: Moonfox, holder: acme, allow: [parody, birthday], media: [video],
   territory: [JP, US], term: 2026-01-01..2026-06-30, per_use: 0.01 USD}
"""
Policy = dict[str, Any]


def policy() -> Policy:
    (found,) = json.loads(to_odrl(parse_licences(LICENCE)))
    return found


def permitted(written: Policy) -> set[tuple[str, str, str, str]]:
    """Every request of a grid that the policy permits."""
    register = from_odrl(json.dumps(written))
    return {
        (context, medium, territory, str(day))
        for context in ("parody", "birthday", "advertising")
        for medium in ("video", "audio")
        for territory in ("JP", "US", "FR")
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 5, 2), date(2026, 6, 30),
                    date(2026, 7, 1), date(2029, 1, 1))
        if register.decide(Request("Moonfox", context, medium, territory, day)).permitted
    }  # fmt: skip


def constraint(left: str, operator: str, right: Any) -> Callable[[Policy], None]:
    def add(written: Policy) -> None:
        written["permission"][0]["constraint"].append(
            {"leftOperand": left, "operator": operator, "rightOperand": right}
        )

    return add


def put(key: str, value: Any) -> Callable[[Policy], None]:
    return lambda written: written.update({key: value})


BARRED = {
    "action": "derive",
    "constraint": [{"leftOperand": "purpose", "operator": "eq", "rightOperand": "parody"}],
}


def test_the_policy_alone() -> None:
    days = ("2026-01-01", "2026-05-02", "2026-06-30")
    assert permitted(policy()) == {
        (context, "video", territory, day)
        for context in ("parody", "birthday")
        for territory in ("JP", "US")
        for day in days
    }


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (constraint("spatial", "isAnyOf", ["FR", "JP"]), lambda c, m, t, d: t == "JP"),
        (constraint("purpose", "isAnyOf", ["parody", "advertising"]), lambda c, *_: c == "parody"),
        (constraint("dateTime", "lteq", "2030-12-31"), lambda *_: True),
        (constraint("dateTime", "lteq", "2026-05-02"), lambda c, m, t, d: d <= "2026-05-02"),
        (constraint("dateTime", "gt", "2026-05-02"), lambda c, m, t, d: d > "2026-05-02"),
        # eleven at night in New York is the next day in UTC, of which not all is left
        (
            constraint("dateTime", "lteq", "2026-05-01T23:30:00-05:00"),
            lambda c, m, t, d: d < "2026-05-02",
        ),
        (constraint("media", "eq", "audio"), lambda *_: False),
        (put("prohibition", [BARRED]), lambda c, *_: c != "parody"),
    ],
)
def test_what_is_added_narrows(change, left) -> None:
    written = policy()
    change(written)
    assert permitted(written) == {one for one in permitted(policy()) if left(*one)}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (constraint("spatial", "neq", "US"), "constraint spatial neq US"),
        (constraint("purpose", "isNoneOf", ["parody"]), "constraint purpose isNoneOf parody"),
        (constraint("count", "lteq", "10"), "only a count a month is held"),
        (
            put("inheritFrom", "http://example.com/parent"),
            "inherits from http://example.com/parent",
        ),
        (put("conflict", "perm"), "permissions win over prohibitions"),
        (put("obligation", [{"action": "attribute"}]), "obligation to attribute"),
        (put("profile", "http://example.com/other"), "profile"),
        (put("assigner", ["acme", "bolt"]), "different assigners"),
    ],
)
def test_what_no_licence_can_hold_is_refused_by_name(change, words) -> None:
    written = policy() | {"prohibition": [BARRED]}
    change(written)
    with pytest.raises(InputError, match=words):
        from_odrl(json.dumps(written))


def test_alternatives_and_refinements_are_refused() -> None:
    either = policy()
    purposes = [
        {"leftOperand": "purpose", "operator": "eq", "rightOperand": word} for word in ("a", "b")
    ]
    either["permission"][0]["constraint"].append({"or": purposes})
    with pytest.raises(InputError, match="constraints under or"):
        from_odrl(json.dumps(either))
    refined = policy()
    small = {"leftOperand": "resolution", "operator": "lteq", "rightOperand": "72"}
    refined["permission"][0]["action"] = [
        {"rdf:value": {"@id": "odrl:derive"}, "refinement": [small]}
    ]
    with pytest.raises(InputError, match="a refined action"):
        from_odrl(json.dumps(refined))
    taxed = policy()
    taxed["permission"][0]["duty"].append({"action": "nextPolicy", "target": "http://x.example/y"})
    with pytest.raises(InputError, match="duty to nextPolicy"):
        from_odrl(json.dumps(taxed))
