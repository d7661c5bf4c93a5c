"""Sentence boundaries, for cutting paragraphs that are longer than a passage."""

from __future__ import annotations

import re
from typing import Final

# The marks that end a sentence, with the quotes and brackets that may close after them.
_BOUNDARY: Final = re.compile(r"[.!?…][\"'»”’)\]]*\s+")
# A period after these or after a lone capital ends no sentence. Only the characters before it are looked at.
_ABBREVIATION: Final = re.compile(
    r"\b(?:[A-ZÀ-Ý]|MM|Mme|Mmes|Mlle|Dr|Me|Mr|Mrs|Ms|Ste?|art|al|pp?|nos?|vol|chap|fig|éd|cf|ex|e\.g|i\.e|vs|tél)\.$"
)
_LONGEST_ABBREVIATION: Final = 8


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the sentences of a text in French or English, as adjoining (start, end) that cover it all.

    Source: docs/decisions/0004-spacy-where-it-earns-its-cost.md tells why this is no spaCy pipeline.
    """
    cuts = [match.end() for match in _BOUNDARY.finditer(text) if _ends_sentence(text, match)]
    starts = [0, *cuts]
    return [(start, end) for start, end in zip(starts, [*cuts, len(text)], strict=True) if start < end]


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    after_mark = match.start() + 1
    if match.end() < len(text) and text[match.end()].islower():
        return False
    before = text[max(0, after_mark - _LONGEST_ABBREVIATION) : after_mark]
    return text[match.start()] != "." or _ABBREVIATION.search(before) is None
