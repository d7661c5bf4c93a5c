"""Snippets: the part of a text that shows why it was found, with the matching words marked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from recommender.analysis import highlight_spans
from recommender.indexes.index import WordQuery

# About two lines of a terminal or a card.
SNIPPET_LENGTH = 240
# Words are looked for this far into a text; a snippet deeper than that is no better.
SCANNED_LENGTH = 6_000


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of text on one line, and where the words of the question stand in it."""

    text: str
    highlights: Sequence[tuple[int, int]]
    """Character spans in `text`, in order."""


def make_snippet(text: str, words: WordQuery, language: str | None, start: int = 0, end: int | None = None) -> Snippet:
    """Return the window of a passage that holds the most words of the question.

    Args:
        start: first character of the passage in the text; `end`: after its last.
    """
    passage = text[start:end][:SCANNED_LENGTH]
    spans = highlight_spans(passage, words, language)
    first = best_window(spans, len(passage))
    last = min(first + SNIPPET_LENGTH, len(passage))
    first, last = whole_words(passage, first, last)
    head = "… " if start + first > 0 else ""
    tail = " …" if start + last < len(text) else ""
    body, positions = squeeze(passage[first:last])
    highlights = [
        (positions[a - first] + len(head), positions[b - first - 1] + 1 + len(head))
        for a, b in spans
        if a >= first and b <= last
    ]
    return Snippet(head + body + tail, highlights)


def best_window(spans: Sequence[tuple[int, int]], length: int) -> int:
    """Return where to start a window that covers the most highlighted words; a little before the first of them."""
    if not spans or length <= SNIPPET_LENGTH:
        return 0
    starts = [span[0] for span in spans]
    covered = [bisect_left(starts, start + SNIPPET_LENGTH) - rank for rank, start in enumerate(starts)]
    chosen = starts[max(range(len(starts)), key=lambda rank: (covered[rank], -rank))]
    return min(max(chosen - SNIPPET_LENGTH // 6, 0), max(length - SNIPPET_LENGTH, 0))


def whole_words(text: str, first: int, last: int) -> tuple[int, int]:
    """Return the window without the halves of words at its ends."""
    if first > 0 and not text[first - 1].isspace():
        cut = text.find(" ", first, first + 30)
        first = cut + 1 if cut >= 0 else first
    if last < len(text) and not text[last].isspace():
        cut = text.rfind(" ", last - 30, last)
        last = cut if cut > first else last
    return first, last


def squeeze(text: str) -> tuple[str, list[int]]:
    """Return the text with every run of white space as one space, and the new position of every character."""
    kept: list[str] = []
    positions: list[int] = []
    for character in text:
        blank = character.isspace()
        if blank and kept and kept[-1] == " ":
            positions.append(len(kept) - 1)
            continue
        positions.append(len(kept))
        kept.append(" " if blank else character)
    return "".join(kept), positions
