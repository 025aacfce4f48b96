"""Licences as people write them: YAML with units, every problem reported with its line.

licences:
  - id: moonfox-2026
    work: Moonfox
    holder: acme
    allow: [parody, birthday]
    forbid: [politics, violence]
    media: [video]
    territory: [JP, US]
    term: 2026-01-01..2028-12-31
    per_use: 0.01 USD
    min_exposure: 2 %/month
    cap: 1000000/month
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path

from headrace.core.errors import InputError, InputFault
from headrace.core.study_reader import Document, document, parse_text
from headrace.rights.money import MoneyError, micro
from headrace.rights.register import Register, register
from headrace.rights.terms import Licence

_TERM = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?\s*\.\.\s*(\d{4})-(\d\d)(?:-(\d\d))?")
_MONEY = re.compile(r"(\S+)\s+([A-Z]{3})")
_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%(?:\s*/\s*month)?")
_CAP = re.compile(r"(\d[\d_]*)(?:\s*uses)?\s*/\s*month")
_WORDS = re.compile(r"[^;=\r\n\t]{1,200}")


def read_licences(path: Path) -> Register:
    """The register in a YAML file. Raises InputError with every problem."""
    return _register(document(path))


def parse_licences(text: str, file: str = "licences.yaml") -> Register:
    """The register in a YAML text. Raises InputError with every problem."""
    return _register(parse_text(text, file))


def _register(written: Document) -> Register:
    data = written.data
    if (
        not isinstance(data, Mapping)
        or set(data) != {"licences"}
        or not isinstance(data["licences"], list)
    ):
        raise InputError(
            InputFault(written.place(()), "this is no register", "one key, `licences`, with a list")
        )
    problems: list[InputFault] = []
    found = [
        _licence(written, ("licences", i), cell, problems)
        for i, cell in enumerate(data["licences"])
    ]
    if problems:
        raise InputError(problems)
    return register((x for x in found if x is not None), written.file)


def _licence(
    written: Document, at: tuple[str | int, ...], cell: object, problems: list[InputFault]
) -> Licence | None:
    if not isinstance(cell, Mapping):
        problems.append(InputFault(written.place(at), "this is no licence", "keys and values"))
        return None
    values: dict[str, object] = {}
    before = len(problems)
    for key, raw in cell.items():
        where = written.place((*at, key))
        reader = READERS.get(key)
        if reader is None:
            near = get_close_matches(key, READERS, n=1)
            fix = f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(READERS)}."
            problems.append(InputFault(where, "not a key of a licence", fix=fix))
            continue
        try:
            values |= reader(key, raw)
        except (ValueError, TypeError) as error:
            problems.append(InputFault(where, str(error)))
    missing = [
        k
        for k, name in (("id", "id"), ("work", "work"), ("holder", "holder"), ("term", "first"))
        if name not in values
    ]
    if len(problems) == before and missing:
        problems.append(InputFault(written.place(at), f"the licence has no {', '.join(missing)}"))
    return Licence(**values) if len(problems) == before else None  # type: ignore[arg-type]


def read_text(key: str, raw: object) -> dict[str, object]:
    """A name without ; = or line break."""
    if not isinstance(raw, str | int) or isinstance(raw, bool) or not _WORDS.fullmatch(str(raw)):
        raise ValueError(f"{raw!r} is not a name (no ; = or line break, at most 200 characters)")
    return {key: str(raw)}


def read_names(key: str, raw: object) -> dict[str, object]:
    """A list of names, or one name."""
    listed = raw if isinstance(raw, list) else [raw]
    return {key: tuple(str(read_text(key, item)[key]) for item in listed)}


def read_flag(key: str, raw: object) -> dict[str, object]:
    """true or false."""
    if not isinstance(raw, bool):
        raise ValueError(f"{raw!r} is neither true nor false")
    return {key: raw}


def read_money(key: str, raw: object) -> dict[str, object]:
    """An amount [micro-units] and its currency, from `0.01 USD`."""
    found = _MONEY.fullmatch(str(raw).strip())
    if found is None:
        raise ValueError(f"{raw!r} is no amount with its currency; write it like `0.01 USD`")
    try:
        amount = micro(found[1])
    except MoneyError as error:
        raise ValueError(str(error)) from None
    return {key: amount, "currency": found[2]}


def read_share(key: str, raw: object) -> dict[str, object]:
    """A share [millionths], from `2 %` or `2 %/month`."""
    found = _SHARE.fullmatch(str(raw).strip())
    if found is None:
        raise ValueError(f"{raw!r} is no share; write it like `2 %` or `2 %/month`")
    part = Decimal(found[1]) * 10_000
    if part != part.to_integral_value() or part > 1_000_000:
        raise ValueError(f"{raw!r} is above 100 % or finer than a millionth")
    return {key: int(part)}


def read_cap(key: str, raw: object) -> dict[str, object]:
    """Most uses a month, from `1000000/month`."""
    found = _CAP.fullmatch(str(raw).strip())
    if found is None:
        raise ValueError(f"{raw!r} is no cap; write it like `1000000/month`")
    return {key: int(found[1].replace("_", ""))}


def read_term(key: str, raw: object) -> dict[str, object]:
    """First and last day, from `2026-01-31..2028-12-31`; a month stands for all of its days."""
    found = _TERM.fullmatch(str(raw).strip())
    if found is None:
        raise ValueError(
            f"{raw!r} is no term; write it like `2026-01-01..2028-12-31` or `2026-01..2028-12`"
        )
    year, month, day, last_year, last_month, last_day = (int(x) if x else 0 for x in found.groups())
    if not 1 <= last_month <= 12:
        raise ValueError(f"{raw!r} has no month {last_month}")
    end = last_day or calendar.monthrange(last_year, last_month)[1]
    return {"first": date(year, month, day or 1), "last": date(last_year, last_month, end)}


READERS: dict[str, Callable[[str, object], dict[str, object]]] = {
    **dict.fromkeys(("id", "work", "holder", "licensee"), read_text),
    **dict.fromkeys(("characters", "allow", "forbid", "media", "territory"), read_names),
    "term": read_term,
    "per_use": read_money,
    **dict.fromkeys(("share", "min_exposure"), read_share),
    "cap": read_cap,
    **dict.fromkeys(("approval", "training", "likeness", "voice", "exclusive"), read_flag),
}


def write_licences(found: Register) -> str:
    """The register as YAML that reads back to the same register."""
    lines = ["licences:"]
    for licence in found.licences:
        lines += [
            f"  - id: {_quoted(licence.id)}",
            f"    work: {_quoted(licence.work)}",
            f"    holder: {_quoted(licence.holder)}",
            f"    term: {licence.first}..{licence.last}",
        ]
        silent = Licence(licence.id, licence.work, licence.holder, licence.first, licence.last)
        for field in fields(Licence):
            value = getattr(licence, field.name)
            if field.name != "currency" and value != getattr(silent, field.name):
                lines.append(f"    {field.name}: {_value(field.name, value, licence.currency)}")
    return "\n".join(lines) + "\n"


def _value(name: str, value: object, currency: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(_quoted(str(v)) for v in value)}]"
    if isinstance(value, int):
        if name == "per_use":
            return f"{Decimal(value).scaleb(-6):f} {currency}"
        return f"{value}/month" if name == "cap" else f"{Decimal(value).scaleb(-4):f} %"
    return _quoted(str(value))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
