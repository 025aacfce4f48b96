"""Whatever a name or a file holds, a terminal shows it and does nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from headrace.core.printable import TURNING, is_plain, printable


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
