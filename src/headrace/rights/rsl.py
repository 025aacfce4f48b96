"""Reading RSL 1.0 (Really Simple Licensing, rslstandard.org, December 2025): what a publisher lets
machines do.

RSL licenses web content to crawlers and models; it has no contexts, characters or exposure. What it
does have is read in full: usage, users, places, payment, reporting. As its standard says, prohibits
wins over permits of the same kind, a list of permits is closed, and a document without payment is
free. Signatures and the protocols for acquiring a licence (OLP, CAP, EMS) are not read.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.money import MoneyError, micro

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
_KINDS = ("usage", "user", "geo")
_LICENCE_PARTS = ("permits", "prohibits", "payment", "reporting", "legal")
_CONTENT_PARTS = ("license", "schema", "alternate", "copyright", "terms")


@dataclass(frozen=True)
class LicencePayment:
    """How one licence is paid: the kind, the price in micro-units of `currency` where one is
    written, and links to terms.
    """

    kind: str
    amount: int | None = None
    currency: str = ""
    standard: str = ""
    custom: str = ""


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

    def allows(self, usage: str) -> bool:
        """Whether this usage is permitted whole: nothing wider or narrower is prohibited, and it is
        listed where permits are.
        """
        wider = set(_upward(usage))
        narrower = {u for u in USAGES if usage in _upward(u)}
        if (wider | narrower) & set(dict(self.prohibits).get("usage", ())):
            return False
        listed = dict(self.permits).get("usage")
        return listed is None or bool(wider & set(listed))


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
    if root.tag != f"{{{NAMESPACE}}}rsl":
        raise InputError(
            InputFault(Place(file), f"the root is `{root.tag}`", f"<rsl xmlns={NAMESPACE!r}>")
        )
    found = [
        x
        for part in _ours(root, ("content",), file, problems)
        for x in _content(part, file, problems)
    ]
    if not found and not problems:
        problems.append(InputFault(Place(file), "there is no <content> with a <license>"))
    if problems:
        raise InputError(problems)
    return tuple(found)


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
    amount, currency = None, ""
    for price in _named(element, "amount"):
        currency = price.get("currency", "")
        try:
            amount = micro((price.text or "").strip())
            if amount < 0:
                problems.append(InputFault(where, f"`{price.text}` is negative", "zero or more"))
        except MoneyError as error:
            problems.append(InputFault(where, str(error)))
        if len(currency) != 3:
            problems.append(InputFault(where, f"currency `{currency}`", "three letters like USD"))
    links = {
        name: next((e.text or "" for e in _named(element, name)), "").strip()
        for name in ("standard", "custom")
    }
    return LicencePayment(kind, amount, currency, links["standard"], links["custom"])
