"""Drawings for pages: no style of their own, the page's colours, ids that do not collide, and a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from evaluation.svg import INK, Sketch, draw_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HOSTILE = 'Eau <script>alert(1)</script> & "vannes" $x$ \x0b 水'


def bars(figure: Figure) -> None:
    panel = figure.subplots()
    panel.barh([0, 1], [3, 4], color="#010204", hatch="//", edgecolor=INK)
    panel.set_yticks([0, 1], [HOSTILE, "b"])


def drawn(name: str = "plot") -> str:
    return draw_svg(Sketch(name, f"Titre {HOSTILE}", "Ce qu’il montre", colours={"#010204": "var(--bar)"}), bars)


def test_a_drawing_holds_no_style_script_or_address() -> None:
    svg = drawn()
    assert "style" not in svg
    assert "<script" not in svg
    assert "http" not in svg


def test_a_drawing_is_named_and_described_for_who_does_not_see_it() -> None:
    page = LexborHTMLParser(drawn())
    svg = page.css_first("svg")
    assert svg.attributes["role"] == "img"
    titles = {element.attributes["id"]: element.text() for element in page.css("svg > title, svg > desc")}
    assert [titles[label] for label in svg.attributes["aria-labelledby"].split()] == [
        'Titre Eau <script>alert(1)</script> & "vannes" $x$  水',
        "Ce qu’il montre",
    ]


def test_colours_are_those_of_the_page() -> None:
    svg = drawn()
    assert 'fill="var(--bar)"' in svg
    assert "currentColor" in svg
    assert INK not in svg


def test_every_reference_leads_to_an_id_of_the_same_drawing() -> None:
    svg = drawn("other")
    named = set(re.findall(r'id="([^"]+)"', svg))
    referred = set(re.findall(r'(?:href="|url\()#([^")]+)', svg))
    assert referred
    assert referred <= named
    assert all(name.startswith("other-") for name in named)


def test_the_same_drawing_is_the_same_text() -> None:
    assert drawn() == drawn()
