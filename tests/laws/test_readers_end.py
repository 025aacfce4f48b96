"""No text makes a reader slow: each ends in time on 100,000 blanks, digits, signs or brackets, and
on whatever hypothesis thinks of, with a value or an InputError.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.core.files import packed
from headrace.core.plan_file import parse as parse_plan
from headrace.core.quantities import read_quantity
from headrace.core.study_reader import parse_text, study_of
from headrace.core.units import UnitError, parse
from headrace.energy.weather.readers import read as read_weather
from headrace.models.fleet.traces import read_trace
from headrace.models.step_time.table import parse_table
from headrace.models.step_time.user_measurements import parse_measurements
from headrace.rights.ledger.audit import read_heads
from headrace.rights.ledger.feed import read_entries
from headrace.rights.money import MoneyError, micro
from headrace.rights.terms_yaml import read_licences
from headrace.trust.log_reader import read_log

SECONDS = 5.0
"""How long a reader may take; a machine that does much else needs the room."""
MANY = 100_000
NASTY = [
    " " * MANY,
    "\t" * MANY + "x",
    "10" + " " * MANY + "a\nb",
    "1" * MANY,
    "-" * MANY,
    "." * MANY,
    "/" * MANY,
    "1 / " * (MANY // 4),
    "a" * MANY + "1",
    "[" * MANY,
    "{" * MANY,
    "," * MANY,
    '"' * MANY,
    "\n" * MANY,
    "a:\n" * (MANY // 3),
    "(" * MANY + ")" * MANY,
    "\u00a0" * MANY,
    "1e" + "9" * MANY,
    "= " * (MANY // 2),
]


def of_file(read: Callable[[Path], object], name: str) -> Callable[[str, Path], object]:
    def reader(text: str, folder: Path) -> object:
        path = folder / name
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        return read(path)

    return reader


def of_text(read: Callable[[str], object]) -> Callable[[str, Path], object]:
    return lambda text, folder: read(text)


READERS = {
    "study": of_text(lambda text: study_of(parse_text(text))),
    "plan": of_text(parse_plan),
    "unit": of_text(lambda text: parse(text, "MW")),
    "quantity": of_text(lambda text: read_quantity(text, "USD/MWh")),
    "money": of_text(micro),
    "heads": of_text(read_heads),
    "step table": of_text(lambda text: parse_table(text.encode("utf-8", "replace"), "t.json")),
    "measurements": of_text(lambda text: parse_measurements(text, "m.csv")),
    "weather": of_file(read_weather, "w.csv"),
    "trace": of_file(read_trace, "t.csv"),
    "packed trace": of_file(read_trace, "t.csv.gz"),
    "log": of_file(read_log, "l.csv"),
    "parquet": of_file(read_log, "l.parquet"),
    "feed": of_file(read_entries, "f.jsonl"),
    "licences": of_file(read_licences, "licences.yaml"),
    "gzip": of_file(lambda path: packed.unpacked(path, 10**6), "x.gz"),
}


def ended(name: str, text: str, folder: Path) -> None:
    """Read a text; it must end in time, with a value or in words."""
    begin = time.process_time()
    try:
        READERS[name](text, folder)
    except (InputError, UnitError, MoneyError) as error:
        assert len(str(error)) < 400_000
    assert time.process_time() - begin < SECONDS, f"{name} on {text[:20]!r}... of {len(text):,}"


@pytest.mark.parametrize("name", READERS)
def test_a_hundred_thousand_blanks_end_in_time(name: str, tmp_path: Path) -> None:
    for text in NASTY[:3]:
        ended(name, text, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_a_hundred_thousand_of_anything_end_in_time(name: str, tmp_path: Path) -> None:
    for text in NASTY:
        ended(name, text, tmp_path)


@pytest.mark.parametrize("name", READERS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(st.characters(), max_size=300))
def test_any_text_is_a_value_or_words(name: str, text: str, tmp_path: Path) -> None:
    ended(name, text, tmp_path)


def test_every_expression_of_the_package_is_linear() -> None:
    """Every compiled pattern of a module, on texts of blanks, digits, letters and signs."""
    import headrace.core.quantities
    import headrace.core.units
    import headrace.energy.weather.readers.text
    import headrace.rights.ledger.audit
    import headrace.rights.ledger.words
    import headrace.rights.terms_yaml
    import headrace.trust.refuse

    modules = [
        headrace.core.quantities,
        headrace.core.units,
        headrace.energy.weather.readers.text,
        headrace.rights.ledger.audit,
        headrace.rights.ledger.words,
        headrace.rights.terms_yaml,
        headrace.trust.refuse,
    ]
    found = {
        f"{module.__name__}.{name}": value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern)
    }
    assert len(found) >= 12
    texts = [text + end for text in NASTY for end in ("!", "\nx")]
    for name, pattern in found.items():
        for text in texts:
            begin = time.process_time()
            pattern.match(text)
            pattern.fullmatch(text)
            assert time.process_time() - begin < 1.0, (name, text[:20])
