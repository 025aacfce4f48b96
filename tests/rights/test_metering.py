"""Reading logs: everything is accepted, a counted repetition, or refused with its reason."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.rights.register import Register
from headrace.rights.terms_yaml import parse_licences
from headrace.rights.usage.fees import read_fees
from headrace.rights.usage.metering import Metered, meter, refusal_lines

REGISTER = parse_licences(
    """
licences:
  - {id: fox, work: Moonfox, holder: acme, allow: [parody, birthday],
     forbid: [politics], media: [video],
     territory: [JP, US], term: 2026-01..2026-12}
  - {id: bear, work: Sun bear, holder: bolt, allow: ['*'], media: ['*'],
     territory: ['*'], term: 2025-01-01..2026-01-20}
  - {id: owl, work: Owl, holder: coda, allow: ['*'], media: ['*'],
     territory: ['*'], term: 2026-02-01..2026-12-31}
"""
)
HEADER = "id,user,at,works,terms,price,currency,context,medium,territory,source,disputed,sequence"
GOOD = {
    "id": "1",
    "user": "u1",
    "at": "2026-01-05T10:00:00Z",
    "works": "Moonfox=0.25;Sun bear=0.75",
    "terms": REGISTER.digest,
    "price": "0.01",
    "currency": "USD",
    "context": "parody",
    "medium": "video",
    "territory": "JP",
    "source": "m1",
    "disputed": "",
    "sequence": "",
}


def line(**changes: str) -> str:
    return ",".join((GOOD | changes).values())


def read(path: Path, *lines: str, name: str = "uses.csv", register: Register = REGISTER) -> Metered:
    where = path / name
    where.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = meter(where, register, first=date(2026, 1, 1), last=date(2026, 1, 31))
    assert found.read == found.uses.count + found.repeated + len(found.refused)
    return found


def test_a_good_row_by_hand(tmp_path: Path) -> None:
    uses = read(
        tmp_path,
        HEADER,
        line(),
        line(id="2", at="2026-01-05T12:30:00.5+02:00", works="Sun bear=1", disputed="true"),
    ).uses
    assert (uses.users, uses.works, uses.holders) == (
        ("u1",),
        ("Moonfox", "Sun bear"),
        ("acme", "bolt"),
    )
    assert uses.price.tolist() == [10_000, 10_000]
    assert uses.starts.tolist() == [0, 2, 3]
    assert uses.weight.tolist() == [250_000, 750_000, 1_000_000]
    assert uses.holder.tolist() == [0, 1, 1]
    assert uses.disputed.tolist() == [False, True]
    assert (uses.at - uses.at[0]).tolist() == [0, 1_800_500_000]  # 12:30 at +02:00 is 10:30 UTC


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"price": "0.0000001"}, "price", "at most 6 decimals"),
        ({"price": "-1"}, "price", "0 or more"),
        ({"price": "nan"}, "price", "not an amount"),
        ({"price": ""}, "missing", "no price"),
        ({"id": ""}, "missing", "no id"),
        ({"user": "me@example.org"}, "user", "pseudonym"),
        ({"at": "2026-01-05T10:00:00"}, "time", "with its zone"),
        ({"at": "2026-13-05T10:00:00Z"}, "time", "with its zone"),
        ({"at": "2026-02-01T00:00:00Z"}, "period", "outside the period"),
        ({"at": "2025-12-31T23:59:59Z"}, "period", "outside the period"),
        ({"currency": "EUR"}, "currency", "mixed currencies: EUR in a log of USD"),
        ({"terms": "00ff"}, "terms", "digest `00ff`"),
        ({"works": "Moonfox=0.5;Sun bear=0.4"}, "weights", "add up to 0.9"),
        ({"works": "Moonfox=0.5;Moonfox=0.5"}, "weights", "named twice"),
        ({"works": "Moonfox=0;Sun bear=1"}, "weights", "is 0"),
        ({"works": "Moonfox=-1;Sun bear=2"}, "weights", "not written like"),
        ({"works": "Moonfox"}, "weights", "not written like"),
        ({"works": "Moonfox=nan"}, "weights", "not written like"),
        ({"works": ";"}, "weights", "not written like"),
        ({"works": "Mouse=1"}, "unknown work", "no licence covers `Mouse`"),
        (
            {"works": "Sun bear=1", "at": "2026-01-21T00:00:00Z"},
            "expired terms",
            "ended 2026-01-20",
        ),
        ({"works": "Owl=1"}, "terms not begun", "start 2026-02-01"),
        ({"context": "politics"}, "prohibited", "forbidden by fox"),
        ({"context": "crime"}, "not licensed", "what is not allowed is denied"),
        ({"context": ""}, "not licensed", "what is not allowed is denied"),
        ({"territory": "DE"}, "not licensed", "territory `DE`"),
        ({"medium": "game"}, "not licensed", "medium `game`"),
        ({"disputed": "perhaps"}, "malformed", "neither true nor false"),
    ],
)
def test_each_reason(tmp_path: Path, changes: dict[str, str], kind: str, words: str) -> None:
    found = read(tmp_path, HEADER, line(id="0"), line(**changes))
    assert [(r.row, r.kind) for r in found.refused] == [(3, kind)]
    assert words in found.refused[0].reason


def test_repetitions_are_counted_and_a_reused_id_refused(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        HEADER,
        line(price="bad"),  # refused; the good one that follows is no repetition of it
        line(),
        line(id="2", at="2026-01-05T11:00:00Z"),
        line(),  # sent again, late: a repetition
        line(id="3"),
        line(id="3", price="0.02"),  # nobody knows which of the two is true
    )
    assert (found.read, found.uses.count, found.repeated) == (6, 2, 1)
    assert [(r.row, r.kind) for r in found.refused] == [(2, "price"), (6, "id"), (7, "id")]
    assert found.refused[1].reason == "this id stands for 2 different contents"


def test_a_clock_that_goes_back_at_one_meter_only(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        HEADER,
        line(id="4", at="2026-01-05T10:00:09Z", sequence="12"),
        line(id="1", at="2026-01-05T10:00:09Z", sequence="9"),
        line(id="2", at="2026-01-05T10:00:02Z", sequence="10"),
        line(id="3", at="2026-01-05T10:00:02Z", source="m2", sequence="11"),
        line(id="5", at="2026-01-05T09:00:00Z"),  # its meter gives no number
    )
    assert [(r.row, r.kind) for r in found.refused] == [(4, "clock")]
    assert "went back 7.0 s" in found.refused[0].reason


def test_lines_that_are_no_records(tmp_path: Path) -> None:
    where = tmp_path / "uses.csv"
    where.write_bytes(
        b"\xef\xbb\xbf"
        + HEADER.encode()
        + b"\r\n"
        + line().encode()
        + b"\r\n\r\n"
        + b"1,2\n"
        + b'"open quote,u\n'
        + b"\xff\xfe,\n"
        + b"a\x00b\n"
    )
    found = meter(where, REGISTER, first=date(2026, 1, 1), last=date(2026, 1, 31))
    assert (found.read, found.uses.count) == (5, 1)
    assert [(r.row, r.kind) for r in found.refused] == [
        (4, "malformed"),
        (5, "malformed"),
        (6, "malformed"),
        (7, "malformed"),
    ]
    text = "".join(refusal_lines(found))
    assert text.splitlines()[0] == "row,id,kind,reason"
    assert len(text.splitlines()) == 5


def test_a_file_that_is_no_table(tmp_path: Path) -> None:
    for name, content, words in (
        ("a.csv", "", "empty"),
        ("b.csv", "id,colour\n", "columns we do not know: colour"),
        ("c.csv", "id,id\n", "stands twice"),
        ("d.txt", "x", "kind `.txt`"),
        ("e.parquet", "no parquet", "to be a Parquet file"),
    ):
        (tmp_path / name).write_text(content)
        with pytest.raises(InputError, match=words):
            meter(tmp_path / name, REGISTER, first=date(2026, 1, 1), last=date(2026, 1, 31))
    with pytest.raises(InputError, match="no such file"):
        meter(tmp_path / "absent.csv", REGISTER, first=date(2026, 1, 1), last=date(2026, 1, 31))
    with pytest.raises(InputError, match="ends"):
        meter(tmp_path / "a.csv", REGISTER, first=date(2026, 1, 2), last=date(2026, 1, 1))
    (tmp_path / "f.csv").write_text("id\n1\n")
    with pytest.raises(InputError, match="not a code"):
        meter(
            tmp_path / "f.csv",
            REGISTER,
            first=date(2026, 1, 1),
            last=date(2026, 1, 1),
            currency="US'",
        )


def test_the_same_log_in_four_kinds_of_file(tmp_path: Path) -> None:
    records = [GOOD | {"id": str(i), "at": f"2026-01-05T10:00:0{i}Z"} for i in range(4)]
    plain = read(tmp_path, HEADER, *(",".join(r.values()) for r in records))
    typed = [
        r | {"works": {"Moonfox": 0.25, "Sun bear": 0.75}, "price": 0.01, "disputed": False}
        for r in records
    ]
    lines = read(tmp_path, *(json.dumps(r) for r in typed), name="uses.jsonl")
    attributes = [
        [{"key": "enduser.pseudo.id", "value": {"stringValue": r["user"]}}]
        + [
            {"key": f"rights.{k}", "value": {"stringValue": v}}
            for k, v in r.items()
            if k not in ("user", "at", "works")
        ]
        + [{"key": "rights.works", "value": {"kvlistValue": {"values": [
            {"key": "Moonfox", "value": {"doubleValue": 0.25}}, {"key": (
                "Sun "
                "bear"
            ), "value": {"doubleValue": 0.75}}]}}}]
        for r in records
    ]  # fmt: skip
    nanos = [str(1_767_607_200_000_000_000 + i * 1_000_000_000) for i in range(4)]
    logs = [{"timeUnixNano": at, "attributes": some} for at, some in zip(nanos, attributes)]
    export = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": logs}]}]})
    telemetry = read(tmp_path, export, name="uses.ndjson")
    with duckdb.connect() as db:
        db.execute(
            f"COPY (SELECT * FROM read_csv('{tmp_path / 'uses.csv'}', all_varchar = true)) TO "
            f"'{tmp_path / 'uses.parquet'}'"
        )
    parquet = meter(
        tmp_path / "uses.parquet", REGISTER, first=date(2026, 1, 1), last=date(2026, 1, 31)
    )
    for found in (plain, lines, telemetry, parquet):
        assert found.uses.count == 4, found.refused
        assert found.uses.at.tolist() == plain.uses.at.tolist()
        assert found.uses.weight.tolist() == plain.uses.weight.tolist()
        assert found.uses.price.tolist() == plain.uses.price.tolist()


BAD_JSON = (
    *(
        "[]",
        "3",
        "{",
        '{"colour": 1}',
        '{"works": [1]}',
        '{"works": {"a=b": 1}}',
        '{"works": {"a": {}}}',
        '{"resourceLogs": 3}',
    ),
    '{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"attributes": 3}]}]}]}',
    "[" * 5000,
)


@pytest.mark.parametrize("cell", BAD_JSON)
def test_json_that_is_no_record_is_refused(tmp_path: Path, cell: str) -> None:
    found = read(tmp_path, cell, name="uses.jsonl")
    assert [r.kind for r in found.refused] == ["malformed"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=6), st.sampled_from(["csv", "jsonl"]))
def test_no_text_makes_a_traceback_or_gets_lost(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], kind: str
) -> None:
    where = tmp_path_factory.mktemp("log") / f"uses.{kind}"
    lines = ([HEADER] if kind == "csv" else []) + texts
    where.write_text("\n".join(lines), encoding="utf-8", errors="surrogatepass", newline="")
    found = meter(where, REGISTER, first=date(2026, 1, 1), last=date(2026, 1, 31))
    body = where.read_bytes().split(b"\n")[1 if kind == "csv" else 0 :]
    blank = sum(1 for raw in body if _blank(raw))
    assert found.read == len(body) - blank
    assert found.read == found.uses.count + found.repeated + len(found.refused)


def _blank(raw: bytes) -> bool:
    try:
        return not raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return False


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(list(GOOD)),
        st.text(st.characters(exclude_characters=',"\r\n\x00'), max_size=8),
        max_size=3,
    )
)
def test_any_cell_changed_is_accepted_or_refused_with_a_reason(
    tmp_path_factory: pytest.TempPathFactory, changes: dict[str, str]
) -> None:
    found = read(
        tmp_path_factory.mktemp("log"), HEADER, line(**changes).encode("utf-8", "replace").decode()
    )
    assert all(r.kind and r.reason for r in found.refused)


def test_fees(tmp_path: Path) -> None:
    uses = read(tmp_path, HEADER, line()).uses
    (tmp_path / "fees.csv").write_text("user,fee,currency\nidle,2.5,USD\nu1,9.99,USD\n")
    named, fees = read_fees(tmp_path / "fees.csv", uses)
    assert (named.users, fees.tolist()) == (("u1", "idle"), [9_990_000, 2_500_000])
    (tmp_path / "bad.csv").write_text(
        "user,fee,currency\na,1,EUR\nb,-1,USD\nc,x,USD\nd,,USD\ne,1,USD\ne,1,USD\nb,-2,USD\n"
    )
    with pytest.raises(InputError) as caught:
        read_fees(tmp_path / "bad.csv", uses)
    assert [p.where.line for p in caught.value.problems] == [2, 4, 5, 7, 8]
