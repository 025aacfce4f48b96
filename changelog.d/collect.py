"""Gather the fragments beside this file into CHANGELOG.md: `make changelog`.

Each becomes a bullet at the end of the first section, which is the version not released yet.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

FOLDER = Path(__file__).parent
COLUMNS = 100


def bullet(text: str) -> str:
    """One fragment as a bullet of at most `COLUMNS` columns. Raises ValueError if it is empty."""
    words = " ".join(text.split()).removeprefix("- ")
    if not words:
        raise ValueError("a fragment says nothing")
    return textwrap.fill(
        words,
        COLUMNS,
        initial_indent="- ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def with_fragments(changelog: str, fragments: list[str]) -> str:
    """The changelog with the fragments at the end of its first section.

    Raises ValueError where that section is not marked `(unreleased)`.
    """
    heads = list(re.finditer(r"^## .+$", changelog, re.M))
    if not heads or "(unreleased)" not in heads[0][0]:
        raise ValueError("the first section of the changelog has to be `## X.Y.Z (unreleased)`")
    end = heads[1].start() if len(heads) > 1 else len(changelog)
    first, rest = changelog[:end].rstrip(), changelog[end:]
    added = "".join(f"\n{bullet(text)}" for text in fragments)
    return f"{first}{added}\n" + (f"\n{rest}" if rest else "")


def main(folder: Path = FOLDER) -> int:
    """Gather and remove the fragments; returns how many there were."""
    files = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    changelog = folder.parent / "CHANGELOG.md"
    text = with_fragments(
        changelog.read_text(encoding="utf-8"), [path.read_text(encoding="utf-8") for path in files]
    )
    changelog.write_text(text, encoding="utf-8")
    for path in files:
        path.unlink()
    return len(files)


if __name__ == "__main__":
    print(f"{main()} fragments gathered")
