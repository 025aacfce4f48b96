"""Reading a study: every problem at once, each at its line; nothing a file can hold makes a
traceback.
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.core.study import explain, schema
from headrace.core.study_reader import parse_text, read, study_of
from headrace.plan.check import checked

GOOD = """study: good
horizon: {start: 2027-01, stages: [6 months, 6 months], hours: {blocks: [8760 h]}}
technologies: {plant: {capex: 20 USD/kW, variable: 15 USD/MWh}}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh}}
"""


def problems(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        study_of(parse_text(text))
    return [str(problem) for problem in caught.value.problems]


def test_a_good_study_reads() -> None:
    study = study_of(parse_text(GOOD))
    assert study.horizon.stages == [6, 6]
    assert study.sites["here"].build["plant"].use == "plant"


def test_every_problem_at_once_with_its_line() -> None:
    found = problems(
        GOOD.replace("20 USD/kW", "20 USD/kWh")
        .replace("site: here", "site: hree")
        .replace("60 USD/MWh", "60")
    )
    assert any(p.startswith("study.yaml:3:") and "USD/kW" in p for p in found)
    # references are looked at once the parts are sound
    found = problems(GOOD.replace("site: here", "site: hree").replace("60 USD/MWh", "60 USD/MW"))
    assert any("study.yaml:5:" in p and "Did you mean `here`" in p for p in found)
    assert any("study.yaml:5:" in p and "products.power.price" in p for p in found)


def test_a_key_written_twice_is_refused() -> None:
    assert any(
        "written twice" in p and "study.yaml:2:" in p for p in problems("study: a\nstudy: b\n")
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "- a",
        "a: [",
        "a: b: c",
        "\x00",
        "? [1]\n: 2",
        "study: " + "[" * 200,
        "%YAML 9.9\n---\na: 1",
    ],
)
def test_things_that_are_no_study(text: str) -> None:
    assert problems(text)


def test_an_anchor_given_twice_is_told_with_its_place() -> None:
    with pytest.raises(InputError) as told:
        parse_text("study: &a 1\nabout: &a 1\n")
    (found,) = told.value.problems
    assert (found.where.line, found.found) == (2, "the anchor `&a` is given a second time")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        study_of(parse_text(text))
    except InputError as error:
        assert error.problems


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.text(max_size=4), st.integers(0, 12))
def test_a_damaged_study_is_read_or_refused_in_words(where: int, put: str, cut: int) -> None:
    try:
        study_of(parse_text(GOOD[:where] + put + GOOD[where + cut :]))
    except InputError as error:
        assert error.problems


@pytest.mark.parametrize(
    ("was", "now", "where", "says"),
    [
        ("price: 60 USD/MWh", f"price: {'9' * 5000}", "5:", "a number of 5,000 digits"),
        ("price: 60 USD/MWh", "price: 60 USD/MWh, isl: !!int ²", "5:", "unable to parse"),
        (
            "price: 60 USD/MWh",
            f"price: 60 USD/MWh, isl: 1{'0' * 400}",
            "5:",
            "a number of 401 digits",
        ),
        ("study: good", 'study: good\ntitle: "a\\ud800b"', "2:1", "U+D800"),
        ("study: good", 'study: good\ntitle: "a\\e[31mb"', "2:1", "U+001B"),
        ("study: good", 'study: good\ntitle: "a\\u202eb"', "2:1", "U+202E"),
        ("sites: {here", 'sites: {"he\\0re"', "4:9", "U+0000"),
        ("sites: {here", f"sites: {{{'x' * 101}", "4:9", "has 101 characters"),
        ("study: good", f"study: good\ntitle: {'x' * 10_001}", "2:1", "has 10,001 characters"),
        ("{build: {plant: plant}}", f"{{weather: {'w' * 5000}}}", "4:", "at most 1000 characters"),
        ("{build: {plant: plant}}", f"{{weather: {'w' * 300}}}", "4:", "a name of 300 characters"),
        ("{build: {plant: plant}}", '{weather: "a\\0b"}', "4:", "U+0000"),
        ("10 MW", "1e308 GW", "5:", "no finite number of MW"),
        ("10 MW", "1e308 MW", "5:", "larger than a plan can hold"),
        ("20 USD/kW", "1e308 GUSD/W", "3:", "no finite number of USD/kW"),
        ("15 USD/MWh", "-1e300 USD/MWh", "3:", "larger than a plan can hold"),
        ("60 USD/MWh", "60 USD/MWh, price_change: 1e300 %/a", "5:", "larger than a plan can"),
        ("10 MW", '"10<' + " " * 3000 + 'a\\nb"', "5:", "has 3,006 characters"),
        ("[6 months", "[1e300 months", "2:", "larger than a plan can hold"),
        ("15 USD/MWh", "15 USD/MWh, heat_rate: 6.5", "3:", "6.5 has no unit"),
        ("study: good", "study: good\ncarbon: 80 EUR/t", "2:1", "of which no rate is stated"),
    ],
)
def test_what_is_beyond_sense_is_told_at_its_line(
    was: str, now: str, where: str, says: str
) -> None:
    assert was in GOOD
    (found,) = problems(GOOD.replace(was, now))
    assert found.startswith(f"study.yaml:{where}")
    assert says in found


def test_one_name_in_two_normal_forms_is_written_twice() -> None:
    """An e with its accent, and an e before an accent, look alike to every reader."""
    text = GOOD.replace("{here:", "{caf\u00e9: {}, cafe\u0301: {}, here:")
    (found,) = problems(text)
    assert "written twice" in found
    moved = GOOD.replace("sites: {here", "sites: {caf\u00e9").replace(
        "site: here", "site: cafe\u0301"
    )
    assert study_of(parse_text(moved)).products["power"].site == "caf\u00e9"


def test_mistakes_of_every_kind_are_told_in_one_round() -> None:
    """A unit, an unknown key and a missing one hide no reference, no blocks and no limit."""
    text = (
        (
            GOOD.replace("20 USD/kW", "20 USD/kWh, colour: red")
            .replace("8760 h", "876 h")
            .replace("plant: plant}", "plant: {use: plant, stands: 9 MW, at_most: 8 MW}}")
            .replace("demand: 10 MW, ", "")
            + "  more: {kind: electricity, site: hree, demand: 1 MW, price: 6 USD/MWh}\n"
        )
        .replace("products: {power", "products:\n  power")
        .replace("60 USD/MWh}}", "60 USD/MWh}")
    )
    found = "\n".join(problems(text))
    assert "study.yaml:3:24  technologies.plant.capex: 20 USD/kWh is" in found
    assert "technologies.plant.colour: not a known key" in found
    assert "products.power.demand: is missing; expected `demand` and `price`, or `offers`" in found
    assert "horizon.hours.blocks: the load blocks have 876 h" in found
    assert "sites.here.build.plant.stands: 9 MW stand, more than `at_most: 8 MW`" in found
    assert "products.more.site: `hree` is not a site. Did you mean `here`?" in found
    assert found.count("\n") == 5


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("site: here", "kind: light, site: hree"),
        ("sites:", "seats:"),
        ("sites: {here: {build: {plant: plant}}}", "sites: 5"),
        ("horizon: {start", "horizon: {begin"),
        ("products: {power: {", "products: {power: 5, other: {"),
        ("technologies: {plant: {", "technologies: {plant: {fuel: 5, "),
    ],
)
def test_what_only_follows_from_a_mistake_is_not_told(was: str, now: str) -> None:
    """A table that cannot be read has no names: what refers to them is not called unknown."""
    text = GOOD.replace("kind: electricity, ", "") if "light" in now else GOOD
    assert not any(
        "is not a site" in p or "is not a fuel" in p for p in problems(text.replace(was, now))
    )


def test_a_wrong_value_is_told_with_what_was_expected_and_what_the_key_means() -> None:
    (found,) = problems(GOOD.replace("20 USD/kW", "20 USD/kW, lead: -3 months"))
    assert found.endswith(
        "technologies.plant.lead: `-3 months`; expected greater than or equal to 0. "
        "`lead`: From order to operation."
    )


def test_a_decimal_comma_within_braces_is_two_keys() -> None:
    text = Path(files("headrace") / "examples/gas_first/study.yaml").read_text()
    assert "discount: 8 %/a real" in text
    with pytest.raises(InputError, match="Within braces a comma ends a value"):
        study_of(parse_text(text.replace("discount: 8 %/a real", "discount: 8,5 %/a real")))


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "folder"])
def test_a_path_that_is_no_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match=r"cannot be read|no such file|not a regular file"):
        read(tmp_path / name)


EMBEDDED = Path(str(files("headrace") / "examples" / "piedmont" / "study.yaml"))
ODD = (
    "300 MW", "1 MWh", "-3 %", "1e400 MW", "nan MW", "inf", ".nan", "~", "true", "[]", "{}", "''",
    "2027-13", "9999999-01", "-1 months",
    "0x1F", "1_000", "1:30", "!!float x", "!!int x", "!!bool x", "!!binary abc",
    "!!python/object:os.system x", "|", "&a 1", "*a",
    "? a", "٣ MW", "１ MW", "1 MW\x85", "1 µW", "1**1 MW", "MW", "1,000 MW", "1e-400 MW", "\ud7ff",
    "<<: {a: 1}", "\x00", "\t", "\ufeff",
    "9" * 5000, "1" + "0" * 400, "!!int ²", "1e308 GUSD/W", "1e308 GW", "-1e300 USD/MWh", "1/3",
    "1/0", '"a\\ud800b"', '"a\\0b"', '"\\e[31m"', "x" * 300, "x" * 11_000, "0 MW", "0 h", "0 %",
    "-5", "1e15", "1e-15 MW", "0000-01", "9999-12", "[1e300 months]", "4,5 MW", "$1,150/kW",
    "+-1", "!!float +", "2e0", "8760 h", "1e12", "{x: y}", "[[1]]", "? {a: b}",
)  # fmt: skip
"""What people and machines write where a value should stand."""


def read_or_refused(text: str) -> None:
    """Anything is a study that can be expanded, or refused with a place in its file for every
    problem.
    """
    try:
        checked(text, None)
    except InputError as error:
        assert error.problems
        assert all(problem.where.file == "study.yaml" for problem in error.problems)
        assert all(problem.where.line > 0 or not problem.where.key for problem in error.problems)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(EMBEDDED.read_text())))
def test_the_embedded_study_torn_anywhere(cut: int) -> None:
    read_or_refused(EMBEDDED.read_text()[:cut])


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_the_embedded_study_with_odd_values_and_lost_lines(data: st.DataObject) -> None:
    """One to three changes: a line lost, written twice or moved, or an odd value put for a good
    one.
    """
    lines = EMBEDDED.read_text().split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        change = data.draw(st.sampled_from(("lose", "repeat", "indent", "value", "value", "value")))
        values = list(re.finditer(r"(?<=: )[^,}\n]+", lines[at]))
        if change == "lose":
            del lines[at]
        elif change == "repeat":
            lines.insert(at, lines[at])
        elif change == "indent":
            lines[at] = " " * data.draw(st.integers(0, 7)) + lines[at].strip()
        elif values:
            put = data.draw(st.sampled_from(values))
            lines[at] = (
                lines[at][: put.start()] + data.draw(st.sampled_from(ODD)) + lines[at][put.end() :]
            )
    read_or_refused("\n".join(lines))


RICH = """study: rich
goal: {risk: {alpha: 90 %, omega: 0.1}}
money: {year: 2026, discount: 8 %/a real}
horizon: {start: 2027-01, stages: [6 months, 12 months], hours: {blocks: [8000 h, 760 h]}}
carbon: 20 USD/t
fuels: {gas: {price: 4.5 USD/MMBtu, co2: 53.06 kg/MMBtu}}
technologies:
  plant: {capex: 20 USD/kW, fuel: gas, heat_rate: 7 MMBtu/MWh, lead: 3 months, life: 9 years,
      units: {size: 5 MW, minimum_load: 20 %, ramp: 50 %/h}}
  cells: {kind: battery, capex: 20 USD/kW, energy_capex: 90 USD/kWh, efficiency: 88 %}
  sets: {rent: 1 USD/kW-month, least: 3 months, variable: 90 USD/MWh}
