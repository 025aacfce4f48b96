"""ODRL as others write it: read as it stands, or refused with the clause; never wider."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from headrace.core.errors import InputError
from headrace.rights.odrl import (
    PolicyRequest,
    StateOfWorld,
    evaluate,
    from_odrl,
    read_policies,
    to_odrl,
)
from headrace.rights.odrl.evaluating import compare
from headrace.rights.odrl.model import Value
from headrace.rights.register import register
from headrace.rights.terms import Licence, UseRequest

pytest.importorskip("rdflib")

FOX = Licence(
    *("fox-1", "Fox", "acme"),
    first=date(2026, 1, 1),
    last=date(2026, 6, 30),
    allow=("parody", "birthday"),
    media=("video",),
    territory=("JP", "US"),
    per_use=10_000,
)
ASK = UseRequest("Fox", "parody", "video", "JP", date(2026, 5, 1))


def written() -> dict:
    return json.loads(to_odrl(register([FOX])))[0]


def grant(policy: dict) -> list:
    return policy["permission"][0]["constraint"]


def limit(left: str, operator: str, right: object, **more: object) -> dict:
    return {"leftOperand": left, "operator": operator, "rightOperand": right, **more}


def test_constraints_of_one_kind_hold_together():
    """parody or advertising, and parody or birthday: parody alone. Two ends: the earlier."""
    policy = written()
    grant(policy).append(limit("purpose", "isAnyOf", ["parody", "advertising"]))
    grant(policy).append(limit("dateTime", "lteq", "2030-12-31"))
    (found,) = from_odrl(json.dumps(policy)).licences
    assert (found.allow, found.last) == (("parody",), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("operator", "right", "first", "last"),
    [
        ("gteq", "2026-02-01", date(2026, 2, 1), date(2026, 6, 30)),
        ("gt", "2026-02-01", date(2026, 2, 2), date(2026, 6, 30)),
        ("lt", "2026-02-01", date(2026, 1, 1), date(2026, 1, 31)),
        ("eq", "2026-02-01", date(2026, 2, 1), date(2026, 2, 1)),
        ("gteq", "2026-02-01T00:00:00Z", date(2026, 2, 1), date(2026, 6, 30)),
        ("gteq", "2026-02-01T00:00:01Z", date(2026, 2, 2), date(2026, 6, 30)),
        ("gteq", "2026-02-01T02:00:00+02:00", date(2026, 2, 1), date(2026, 6, 30)),
        ("lteq", "2026-02-01T23:59:59Z", date(2026, 1, 1), date(2026, 2, 1)),
        ("lteq", "2026-02-01T12:00:00Z", date(2026, 1, 1), date(2026, 1, 31)),
        ("lt", "2026-02-01T12:00:00Z", date(2026, 1, 1), date(2026, 1, 31)),
    ],
)
def test_instants_become_whole_days(operator, right, first, last):
    policy = written()
    grant(policy).append(limit("dateTime", operator, right))
    (found,) = from_odrl(json.dumps(policy)).licences
    assert (found.first, found.last) == (first, last)


def changed(**more: object) -> str:
    return json.dumps(written() | more)


def with_rule(kind: str, rule: dict) -> str:
    policy = written()
    policy[kind] = [*policy.get(kind, []), rule]
    return json.dumps(policy)


def with_limit(*constraints: dict) -> str:
    policy = written()
    grant(policy).extend(constraints)
    return json.dumps(policy)


REFINED = {"@type": "PartyCollection", "uid": "g", "refinement": [limit("foaf:age", "gt", 18)]}


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        (changed(profile="http://example.com/other"), "profile http://example.com/other"),
        (changed(assignee=REFINED), "a collection, or refined"),
        (changed(target={"@type": "AssetCollection", "uid": "c"}), "a collection, or refined"),
        (changed(conflict="perm"), "permissions win over prohibitions"),
        (changed(conflict="maybe"), "conflict is maybe"),
        (changed(inheritFrom="http://example.com/p"), "is not in this document"),
        (changed(**{"@type": "Offer"}), "it grants nothing yet"),
        (changed(**{"@type": "Ticketing"}), "the policy is a Ticketing"),
        (changed(colour="red"), "`colour` of the policy is not understood"),
        (changed(**{"@context": "https://example.org/c.jsonld"}), "would have to be fetched"),
        (with_rule("permission", {"action": "play"}), "permission to play"),
        (with_rule("permission", {"action": "use"}), "2 permissions to derive or use"),
        (with_rule("permission", {}), "a permission has no action"),
        (with_rule("obligation", {"action": "delete"}), "obligation to delete"),
        (with_rule("prohibition", {"action": "derive", "remedy": [{"action": "delete"}]}),
         "consequences and remedies"),
        (with_limit(limit("purpose", "isNoneOf", ["x"])), "constraint purpose isNoneOf"),
        (with_limit(limit("purpose", "eq", ["x", "y"])), "2 values at once"),
        (with_limit(limit("dateTime", "neq", "2026-01-01")), "leaves no single term"),
        (with_limit(limit("dateTime", "lt", "2026-02-01T00:00:00")), "without its zone"),
        (with_limit(limit("dateTime", "lt", "9999-01-31")), "beyond the years"),
        (with_limit(limit("count", "lteq", "5")), "only a count a month"),
        (with_limit(limit("resolution", "lteq", "1200")), "no licence holds it"),
        (with_limit({"or": [limit("count", "lteq", "5"), limit("count", "gt", "9")]}),
         "constraints under or"),
        (with_limit({"leftOperand": "purpose", "operator": "isAnyOf"}), "has no rightOperand"),
    ],
)  # fmt: skip
def test_what_a_licence_cannot_hold_is_refused_with_its_clause(text, clause):
    with pytest.raises(InputError) as told:
        from_odrl(text)
    assert clause in str(told.value)


def test_a_set_by_nobody_grants_to_anybody_and_its_money_waits():
    text = json.dumps(
        {
            "@context": "http://www.w3.org/ns/odrl.jsonld",
            "@type": "Set",
            "uid": "http://example.com/policy:1",
            "permission": [{"target": "http://example.com/asset:1", "action": "use"}],
        }
    )
    found = from_odrl(text)
    (licence,) = found.licences
    assert (licence.holder, licence.licensee, licence.allow) == ("", "*", ("*",))
    ask = replace(ASK, work="http://example.com/asset:1", licensee="anybody")
    assert found.decide(ask).permitted
    assert not found.decide(replace(ask, purpose="train")).permitted


TURTLE = """
@prefix odrl: <http://www.w3.org/ns/odrl/2/>. @prefix ex: <http://example.org/>.
@prefix xsd: <http://www.w3.org/2001/XMLSchema#>.
ex:p a odrl:Agreement; odrl:uid ex:p; odrl:conflict odrl:prohibit; odrl:permission ex:r;
  odrl:prohibition [ odrl:action odrl:use; odrl:assignee ex:bob ].
