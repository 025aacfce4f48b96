"""Make the index that the manual's search reads: python docs/find.py site.

The theme's own search asks a host outside when the manual is opened from a folder, so it is off
(docs/decisions/0195-a-search-of-our-own-in-the-manual.md). Run by `make docs` after the build.
"""

from __future__ import annotations

import json
import sys
from html.parser import HTMLParser
from pathlib import Path

LONGEST = 1200
"""Characters kept of a section."""


class Sections(HTMLParser):
    """The headings of a page with what follows each: place, heading, text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[list[str]] = []
        self.depth = 0
        self.heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a section at a heading inside the article."""
        told = dict(attrs)
        if tag == "article" or self.depth:
            self.depth += tag not in ("br", "img", "input", "hr", "col", "meta", "link")
        if self.depth and tag in ("h1", "h2", "h3"):
            self.found.append([told.get("id") or "", "", ""])
            self.heading = True

    def handle_endtag(self, tag: str) -> None:
        """What follows a heading is its text."""
        if self.depth:
            self.depth -= 1
        if tag in ("h1", "h2", "h3"):
            self.heading = False

    def handle_data(self, data: str) -> None:
        """Add to the heading or to the text of the section."""
        if self.depth and self.found:
            self.found[-1][1 if self.heading else 2] += f"{data} "


def index(site: Path) -> list[list[str]]:
    """Every section of every page: address, title of the page, heading, text."""
    rows = []
    for path in sorted(site.rglob("*.html")):
        page = Sections()
        page.feed(path.read_text(encoding="utf-8"))
        told = [[" ".join(word.split()) for word in row] for row in page.found]
        title = told[0][1].removesuffix(" ¶") if told else ""
        for place, heading, text in told:
            address = f"{path.relative_to(site).as_posix()}{f'#{place}' if place else ''}"
            rows.append([address, title, heading.removesuffix(" ¶"), text[:LONGEST]])
    return rows


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    told = json.dumps(index(folder), ensure_ascii=False, separators=(",", ":"))
    (folder / "assets" / "find-index.js").write_text(f"window.MANUAL={told};\n", encoding="utf-8")
