"""From a number of the page to the figures that it comes from, and back."""

from __future__ import annotations

from urllib.parse import quote

from headrace.show.format.html import Markup, tag


def place_of(key: str) -> str:
    """The place on the page of the figures under a key, whatever the key is."""
    return f"figures-{quote(key, safe='.')}"


def order_place(rank: int) -> str:
    """The place on the page of the order of this rank."""
    return f"order-{rank}"


def product_place(product: str) -> str:
    """The place on the page of what a unit of a product costs."""
    return f"unit-{quote(product, safe='.')}"


def link_to(key: str, words: str) -> Markup:
    """A link to the figures under a key; nothing where it is not known."""
    return tag("a", words, href=f"#{place_of(key)}", class_="origin") if key else Markup("")
