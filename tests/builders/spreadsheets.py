"""What a workbook holds, and what LibreOffice makes of it when it calculates everything anew."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
"""A profile in which a file is calculated anew whenever it is opened."""


def present() -> bool:
    return shutil.which("soffice") is not None


def calculated(path: Path, folder: Path) -> Path:
    """The workbook as LibreOffice saves it after calculating every cell."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS)
    out = folder / "calculated"
    words = ["soffice", "--headless", f"-env:UserInstallation=file://{profile}"]
    words += ["--convert-to", "xlsx", "--outdir", str(out), str(path)]
    subprocess.run(words, check=True, capture_output=True, timeout=240)
    return out / path.name


def cells(path: Path) -> dict[tuple[str, str], float | str]:
    """Every cell that has a value, by sheet and place: numbers as numbers, errors as text."""
    found: dict[tuple[str, str], float | str] = {}
    with zipfile.ZipFile(path) as packed:
        book = ElementTree.fromstring(packed.read("xl/workbook.xml"))
        names = [sheet.get("name", "") for sheet in book.iter(f"{SPACE}sheet")]
        files = sorted(
            (n for n in packed.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", n)),
            key=lambda name: int(re.findall(r"\d+", name)[0]),
        )
        for name, file in zip(names, files, strict=True):
            for cell in ElementTree.fromstring(packed.read(file)).iter(f"{SPACE}c"):
                value = cell.find(f"{SPACE}v")
                if value is not None and value.text is not None and cell.get("t") != "s":
                    told = value.text
                    error = cell.get("t") in ("e", "str")
                    found[name, cell.get("r", "")] = told if error else float(told)
    return found


def differing(ours: Path, theirs: Path, tolerance: float = 1e-9) -> list[str]:
    """Cells whose numbers differ by more than `tolerance` of the sheet's largest number."""
    mine, other = cells(ours), cells(theirs)
    largest: dict[str, float] = {}
    for (sheet, _), value in mine.items():
        if isinstance(value, float):
            largest[sheet] = max(largest.get(sheet, 1.0), abs(value))
    found = [f"{key} is missing" for key in mine if key not in other]
    for key, value in other.items():
        here = mine.get(key, 0.0)
        both = isinstance(value, float) and isinstance(here, float)
        if not both or abs(value - here) > tolerance * max(largest.get(key[0], 1.0), 1.0):
            found.append(f"{key[0]}!{key[1]}: ours {here!r}, calculated {value!r}")
    return found
