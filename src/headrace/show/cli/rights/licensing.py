"""`headrace rights`: what licences say, in our own form, ODRL or RSL."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cyclopts import App

from headrace.core.atomic_write import write_text
from headrace.core.csv_cells import harmless
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import read_text
from headrace.show.cli.output import emit, say

if TYPE_CHECKING:
    from headrace.rights.register import Register

rights = App(
    name="rights",
    help="Read, convert and ask licences (YAML, tables, ODRL, RSL), and work out pools.",
)
MOST_BYTES = 20_000_000


def register_of(path: Path) -> Register:
    """The register in a file: .yaml, .csv and .parquet are ours, .json, .jsonld and .ttl ODRL."""
    from headrace.rights.odrl import from_odrl
    from headrace.rights.terms_table import read_licence_table
    from headrace.rights.terms_yaml import read_licences

    kind = path.suffix.lower()
    if kind in (".yaml", ".yml"):
        return read_licences(path)
    if kind in (".csv", ".parquet"):
        return read_licence_table(path)
    if kind in (".json", ".jsonld", ".ttl"):
        return from_odrl(read_text(path, MOST_BYTES, "an ODRL policy"), path.name)
    expected = ".yaml, .csv, .parquet, .json, .jsonld or .ttl"
    raise InputError(InputFault(Place(str(path)), f"files of kind `{kind}` are not read", expected))


@rights.command
def check(file: Path, *, json: bool = False) -> int:
    """Read licences and print their digest, or every clause that a licence cannot hold.

    Parameters
    ----------
    file
        licences.yaml, a table, or an ODRL policy (JSON-LD, Turtle).
    json
        Print {licences, works, digest} as one JSON object.
    """
    found = register_of(file)
    told = {
        "licences": len(found.licences),
        "works": len(found.by_work),
        "digest": found.digest,
    }
    if json:
        emit(told)
    else:
        say(f"{told['licences']} licences of {told['works']} works\n{found.digest}")
    return 0


@rights.command
def convert(file: Path, *, to: str = "odrl", out: Path | None = None) -> int:
    """Write licences in another form.

    Parameters
    ----------
    file
        The licences, in any form that is read.
    to
        odrl (JSON-LD) or yaml.
    out
        Where to write; stdout if not given.
    """
    from headrace.core.atomic_write import write_text
    from headrace.rights.odrl import to_odrl
    from headrace.rights.terms_yaml import write_licences

    forms = {"odrl": to_odrl, "yaml": write_licences}
    if to not in forms:
        raise InputError(InputFault(Place(key="--to"), f"`{to}` is no form", "odrl or yaml"))
    text = forms[to](register_of(file))
    if out is None:
        say(text.rstrip("\n"))
    else:
        write_text(out, text)
    return 0


@rights.command
def ask(
    file: Path,
    work: str,
    *,
    context: str = "",
    medium: str = "",
    territory: str = "",
    day: str = "",
    licensee: str = "platform",
    json: bool = False,
) -> int:
    """Ask whether a use is permitted; exit code 3 where it is not.

    Parameters
    ----------
    file
        The licences, in any form that is read.
    work
        The work.
    context
        What it is used for, like parody.
    medium
        Like video.
    territory
        Like JP.
    day
        YYYY-MM-DD; today if not given.
    licensee
        Who uses it.
    json
        Print {permitted, licence, holder, reasons} as one JSON object.
    """
    from headrace.rights.terms import UseRequest

    try:
        when = date.fromisoformat(day) if day else date.today()
    except ValueError:
        fault = InputFault(Place(key="--day"), f"`{day}` is not a day", "YYYY-MM-DD")
        raise InputError(fault) from None
    request = UseRequest(work, context, medium, territory, when, approved=None, licensee=licensee)
    found = register_of(file).decide(request)
    told = {
        "permitted": found.permitted,
        "licence": found.licence,
        "holder": found.holder,
        "reasons": list(found.reasons),
    }
    if json:
        emit(told)
    else:
        say("\n".join([f"permitted by {found.licence}"] if found.permitted else found.reasons))
    return 0 if found.permitted else 3


@rights.command
def rsl(
    file: Path,
    *,
    usage: str = "all",
    url: str = "/",
    user: str = "",
    place: str = "",
    json: bool = False,
) -> int:
    """Ask an RSL document or feed whether a usage is permitted; exit code 3 where it is not.

    Parameters
    ----------
    file
        license.xml, or an RSS feed with <rsl:content>.
    usage
        all, ai-all, ai-train, ai-input, ai-index or search.
    url
        The address or path that is meant; the most specific content holds.
    user
        The kind of user, like commercial.
    place
        Where, like US.
    json
        Print {licences: [...]} as one JSON object.
    """
    from headrace.rights.rsl import in_scope, read_rsl

    found = in_scope(read_rsl(read_text(file, MOST_BYTES, "an RSL document"), file.name), url)
    rows = [
        {
            "url": one.url,
            "permitted": one.allows(usage, user, place),
            "payments": [
                {
                    "kind": p.kind,
                    "price": None if p.price is None else f"{float(p.price):g}",
                    "currency": p.currency,
                }
                for p in one.payments
            ],
        }
        for one in found
    ]
    if json:
        emit({"licences": rows})
    for row in () if json else rows:
        say(f"{'permitted' if row['permitted'] else 'not permitted'} by {row['url']}")
    return 0 if any(row["permitted"] for row in rows) else 3


@rights.command
def pool(file: Path, *, day: str, json: bool = False) -> int:
    """Work out a pool formula, step by step.

    Parameters
    ----------
    file
        pool.yaml: inputs and steps.
    day
        The day whose rates hold, YYYY-MM-DD.
    json
        Print {currency, amount, steps} as one JSON object.
    """
    from headrace.rights.money import written
    from headrace.rights.royalties.clauses import read_pool

    try:
        when = date.fromisoformat(day)
    except ValueError:
        fault = InputFault(Place(key="--day"), f"`{day}` is not a day", "YYYY-MM-DD")
        raise InputError(fault) from None
    found = read_pool(file, when)
    steps = [
        {"name": s.name, "how": s.words, "amount": f"{float(s.amount):.6f}"} for s in found.steps
    ]
    if json:
        emit({"currency": found.currency, "amount": written(found.amount), "steps": steps})
    for step in () if json else steps:
        say(f"{step['amount']:>22} {found.currency}  {step['name']}: {step['how']}")
    return 0


@rights.command
def cwr(
    file: Path,
    *,
    right: Literal["performing", "mechanical", "synchronisation"],
    works: Literal["number", "iswc", "title"] = "number",
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Read a Common Works Registration file (2.1, 2.2): shares and identifiers for `settle`.

    Parameters
    ----------
    file
        The CWR file.
    right
        Whose shares: performing, mechanical or synchronisation.
    works
        What works are called in the register: the submitter's number, the ISWC or the title.
    out
        A folder for shares.csv and identifiers.csv; they are counted only if not given.
    json
        Print {works, shares, unnamed} as one JSON object.
    """
    from headrace.rights.works.cwr import RIGHTS, named, read_cwr, shares_of

    found = read_cwr(file)
    shares = shares_of(found, right, works)
    place = RIGHTS.index(right)
    open_ = sum(any(p.owned[place] and not p.name for p in work.parties) for work in found)
    if out is not None:
        latest = {named(work, works): work for work in found}
        told = [
            ("work,holder,share,role,ipi", "shares.csv"),
            ("work,iswc,isrc", "identifiers.csv"),
        ]
        rows: tuple[list[tuple[str, ...]], ...] = (
            [(s.work, s.holder, str(s.part), s.role, s.ipi) for s in shares],
            [(name, work.iswc, ";".join(work.recordings)) for name, work in latest.items()],
        )
        for (head, name), table in zip(told, rows):
            cells = [",".join(quoted(cell) for cell in row) for row in table]
            write_text(out / name, "\n".join([head, *cells]) + "\n")
    counts = {"works": len(found), "shares": len(shares), "unnamed": open_}
    if json:
        emit(counts)
    else:
        say(f"{len(found)} works, {len(shares)} {right} shares; {open_} works with unnamed owners")
    return 0


def quoted(cell: str) -> str:
    """A CSV cell that no spreadsheet takes for a formula."""
    safe = harmless(cell).replace('"', '""')
    return f'"{safe}"' if any(sign in cell for sign in ',"\n') else safe
