"""LaTeX in pages becomes MathML; code stays code; what is not understood ends the build."""

from __future__ import annotations

import importlib.util
from xml.etree.ElementTree import fromstring

import pytest
from markdown import Markdown
from tests.builders.documents import DOCS, PAGES, formulas, read

pytest.importorskip("latex2mathml", reason="latex2mathml comes with the extra `docs`")


@pytest.fixture(scope="module")
def extension():
    spec = importlib.util.spec_from_file_location("mathml", DOCS / "mathml.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def render(extension):
    return Markdown(extensions=["fenced_code", "tables", extension.MathML()]).convert


def test_a_formula_in_a_line(render):
    html = render("a $x_1 \\le 2$ b")
    math = fromstring(html).find("math")
    assert [part.tag for part in math.iter()][:3] == ["math", "mrow", "msub"]
    assert "".join(math.itertext()) == "x1≤2"


def test_a_displayed_formula_stands_alone(render):
    html = render("before\n\n$$\n\\sum_n c_n\n$$\n\nafter")
    assert '<div class="equation"><math display="block">' in html
    assert html.count("<p>") == 2


def test_a_displayed_formula_stays_inside_its_list(render):
    html = render("1.  one\n\n    $$\n    x\n    $$\n\n    more\n\n2.  two\n")
    assert html.count("<ol>") == 1
    assert html.count("<li>") == 2
    assert html.index("<math") < html.index("two")


@pytest.mark.parametrize(
    "text", ["`$x$`", "```\n$$\nx\n$$\n```", "5 $ and 6 $ a piece", "costs 5$", r"\$x\$"]
)
def test_what_is_no_formula(render, text):
    assert "<math" not in render(text)


def test_backslashes_and_underscores_survive_markdown(render):
    html = render(r"$a_b \ast c_d$ and $e_f$")
    assert "<em>" not in html
    assert html.count("<msub>") == 3


@pytest.mark.parametrize("text", [r"$\nosuchcommand{x}$", "$$\nx\n", r"$\left( x$"])
def test_a_formula_that_is_not_understood_ends_the_build(render, text):
    with pytest.raises(ValueError, match="formula"):
        render(text)


def test_every_formula_of_the_pages_is_understood(extension):
    found = [(page, one) for page in PAGES for one in formulas(read(page))]
    assert len(found) > 150
    for page, one in found:
        assert extension.mathml(one, block=True).startswith("<math"), page