sites:
  here:
    grid: {limit: 40 MW, stands: 4 MW, queue: 9 months, energy: 50 USD/MWh,
        demand: 9 USD/kW-month, loss: 2 %, times: [{energy: 9 USD/MWh, begin: 1, end: 6,
        months: [1, 2]}]}
    hall: {use: hall.ai, stands: 5 MW, at_most: 9 MW}
    build:
      plant: {use: plant, stands: 1 MW, at_most: 9 MW, whole: true, reserve: {deposit: 2 USD/kW,
          window: 12 months, saves: 1 month, back: 40 %}}
      cells: {use: cells, at_most_energy: 9 MWh, stands_energy: 1 MWh}
      sets: sets
fleet: {may_buy: {b200: {use: b200, supply: 6000, stands: {here: 16},
    price: 40 kUSD/accelerator}}, may_rent: {cheap: {use: h100.cloud, term: 12 months}}}
models: {large: {shape: deepseek-ai/DeepSeek-V3, precision: fp8}}
products:
  chat: {model: large, isl: 1200, osl: 300, promise: {ttft: 2 s, tpot: 50 ms}, demand: 2 Gtok/h,
      price: 2 USD/Mtok, price_change: -10 %/a, deadline: 4 h}
  power: {kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh, availability: 99 %,
      served_from: 2}
