"""Licences: default deny, prohibition wins; YAML and ODRL there and back; RSL read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.rights.odrl import from_odrl, to_odrl
from headrace.rights.odrl.writing import policy
from headrace.rights.register import Register, overlap, register
from headrace.rights.rsl import read_rsl
from headrace.rights.terms import Licence, UseRequest, decide
from headrace.rights.terms_yaml import parse_licences, write_licences

FOX = Licence(
    id="fox", work="Moonfox", holder="acme", first=date(2026, 1, 1), last=date(2026, 12, 31),
    characters=("Fox", "Star"),
    allow=("parody", "birthday"), forbid=("politics",), media=("video",), territory=("JP", "US"),
    per_use=10_000,
    share=120_000, min_exposure=20_000, cap=1_000_000, approval=False,
)  # fmt: skip
ASK = UseRequest("Moonfox", "parody", "video", "JP", date(2026, 6, 1), "Fox")


def test_what_is_permitted() -> None:
    assert decide([FOX], ASK).permitted
    assert decide([FOX], ASK).holder == "acme"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"work": "Mouse"}, "unknown work"),
        ({"context": "satire"}, "what is not allowed is denied"),
        ({"context": "politics"}, "prohibited"),
        ({"medium": "game"}, "medium"),
        ({"territory": "DE"}, "territory"),
        ({"character": "Mole"}, "character"),
        ({"day": date(2027, 1, 1)}, "expired terms"),
        ({"day": date(2025, 12, 31)}, "terms not begun"),
        ({"likeness": True}, "likeness"),
        ({"voice": True}, "voice"),
        ({"purpose": "train"}, "training"),
    ],
)
def test_what_is_denied(change: dict[str, object], why: str) -> None:
    denied = decide([FOX], replace(ASK, **change))  # type: ignore[arg-type]
    assert not denied.permitted
    assert why in denied.reasons[0]


def test_the_defaults_deny_everything() -> None:
    bare = Licence("x", "Moonfox", "acme", date(2026, 1, 1), date(2026, 12, 31))
    assert not decide([bare], ASK).permitted
    assert not any((bare.training, bare.likeness, bare.voice))


def test_prohibition_wins_over_another_licence() -> None:
    wide = replace(FOX, id="wide", allow=("*",), forbid=())
    assert decide([wide], replace(ASK, context="politics")).permitted
    assert not decide([wide, FOX], replace(ASK, context="politics")).permitted


def test_approval() -> None:
    strict = replace(FOX, approval=True)
    assert not decide([strict], ASK).permitted
    assert decide([strict], replace(ASK, approved=True)).permitted


names = st.sampled_from(["a", "b", "*"])
two = st.lists(names, max_size=2).map(tuple)
licences = st.builds(
    Licence,
    id=st.sampled_from(["x", "y"]), work=st.just("w"), holder=st.sampled_from(["acme", "bolt"]),
    first=st.dates(date(2026, 1, 1), date(2026, 6, 1)), last=st.dates(date(2026, 6, 1), date(2026,
    12, 1)),
    allow=two, forbid=st.lists(names, max_size=1).map(tuple), media=two, territory=two,
    characters=st.lists(names, max_size=1).map(tuple), currency=st.sampled_from(["USD", "EUR"]),
    per_use=st.integers(0, 10**12), share=st.none() | st.integers(0, 10**6),
    min_exposure=st.none() | st.integers(0, 10**6),
    cap=st.none() | st.integers(0, 10**9), approval=st.booleans(), training=st.booleans(),
    likeness=st.booleans(),
    voice=st.booleans(), exclusive=st.booleans(),
)  # fmt: skip


@given(licences)
def test_odrl_and_yaml_there_and_back(licence: Licence) -> None:
    """One to one: nothing gets lost either way, so the digest that uses carry stays the same."""
    found = register([licence])
    assert from_odrl(to_odrl(found)) == found
    assert parse_licences(write_licences(found)).digest == found.digest


@given(
    st.lists(licences, min_size=2, max_size=2),
    st.builds(
        UseRequest, st.just("w"), names, names, names, st.dates(date(2026, 1, 1), date(2026, 12, 1))
    ),
)
def test_an_exclusive_grant_stands_alone(pair: list[Licence], ask: UseRequest) -> None:
    left, right = (replace(x, id=str(i), forbid=(), approval=False) for i, x in enumerate(pair))
    both = [decide([x], ask).permitted for x in (left, right)]
    if all(both):
        assert overlap(left, right)
    if overlap(left, right) and (left.exclusive or right.exclusive):
        with pytest.raises(InputError):
            register([left, right])


def test_overlapping_exclusive_grants_are_refused() -> None:
    other = replace(
        FOX, id="other", first=date(2026, 12, 31), last=date(2027, 6, 1), exclusive=True
    )
    with pytest.raises(InputError, match="overlapping exclusive grants"):
        register([FOX, other])
    register([FOX, replace(other, first=date(2027, 1, 1))])
    register([FOX, replace(other, territory=("DE",))])
    register([FOX, replace(FOX, id="other", holder="bolt")])  # co-owners
    with pytest.raises(InputError, match="have this id"):
        register([FOX, FOX])


def test_every_problem_of_a_file_with_its_line() -> None:
    text = """licences:
  - id: a
    work: Fox
    holder: acme
    term: 2026-13..2027-01
    per_use: 0.01
    min_exposures: 2 %
    cap: many
    training: perhaps
    territory: ["a;b"]
  - 7
  - {id: b}
