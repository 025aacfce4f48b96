"""Every row of every catalogue has its birth certificate."""

from __future__ import annotations

from importlib.resources import files

import pytest

from headrace.core.catalogue import entries, entry
from headrace.core.errors import InputError
from headrace.verification.registry import ROOMS

TABLES = [
    (room, path.name.removesuffix(".yaml"))
    for room in ROOMS
    if (files("headrace") / room / "catalogue").is_dir()
    for path in (files("headrace") / room / "catalogue").iterdir()
    if path.name.endswith(".yaml")
]


@pytest.mark.parametrize(("room", "table"), TABLES)
def test_every_figure_has_value_unit_source_date_and_status(room: str, table: str) -> None:
    rows = entries(room, table)
    assert rows
    for row in rows.values():
        for figure in row.figures.values():
            assert figure.source
            assert figure.date


def test_an_unknown_row_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"gas\.engine"):
        entry("energy", "gas", "gas.engin")
