"""Snippets: the part of a text that shows why it was found, with the matching words marked."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from recommender.analysis import highlight_spans
from recommender.indexes.index import WordQuery

# About two lines of a terminal or a card.
SNIPPET_LENGTH = 240
# Words are looked for this far into a text; a snippet deeper than that is no better.
SCANNED_LENGTH = 6_000
# A longer word at the edge of a snippet is shown in part rather than left out.
LONGEST_CUT = 30

WHITE = re.compile(r"\s+")


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
    if not text[start:end].strip():  # a passage of the title alone, or of a longer text indexed earlier
        start, end = 0, None
    passage = text[start:end][:SCANNED_LENGTH]
    spans = highlight_spans(passage, words, language)
    first = best_window(spans, len(passage))
    last = min(first + SNIPPET_LENGTH, len(passage))
    first, last = trim(passage, *whole_words(passage, first, last))
    head = "… " if text[: start + first].strip() else ""
    tail = " …" if text[start + last :].strip() else ""
    highlights = []
    for a, b in spans:
        if a >= first and b <= last:
            start = len(head) + len(squeeze(passage[first:a]))
            highlights.append((start, start + b - a))
    return Snippet(head + squeeze(passage[first:last]) + tail, highlights)


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
        after = range(first, min(first + LONGEST_CUT, last))
        first = next((place for place in after if text[place].isspace()), first)
    if last < len(text) and not text[last].isspace():
        before = range(last - 1, max(last - LONGEST_CUT, first), -1)
        last = next((place for place in before if text[place].isspace()), last)
    return first, last


def trim(text: str, first: int, last: int) -> tuple[int, int]:
    """Return the window without the white space at its ends."""
    first += len(text[first:last]) - len(text[first:last].lstrip())
    return first, first + len(text[first:last].rstrip())


def squeeze(text: str) -> str:
    """Return the text with every run of white space as one space."""
    return WHITE.sub(" ", text)
