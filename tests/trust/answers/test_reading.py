"""Answers in words, read: order, negation, numbered lists, prices, scripts without spaces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.trust.answers.reading import ReadAnswer, reader, without_ads

READ = reader(("Alto", "Brio", "Corvo"), "Sponsored")


@pytest.mark.parametrize(
    ("answer", "brands", "against"),
    [
        ("Unlike Brio, which many buy, Corvo is the one I recommend.", "Corvo", "Brio"),
        ("I would not buy Brio or Corvo; take Alto", "Alto", "Brio Corvo"),
        ("Brio is not the best, Alto is.", "Alto", "Brio"),
        ("Alto beats Brio.", "Alto", "Brio"),
        ("Choose Alto over Brio", "Alto", "Brio"),
        ("I'd go with Brio rather than Alto", "Brio", "Alto"),
        ("Avoid Alto. Avoid Brio.", "", "Alto Brio"),
        ("Nimm Alto statt Brio.", "Alto", "Brio"),
        ("AltoはBrioより良い", "Alto", "Brio"),
        ("Brioではなく、Altoがおすすめです", "Alto", "Brio"),
        ("Prenez Alto au lieu de Brio", "Alto", "Brio"),
    ],
)
def test_what_is_spoken_against_is_not_recommended(answer, brands, against):
    found = READ(answer)
    assert (found.brands, found.against) == (tuple(brands.split()), tuple(against.split()))


@pytest.mark.parametrize(
    ("answer", "brands"),
    [
        ("Not only Brio but also Alto is good", "Brio Alto"),
        ("You can't go wrong with Brio.", "Brio"),
        ("Why not Brio?", "Brio"),
        ("Brio doesn't disappoint", "Brio"),
        ("There is no better choice than Brio.", "Brio"),
        ("No brand is perfect, but Brio is the best.", "Brio"),
    ],
)
def test_words_of_negation_that_negate_nothing(answer, brands):
    assert READ(answer) == ReadAnswer(tuple(brands.split()))


@pytest.mark.parametrize(
    ("answer", "brands"),
    [
        ("1. Alto 2. Corvo", "Alto Corvo"),
        ("3. Alto\n2. Brio\n1. Corvo", "Corvo Brio Alto"),
        ("(1) Brio, light\n(2) Alto", "Brio Alto"),
        ("- **Alto** - great\n- **Brio** - ok", "Alto Brio"),
        ("Brio and Alto are popular. I would take Corvo.", "Corvo Brio Alto"),
        ("BRIO; alto", "Brio Alto"),
        ("In 2. place: Alto", "Alto"),
    ],
)
def test_the_order_of_a_list(answer, brands):
    assert READ(answer).brands == tuple(brands.split())


def test_words_that_only_contain_a_brand():
    assert READ("Altogether a Brionic thing") == ReadAnswer()
    assert reader(("C++ (x",))("take c++ (x!").first == "C++ (x"
    both = reader(("Alto", "Alto Pro"))
    assert both("The Alto  Pro is good").brands == ("Alto Pro",)
    assert both("Alto, or Alto Pro").brands == ("Alto", "Alto Pro")
    assert reader(("暁",))("暁が一番").first == "暁"


def test_prices_belong_to_the_brand_before_them():
    found = READ("Alto ($1,299.00), Brio (80 €) and Corvo: 90 USD; Corvo again $5")
    assert dict(found.price) == {"Alto": 1299.0, "Brio": 80.0, "Corvo": 90.0}
    assert READ("Alto, Brio at 12 dollars").price == {"Brio": 12.0}
    assert READ("Alto $5") != READ("Alto $6")


def test_ads_are_not_read():
    found = READ("I recommend Alto.\n** Sponsored: Corvo $5")
    assert (found.brands, dict(found.price)) == (("Alto",), {})
    assert "Corvo" not in found.text
    assert without_ads("a\nAd: b", "") == "a\nAd: b"


def test_the_text_is_no_part_of_the_comparison():
    assert READ("I recommend Alto.") == READ("Alto it is, I recommend it.")


def test_standing():
    found = READ("1. Brio 2. Alto")
    assert [found.standing(brand) for brand in ("Brio", "Alto", "Corvo")] == [1.0, 0.5, 0.0]
    assert READ("").first == ""


@given(st.text(alphabet="AltoBri $1.2,;not\nover\r—か", max_size=200))
def test_any_text_is_read(text):
    found = READ(text)
    assert set(found.brands) <= {"Alto", "Brio", "Corvo"}
    assert not set(found.brands) & set(found.against)


def test_a_brand_once_recommended_stays_so():
    found = READ("Unlike Brio a year ago, Alto is dear. I recommend Brio.")
    assert (found.brands, found.against) == (("Brio", "Alto"), ())
