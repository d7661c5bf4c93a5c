"""Texts: what people wrote, as paragraphs, headings and lists; nothing in it is ever taken for HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from markupsafe import Markup, escape

BULLET = re.compile(r"^\s*[-*•–]\s+(?=\S)")
NUMBER = re.compile(r"^\s*\d{1,3}[.)]\s+(?=\S)")
# What ends a sentence is not part of an address before it.
ADDRESS = re.compile(r"https?://[^\s<>\"'`{}|\\^]+[^\s<>\"'`{}|\\^.,;:!?)\]»]", re.IGNORECASE)
LINK = Markup('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>')


def as_paragraphs(text: str) -> Markup:
    """Return a text as HTML: blank lines part paragraphs, lines keep their ends, addresses over HTTP become links."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return Markup("\n").join(part for block in blocks for part in parts_of(block.splitlines()))


def parts_of(lines: Iterable[str]) -> Iterator[Markup]:
    """Yield the paragraphs and lists of a block."""
    for kind, group in groupby(lines, kind_of):
        found = list(group)
        if kind == "p":
            yield Markup("<p>{}</p>").format(Markup("<br>\n").join(linked(line.strip()) for line in found))
            continue
        items = [linked((BULLET if kind == "ul" else NUMBER).sub("", line).strip()) for line in found]
        inside = Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
        yield Markup("<ul>{}</ul>").format(inside) if kind == "ul" else Markup("<ol>{}</ol>").format(inside)


def kind_of(line: str) -> str:
    """Return the element that a line is part of."""
    if BULLET.match(line):
        return "ul"
    return "ol" if NUMBER.match(line) else "p"


def linked(line: str) -> Markup:
    """Return a line with its addresses as links, everything escaped."""
    parts: list[Markup] = []
    place = 0
    for found in ADDRESS.finditer(line):
        parts += [escape(line[place : found.start()]), LINK.format(found[0])]
        place = found.end()
    return Markup("").join([*parts, escape(line[place:])])
