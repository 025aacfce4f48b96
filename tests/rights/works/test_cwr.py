"""Common Works Registration: fixed columns written here by the standard's table, read back."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from tests.rights.test_money_waits import month, row

from headrace.core.errors import InputError
from headrace.rights.royalties.dues import dues
from headrace.rights.works.cwr import read_cwr, shares_of
from headrace.show.cli import main


def frame(*records: str, works: int = 1) -> str:
    lines = ["HDRPB000000020MUSIC HOUSE", "GRHNWR0000102.10", *records, "GRT00001"]
    return "\r\n".join([*lines, f"TRL00001{works:08d}{len(lines) + 1:08d}"]) + "\r\n"


def work(title: str = "MOONFOX", number: str = "W1", iswc: str = "T0345246801") -> str:
    return f"NWR{0:08d}{0:08d}{title:60}  {number:14}{iswc:11}00000000"


def publisher(name: str, mechanical: int, kind: str = "SPU", ipi: str = "00014107338") -> str:
    start = f"{kind}{0:08d}{1:08d}01{'P1':9}{name:45} E {0:09d}{ipi:11}{'':14}"
    return f"{start}052{0:05d}044{mechanical:05d}044{mechanical:05d} N"


def writer(first: str, last: str, performing: int, mechanical: int = 0) -> str:
    start = f"SWR{0:08d}{2:08d}{'W1':9}{last:45}{first:30} CA{0:09d}{'00000000199':11}"
    return f"{start}052{performing:05d}044{mechanical:05d}044{0:05d} N"


def recording(code: str) -> str:
    return f"REC{0:08d}{3:08d}{0:08d}{'':60}000300{'':5}{'':151}{code:12}"


def written(folder: Path, *records: str, works: int = 1) -> Path:
    path = folder / "CW260001HOU_000.V21"
    path.write_bytes(frame(*records, works=works).encode("latin-1"))
    return path


def test_a_work_with_its_owners_by_right(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        work("CAF\xc9"),
        publisher("MUSIC HOUSE", 7500),
        f"SPT{0:08d}{1:08d}{'P1':9}      {3750:05d}{7500:05d}{7500:05d}I2136N001",
        writer("ANN", "OTHER", 5000, 2500),
        recording("USS1Z9900001"),
    )
    (found,) = read_cwr(path)
    assert (found.title, found.number, found.iswc) == ("CAF\xc9", "W1", "T0345246801")
    assert found.recordings == ("USS1Z9900001",)
    mechanical = shares_of([found], "mechanical")
    assert [(s.work, s.holder, s.part, s.ipi) for s in mechanical] == [
        ("W1", "MUSIC HOUSE", Fraction(3, 4), "00014107338"),
        ("W1", "ANN OTHER", Fraction(1, 4), "00000000199"),
    ]
    (ann,) = shares_of([found], "performing", "iswc")
    assert (ann.work, ann.holder, ann.part, ann.role) == (
        "T0345246801",
        "ANN OTHER",
        Fraction(1, 2),
        "CA",
    )


def test_three_rounded_thirds_are_meant_as_the_whole(tmp_path: Path) -> None:
    path = written(tmp_path, work(), *(publisher(name, 3333) for name in ("A", "B", "C")))
    assert [s.part for s in shares_of(read_cwr(path), "mechanical")] == [Fraction(1, 3)] * 3


def test_owners_without_a_name_leave_their_part_open(tmp_path: Path) -> None:
    path = written(
        tmp_path, work(), publisher("MUSIC HOUSE", 7500), publisher("", 2500, "OPU", "0" * 11)
    )
    (share,) = shares_of(read_cwr(path), "mechanical")
    assert share.part == Fraction(3, 4)


@pytest.mark.parametrize(
    ("records", "why"),
    [
        ((work(iswc="T0345246802"),), "ends in 2; its check is 1"),
        ((work(), publisher("A", 5000, ipi="00014107339")), "its check is 38"),
        ((work(), publisher("A", 10_500)), "mechanical share is `10500`"),
        ((publisher("A", 5000), work()), "SPU before any work"),
        ((work(), "XYZ00000000"), "`XYZ` is no record"),
        ((work(), recording("nonsense")), "no ISRC"),
        ((work("", ""),), "without title and number"),
    ],
)
def test_faults_are_told_at_their_line(tmp_path: Path, records: tuple[str, ...], why: str) -> None:
    with pytest.raises(InputError, match=why) as told:
        read_cwr(written(tmp_path, *records))
    assert told.value.problems[0].where.line in (3, 4)


def test_a_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    whole = frame(work(), publisher("A", 10_000))
    for text, why in (
        (whole[: whole.index("TRL")], "was cut off"),
        (whole.replace(publisher("A", 10_000) + "\r\n", ""), "`00000006` lines, and there are 5"),
        (frame(work(), works=2), "`00000002` works, and there are 1"),
        ("", "was cut off"),
    ):
        path = tmp_path / "cut.V21"
        path.write_text(text, newline="")
        with pytest.raises(InputError, match=why):
            read_cwr(path)


def test_a_registration_is_settled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The log names the recording; the register the work; the file says who owns it: 3/4 and 1/4
    of 2 USD, and the words of an unknown ISWC stay a name nobody knows.
    """
    path = written(
        tmp_path,
        work(),
        publisher("MUSIC HOUSE", 7500),
        writer("ANN", "OTHER", 5000, 2500),
        recording("USS1Z9900001"),
    )
    out = tmp_path / "month"
    command = ["rights", "cwr", str(path), "--right", "mechanical", "--out", str(out)]
    assert main(command) == 0
    assert "1 works, 2 mechanical shares; 0 works with" in capsys.readouterr().out
    licences = (
        "- {id: l, work: W1, holder: MUSIC HOUSE, allow: ['*'], media: ['*'], territory: ['*'],"
        " term: 2026-01..2026-12}\n"
    )
    uses = " ".join([row(1, "US-S1Z-99-00001=1"), row(2, "T-034.524.680-1=1"), row(3, "W2=1")])
    done = month(out, licences, uses)
    found = {due.holder: due.payable for due in dues(done.chosen)}
    assert found == {"ANN OTHER": 500_000, "MUSIC HOUSE": 1_500_000}
    assert done.chosen.unmatched == 1_000_000


def test_an_identifier_is_of_one_work(tmp_path: Path) -> None:
    licences = "- {id: l, work: A, holder: a, allow: ['*'], media: ['*'], territory: ['*']}\n"
    for text, why in (
        ("work,isrc\nA,USS1Z9900001\nB,US-S1Z-99-00001", "is of `A` already"),
        ("work,iswc\nA,T-034.524.680-2", "its check is 1"),
        ("work,iswc\n,T-034.524.680-1", "the row has no work"),
    ):
        with pytest.raises(InputError, match=why):
            month(
                tmp_path,
                licences.replace("}", ", term: 2026-01..2026-12}"),
                row(1, "A=1"),
                identifiers=text,
            )
    with pytest.raises(InputError, match="its check is 38"):
        month(
            tmp_path / "b",
            licences.replace("}", ", term: 2026-01..2026-12}"),
            row(1, "A=1"),
            shares="work,holder,share,ipi\nA,a,1,00014107339",
        )
