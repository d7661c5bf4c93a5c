"""SVG for pages: what matplotlib draws, as one element that follows the page's ink and says what it shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from warnings import catch_warnings, filterwarnings
from xml.etree.ElementTree import Element, SubElement, tostring

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK: Final = "#010203"
"""Stands for the ink of the page; no plot uses it otherwise."""
WIDTH: Final = 8.0
"""Inches at 72 points, so that the text of a plot is about as large as the page's."""
# matplotlib's settings are the process's own, so that two threads cannot draw at once.
_drawing: Final = Lock()
_NAMESPACE: Final = re.compile(r"^\{.*?\}")
_REFERENCE: Final = re.compile(r"^(?:url\()?#([\w.-]+)\)?$")
_FONT: Final = re.compile(r"(?:(bold|\d{3}) )?([\d.]+)px")
# What XML cannot hold, even escaped; labels come from what people wrote.
_UNFIT: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a drawing is called and made of, besides its lines."""

    name: str
    """Begins every id in it, so that a page holds several."""
    title: str
    description: str = ""
    height: float = 4.0
    """Inches."""
    width: float = WIDTH
    colours: Mapping[str, str] = field(default_factory=dict)
    """What stands in the page for a colour of the drawing, such as `var(--amber)` for #010204."""


def draw_svg(sketch: Sketch, draw: Callable[[Figure], None]) -> str:
    """Return a drawing as the <svg> element of a page, without style: a strict policy refuses it."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with _drawing, rc_context(_style()), catch_warnings():
        # The page's font has the letters that matplotlib's own lacks; it only measures with it.
        filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        figure = Figure(figsize=(sketch.width, sketch.height), layout="constrained")
        draw(figure)
        drawn = StringIO()
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return as_element(drawn.getvalue(), sketch)


def _style() -> dict[Any, Any]:
    inked = ("text.color", "axes.edgecolor", "axes.labelcolor", "axes.titlecolor", "xtick.color", "ytick.color")
    return dict.fromkeys(inked, INK) | {
        "svg.fonttype": "none",
        "svg.hashsalt": "releve",
        "text.parse_math": False,  # a system or an area may be called anything
        "axes.spines.top": False,
        "axes.spines.right": False,
    }


def as_element(svg: str, sketch: Sketch) -> str:
    """Return an SVG document as an element: named for screen readers, with ids of its own, and nothing from elsewhere.

    matplotlib writes a document to stand alone: its prologue, its metadata, its style for every element and its
    namespaces mean nothing, or too much, inside a page.
    """
    from defusedxml.ElementTree import fromstring

    root: Element = fromstring(_UNFIT.sub("", svg[svg.index("<svg") :]))
    for parent in list(root.iter()):
        for child in list(parent):
            if _NAMESPACE.sub("", child.tag) in ("metadata", "style"):
                parent.remove(child)
    kept = set(_references(root))
    for element in root.iter():
        element.tag = _NAMESPACE.sub("", element.tag)
        element.attrib = dict(_attributes(element.attrib, sketch, kept))
        if element.tag not in ("text", "tspan"):
            element.text = element.tail = None
        element.tail = None
    return _named(root, sketch)


def _references(root: Element) -> Iterator[str]:
    for element in root.iter():
        for value in (*element.attrib.values(), *_declarations(element.attrib.get("style", "")).values()):
            if found := _REFERENCE.match(value):
                yield found[1]


def _declarations(style: str) -> dict[str, str]:
    parts = (part.partition(":") for part in style.split(";") if ":" in part)
    return {name.strip(): value.strip() for name, _, value in parts}


def _attributes(given: Mapping[str, str], sketch: Sketch, kept: set[str]) -> Iterator[tuple[str, str]]:
    for name, value in given.items():
        plain = _NAMESPACE.sub("", name)
        if plain == "style":
            for declared, said in _declarations(value).items():
                yield from _presented(declared, _for_page(said, sketch))
        elif plain != "id":
            yield plain, _for_page(value, sketch)
        elif value in kept:
            yield plain, f"{sketch.name}-{value}"


def _presented(name: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield a declaration as attributes; a font is the page's, but for its size and weight."""
    if name == "font" and (found := _FONT.search(value)):
        yield "font-size", found[2]
        if found[1]:
            yield "font-weight", found[1]
    elif not name.startswith("font-family"):
        yield name, value


def _for_page(value: str, sketch: Sketch) -> str:
    """Return a value with the page's colours, and its references to ids as they are called here."""
    if value == INK:
        return "currentColor"
    if value in sketch.colours:
        return sketch.colours[value]
    if _REFERENCE.match(value):
        return value.replace("#", f"#{sketch.name}-", 1)
    return " ".join(value.split())


def _named(root: Element, sketch: Sketch) -> str:
    """Return an element with its title and description first, for whoever does not see it."""
    box = root.attrib["viewBox"]
    labels = [f"{sketch.name}-title"] + ([f"{sketch.name}-description"] if sketch.description else [])
    root.attrib = {"viewBox": box, "role": "img", "aria-labelledby": " ".join(labels)}
    # Lines meet as matplotlib's own style would have them.
    root.attrib |= {"stroke-linejoin": "round"}
    for place, (label, words) in enumerate(zip(labels, (sketch.title, sketch.description), strict=False)):
        element = SubElement(root, "title" if place == 0 else "desc", {"id": label})
        element.text = _UNFIT.sub("", words)
        root.remove(element)
        root.insert(place, element)
    return tostring(root, encoding="unicode")
