"""Standard identifiers of works and parties, in one form each, with their check digits.

ISRC (ISO 3901)     a recording: two letters, three signs, seven digits; it has no check digit
ISWC (ISO 15707)    a musical work: T, nine digits, one check digit
EIDR (10.5240/...)  an audiovisual work: twenty hexadecimal digits, a check sign (mod 37,36)
IPI                 an interested party: nine digits and two check digits (mod 101)
ISNI (ISO 27729)    a public identity: fifteen digits, a check sign (mod 11-2)

The signs of EIDR and ISNI are those of ISO 7064.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}", re.ASCII)
_ISWC = re.compile(r"T\d{10}", re.ASCII)
_EIDR = re.compile(r"10\.5240/([0-9A-F]{4}-){5}[0-9A-Z]", re.ASCII)
LONGEST = 60


def isrc(text: str) -> str:
    """An ISRC as twelve signs, from `US-S1Z-99-00001` too. Raises ValueError in words."""
    bare = _bare(text).removeprefix("ISRC")
    if not _ISRC.fullmatch(bare):
        raise ValueError(f"`{text[:LONGEST]}` is no ISRC like USS1Z9900001")
    return bare


def iswc(text: str) -> str:
    """An ISWC as T and ten digits, from `T-034.524.680-1` too. Raises ValueError in words."""
    bare = _bare(text).removeprefix("ISWC")
    if not _ISWC.fullmatch(bare):
        raise ValueError(f"`{text[:LONGEST]}` is no ISWC like T-034.524.680-1")
    total = 1 + sum(place * int(digit) for place, digit in enumerate(bare[1:10], 1))
    return _with_check("ISWC", text, bare, str(-total % 10))


def eidr(text: str) -> str:
    """An EIDR as `10.5240/7791-8534-2C23-9030-8610-5`. Raises ValueError in words."""
    bare = text.strip().upper().removeprefix("HTTPS://DOI.ORG/")
    if not _EIDR.fullmatch(bare):
        raise ValueError(f"`{text[:LONGEST]}` is no EIDR like 10.5240/7791-8534-2C23-9030-8610-5")
    rest = 36
    for sign in bare[8:-2].replace("-", ""):
        rest = (rest + _SIGNS.index(sign)) % 36 or 36
        rest = rest * 2 % 37
    return _with_check("EIDR", text, bare, _SIGNS[(37 - rest) % 36])


def ipi(text: str) -> str:
    """An IPI name number as eleven digits, or a base number as `I-000000229-7`. Raises ValueError
    in words.
    """
    bare = _bare(text).removeprefix("IPI")
    if re.fullmatch(r"I\d{10}", bare, re.ASCII):
        total = 2 + sum(place * int(digit) for place, digit in enumerate(bare[1:10], 1))
        _with_check("IPI base number", text, bare, str(-total % 10))
        return f"I-{bare[1:10]}-{bare[10]}"
    if not re.fullmatch(r"\d{6,11}", bare, re.ASCII) or not int(bare):
        raise ValueError(f"`{text[:LONGEST]}` is no IPI like 00014107338 or I-000000229-7")
    whole = bare.zfill(11)
    rest = sum((10 - place) * int(digit) for place, digit in enumerate(whole[:9])) % 101
    return _with_check("IPI", text, whole, f"{(101 - rest) % 100 if rest else 0:02d}")


def isni(text: str) -> str:
    """An ISNI as sixteen signs. Raises ValueError in words."""
    bare = _bare(text).removeprefix("ISNI")
    if not re.fullmatch(r"\d{15}[\dX]", bare, re.ASCII):
        raise ValueError(f"`{text[:LONGEST]}` is no ISNI like 0000 0001 2103 2683")
    rest = 0
    for digit in bare[:15]:
        rest = (rest + int(digit)) * 2 % 11
    return _with_check("ISNI", text, bare, "0123456789X"[(12 - rest) % 11])


SCHEMES: Mapping[str, Callable[[str], str]] = {"iswc": iswc, "isrc": isrc, "eidr": eidr}
"""What names a work, by the column that holds it."""


def work_identifier(name: str) -> str:
    """The one form of an ISWC, ISRC or EIDR however it is written; "" for any other name."""
    for read in SCHEMES.values():
        try:
            return read(name)
        except ValueError:
            continue
    return ""


def _bare(text: str) -> str:
    """Upper case, without the marks that only part an identifier."""
    return re.sub(r"[-.\s:]", "", text[:LONGEST]).upper()


def _with_check(scheme: str, text: str, found: str, expected: str) -> str:
    if not found.endswith(expected):
        got = found[len(found) - len(expected) :]
        raise ValueError(f"{scheme} `{text[:LONGEST]}` ends in {got}; its check is {expected}")
    return found
