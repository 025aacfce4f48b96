"""Identifiers in one form, with the check digits that their standards publish."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.rights.works.identifiers import eidr, ipi, isni, isrc, iswc, work_identifier


@pytest.mark.parametrize(
    ("read", "text", "form"),
    [
        (iswc, "T-034.524.680-1", "T0345246801"),  # ISO 15707's own example
        (iswc, " t0345246801 ", "T0345246801"),
        (isrc, "US-S1Z-99-00001", "USS1Z9900001"),  # ISRC handbook
        (eidr, "10.5240/7791-8534-2C23-9030-8610-5", "10.5240/7791-8534-2C23-9030-8610-5"),
        (
            eidr,
            "https://doi.org/10.5240/7791-8534-2c23-9030-8610-5",
            "10.5240/7791-8534-2C23-9030-8610-5",
        ),
        (ipi, "14107338", "00014107338"),
        (ipi, "I-000000229-7", "I-000000229-7"),
        (isni, "0000 0001 2103 2683", "0000000121032683"),
        (isni, "0000 0001 2281 955X", "000000012281955X"),
    ],
)
def test_published_identifiers(read, text: str, form: str) -> None:
    assert read(text) == form


@pytest.mark.parametrize(
    ("read", "text", "why"),
    [
        (iswc, "T-034.524.680-2", "ends in 2; its check is 1"),
        (iswc, "T-034.524.68-1", "no ISWC"),
        (iswc, "T\u0660345246801", "no ISWC"),
        (isrc, "USS1Z990000", "no ISRC"),
        (eidr, "10.5240/7791-8534-2C23-9030-8610-6", "its check is 5"),
        (eidr, "10.5241/7791-8534-2C23-9030-8610-5", "no EIDR"),
        (ipi, "00014107339", "ends in 39; its check is 38"),
        (ipi, "I-000000229-8", "its check is 7"),
        (ipi, "00000000000", "no IPI"),
        (isni, "0000 0001 2103 2684", "its check is 3"),
        (isni, "x" * 100_000, "no ISNI"),
    ],
)
def test_what_is_none_is_told(read, text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as told:
        read(text)
    assert len(str(told.value)) < 150


@given(st.integers(0, 9), st.integers(0, 8))
def test_one_wrong_digit_of_an_iswc_is_found_unless_it_moves_a_multiple_of_ten(
    digit: int, place: int
) -> None:
    """By the formula: place times the change has to be a multiple of ten to go unseen."""
    good = "T0345246801"
    changed = good[: place + 1] + str(digit) + good[place + 2 :]
    moved = (place + 1) * (digit - int(good[place + 1]))
    if moved % 10:
        with pytest.raises(ValueError, match="its check is"):
            iswc(changed)
    else:
        assert iswc(changed) == changed


def test_any_name_is_either_an_identifier_or_a_name() -> None:
    assert work_identifier("T-034.524.680-1") == "T0345246801"
    assert work_identifier("us-s1z-99-00001") == "USS1Z9900001"
    assert work_identifier("Moonfox") == ""
    assert work_identifier("") == ""
