"""A report as a browser reads it: its markup, what it carries, and what its policy lets it run."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import zlib
from dataclasses import dataclass

CARRIED = re.compile(r'<script type="text/plain" id="(\w+)">([^<]*)</script>')
SCRIPT = re.compile(r"<script>(.*?)</script>", re.S)


@dataclass(frozen=True)
class OpenedPage:
    """markup: without scripts; scripts: those that run as they stand; data: what they draw."""

    markup: str
    scripts: tuple[str, ...]
    data: dict
    policy: dict[str, list[str]]

    def chart(self, key: str) -> dict:
        return next(chart for chart in self.data["charts"] if chart["key"] == key)


def opened(text: str) -> OpenedPage:
    """The page, its carried parts unpacked. Fails where anything would be loaded or asked for, and
    where the policy does not name exactly the scripts that are there.
    """
    parts = {
        name: zlib.decompress(base64.b64decode(packed)).decode()
        for name, packed in CARRIED.findall(text)
    }
    scripts = tuple(SCRIPT.findall(text))
    markup = SCRIPT.sub("", CARRIED.sub("", text))
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', markup)
    assert found, "a page without a policy"
    rules = [rule.split() for rule in html.unescape(found[1]).split(";")]
    page = OpenedPage(
        markup,
        scripts,
        json.loads(parts["data"]),
        {name: values for name, *values in rules},
    )
    loads_nothing(page)
    return page


def loads_nothing(page: OpenedPage) -> None:
    own = "".join((page.markup, *page.scripts))
    assert not re.search(r"https?://", own)
    assert not re.search(r"""\b(?:src|href|action)=["'](?!#|data:)""", page.markup)
    assert "@import" not in own
    assert "<script" not in page.markup
    assert not re.search(r"<[^>]*\son\w+=", page.markup)
    assert page.policy["default-src"] == ["'none'"]
    digests = {
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in page.scripts
    }
    assert set(page.policy["script-src"]) == digests
    assert set(page.policy) == {
        *("default-src", "script-src", "style-src", "img-src", "base-uri", "form-action")
    }
