"""Licences standing together: faults of one, clashes of two, one digest whatever their order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from headrace.core.errors import InputError
from headrace.rights.money import LIMIT
from headrace.rights.register import clashes, faults, licence_digest, overlap, register
from headrace.rights.terms import Licence, UseRequest, denial

FOX = Licence(
    *("fox", "Fox", "acme"),
    first=date(2026, 1, 1),
    last=date(2026, 6, 30),
    allow=("parody",),
    forbid=("politics",),
    media=("video",),
    territory=("JP",),
)
OTHER = replace(FOX, id="other", holder="bolt")
REQUEST = UseRequest("Fox", "parody", "video", "JP", date(2026, 3, 1))


def test_a_sound_licence_has_no_fault():
    whole = replace(FOX, per_use=0, share=0, min_exposure=1_000_000, cap=0, last=FOX.first)
    assert list(faults(FOX)) == list(faults(whole)) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"last": date(2025, 12, 31)}, "before it begins"),
        ({"id": ""}, "the id `` is empty"),
        ({"work": "a;b"}, "the work `a;b`"),
        ({"holder": "a=b"}, "the holder `a=b`"),
        ({"per_use": -1}, "per_use -1 micro-units"),
        ({"per_use": LIMIT + 1}, "too large"),
        ({"share": 1_000_001}, "share is not between 0 and 100 %"),
        ({"min_exposure": -1}, "min_exposure is not between"),
        ({"cap": -1}, "cap -1 is negative"),
    ],
)
def test_one_fault_of_a_licence(changed, words):
    (found,) = faults(replace(FOX, **changed))
    assert words in found


def test_a_register_tells_every_fault_at_once():
    bad = [replace(FOX, cap=-1), replace(OTHER, share=-1), replace(FOX, per_use=-1)]
    with pytest.raises(InputError) as told:
        register(bad)
    words = " ".join(problem.found for problem in told.value.problems)
    for part in (
        "cap -1",
        "share is not",
        "per_use -1",
        "two licences have this id",
    ):
        assert part in words


@pytest.mark.parametrize(
    ("changed", "meet"),
    [
        ({}, True),
        ({"first": date(2026, 6, 30), "last": date(2027, 1, 1)}, True),  # one day in common
        ({"first": date(2026, 7, 1), "last": date(2027, 1, 1)}, False),
        ({"territory": ("US",)}, False),
        ({"territory": ("*",)}, True),
        ({"territory": ()}, False),
        ({"media": ("audio",)}, False),
        ({"allow": ("birthday",)}, False),
        ({"characters": ("Tail",)}, True),  # FOX names none, so it grants them all
    ],
)
def test_two_grants_meet_where_everything_meets(changed, meet):
    other = replace(OTHER, **changed)
    assert overlap(FOX, other) == overlap(other, FOX) == meet
    assert bool(list(clashes([FOX, replace(other, exclusive=True)]))) == meet
    assert list(clashes([FOX, other])) == []  # co-owners may grant together


def test_a_second_grant_of_the_same_holder_clashes_only_with_an_exclusive_one():
    again = replace(FOX, id="again")
    assert list(clashes([FOX, again])) == []
    ((_, right, why),) = clashes([FOX, replace(again, exclusive=True)])
    assert (right.id, "exclusive" in why) == ("again", True)


def test_the_digest_is_of_the_content_not_of_the_order():
    later = replace(FOX, id="later", first=date(2026, 7, 1), last=date(2026, 12, 31))
    one, two = register([FOX, later]), register([later, FOX])
    assert one.digest == two.digest
    assert register([FOX]).digest != register([replace(FOX, per_use=1)]).digest
    assert licence_digest(FOX) != licence_digest(replace(FOX, voice=True))


@pytest.mark.parametrize(
    ("licence", "request_", "reason"),
    [
        ({}, {}, ""),
        ({}, {"day": date(2026, 7, 1)}, "expired terms: ended 2026-06-30"),
        ({}, {"day": date(2025, 12, 31)}, "terms not begun: start 2026-01-01"),
        ({}, {"territory": "US"}, "territory `US` is not licensed"),
        ({}, {"context": "meme"}, "context `meme` is not allowed"),
        ({}, {"medium": "audio"}, "medium `audio` is not licensed"),
        ({"characters": ("Tail",)}, {"character": "Ear"}, "character `Ear` is not licensed"),
        ({"characters": ("Tail",)}, {"character": "Tail"}, ""),
        ({"characters": ("Tail",)}, {}, ""),
        ({}, {"likeness": True}, "likeness is not licensed"),
        ({"likeness": True}, {"likeness": True}, ""),
        ({}, {"voice": True}, "voice is not licensed"),
        ({"approval": True}, {}, "the holder's approval is missing"),
        ({"approval": True}, {"approved": None}, "the holder's approval is unknown"),
        ({"licensee": "other"}, {}, "licensed to `other`, not to `platform`"),
        ({"licensee": "other"}, {"licensee": "other"}, ""),
        ({"approval": True}, {"approved": True}, ""),
        ({}, {"purpose": "train"}, "training is not licensed"),
        ({"training": True}, {"purpose": "train", "context": "meme", "medium": "x"}, ""),
        ({"training": True}, {"purpose": "train", "territory": "US"}, "territory `US`"),
        # several reasons: the first in this order is told
        ({}, {"day": date(2027, 1, 1), "medium": "audio", "voice": True}, "expired terms"),
        ({}, {"context": "meme", "medium": "audio"}, "context `meme`"),
    ],
)
def test_the_first_reason_against_a_request(licence, request_, reason):
    found = denial(replace(FOX, **licence), replace(REQUEST, **request_))
    assert (found.words if found else "").startswith(reason)
    assert bool(found) == bool(reason)
