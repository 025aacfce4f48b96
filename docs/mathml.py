"""LaTeX in the pages becomes MathML when they are built: no script, no font, no network.

`$...$` in a line and `$$ ... $$` on lines of their own are read, as GitHub reads them. `make docs`
puts this folder on the path, and mkdocs.yml names the extension `mathml`.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, fromstring

from latex2mathml.converter import convert
from markdown import Extension, Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor

INLINE = r"(?<![\\$\w])\$(?=[^\s$])([^$]+?)(?<=\S)\$(?![\w$])"
NAMESPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'


def mathml(latex: str, *, block: bool) -> str:
    """One formula as a MathML element. Raises ValueError where LaTeX is not understood."""
    try:
        text = convert(latex.strip(), display="block" if block else "inline")
    except Exception as error:  # latex2mathml has a dozen exceptions without a common parent
        raise ValueError(f"cannot read the formula {latex.strip()!r}: {error!r}") from error
    if "\\" in text or "<mi>&</mi>" in text:
        raise ValueError(f"a command of the formula {latex.strip()!r} is not known")
    return text.replace(NAMESPACE, "")


class Blocks(Preprocessor):
    """Formulas on lines of their own, between two lines `$$`."""

    def run(self, lines: list[str]) -> list[str]:
        """The page with each displayed formula put away as finished HTML."""
        out: list[str] = []
        inside: list[str] | None = None
        for line in lines:
            if line.strip() != "$$":
                (out if inside is None else inside).append(line)
            elif inside is None:
                inside = []
            else:
                html = f'<div class="equation">{mathml(" ".join(inside), block=True)}</div>'
                indent = line[: len(line) - len(line.lstrip())]
                out += ["", indent + self.md.htmlStash.store(html), ""]
                inside = None
        if inside is not None:
            raise ValueError(f"a formula begins and does not end: {' '.join(inside)[:60]!r}")
        return out


class Inline(InlineProcessor):
    """Formulas inside a line of text."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # noqa: N802
        """The formula as an element of the page's tree."""
        return fromstring(mathml(m.group(1), block=False)), m.start(0), m.end(0)


class MathML(Extension):
    """After code blocks and code spans were put away, before backslashes mean anything."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Register both readers."""
        md.preprocessors.register(Blocks(md), "equations", 20)
        md.inlinePatterns.register(Inline(INLINE, md), "formulas", 185)


def makeExtension(**settings: object) -> MathML:  # noqa: N802
    """What Python-Markdown calls."""
    return MathML(**settings)
