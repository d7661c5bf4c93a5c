"""Terms: the words and phrases of texts that could name a field of expertise."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from recommender.analysis import fold
from recommender.area_words import GREETINGS, WORDS, LabelWords
from recommender.stemming import stem_english, stem_french

_STEMMERS: Final = {"fr": stem_french, "en": stem_english}
# A word with what follows it; phrases end at anything but spaces.
_TOKEN: Final = re.compile(r"([^\W_]+(?:[-./+#][^\W_]+)*(?:\+\+|#)?)(['’]?)([^\w]*)")
# Code, addresses and marks of any pseudonym say nothing of a field.
_NOISE: Final = re.compile(
    r"```.*?```|`[^`]*`|https?://\S+|\S+@\S+|\[\w+\]|^\s*>.*$|^(?: {4}|\t).*$", re.MULTILINE | re.DOTALL
)
_MOST_CONTENT: Final = 3
_MOST_WORD_CHARS: Final = 30
# What a title or a tag says of its text's subject, beside the text.
IN_TITLE: Final = 3
IN_TAG: Final = 6
# Tags of some sources are written with dashes for spaces.
_TAG_DASHES: Final = re.compile(r"(?<=[^\W\d_]{3})[-_](?=[^\W\d_]{3})")


@dataclass(slots=True)
class Usage:
    """How a word is used in all texts of a language."""

    nouns: int = 0
    """Times after an article or the like."""
    verbs: int = 0
    """Times after a pronoun or the like."""
    names: int = 0
    """Times after a greeting, or alone on its line with a capital."""
    capitals: int = 0
    """Times with a capital within a sentence."""
    within: int = 0
    """Times within a sentence."""
    total: int = 0
    tags: int = 0
    """Times in a tag: people tag with nouns."""


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    folded: str
    stem: str
    """Empty for a word that cannot be part of a term."""
    joined: bool
    """Whether nothing but a space or an apostrophe parts it from the next."""


@dataclass(slots=True)
class TermTable:
    """The terms of the texts of one language, by text."""

    language: str
    usage: defaultdict[str, Usage] = field(default_factory=lambda: defaultdict(Usage))
    """By stem."""
    spellings: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By term: stems with a space between them."""
    tags: Counter[str] = field(default_factory=Counter)
    """How many texts have a term as a tag."""
    texts: list[Counter[str]] = field(default_factory=list)
    """For each text, its terms: 1 for one in the text, IN_TITLE for one in the title, IN_TAG for a tag."""
    _known: dict[str, tuple[str, str]] = field(default_factory=dict)
    """What each word as written is folded and stemmed; the stem empty where it cannot be part of a term."""

    def add(self, title: str, text: str, names: Collection[str], tags: Sequence[str] = ()) -> None:
        """Count one text.

        Args:
            names: folded words of people's names, which name no field.
        """
        found: Counter[str] = Counter()
        for part, weight in ((title, IN_TITLE), (_NOISE.sub(" . ", text), 1)):
            for line in part.splitlines():
                for term, spelling in self._terms(line, names):
                    found[term] = max(found[term], weight)
                    self.spellings[term][spelling] += weight
        for tag in tags:
            self._add_tag(tag, names, found)
        self.texts.append(found)

    def _add_tag(self, tag: str, names: Collection[str], found: Counter[str]) -> None:
        """Count a tag as one term, whole: not the words that it is made of."""
        words = list(self._words(_TAG_DASHES.sub(" ", tag), WORDS[self.language], names))
        stems = [word.stem for word in words if word.stem]
        if not stems or len(stems) > _MOST_CONTENT or any(char.isdigit() for char in tag):
            return
        for stem in stems:
            self.usage[stem].tags += 1
        term = " ".join(stems)
        found[term] = IN_TAG
        self.tags[term] += 1
        self.spellings[term][_TAG_DASHES.sub(" ", tag)] += IN_TAG

    def _terms(self, line: str, names: Collection[str]) -> Iterator[tuple[str, str]]:
        rules = WORDS[self.language]
        words = list(self._words(line, rules, names))
        self._count_usage(words, rules)
        for first, word in enumerate(words):
            if word.stem:
                yield from _from(words, first, rules)

    def _words(self, line: str, rules: LabelWords, names: Collection[str]) -> Iterator[_Word]:
        stem = _STEMMERS[self.language]
        for match in _TOKEN.finditer(line):
            text, apostrophe, after = match.groups()
            known = self._known.get(text)
            if known is None:
                folded = fold(text)
                usable = (
                    2 < len(folded) <= _MOST_WORD_CHARS
                    and not any(char.isdigit() for char in folded)
                    and folded not in rules.empty
                    and not folded.endswith(rules.verb_endings)
                    and not (folded in names and text[0].isupper())
                )
                known = self._known[text] = (folded, stem(folded) if usable else "")
            joined = after == "" if apostrophe else after == " "
            yield _Word(text + apostrophe, known[0], "" if apostrophe else known[1], joined)

    def _count_usage(self, words: Sequence[_Word], rules: LabelWords) -> None:
        for place, word in enumerate(words):
            if not word.stem:
                continue
            usage = self.usage[word.stem]
            usage.total += 1
            before = words[place - 1] if place else None
            usage.within += before is not None and before.joined
            # Not an acronym, and not the beginning of a sentence.
            usage.capitals += (
                before is not None and before.joined and word.text[:1].isupper() and not word.text.isupper()
            )
            if len(words) == 1 and word.text[0].isupper():
                usage.names += 1
            elif before is not None:
                usage.nouns += before.folded in rules.before_nouns
                usage.verbs += before.folded in rules.before_verbs
                usage.names += before.folded in GREETINGS and word.text[0].isupper()


def _from(words: Sequence[_Word], first: int, rules: LabelWords) -> Iterator[tuple[str, str]]:
    """Yield the terms that begin at a word, each with its spelling."""
    stems, spelling = [words[first].stem], words[first].text
    yield stems[0], spelling
    place, joined = first, words[first].joined
    while len(stems) < _MOST_CONTENT:
        place += 1
        pieces: list[str] = []
        while (
            joined
            and place < len(words)
            and not words[place].stem
            and words[place].text.lower().rstrip("'’") in rules.linkers
            and len(pieces) < 2
        ):
            pieces.append(words[place].text)
            joined = words[place].joined
            place += 1
        if not joined or place >= len(words) or not words[place].stem:
            return
        spelling = _spaced([spelling, *pieces, words[place].text])
        stems.append(words[place].stem)
        joined = words[place].joined
        # "rang 8" is a name, and "rang" without its number a part of one.
        cut = joined and place + 1 < len(words) and words[place + 1].folded.isdigit()
        if len(set(stems)) == len(stems) and not cut:
            yield " ".join(stems), spelling


def _spaced(parts: Sequence[str]) -> str:
    text = ""
    for part in parts:
        text += part if not text or text[-1] in "'’" else f" {part}"
    return text