beliefs:
  growth: {about: demand, before: 0 %/a, reveal: 2, cases: {low: {probability: 1/3,
      value: -5 %/a}, high: {probability: 2/3, value: 8 %/a}}}
limits: {spend: [1 GUSD, 1 GUSD]}
solver: {gap: 0.01 %, threads: 2, time_limit: 60 s}
"""
"""A little of everything that a study can say, without weather, so that it expands in no time."""


def test_the_rich_study_is_sound() -> None:
    checked(RICH, None)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_study_of_everything_with_odd_keys_and_values(data: st.DataObject) -> None:
    """Any one to three keys or values are put in place of others, or of none."""
    text = RICH
    for _ in range(data.draw(st.integers(1, 3))):
        spots = [m for m in re.finditer(r"[^\s:,{}\[\]]+(?: [^\s:,{}\[\]]+)*", text) if m[0]]
        spot = data.draw(st.sampled_from(spots))
        put = data.draw(st.sampled_from(ODD) | st.sampled_from(spots).map(lambda other: other[0]))
        text = text[: spot.start()] + put + text[spot.end() :]
    read_or_refused(text)


_WORDS = st.sampled_from(
    ("study", "sites", "products", "horizon", "a", "- ", ": ", "\n", "\n  ", "\n    ", "{", "}",
    "[", "]", ", ", "#", "'", '"', "|", ">",
     "!!", "&x ", "*x", "? ", "%", "---\n", "1", "300 MW", "\t", "\x00", "é", "\U0001f600")
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_WORDS, max_size=40).map("".join))
def test_words_of_yaml_in_any_order(text: str) -> None:
    read_or_refused(text)


def test_the_embedded_study_reads() -> None:
    assert len(read(EMBEDDED).products) == 4


def test_schema_and_explain_come_from_the_same_declaration() -> None:
    described = schema()["$defs"]["Grid"]["properties"]["limit"]
    assert described["x-unit"] == "MW"
    assert "[MW]" in explain("sites.grid.limit")
    with pytest.raises(InputError, match="grid"):
        explain("sites.grd")


def test_missing_file_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "piedmont.yaml").write_text(GOOD)
    with pytest.raises(InputError, match=r"piedmont\.yaml"):
        read(tmp_path / "piedmnt.yaml")
