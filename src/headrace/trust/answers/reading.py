"""Read an answer in words: which brands it recommends, in which order, against which it speaks, and
at which price.

    "Unlike Brio, which many buy, Corvo is the one I recommend."    Corvo; not Brio
    "3. Alto 2. Brio 1. Corvo"                                      Corvo, Brio, Alto
    "Brio and Alto are popular. I would take Corvo at $79."         Corvo (79), Brio, Alto

Rules, in this order. Text from a line that begins with the label of the ads on is not read. In a
numbered list the numbers give the order. A brand is spoken against where its clause says so (cues
in `AGAINST`, before or after its name) and is then not recommended. Brands in a clause that
recommends (cues in `FOR`) come first, the others follow as they are named. The rules are for
English and a few words of German, French, Spanish and Japanese; an answer in which every brand is
spoken against recommends none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

FOR = (
    r"recommend\w*|go (?:with|for)|choose|pick|take|buy|best|winner|favou?rite|top|suggest\w*|"
    r"empfehle\w*|nehmen?|beste\w*|recommande\w*|meilleure?|recomiend\w*|mejor|おすすめ|お勧め|一番"
)
AGAINST_BEFORE = (
    r"unlike|instead of|rather than|as opposed to|other than|except(?: for)?|avoid\w*|skip|ditch|"
    r"ahead of|better than|beats?|over|than|not|never|no|without|nor|neither|(?:\w+n['’]t)|cannot|"
    r"nicht|kein\w*|statt|anders als|ohne|pas|sauf|au lieu de|contrairement à|sin|en vez de"
)
AGAINST_AFTER = (
    r"(?:is|was|are) (?:worse|inferior|overpriced|outdated|disappointing|a poor|poor)|"
    r"(?:is|are|was)(?:n['’]t| not)|does(?:n['’]t| not)|"
    r"falls? short|lags?|fails?|ist nicht|n['’]est pas|no es|ではなく|じゃなく|より"
)
NO_NEGATION = (
    r"not only|why not|can(?:['’]t|not) go wrong(?: with)?|nothing (?:beats?|is better than)|"
    r"no (?:doubt|question|wonder)|not (?:just|to mention)|nicht nur|more than|"
    r"n(?:o|one) other than|"
    r"(?:does(?:n['’]t| not)|never|won['’]t) disappoint\w*|no better (?:\w+ )?than|hard to beat"
)
CLAUSE = re.compile(
    r"[.;:!?\n。、，！？]|,|\b(?:but|while|whereas|although|though|aber|mais|pero)\b"
)
NUMBERED = re.compile(r"(?:^|(?<=\s))\(?(\d{1,2})[.):]\s+(?=\S)", re.MULTILINE)
MONEY = re.compile(
    r"(?:[$€£¥]|\b(?:USD|EUR|GBP|JPY)\s?)\s?(\d[\d,]*(?:\.\d+)?)"
    r"|(\d[\d,]*(?:\.\d+)?)\s?(?:[€£¥円]|USD\b|EUR\b|GBP\b|JPY\b|dollars?\b|euros?\b|yen\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ReadAnswer:
    """What an answer recommends, best first; which brands it speaks against, in the order of their
    names; price: what is asked for a brand, in the answer's own money. text: what was read, no part
    of the comparison.
    """

    brands: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    price: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    text: str = field(default="", compare=False)

    @property
    def first(self) -> str:
        """The brand recommended first, "" for none."""
        return self.brands[0] if self.brands else ""

    def standing(self, brand: str) -> float:
        """1 for the first place, 1/2 for the second, ...; 0 for a brand not recommended [1]."""
        return 1.0 / (1 + self.brands.index(brand)) if brand in self.brands else 0.0


@dataclass(frozen=True)
class Mention:
    """A brand at a place of the text, and the clause around it."""

    brand: str
    start: int
    end: int
    before: str
    after: str


def reader(brands: Sequence[str], ad_label: str = "") -> Callable[[str], ReadAnswer]:
    """A function from an answer to what it recommends.

    brands: what can be recommended; ad_label: word that begins the ads, "" for none.
    """
    # A brand as a word of its own; what counts as the same word are letters of Latin script and
    # digits, so that it is found in Japanese text, which has no spaces.
    patterns, letter = {}, "0-9A-Za-z_À-ɏ"
    for brand in brands:
        left = rf"(?<![{letter}])" if re.match(rf"[{letter}]", brand) else ""
        right = rf"(?![{letter}])" if re.search(rf"[{letter}]$", brand) else ""
        spaced = r"\s+".join(re.escape(word) for word in brand.split())
        patterns[brand] = re.compile(f"{left}{spaced}{right}", re.IGNORECASE)

    def read(answer: str) -> ReadAnswer:
        text = without_ads(answer, ad_label).replace("\r", "\n")
        mentions = sorted(_mentions(text, patterns), key=lambda one: (one.start, -one.end))
        against = {one.brand for one in mentions if _spoken_against(one)}
        praised = {
            one.brand
            for one in mentions
            if not _spoken_against(one) and re.search(FOR, one.before + one.after, re.IGNORECASE)
        }
        # A brand once recommended stays so, whatever else is said of it.
        against -= praised
        # Without numbers: as they are named, those that are recommended first.
        order = _numbered(text, mentions) or sorted(
            dict.fromkeys(one.brand for one in mentions), key=lambda brand: brand not in praised
        )
        chosen = tuple(brand for brand in order if brand not in against)
        return ReadAnswer(
            chosen, tuple(sorted(against)), MappingProxyType(_prices(text, mentions)), text
        )

    return read


def without_ads(answer: str, ad_label: str) -> str:
    """The answer up to the first line that begins with the label of the ads."""
    if not ad_label:
        return answer
    return re.split(rf"(?m)^\W*{re.escape(ad_label)}", answer, maxsplit=1)[0]


def _mentions(text: str, patterns: Mapping[str, re.Pattern[str]]) -> Iterator[Mention]:
    cuts = [0, *(match.end() for match in CLAUSE.finditer(text)), len(text)]
    taken: list[tuple[int, int]] = []
    for brand, pattern in sorted(patterns.items(), key=lambda pair: -len(pair[0])):
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(low <= start and end <= high for low, high in taken):
                continue  # "Alto" inside "Alto Pro" is another brand
            taken.append((start, end))
            low = max(cut for cut in cuts if cut <= start)
            high = min(cut for cut in cuts if cut >= end)
            yield Mention(brand, start, end, text[low:start], text[end:high])


def _spoken_against(one: Mention) -> bool:
    before = re.sub(NO_NEGATION, " ", one.before, flags=re.IGNORECASE)
    if re.search(rf"(?<!\w)(?:{AGAINST_BEFORE})(?!\w)", before, re.IGNORECASE):
        return True
    after = re.sub(NO_NEGATION, " ", one.after, flags=re.IGNORECASE)
    return bool(re.match(rf"\W*(?:{AGAINST_AFTER})", after, re.IGNORECASE))


def _numbered(text: str, mentions: list[Mention]) -> list[str]:
    """Brands by the numbers of a list, each item's first; [] where fewer than two have one."""
    marks = [(match.end(), int(match.group(1))) for match in NUMBERED.finditer(text)]
    ends = [start for start, _ in marks[1:]] + [len(text)]
    found: dict[str, int] = {}
    for (start, number), end in zip(marks, ends):
        inside = next((one.brand for one in mentions if start <= one.start < end), "")
        if inside:
            found.setdefault(inside, number)
    if len(found) < 2:
        return []
    listed = sorted(found, key=lambda brand: found[brand])
    rest = [one.brand for one in mentions if one.brand not in found]
    return list(dict.fromkeys([*listed, *rest]))


def _prices(text: str, mentions: list[Mention]) -> dict[str, float]:
    """The first sum of money between a brand and the next one."""
    found: dict[str, float] = {}
    for one, following in zip(mentions, [*mentions[1:], None]):
        end = len(text) if following is None else following.start
        match = MONEY.search(text, one.end, end)
        if match is not None and one.brand not in found:
            found[one.brand] = float((match.group(1) or match.group(2)).replace(",", ""))
    return found