ex:r a odrl:Permission; odrl:assigner ex:acme; odrl:assignee ex:staff; odrl:action odrl:use;
  odrl:target ex:x; odrl:duty ex:d; odrl:constraint [ odrl:and (
    [ odrl:leftOperand odrl:dateTime; odrl:operator odrl:gt;
      odrl:rightOperand "2024-01-01T00:00:00Z"^^xsd:dateTime ]
    [ odrl:leftOperand odrl:dateTime; odrl:operator odrl:lt;
      odrl:rightOperand "2025-01-01T00:00:00Z"^^xsd:dateTime ] ) ].
ex:d a odrl:Duty; odrl:action odrl:compensate.
ex:staff a odrl:PartyCollection; odrl:source ex:source.
"""
EX = "http://example.org/"


def at(day: str, **more) -> StateOfWorld:
    return StateOfWorld(
        datetime.fromisoformat(day).replace(tzinfo=UTC),
        {f"{EX}alice": [f"{EX}staff"], f"{EX}bob": [f"{EX}staff"]},
        **more,
    )


@pytest.mark.parametrize(
    ("who", "action", "target", "world", "permitted"),
    [
        ("alice", "read", "x", at("2024-06-01", fulfilled=frozenset({f"{EX}d"})), True),
        ("alice", "read", "x", at("2024-06-01"), False),
        ("alice", "read", "x", at("2024-06-01", unknown_duties="pending"), True),
        ("alice", "read", "x", at("2024-06-01", unknown_duties="pending",
                                  violated=frozenset({f"{EX}d"})), False),
        ("alice", "sell", "x", at("2024-06-01", unknown_duties="pending"), False),
        ("alice", "read", "y", at("2024-06-01", unknown_duties="pending"), False),
        ("carol", "read", "x", at("2024-06-01", unknown_duties="pending"), False),
        ("bob", "read", "x", at("2024-06-01", unknown_duties="pending"), False),
        ("alice", "read", "x", at("2025-06-01", unknown_duties="pending"), False),
    ],
)  # fmt: skip
def test_a_policy_is_evaluated_as_it_stands(who, action, target, world, permitted):
    (policy,) = read_policies(TURTLE, "p.ttl")
    request = PolicyRequest(action, EX + target, EX + who)
    assert evaluate([policy], request, world).permitted is permitted


def test_what_cannot_be_answered_never_permits():
    rule = {"action": "use", "target": "x"}
    for operator in ("isAnyOf", "neq"):
        asked = rule | {"constraint": [limit("purpose", operator, "a")]}
        policy = json.dumps({"uid": "p", "permission": [asked]})
        found = evaluate(read_policies(policy), PolicyRequest("read", "x"), at("2024-01-01"))
        assert (found.permitted, found.unanswered) == (False, (f"purpose {operator}",))
    against = {"action": "use", "constraint": [limit("purpose", "eq", "a")]}
    policy = json.dumps({"uid": "p", "permission": [rule], "prohibition": [against]})
    found = evaluate(read_policies(policy), PolicyRequest("read", "x"), at("2024-01-01"))
    assert not found.permitted


@pytest.mark.parametrize(
    ("left", "operator", "right", "holds"),
    [
        ("5", "lt", ["10"], True),
        ("5.0", "eq", ["5"], True),
        ("a", "eq", ["a"], True),
        ("a", "neq", ["a"], False),
        ("a", "lt", ["b"], None),
        ("a", "isAnyOf", ["a", "b"], True),
        ("a", "isNoneOf", ["a", "b"], False),
        ("a", "isAllOf", ["a"], True),
        ("a", "hasPart", ["a"], None),
        ("2026-01-05T12:00:00Z", "lteq", ["2026-01-05"], True),
        ("2026-01-06T00:00:00Z", "gt", ["2026-01-05"], True),
        ("1", "eq", ["1", "2"], None),
    ],
)
def test_comparisons(left, operator, right, holds):
    assert compare([Value(left)], operator, [Value(r) for r in right]) is holds


def test_policies_inherit_within_one_document():
    text = json.dumps([
        {"uid": "parent", "permission": [{"action": "use", "target": "x", "assigner": "acme"}]},
        {"uid": "heir", "@type": "Agreement", "inheritFrom": "parent", "assignee": "platform"},
    ])  # fmt: skip
    heir = next(p for p in read_policies(text) if p.uid == "heir")
    assert [(r.targets[0].name, r.assignees[0].name) for r in heir.rules] == [("x", "platform")]
    circle = json.dumps([{"uid": "a", "inheritFrom": "b"}, {"uid": "b", "inheritFrom": "a"}])
    with pytest.raises(InputError, match=r"inherits from itself|no policy"):
        read_policies(circle)


def test_two_policies_of_one_name_are_not_merged():
    with pytest.raises(InputError, match="two policies have this id"):
        from_odrl(json.dumps([written(), written()]))


def test_a_document_without_context_is_read_by_the_one_we_write() -> None:
    """Training that is permitted and prohibited, where prohibitions win: not permitted. Under a
    context that binds our prefix to another vocabulary the same words are refused.
    """
    term = [
        {"leftOperand": "dateTime", "operator": "gteq", "rightOperand": "2026-01-01"},
        {"leftOperand": "dateTime", "operator": "lteq", "rightOperand": "2026-12-31"},
    ]
    policy: dict[str, object] = {
        "@type": "Agreement", "uid": "a", "assigner": "b", "target": "d", "conflict": "prohibit",
        "permission": [{"action": "derive", "constraint": term}, {"action": "hr:train"}],
        "prohibition": [{"action": "hr:train"}],
    }  # fmt: skip
    assert from_odrl(json.dumps(policy)).licences[0].training is False
    del policy["prohibition"]
    assert from_odrl(json.dumps(policy)).licences[0].training is True
    foreign = {"@context": {"hr": "urn:somebody:else:"}, **policy}
    with pytest.raises(InputError, match="train"):
        from_odrl(json.dumps(foreign))