"""
    with pytest.raises(InputError) as caught:
        parse_licences(text)
    assert [p.where.line for p in caught.value.problems] == [5, 6, 7, 8, 9, 10, 11, 12]
    assert "min_exposure" in caught.value.problems[2].fix


@pytest.mark.parametrize(
    "text", ["", "[]", "licences: 3", "a: &x 1", "licences: [", "x: 1\nlicences: []"]
)
def test_files_that_are_no_register(text: str) -> None:
    with pytest.raises(InputError):
        parse_licences(text)


def test_odrl_as_the_recommendation_writes_it() -> None:
    told = policy(replace(FOX, voice=True, exclusive=True, approval=True))
    assert told["@type"] == "Agreement"
    assert told["conflict"] == "prohibit"
    assert (told["assigner"], told["assignee"], told["target"]) == ("acme", "platform", "Moonfox")
    grant = told["permission"][0]  # type: ignore[index]
    assert {"leftOperand": "spatial", "operator": "isAnyOf", "rightOperand": ["JP", "US"]} in grant[
        "constraint"
    ]
    assert {
        "leftOperand": "payAmount",
        "operator": "eq",
        "rightOperand": "0.010000",
        "unit": "USD",
    } in grant["duty"][0]["constraint"]
    assert [p["action"] for p in told["permission"][1:]] == ["hr:imitateVoice"]
    assert [p["action"] for p in told["prohibition"]] == ["derive", "hr:train", "hr:depictLikeness"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"conflict": "perm"}, "permissions win"),
        ({"@type": "Request"}, "it grants nothing"),
        ({"inheritFrom": "x"}, "it inherits from x"),
        ({"permission": [{"action": "play"}]}, "permission to play"),
        (
            {
                "permission": [
                    {
                        "action": "derive",
                        "constraint": [
                            {"leftOperand": "resolution", "operator": "lteq", "rightOperand": 4}
                        ],
                    }
                ]
            },
            "resolution",
        ),
        (
            {"permission": [{"action": "derive", "duty": [{"action": "delete"}]}]},
            "duty to delete",
        ),
        ({"prohibition": [{"action": "print"}]}, "prohibition to print"),
        (
            {
                "prohibition": [
                    {
                        "action": "derive",
                        "constraint": [
                            {"leftOperand": "spatial", "operator": "eq", "rightOperand": "JP"}
                        ],
                    }
                ]
            },
            "other constraints",
        ),
        ({"obligation": [{"action": "delete"}]}, "obligation to delete"),
        ({"permission": [3]}, "has no action"),
        ({"permission": []}, "no permission to derive"),
    ],
)
def test_odrl_that_is_not_understood_is_refused_not_dropped(
    change: dict[str, object], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        from_odrl(json.dumps(policy(FOX) | change))


keys = st.sampled_from(
    ["permission", "action", "constraint", "leftOperand", "rightOperand", "@type", "uid", "duty"]
)


@given(
    st.recursive(
        st.none() | st.text(max_size=5) | st.integers(),
        lambda x: st.lists(x, max_size=3) | st.dictionaries(keys, x, max_size=4),
    )
)
def test_any_json_is_read_or_refused(data: object) -> None:
    try:
        found = from_odrl(json.dumps(data))
    except InputError:
        return
    assert isinstance(found, Register)


RSL = """<?xml version="1.0"?>
<rsl xmlns="https://rslstandard.org/rsl"><content url="/news/*" server="https://licences.example">
<license>
<permits type="usage">search ai-input</permits><prohibits type="usage">ai-train</prohibits>
<permits type="geo">US JP</permits>
<payment type="use"><amount currency="USD">0.015</amount>
<standard>https://example.org/terms</standard></payment>
<reporting type="telemetry" profile="https://example.org/profile"/>
</license></content></rsl>"""


def test_rsl() -> None:
    (found,) = read_rsl(RSL)
    assert [
        found.allows(u, place="JP")
        for u in ("search", "ai-input", "ai-train", "ai-index", "ai-all", "all")
    ] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]
    assert (found.payments[0].kind, found.payments[0].amount, found.payments[0].currency) == (
        "use",
        15_000,
        "USD",
    )
    assert (found.url, dict(found.permits)["geo"], found.reporting) == (
        "/news/*",
        ("US", "JP"),
        ("https://example.org/profile",),
    )
    (free,) = read_rsl(
        RSL.split("<payment")[0].replace("<permits", "<prohibits", 0) + "</license></content></rsl>"
    )
    assert free.payments[0].kind == "free"
    no_ai = (
        '<content url="/"><license><prohibits type="usage">ai-all</prohibits></license></content>'
    )
    (only_no,) = read_rsl(f'<rsl xmlns="https://rslstandard.org/rsl">{no_ai}</rsl>')
    assert (only_no.allows("search"), only_no.allows("ai-index"), only_no.allows("all")) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("ai-train", "train-ai", "Did you mean `ai-train`"),
        ('type="use"', 'type="inference"', "not a payment of RSL 1.0"),
        ("0.015", "cheap", "is no amount"),
        ('currency="USD"', "", "currency ``"),
        ("</license>", "", "not XML"),
        ('<permits type="geo">US JP</permits>', "<royalty/>", "not an element"),
        ("https://rslstandard.org/rsl", "urn:x", "the root is"),
        ('<?xml version="1.0"?>', '<!DOCTYPE r [<!ENTITY a "b">]>', "document type"),
        ('url="/news/*"', "", "no url"),
        ('"geo"', '"usage"', "twice"),
    ],
)
def test_what_is_not_rsl(old: str, new: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_rsl(RSL.replace(old, new, 1))


@given(st.text(max_size=80))
def test_any_text_is_refused_as_rsl(text: str) -> None:
    with pytest.raises(InputError):
        read_rsl(text)
