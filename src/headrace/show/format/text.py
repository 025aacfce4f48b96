"""Quantities, money and dates in words, the same in the terminal, the report and the app."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

_STEPS = ((1e12, "trillion"), (1e9, "bn"), (1e6, "M"), (1e3, "k"))
# Units that grow by thousands: the larger name, and how many of the smaller one it is.
_LARGER = {
    "MWh": (("TWh", 1e6), ("GWh", 1e3)),
    "MW": (("GW", 1e3),),
    "kg": (("kt", 1e6), ("t", 1e3)),
    "t": (("Mt", 1e6), ("kt", 1e3)),
}
# Units of the plan that people say otherwise: the words, and how many of these one is.
_SAID = {
    "Mtok": ("tokens", 1e6),
    "EFLOP": ("FLOP", 1e18),
    "accelerator": ("accelerators", 1.0),
    "accelerator-h": ("accelerator-hours", 1.0),
    "video-second": ("seconds of video", 1.0),
}
COUNTED = {"accelerator", "accelerators", "server", "servers"}
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def number(value: float, digits: int = 3) -> str:
    """A number [of any unit] with `digits` significant figures, thousands apart, no exponent
    between 0.001 and 1e15.
    """
    if not math.isfinite(value):
        return "not known"
    if value == 0:
        return "0"
    if not 1e-3 <= abs(value) < 1e15:
        return f"{value:.{digits - 1}e}"
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    text = f"{round(value, decimals):,.{max(0, decimals)}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "\N{MINUS SIGN}")


def scaled(value: float, digits: int = 3) -> tuple[str, str]:
    """A number [of any unit] and its step word: 41.3e6 gives ("41.3", "M")."""
    for step, word in _STEPS:
        if abs(value) >= step * 0.9995:
            return number(value / step, digits), word
    return number(value, digits), ""


def amount(value: float) -> str:
    """A number [of any unit] as it stands beside a mark: "1.2 M", "24,000"."""
    return " ".join(part for part in scaled(value) if part) if abs(value) >= 1e6 else number(value)


def in_step(value: float, most: float, digits: int = 3) -> str:
    """A number [of any unit] in the step word that fits `most`: beside 2 bn, "0.5 bn"."""
    step, word = next(((s, w) for s, w in _STEPS if most >= s * 0.9995), (1.0, ""))
    return " ".join(part for part in (number(value / step, digits), word if value else "") if part)


def money(usd: float | None, unit: str = "USD", digits: int = 3) -> str:
    """An amount [USD, or the money `unit`] in words: "41.3 M USD"; None is "not computed"."""
    if usd is None:
        return "not computed"
    text, step = scaled(usd, digits)
    return " ".join(word for word in (text, step, unit) if word)


def interval(low: float | None, high: float | None, unit: str = "USD", join: str = " to ") -> str:
    """An interval [USD, or `unit`] in words, both ends in the same step: "41 to 48 M USD".

    Ends that print alike are one number.
    """
    if low is None or high is None:
        if low is None and high is None:
            return "not computed"
        return f"at least {money(low, unit)}" if high is None else f"at most {money(high, unit)}"
    step, word = next(
        ((s, w) for s, w in _STEPS if max(abs(low), abs(high)) >= s * 0.9995), (1.0, "")
    )
    ends = (low / step, high / step)
    # Enough decimals to show the width by one figure, and no end that is not 0 as 0; at most 4.
    width = ends[1] - ends[0]
    least = min((abs(value) for value in (width, *ends) if value), default=1.0)
    decimals = max(0, -math.floor(math.log10(abs(width) or least)))
    decimals = min(4, max(decimals, -math.floor(math.log10(least)) if least < 0.5 else 0))
    texts = [f"{end:,.{decimals}f}".replace("-", "\N{MINUS SIGN}") for end in ends]
    text = join.join(texts) if texts[0] != texts[1] else number(ends[1])
    return " ".join(part for part in (text, word, unit) if part)


def unit(name: str) -> str:
    """A unit as people say it: "accelerator" in the plural, "/a" as "a year"."""
    base, _, rest = name.partition("/")
    said = _SAID.get(base, (base, 1.0))[0]
    return said + {"": "", "a": " a year", "h": " an hour"}.get(rest, f"/{rest}")


def quantity(value: float, name: str, digits: int = 3) -> str:
    """A quantity [of the unit `name`] in its largest fitting unit: "1.23 TWh", "24,000
    accelerators", "809 trillion tokens", "6.16×10²⁶ FLOP".
    """
    base, _, rest = name.partition("/")
    for larger, step in _LARGER.get(base, ()):
        if abs(value) >= step:
            return f"{number(value / step, digits)} {unit(f'{larger}/{rest}' if rest else larger)}"
    value *= _SAID.get(base, ("", 1.0))[1]
    if abs(value) >= 1e18:
        return f"{power_of_ten(value, digits)} {unit(name)}"
    if base not in _LARGER and abs(value) >= 1e6:
        return " ".join(part for part in (*scaled(value, digits), unit(name)) if part)
    if base in COUNTED and abs(value) >= 0.5:
        many = round(value)  # whole ones: nobody orders three tenths
        return f"{many:,} {base.removesuffix('s') if many == 1 and not rest else unit(name)}"
    return f"{number(value, digits)} {unit(name)}".strip()


def measured(value: float | str | None, name: str) -> str:
    """An input [of the unit `name`] as it was found: "24 months", "0.8", "1,600 USD/kW"."""
    told = number(value, 5) if isinstance(value, float) else value or ""
    said = f"{name}s" if name in ("month", "year") and value != 1 else "" if name == "1" else name
    return f"{told} {said}".strip()


def belief(about: str, value: float | str, unit: str) -> str:
    """What is believed at a node, in words: "fuel of gas 4.5 USD/MMBtu", "demand growth 40 % a
    year". value: in `unit` [unit].
    """
    name = about.replace("_", " ").replace(":", " of ")
    if not isinstance(value, float):
        return f"{name} {value} {unit}".strip()
    if unit in ("1/year", "1/a"):
        return f"{name} {percent(value)} a year"
    return f"{name} {number(value)} {'' if unit == '1' else unit}".strip()


def power_of_ten(value: float, digits: int = 3) -> str:
    """A very large number [of any unit] as 6.16×10²⁶."""
    exponent = math.floor(math.log10(abs(value)))
    return f"{number(value / 10.0**exponent, digits)}×10{str(exponent).translate(_RAISED)}"


def count(many: int, noun: str) -> str:
    """A count with its noun: "1 order", "3 orders"."""
    plural = "es" if noun.endswith(("ch", "sh", "s", "x")) else "s"
    return f"{many:,} {noun}{'' if many == 1 else plural}"


def one(noun: str) -> str:
    """A noun with its article: "a second", "an EFLOP"."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def percent(share: float | None, digits: int = 2) -> str:
    """A share [1] as per cent; None is "not known"."""
    if share is None:
        return "not known"
    return "below 0.001 %" if 0 < share < 1e-5 else f"{number(100 * share, digits)} %"


