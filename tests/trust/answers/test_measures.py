"""What is compared of two answers, by hand."""

from __future__ import annotations

import math

import pytest

from headrace.trust.answers.measures import compared, kinds_of_change, price_change
from headrace.trust.answers.reading import ReadAnswer

ALTO, BRIO = ReadAnswer(("Alto", "Brio")), ReadAnswer(("Brio",), ("Alto",))


def test_every_brand_by_first_place_and_standing():
    """On: Alto 1st, Brio 2nd. Off: Brio 1st, Alto spoken against (-1): Alto +1 and +2, Brio -1 and
    -1/2.
    """
    found = compared([(ALTO, BRIO)])
    told = dict(zip(found.names, found.differences[0].tolist()))
    assert told == {
        "Alto named first": 1.0,
        "Brio named first": -1.0,
        "Alto standing": 2.0,
        "Brio standing": -0.5,
    }


def test_advertisers_count_together():
    found = compared([(ALTO, BRIO), (BRIO, BRIO)], ("Alto", "Brio"))
    assert found.names == ("Alto or Brio named first", "Alto or Brio standing")
    assert found.differences.tolist() == [[0.0, 1.5], [0.0, 0.0]]


def test_answers_without_a_brand_make_one_measure():
    assert compared([(ReadAnswer(), ReadAnswer())]).names == (
        "no brand named first",
        "no brand standing",
    )


def test_prices_of_what_is_named_first():
    dear, cheap = (ReadAnswer(("Alto",), price={"Alto": p}) for p in (110.0, 100.0))
    assert price_change([(dear, cheap), (dear, ALTO)]) == pytest.approx([math.log(1.1)])


def test_kinds_of_change():
    dear = ReadAnswer(("Alto", "Brio"), price={"Alto": 1.0})
    pairs = [
        (ALTO, BRIO),
        (ALTO, ReadAnswer(("Alto",))),
        (ALTO, ReadAnswer(("Alto", "Brio"), ("Corvo",))),
        (ALTO, dear),
        (ALTO, ALTO),
    ]
    assert dict(kinds_of_change(pairs)) == {
        "what is named first": 1,
        "the brands behind the first": 1,
        "what is spoken against": 1,
        "a price": 1,
    }
