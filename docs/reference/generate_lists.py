"""Write words.md and examples.md: python docs/reference/generate_lists.py.

A test holds them fresh.
"""

from __future__ import annotations

from pathlib import Path

from headrace.show import examples, meaning

HERE = Path(__file__).parent
HEADS = {
    "words.md": """\
# Words of the report

`headrace explain WORD` says the same in the terminal. Generated from
`src/headrace/show/meaning.py`.

""",
    "examples.md": """\
# Examples

Studies that come along. `headrace plan NAME` solves one, `headrace examples NAME` copies it here to
start from. Generated from their first lines.

| name | what it asks |
| --- | --- |
""",
}


def words() -> str:
    """One line a word."""
    return "".join(f"**{word}**: {told}\n\n" for word, told in sorted(meaning.WORDS.items()))


def gallery() -> str:
    """One line a study, then the folders for other rooms."""
    rows = [(one.name, one.about) for one in examples.every()] + list(examples.ROOMS.items())
    return "".join(f"| `{name}` | {about} |\n" for name, about in rows)


def pages() -> dict[str, str]:
    """Each page by its name."""
    made = {"words.md": words(), "examples.md": gallery()}
    return {name: f"{HEADS[name]}{body.rstrip()}\n" for name, body in made.items()}


if __name__ == "__main__":
    for name, body in pages().items():
        (HERE / name).write_text(body, encoding="utf-8")