def site(name: str) -> str:
    """A site's key as people write it: new_albany becomes New Albany."""
    return name.replace("_", " ").strip().title() if name.islower() else name


# Keys that are short for a word, or for a maker's type number, stand in capitals.
_CAPITALS = re.compile(r"\b(?:[abghl]{1,2}\d{2,3}s?|mi\d{3}x?|pv|ccgt|smr|ppa|egs)\b")


def named(text: str, sites: Iterable[str] = ()) -> str:
    """A text with keys in it as people write them: "chat on b200 at new_albany" becomes "chat on
    B200 at New Albany".
    """
    keys = sorted({key for key in sites if key.islower()}, key=len, reverse=True)
    if keys:
        text = re.sub(
            rf"\b(?:{'|'.join(map(re.escape, keys))})\b", lambda found: site(found[0]), text
        )
    return _CAPITALS.sub(lambda found: found[0].upper(), text.replace("_", " "))


def label(text: str, sites: Iterable[str] = ()) -> str:
    """The same as it stands alone beside a picture: it begins with a capital."""
    told = named(text, sites)
    return told[:1].upper() + told[1:]


def short(title: str) -> str:
    """A title without its explanation: what stands before a colon, or a second comma."""
    return ", ".join(title.split(": ")[0].split(", ")[:2])


def months_between(earlier: str, later: str) -> int | None:
    """Whole months from one "YYYY-MM" to another; None where either is not a date."""
    first, second = month_count(earlier), month_count(later)
    return None if first is None or second is None else second - first


def month_count(date: str) -> int | None:
    """Months since year 0 of a "YYYY-MM"; "YYYY" counts as January, what is no date as None."""
    year, _, month = date.partition("-")
    if not (year.isdigit() and len(year) == 4):
        return None
    if not month:
        return int(year) * 12
    return (
        int(year) * 12 + int(month[:2]) - 1
        if month[:2].isdigit() and 1 <= int(month[:2]) <= 12
        else None
    )


_CASH = {
    "fuel": "fuel",
    "variable": "energy bought and other running cost",
    "peak": "demand charges",
    "royalty": "royalties",
    "short": "broken promises",
    "unserved": "paid back for what was not served",
    "financing": "money that is drawn, beyond the discount rate",
    "payments": "payments for what is ordered here",
    "fixed": "fixed cost and rent of what is ordered here",
    "terminal": "what that is worth at the horizon's end",
}


def cash_item(kind: str, product: str = "", item: str = "") -> str:
    """A line of cash as people call it: "sales of chat", "demand charges"."""
    if kind == "revenue":
        return f"sales of {named(product)}" if product else "sales"
    if kind == "royalty" and product:
        return f"royalties on {named(product)}"
    return _CASH.get(kind) or named(item or kind)
