"""Common Works Registration (CISAC, versions 2.1 and 2.2): who owns which part of a musical work.

A file is lines of fixed columns. A work (NWR, REV, ISW, EXC) is followed by its publishers (SPU,
OPU) and writers (SWR, OWR), each with the shares that it owns of performing, mechanical and
synchronisation right, in hundredths of a per cent; REC lines name recordings. Read are these
ownership shares; what is collected where (SPT, SWT, ...) is not. Owners whom the file does not
name keep their part open: it waits. The trailer counts works and lines, so that a file that was cut
off is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal, cast, get_args

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import read_bytes
from headrace.rights.shares import Share
from headrace.rights.works.identifiers import ipi, isrc, iswc

Right = Literal["performing", "mechanical", "synchronisation"]
RIGHTS: tuple[Right, ...] = get_args(Right)
Naming = Literal["number", "iswc", "title"]
_WORKS = ("NWR", "REV", "ISW", "EXC")
_PARTIES = {"SPU": True, "OPU": True, "SWR": False, "OWR": False}
_PASSED_OVER = (
    *("SPT", "OPT", "SWT", "OWT", "PWR", "ALT", "EWT", "VER", "PER", "ORN", "INS", "IND", "COM"),
    *("ARI", "NPN", "NPA", "NPR", "NPT", "NET", "NCT", "NVT", "NWN", "NOW", "XRF", "MSG", "ACK"),
)
_FRAME = ("HDR", "GRH", "GRT", "TRL")
TOLERANCE = Fraction(6, 10_000)
"""By how much the shares of a work may miss the whole and still be meant as it [1]."""
MOST_BYTES = 500_000_000


@dataclass(frozen=True)
class CwrParty:
    """An owner: name ("" where the file knows none), IPI name number, role code, and the shares it
    owns of each right [1], in the order of RIGHTS.
    """

    name: str
    ipi: str
    role: str
    publisher: bool
    owned: tuple[Fraction, Fraction, Fraction]


@dataclass(frozen=True)
class CwrWork:
    """A registered work. number: the submitter's own. line: where it stands."""

    line: int
    title: str
    number: str
    iswc: str
    parties: tuple[CwrParty, ...] = ()
    recordings: tuple[str, ...] = field(default=())


def read_cwr(path: Path) -> tuple[CwrWork, ...]:
    """Every work of a file. Raises InputError with every line that cannot be read, for a wrong
    check digit, and where lines are missing.
    """
    lines = read_bytes(path, MOST_BYTES, "a CWR file").decode("latin-1").splitlines()
    problems: list[InputFault] = []
    works: list[CwrWork] = []
    for number, text in enumerate(lines, 1):
        try:
            _line(number, text, works)
        except ValueError as error:
            problems.append(InputFault(Place(path.name, number), str(error)))
    problems += [InputFault(Place(path.name, len(lines)), why) for why in _counted(lines, works)]
    if problems:
        raise InputError(problems)
    return tuple(works)


def _line(number: int, text: str, works: list[CwrWork]) -> None:
    kind = text[:3]
    if kind in _WORKS:
        code = text[95:106].strip()
        works.append(
            CwrWork(number, text[19:79].strip(), text[81:95].strip(), iswc(code) if code else "")
        )
        if not works[-1].title and not works[-1].number:
            raise ValueError("a work without title and number")
    elif kind in _PARTIES or kind == "REC":
        if not works:
            raise ValueError(f"{kind} before any work")
        last = works[-1]
        if kind == "REC":
            code = text[249:261].strip()
            more = (isrc(code),) if code else ()
            works[-1] = replace(last, recordings=(*last.recordings, *more))
        else:
            works[-1] = replace(last, parties=(*last.parties, _party(kind, text)))
    elif kind not in (*_PASSED_OVER, *_FRAME) and text.strip("\x1a \t"):
        raise ValueError(f"`{kind}` is no record of CWR 2.1 or 2.2")


def _party(kind: str, text: str) -> CwrParty:
    publisher = _PARTIES[kind]
    if publisher:
        name, role, code, at = text[30:75], text[76:78], text[87:98], 112
    else:
        given = f"{text[73:103].strip()} {text[28:73].strip()}"
        name, role, code, at = given, text[104:106], text[115:126], 126
    number = code.strip().strip("0")
    owned = tuple(_share(text[at + 3 + 8 * k : at + 8 + 8 * k], RIGHTS[k]) for k in range(3))
    return CwrParty(
        name.strip(),
        ipi(code) if number else "",
        role.strip(),
        publisher,
        cast("tuple[Fraction, Fraction, Fraction]", owned),
    )


def _share(text: str, right: str) -> Fraction:
    """Five digits, hundredths of a per cent."""
    bare = text.strip() or "0"
    if not (bare.isascii() and bare.isdecimal()) or int(bare) > 10_006:
        raise ValueError(f"the {right} share is `{text}`, not 00000 to 10000")
    return Fraction(int(bare), 10_000)


def _counted(lines: list[str], works: list[CwrWork]) -> Iterator[str]:
    """What the trailer says otherwise than the file."""
    full = [text for text in lines if text.strip("\x1a \t")]
    if not full or full[0][:3] != "HDR" or full[-1][:3] != "TRL":
        yield "the file does not begin with HDR and end with TRL: it is no CWR, or was cut off"
        return
    told = full[-1][8:16], full[-1][16:24]
    for count, expected, what in zip((len(works), len(full)), told, ("works", "lines")):
        if not expected.isdecimal() or int(expected) != count:
            yield f"the trailer counts `{expected}` {what}, and there are {count}"


def shares_of(works: Iterable[CwrWork], right: Right, naming: Naming = "number") -> list[Share]:
    """The shares of every work in one right, of owners that the file names; the later of two
    registrations of a work stands. Shares within TOLERANCE of the whole are meant as it.

    naming: what a work is called in the register: the submitter's number, its ISWC or its title.
    Raises InputError for a work without such a name.
    """
    place = RIGHTS.index(right)
    latest = {named(work, naming): work for work in works}
    found: list[Share] = []
    for name, work in latest.items():
        total = sum((party.owned[place] for party in work.parties), Fraction(0))
        whole = total if abs(total - 1) <= TOLERANCE else Fraction(1)
        found += [
            Share(name, party.name, party.owned[place] / whole, party.role, ipi=party.ipi)
            for party in work.parties
            if party.name and party.owned[place]
        ]
    return found


def named(work: CwrWork, naming: Naming) -> str:
    """What a work is called in the register. Raises InputError where it has no such name."""
    name = {"number": work.number, "iswc": work.iswc, "title": work.title}[naming]
    if not name:
        found = f"work `{work.title or work.number}` has no {naming}"
        raise InputError(InputFault(Place("CWR", work.line), found, fix="Choose another --works."))
    return name
