"""Passages: the parts of a document that are embedded and searched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from recommender.sentences import sentence_spans

# About 150 words: one subject, near what encoders are trained on (128 to 256 tokens), and a snippet's worth of context.
TARGET_CHARS: Final = 1_000
# A document that is a little longer than the target stays whole, rather than leave a short, subjectless tail.
MAX_CHARS: Final = 1_500

_BLANK_LINES: Final = re.compile(r"\n[^\S\n]*\n\s*")
_LINE_ENDS: Final = re.compile(r"\n\s*")

Span = tuple[int, int]


def split_passages(text: str) -> list[Span]:
    """Return the passages of a text as (start, end) character offsets, in order and without overlap.

    A passage has at most MAX_CHARS; together they hold every character but the white space between them. Cuts are
    made between paragraphs, then lines, then sentences, then words. A text of white space gives one empty passage,
    so that a document with only a title has one.
    """
    whole = _trim(text, 0, len(text))
    if whole[0] == whole[1]:
        return [(0, 0)]
    pieces = list(_pieces(text, *whole, _CUTTERS))
    spans: list[Span] = []
    start, end = pieces[0]
    for piece_start, piece_end in pieces[1:]:
        if piece_end - start <= TARGET_CHARS or whole[1] - start <= MAX_CHARS:
            end = piece_end
        else:
            spans.append((start, end))
            start, end = piece_start, piece_end
    return [*spans, (start, end)]


def _pieces(text: str, start: int, end: int, cutters: tuple[Callable[[str], list[Span]], ...]) -> Iterator[Span]:
    """Yield trimmed parts of text[start:end] of at most MAX_CHARS, by the coarsest cutter that does."""
    start, end = _trim(text, start, end)
    if start == end:
        return
    if end - start <= MAX_CHARS:
        yield start, end
        return
    for part_start, part_end in cutters[0](text[start:end]):
        yield from _pieces(text, start + part_start, start + part_end, cutters[1:])


def _trim(text: str, start: int, end: int) -> Span:
    """Return the span without white space at its ends; empty at `start` when there is nothing else."""
    stripped = text[start:end].lstrip()
    if not stripped:
        return start, start
    start = end - len(stripped)
    return start, start + len(stripped.rstrip())


def _cut_at(boundary: re.Pattern[str]) -> Callable[[str], list[Span]]:
    def cut(text: str) -> list[Span]:
        cuts = [match.end() for match in boundary.finditer(text)]
        return list(zip([0, *cuts], [*cuts, len(text)], strict=True))

    return cut


def _cut_words(text: str) -> list[Span]:
    """Cut as late as MAX_CHARS allows: before a word, or anywhere in a text without spaces."""
    spans: list[Span] = []
    start = 0
    while len(text) - start > MAX_CHARS:
        latest = start + MAX_CHARS
        space = max(text.rfind(" ", start + 1, latest + 1), text.rfind("\t", start + 1, latest + 1))
        end = latest if space == -1 else space
        spans.append((start, end))
        start = end
    return [*spans, (start, len(text))]


_CUTTERS: Final = (_cut_at(_BLANK_LINES), _cut_at(_LINE_ENDS), sentence_spans, _cut_words)
