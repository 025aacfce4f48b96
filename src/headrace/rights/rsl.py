"""Reading RSL 1.0 (Really Simple Licensing, rslstandard.org, December 2025): what a publisher lets
machines do.

RSL licenses web content to crawlers and models; it has no contexts, characters or exposure. What it
does have is read in full: usage, users, places, payment, reporting. As its standard says, prohibits
wins over permits of the same kind, a list of permits is closed, and a document without payment is
free. Signatures and the protocols for acquiring a licence (OLP, CAP, EMS) are not read.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from urllib.parse import urlsplit

from headrace.core.errors import InputError, InputFault, Place

NAMESPACE = "https://rslstandard.org/rsl"
_MOST_BYTES = 4_000_000
_WIDER = {
    "ai-train": "ai-all",
    "ai-input": "ai-all",
    "ai-index": "ai-all",
    "ai-all": "all",
    "search": "all",
}
USAGES = ("all", *_WIDER)
PAYMENTS = (
    "purchase",
    "subscription",
    "training",
    "crawl",
    "use",
    "contribution",
    "attribution",
    "free",
)
_PLACE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_UNION = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    )
)
"""Members of the European Union since 2020-02-01 (ISO 3166-1; the code EU is reserved there)."""
_PRICE = re.compile(r"\d{1,15}(\.\d{1,30})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_KINDS = ("usage", "user", "geo")
_LICENCE_PARTS = ("permits", "prohibits", "payment", "reporting", "legal")
_CONTENT_PARTS = ("license", "schema", "alternate", "copyright", "terms")


@dataclass(frozen=True)
class LicencePayment:
    """How one licence is paid: the kind, the price [main units of `currency`] where one is written,
    exact however fine (a price per token is far below a micro-unit), and links to terms.
    """

    kind: str
    price: Fraction | None = None
    currency: str = ""
    standard: str = ""
    custom: str = ""

    @property
    def amount(self) -> int | None:
        """The price in micro-units; None where there is none, or it is finer than one."""
        micro = None if self.price is None else self.price * 1_000_000
        return int(micro) if micro is not None and micro.denominator == 1 else None


@dataclass(frozen=True)
class RslLicence:
    """One <license> of one <content>. permits, prohibits: kind ("usage", "user", "geo") -> words,
    as (kind, words) pairs.
    """

    url: str
    permits: tuple[tuple[str, tuple[str, ...]], ...]
    prohibits: tuple[tuple[str, tuple[str, ...]], ...]
    payments: tuple[LicencePayment, ...]
    reporting: tuple[str, ...]
    server: str = ""

    def allows(self, usage: str, user: str = "", place: str = "") -> bool:
        """Whether this usage is permitted whole, to this kind of user in this place: nothing wider
        or narrower is prohibited, and each is listed where permits are. A licence that asks who or
        where permits nothing to somebody who does not say.
        """
        for kind, word in (("user", user), ("geo", place)):
            permits, prohibits = (dict(x).get(kind) for x in (self.permits, self.prohibits))
            within = {word} | (_around(word) if kind == "geo" else set())
            if permits is not None and not within & set(permits):
                return False
            if prohibits is None:
                continue
            parts = {each for each in prohibits if kind == "geo" and word in _around(each)}
            if not word or parts or within & set(prohibits):
                return False
        wider = set(_upward(usage))
        narrower = {u for u in USAGES if usage in _upward(u)}
        if (wider | narrower) & set(dict(self.prohibits).get("usage", ())):
            return False
        listed = dict(self.permits).get("usage")
        return listed is None or bool(wider & set(listed))


def _around(place: str) -> set[str]:
    """The places that a place lies in: the country of a region, the union of a country."""
    country = place.partition("-")[0]
    found = {country} if country != place else set()
    return found | ({"EU"} if country in _UNION else set())


def read_rsl(text: str, file: str = "license.xml") -> tuple[RslLicence, ...]:
    """Every licence of an RSL document. Raises InputError with everything that is not RSL 1.0."""
    if len(text) > _MOST_BYTES:
        raise InputError(
            InputFault(
                Place(file),
                f"the document has {len(text):,} characters",
                f"at most {_MOST_BYTES:,}",
            )
        )
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise InputError(
            InputFault(
                Place(file),
                "a document type declaration is refused: entities can grow without bound",
            )
        )
    try:
        root = ET.fromstring(text.encode("utf-8", "surrogatepass"))
    except (ET.ParseError, ValueError, LookupError) as error:
        raise InputError(InputFault(Place(file), f"this is not XML: {error}")) from None
    problems: list[InputFault] = []
    if root.tag == "rss":  # the RSS module (section 4.7): <rsl:content> in channel or item
        parts = list(root.iter(f"{{{NAMESPACE}}}content"))
    elif root.tag == f"{{{NAMESPACE}}}rsl":
        parts = list(_ours(root, ("content",), file, problems))
    else:
        raise InputError(
            InputFault(
                Place(file), f"the root is `{root.tag}`", f"<rsl xmlns={NAMESPACE!r}>, or <rss>"
            )
        )
    found = [x for part in parts for x in _content(part, file, problems)]
    if not found and not problems:
        problems.append(InputFault(Place(file), "there is no <content> with a <license>"))
    if problems:
        raise InputError(problems)
    return tuple(found)


def in_scope(licences: Iterable[RslLicence], url: str) -> tuple[RslLicence, ...]:
    """The licences that hold for a URL or path: those of the most specific <content> that covers it
    (section 3.1.2; matching as in RFC 9309: `*` is any sequence, `$` the end, the longest wins).
    """
    fitting = [x for x in licences if _covers(x.url, url)]
    longest = max((len(x.url) for x in fitting), default=0)
    return tuple(x for x in fitting if len(x.url) == longest)


def _covers(pattern: str, url: str) -> bool:
    """Whether a pattern covers an address; a pattern that is only a path is held to its path."""
    if not urlsplit(pattern).netloc:
        parts = urlsplit(url)
        url = parts.path + (f"?{parts.query}" if parts.query else "")
    ends = pattern.endswith("$")
    told = ".*".join(re.escape(piece) for piece in pattern.removesuffix("$").split("*"))
    return re.match(told + ("$" if ends else ""), url or "/") is not None


def _upward(usage: str) -> Iterator[str]:
    if usage not in USAGES:
        raise InputError(f"`{usage}` is not a usage of RSL 1.0 ({', '.join(USAGES)})")
    here: str | None = usage
    while here is not None:
        yield here
        here = _WIDER.get(here)


def _ours(
    parent: ET.Element, known: tuple[str, ...], file: str, problems: list[InputFault]
) -> Iterator[ET.Element]:
    """The children in RSL's namespace; others are extensions and ignored, unknown ones of RSL are a
    problem.
    """
    for child in parent:
        name = str(child.tag).rpartition("}")[2]
        if not str(child.tag).startswith(f"{{{NAMESPACE}}}"):
            continue
        if name in known:
            yield child
        else:
            problems.append(InputFault(Place(file, key=name), "not an element of RSL 1.0 here"))


def _named(parent: ET.Element, name: str) -> Iterator[ET.Element]:
    return parent.iterfind(f"{{{NAMESPACE}}}{name}")


def _content(part: ET.Element, file: str, problems: list[InputFault]) -> Iterator[RslLicence]:
    url = part.get("url")
    if url is None:
        problems.append(InputFault(Place(file, key="content"), "a <content> has no url"))
    list(_ours(part, _CONTENT_PARTS, file, problems))
    for licence in _named(part, "license"):
        list(_ours(licence, _LICENCE_PARTS, file, problems))
        payments = tuple(_payment(p, file, problems) for p in _named(licence, "payment"))
        yield RslLicence(
            url=url or "",
            permits=_words(licence, "permits", file, problems),
            prohibits=_words(licence, "prohibits", file, problems),
            payments=payments or (LicencePayment("free"),),
            reporting=tuple(r.get("profile", "") for r in _named(licence, "reporting")),
            server=part.get("server", ""),
        )


def _words(
    licence: ET.Element, name: str, file: str, problems: list[InputFault]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, tuple[str, ...]] = {}
    for element in _named(licence, name):
        kind, words = element.get("type", ""), tuple((element.text or "").split())
        where = Place(file, key=f"{name} {kind}")
        if kind not in _KINDS:
            problems.append(InputFault(where, f"type `{kind}`", ", ".join(_KINDS)))
        elif kind in found:
            problems.append(InputFault(where, "this type stands twice in one licence"))
        for word in words:
            if kind == "geo" and not _PLACE.fullmatch(word):
                what = f"`{word}` is not a place"
                problems.append(InputFault(where, what, "codes like US with spaces between"))
            if kind == "usage" and word not in USAGES:
                swapped = "-".join(reversed(word.split("-")))  # drafts before 1.0 said train-ai
                near = [swapped] if swapped in USAGES else get_close_matches(word, USAGES, n=1)
                fix = f"Did you mean `{near[0]}`?" if near else ""
                what = f"`{word}` is not a usage of RSL 1.0"
                problems.append(InputFault(where, what, ", ".join(USAGES), fix))
        found[kind] = words
    return tuple(found.items())


def _payment(element: ET.Element, file: str, problems: list[InputFault]) -> LicencePayment:
    kind = element.get("type", "free")
    where = Place(file, key=f"payment {kind}")
    if kind not in PAYMENTS:
        problems.append(InputFault(where, "not a payment of RSL 1.0", ", ".join(PAYMENTS)))
    list(_ours(element, ("standard", "custom", "amount", "accepts"), file, problems))
    price, currency = None, ""
    amounts = list(_named(element, "amount"))
    if len(amounts) > 1:
        problems.append(InputFault(where, f"{len(amounts)} amounts", "one amount in a payment"))
    for each in amounts:
        currency, text = each.get("currency", ""), (each.text or "").strip()
        price = Fraction(text) if _PRICE.fullmatch(text) else None
        if price is None:
            problems.append(InputFault(where, f"`{text}` is no amount", "a number, 0 or more"))
        if not _CURRENCY.fullmatch(currency):
            problems.append(InputFault(where, f"currency `{currency}`", "three letters like USD"))
    links = {
        name: next((e.text or "" for e in _named(element, name)), "").strip()
        for name in ("standard", "custom")
    }
    return LicencePayment(kind, price, currency, links["standard"], links["custom"])
