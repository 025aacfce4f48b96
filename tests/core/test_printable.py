"""Whatever a name or a file holds, a terminal shows it and does nothing else."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputFault, Place
from headrace.core.printable import TURNING, in_one_line, is_plain, printable


def test_what_moves_colours_or_turns_is_written_out() -> None:
    assert (
        printable("ok\x1b]0;PWNED\x07\x1b[2K\x9b1A\r") == "ok\\x1b]0;PWNED\\x07\\x1b[2K\\x9b1A\\x0d"
    )
    assert printable("a\u202eb\udcff") == "a\\u202eb\\udcff"
    assert printable("Zürich, 千葉\tand\nso on") == "Zürich, 千葉\tand\nso on"


@given(st.text(st.characters()))
def test_nothing_else_is_left(text: str) -> None:
    shown = printable(text)
    assert all(is_plain(sign) for sign in shown)
    assert not set(shown) & TURNING
    assert printable(shown) == shown
    shown.encode("utf-8")


def test_a_name_stays_in_its_line() -> None:
    assert in_one_line("a\nerror: all is well\tb\r\u2028c") == (
        "a\\nerror: all is well\\tb\\x0d\\u2028c"
    )
    assert in_one_line(Path("Zürich 千葉.yaml")) == "Zürich 千葉.yaml"


@given(st.text(st.characters()))
def test_a_fault_is_one_line(text: str) -> None:
    said = str(InputFault(Place(text, 3, key=text), text, text, text))
    assert len(said.splitlines()) == 1
    assert all(is_plain(sign) for sign in said)
