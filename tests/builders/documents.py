"""The pages of the documentation as tests read them: code blocks, formulas, symbols, headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
DISPLAYED = re.compile(r"^ *\$\$\n(.*?)\n *\$\$$", re.M | re.S)
INLINE = re.compile(r"(?<![\\$\w])\$(?=[^\s$])([^$]+?)(?<=\S)\$(?![\w$])")
_WORDS = re.compile(
    r"\\(?:text|operatorname|mathrm)\{[^}]*\}"
    r"|\\(?:begin|end)\{[^}]*\}"
    r"|\\(?:left|right|frac|tfrac|sum|min|max|circ|top|Delta|quad|qquad|le|ge|ne|in|Big|pm|hat|bar"
    r"|blacksquare|leftarrow|lfloor|rfloor|lceil|rceil|sqrt|mathbb)(?![a-zA-Z])"
    r"|\\[,;!\\:{}| ]"
)


@dataclass(frozen=True)
class Block:
    """One fenced block of a page. line: where it begins."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[Block]:
    """The fenced blocks of one language, in the order of the page."""
    text = read(page)
    return [
        Block(page.name, text.count("\n", 0, found.start()) + 1, found[1], found[2])
        for found in FENCE.finditer(text)
        if found[1] == language
    ]


def formulas(text: str) -> list[str]:
    """Every formula of a page's text, displayed ones first; code is no formula."""
    text = re.sub(r"`[^`\n]*`", "", FENCE.sub("", text))
    return [*DISPLAYED.findall(text), *INLINE.findall(DISPLAYED.sub("", text))]


def symbols(text: str) -> set[str]:
    """Letters, latin or greek, that stand in the formulas of a text."""
    return {
        letter
        for formula in formulas(text)
        for letter in re.findall(r"\\[a-zA-Z]+|[A-Za-z]", _WORDS.sub(" ", formula))
    }


def anchor(heading: str) -> str:
    """The address of a heading, as Python-Markdown's `toc` makes it."""
    text = re.sub(r"[`*_]|\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", text).strip())


def anchors(page: Path) -> set[str]:
    """Every address inside a page."""
    return {anchor(line) for line in re.findall(r"^#+ (.+)$", FENCE.sub("", read(page)), re.M)}
