"""Every figure with its birth certificate."""

from __future__ import annotations

from headrace.core.plan_file import Source
from headrace.show.reports import sources

FOUND = (
    Source(
        "gas.engine",
        "capex",
        1600.0,
        "USD/kW",
        "a price list",
        "2025-11",
        "estimate",
        1300.0,
        1900.0,
    ),
    Source("b200", "resale_value", "none", "", "nobody <knows>", "2026-01", "assumption"),
    Source("b200", "power", 1.43, "kW", "a data sheet", "2025-03", "fact", None, 1.5),
)


def test_figures_are_counted_by_what_they_are():
    told = str(sources.section_of(FOUND, "Every figure"))
    assert "Every figure: 1 fact, 1 estimate, 1 assumption." in told
    assert told.count("<tr") == 4
    assert 'id="find"' in told
    assert sources.section_of((), "Every figure") == ""


def test_a_row_says_value_range_status_date_and_source():
    told = str(sources.row(FOUND[0]))
    for words in ("1,600 USD/kW", "1,300 to 1,900", "tagged estimate", "2025-11", "a price list"):
        assert words in told
    assert "nobody &lt;knows&gt;" in sources.row(FOUND[1])
    assert "resale value" in sources.row(FOUND[1])
    assert "<td>1.5</td>" in sources.row(FOUND[2])


def test_the_table_keeps_the_numbers():
    table = sources.as_table(FOUND)
    assert dict(zip(table.columns, table.rows[0]))["value"] == 1600.0
    assert table.rows[1][2] == "none"


def test_the_first_figure_of_a_key_has_a_place_and_the_way_back():
    used = {"b200": [("used in order 1", "order-1")]}
    told = str(sources.section_of(FOUND, "Every figure", used))
    assert told.count('id="figures-b200"') == 1
    assert told.index('href="#order-1"') < told.index("a data sheet")
    assert told.count("used in order 1") == 1
    assert 'id="figures-gas.engine"' in told
