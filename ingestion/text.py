"""Plain text from HTML and Markdown: paragraphs and code keep their lines, marks and scripts go."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from selectolax.lexbor import LexborNode

DROPPED = frozenset({"script", "style", "template", "noscript", "svg", "head", "iframe", "object"})
# Elements that stand on lines of their own.
BLOCK_TAGS = (
    "address article aside blockquote body caption dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html li main nav ol p section summary table tbody tfoot thead tr ul"
)
BLOCKS = frozenset(BLOCK_TAGS.split())
# Among these, the ones with an empty line around them.
PARAGRAPH_TAGS = "blockquote dl figure h1 h2 h3 h4 h5 h6 p pre section table"
PARAGRAPHS = frozenset(PARAGRAPH_TAGS.split())
CELLS = frozenset({"td", "th"})
TEXT_NODE = "-text"
SPACES = re.compile(r"[ \t\r\n\f\v]+")
EMPTY_LINES = re.compile(r"\n{3,}")
TAG = re.compile(r"<(/?)[a-zA-Z][^<>]*>")
# Elements nested deeper than this are an attack or a fault, and parsing takes time with the square of the depth.
DEEPEST = 2_000
LIKELY_HTML = re.compile(r"<[a-zA-Z!/]|&[#a-zA-Z]")


def html_to_text(html: str) -> str:
    """Return the text of HTML; `pre` keeps its line breaks, links keep their text, images their description."""
    if not LIKELY_HTML.search(html):
        return SPACES.sub(" ", html).strip()
    if html.count("<") > DEEPEST and nesting(html) > DEEPEST:
        return SPACES.sub(" ", unescape(TAG.sub(" ", html))).strip()
    from selectolax.lexbor import LexborHTMLParser

    writer = PlainWriter()
    root = LexborHTMLParser(html).root
    if root is not None:
        walk(root, writer)
    return writer.text()


def walk(root: LexborNode, writer: PlainWriter) -> None:
    """Show the writer the beginning and the end of every node, in the order of the text."""
    # A walk without recursion: nesting has no limit in what people paste. Nodes compare by their content, which is
    # slow, so the way back up is told by depth.
    node, depth = root, 0
    while True:
        child = node.child if writer.enter(node) else None
        if child is not None:
            node, depth = child, depth + 1
            continue
        writer.leave(node)
        while depth and node.next is None and node.parent is not None:
            node, depth = node.parent, depth - 1
            writer.leave(node)
        if not depth or node.next is None:
            return
        node = node.next


class PlainWriter:
    """Writes text pieces with the line breaks that the elements around them ask for."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.breaks = 0
        """Line breaks due before the next piece."""
        self.space = False
        self.preformatted = 0

    def enter(self, node: LexborNode) -> bool:
        """Write what a node begins with; returns whether its children count."""
        tag = node.tag or ""
        if tag == TEXT_NODE:
            self.write(node.text_content or "")
        elif tag in DROPPED:
            return False
        elif tag == "br":
            self.breaks = min(self.breaks + 1, 2)
        elif tag == "img":
            self.write(node.attributes.get("alt") or "")
        elif tag in CELLS:
            self.space = True
        else:
            self.edge(tag)
            self.preformatted += tag == "pre"
            if tag == "li":
                self.write("- ")
        return True

    def leave(self, node: LexborNode) -> None:
        """Write what a node ends with."""
        tag = node.tag or ""
        if tag not in DROPPED:
            self.edge(tag)
            self.preformatted -= tag == "pre"

    def edge(self, tag: str) -> None:
        """Ask for the line breaks at the edge of a block."""
        if tag in PARAGRAPHS:
            self.breaks = 2
        elif tag in BLOCKS:
            self.breaks = max(self.breaks, 1)

    def write(self, piece: str) -> None:
        """Write a piece of text."""
        if not self.preformatted:
            stripped = SPACES.sub(" ", piece)
            self.space = self.space or stripped.startswith(" ")
            trailing = stripped.endswith(" ")
            piece = stripped.strip(" ")
            if not piece:
                return
        elif not piece:
            return
        else:
            trailing = False
        if self.pieces:
            if self.breaks:
                self.pieces.append("\n" * self.breaks)
            elif self.space:
                self.pieces.append(" ")
        self.pieces.append(piece)
        self.breaks, self.space = 0, trailing

    def text(self) -> str:
        """Return everything written."""
        lines = (line.rstrip() for line in "".join(self.pieces).replace("\xa0", " ").splitlines())
        return EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def nesting(html: str) -> int:
    """Return how deep elements are nested, counting those never closed."""
    depth = deepest = 0
    for closing in TAG.findall(html):
        depth += -1 if closing else 1
        deepest = max(deepest, depth)
    return deepest


def markdown_to_text(markdown: str) -> str:
    """Return the text of Markdown; code keeps its line breaks, raw HTML loses its marks."""
    return html_to_text(markdown_parser().render(markdown))


@cache
def markdown_parser() -> MarkdownIt:
    """Load the parser once."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])
