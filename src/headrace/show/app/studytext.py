"""A study as text: everything that is wrong with it at once, each problem at its line.

A study sent to the app may name weather files of the runs folder only, relative to its own run
folder (`../greensboro.csv`).
"""

from __future__ import annotations

from pathlib import Path

from headrace.core.errors import InputError, InputFault
from headrace.core.run_folder import STUDY
from headrace.core.study import Study
from headrace.core.study_reader import parse_text, study_of

# a run folder that never holds a run: what the study names is looked for from here
_DESK = ".check"
_NO_FILE = ("tmy3:", "tm2:", "pvgis:")


def checked(text: str, root: Path) -> Study:
    """The study in `text`, checked as `headrace check` does. root: the runs folder.

    Raises InputError with every problem.
    """
    from headrace.plan import check

    stays_inside(text, root)
    desk = root / _DESK
    desk.mkdir(parents=True, exist_ok=True)
    return check.checked(text, desk / STUDY)[0]


def stays_inside(text: str, root: Path) -> None:
    """Raise InputError for a study that cannot be read, or whose weather files lie outside the runs
    folder.
    """
    document = parse_text(text, STUDY)
    study = study_of(document)
    inside = root.resolve()
    problems = [
        InputFault(
            document.place(("sites", key, "weather")),
            f"`{site.weather}` leads out of the runs folder",
            "a bundled station, or a file of that folder",
            "Put the file into the runs folder and write `../NAME`;"
            " or plan this study in the terminal.",
        )
        for key, site in study.sites.items()
        if site.weather
        and not site.weather.startswith(_NO_FILE)
        # with its `#` as part of the name, and without: a key may be read as either file
        and not all(
            _within(inside / _DESK / name, inside)
            for name in (site.weather, site.weather.partition("#")[0])
        )
    ]
    if problems:
        raise InputError(problems)


def _within(path: Path, inside: Path) -> bool:
    try:
        return inside in path.resolve().parents
    except (OSError, ValueError):  # a name no file can have
        return False
