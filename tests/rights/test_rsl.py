"""RSL 1.0: who and where, prices per token, scope, and the RSS module."""

from __future__ import annotations

from fractions import Fraction

import pytest

from headrace.core.errors import InputError
from headrace.rights.rsl import in_scope, read_rsl

HEAD = '<rsl xmlns="https://rslstandard.org/rsl">'


def one(body: str):
    (found,) = read_rsl(f'{HEAD}<content url="/"><license>{body}</license></content></rsl>')
    return found


def amount(text: str, more: str = "") -> str:
    return f'<payment type="use"><amount currency="USD">{text}</amount>{more}</payment>'


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('<permits type="geo">US,CA,EU</permits>', "is not a place"),
        (amount("1", '<amount currency="EUR">5</amount>'), "2 amounts"),
        (amount("-1"), "is no amount"),
        (amount("1e3"), "is no amount"),
        (amount("nan"), "is no amount"),
        (amount("1").replace("USD", "usd"), "currency"),
    ],
)
def test_what_is_refused(body, words):
    with pytest.raises(InputError, match=words):
        one(body)


def test_a_price_per_token_is_exact():
    found = one(amount("0.00000015")).payments[0]
    assert (found.price, found.amount) == (Fraction(15, 10**8), None)
    assert one(amount("0.015")).payments[0].amount == 15_000


def test_a_licence_that_asks_who_and_where_permits_nobody_unnamed():
    """Permits for non-commercial users in JP; another that prohibits commercial ones."""
    only = one('<permits type="user">non-commercial</permits><permits type="geo">JP US</permits>')
    assert not only.allows("ai-train")
    assert not only.allows("ai-train", "non-commercial")
    assert only.allows("ai-train", "non-commercial", "JP")
    assert not only.allows("ai-train", "commercial", "JP")
    but = one('<prohibits type="user">commercial</prohibits>')
    assert not but.allows("search")
    assert not but.allows("search", "commercial")
    assert but.allows("search", "education")


@pytest.mark.parametrize(
    ("kind", "written", "place", "allowed"),
    [
        ("prohibits", "EU", "DE", False),  # a member lies in the union
        ("prohibits", "DE", "EU", False),  # and the whole union is not free where a member is not
        ("prohibits", "EU", "US", True),
        ("prohibits", "EU", "GB", True),
        ("prohibits", "US", "US-CA", False),
        ("prohibits", "US-CA", "US", False),
        ("prohibits", "US-CA", "US-NY", True),
        ("prohibits", "FR-IDF", "EU", False),
        ("permits", "EU", "DE", True),
        ("permits", "EU", "FR-IDF", True),
        ("permits", "EU", "CH", False),
        ("permits", "DE FR", "EU", False),
        ("permits", "US", "US-CA", True),
        ("permits", "US-CA", "US", False),
        ("permits", "US", "", False),
    ],
)
def test_places_lie_in_places(kind, written, place, allowed):
    found = one(f'<permits type="usage">all</permits><{kind} type="geo">{written}</{kind}>')
    assert found.allows("search", place=place) is allowed


def test_the_most_specific_content_holds():
    parts = "".join(
        f'<content url="{url}"><license><permits type="usage">{use}</permits></license></content>'
        for url, use in (("/", "search"), ("/news/*", "all"), ("/news/*.pdf$", "ai-input"))
    )
    found = read_rsl(f"{HEAD}{parts}</rsl>")
    for url, use in (
        ("https://example.org/about", "search"),
        ("/news/today", "all"),
        ("https://example.org/news/a.pdf", "ai-input"),
        ("/news/a.pdf?x=1", "all"),
    ):
        (held,) = in_scope(found, url)
        assert dict(held.permits)["usage"] == (use,)
    assert in_scope(found[1:], "/about") == ()


def test_licences_in_a_feed():
    text = (
        '<rss version="2.0" xmlns:rsl="https://rslstandard.org/rsl"><channel><item>'
        '<rsl:content url="https://example.org/a"><rsl:license><rsl:prohibits type="usage">'
        "ai-train</rsl:prohibits></rsl:license></rsl:content></item></channel></rss>"
    )
    (found,) = read_rsl(text)
    assert (found.url, found.allows("ai-train"), found.allows("search")) == (
        "https://example.org/a",
        False,
        True,
    )
    with pytest.raises(InputError, match="no <content>"):
        read_rsl('<rss version="2.0"><channel/></rss>')
