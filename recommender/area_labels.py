"""Labels: the terms that tell each area from the others, in French and in English."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Final

from recommender.area_terms import IN_TITLE, TermTable, Usage
from recommender.area_words import WORDS

KEPT_TERMS: Final = 10
LANGUAGES: Final = ("fr", "en")
# A phrase says more than its words, and comes less often.
_LENGTH_FACTORS: Final = {2: 2.2, 3: 2.6}
_TAG_LENGTH_FACTOR: Final = 1.4
_LOOSE: Final = 0.25
# As if each word had come so many more times without the others: two times together may be chance.
_SEEN: Final = 6
# French writes places and people with capitals; they name no field, unless nothing else does.
_PROPER: Final = 0.4
_CAPITAL_SHARE: Final = 0.8
_UNCERTAIN: Final = 0.6
# A word gives way to a phrase with it that this share of its texts hold.
_PHRASE_SHARE: Final = 0.35
# The average number of texts of an area times this is how many a term may be in before it says little.
_BREADTH: Final = 2.0
# A term must come back in so many texts of the area: half the square root of how many there are, and two.
_FEWEST_TEXTS: Final = 2
# Of the times a word stands after an article or a pronoun, how many must be after an article for it to be a noun.
_NOUN_SHARE: Final = 0.6
_FEWEST_SIGNS: Final = 3
_NAME_SHARE: Final = 0.15
# A second term joins the label when it scores at least this share of the first.
_SECOND_SHARE: Final = 0.45
_SECOND_SHARE_OF_WORD: Final = 0.25
# A term in this share of an area's texts names it alone.
_COVERS: Final = 0.6
# So many titles or tags must show what names an area, fewer where none does in any language: what only texts say may
# be one writer's words.
_SHOWN: Final = (2, 1, 0)
# Texts of another language make a label of their own when the area has this many.
_FEWEST_OF_LANGUAGE: Final = 4
_LEAST_OF_LANGUAGE: Final = 0.25


@dataclass(frozen=True, slots=True)
class LabelText:
    """What a label is made from: one text of an area."""

    cluster: int
    language: str
    title: str
    text: str
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class AreaLabel:
    """What an area is called, and what tells it from the others, best first."""

    label_fr: str
    label_en: str
    terms_fr: Sequence[str]
    terms_en: Sequence[str]


def label_areas(
    texts: Sequence[LabelText], clusters: int, names: Collection[str], check: Callable[[], None] = lambda: None
) -> list[AreaLabel]:
    """Return a label for each cluster; an area without texts of a language takes the label of the other.

    Terms are scored by class-based TF-IDF over how many texts of an area hold them.

    Args:
        names: folded words of the names of people.
        check: called between texts.

    Source: Grootendorst 2022, "BERTopic: Neural topic modeling with a class-based TF-IDF procedure", equation 2.
    """
    by_language = {language: _terms_of(texts, clusters, names, language, check) for language in LANGUAGES}
    labels = []
    taken: dict[str, set[str]] = {language: set() for language in LANGUAGES}
    for cluster in range(clusters):
        made: dict[str, tuple[str, list[str]]] = {}
        for least in _SHOWN:
            for language in LANGUAGES:
                terms = by_language[language][cluster]
                label = _label(terms, taken[language], least)
                if label:
                    made[language] = label, [term.spelling for term in terms]
            if made:
                break
        french = made.get("fr") or made.get("en") or (f"Domaine {cluster + 1}", [])
        english = made.get("en") or made.get("fr") or (f"Area {cluster + 1}", [])
        labels.append(AreaLabel(french[0], english[0], french[1], english[1]))
    return labels


@dataclass(frozen=True, slots=True)
class Term:
    """What may name an area."""

    score: float
    spelling: str
    stems: frozenset[str]
    texts: float
    """Share of the area's texts that hold it."""
    shown: int
    """How many have it in their title or their tags."""


def _terms_of(
    texts: Sequence[LabelText], clusters: int, names: Collection[str], language: str, check: Callable[[], None]
) -> list[list[Term]]:
    """Return the best terms of each cluster in a language, none where it has too few texts of it."""
    table = TermTable(language)
    own = [text for text in texts if text.language == language]
    for text in own:
        check()
        table.add(text.title, text.text, names, text.tags)
    held: list[Counter[str]] = [Counter() for _ in range(clusters)]
    weighed: list[Counter[str]] = [Counter() for _ in range(clusters)]
    sizes = Counter(text.cluster for text in own)
    texts_of = Counter(text.cluster for text in texts)
    shown: list[Counter[str]] = [Counter() for _ in range(clusters)]
    for text, terms in zip(own, table.texts, strict=True):
        held[text.cluster].update(terms.keys())
        shown[text.cluster].update(term for term, weight in terms.items() if weight >= IN_TITLE)
        weighed[text.cluster].update(terms)
    totals: Counter[str] = Counter()
    for counts in held:
        totals.update(counts)
    average = _BREADTH * len(own) / max(1, len(sizes))
    chosen: list[list[Term]] = []
    for cluster in range(clusters):
        fewest = max(_FEWEST_OF_LANGUAGE, _LEAST_OF_LANGUAGE * texts_of[cluster])
        if sizes[cluster] < min(fewest, texts_of[cluster] / 2):
            chosen.append([])
            continue
        least = max(_FEWEST_TEXTS, sqrt(sizes[cluster]) / 2)
        scored = [
            (
                count
                / sizes[cluster]
                * _rarity(held[cluster][term], totals[term], average)
                * _factor(term, table, totals),
                term,
            )
            for term, count in weighed[cluster].items()
            if held[cluster][term] >= least
        ]
        scored = sorted((item for item in scored if item[0] > 0), key=lambda item: (-item[0], item[1]))
        chosen.append(_diverse(scored, table, (held[cluster], shown[cluster]), sizes[cluster]))
    return chosen


def _rarity(held: int, total: int, average: float) -> float:
    """Return how well a term tells an area that holds it so often from the others: few texts do, most of them here."""
    return log(1 + average / total) * sqrt(held / total)


def _factor(term: str, table: TermTable, totals: Counter[str]) -> float:
    """Return what the form of a term makes of its score; 0 for what cannot be a name."""
    stems = term.split(" ")
    usages = [table.usage[stem] for stem in stems]
    if any(_share(usage.names, usage.total) >= _NAME_SHARE for usage in usages):
        return 0.0
    head = usages[0] if WORDS[table.language].head_first else usages[-1]
    if not _is_noun(head) or any(
        not usage.tags and _share(usage.verbs, usage.nouns + usage.verbs) > _NOUN_SHARE for usage in usages
    ):
        return 0.0
    certain = head.tags > 0 or head.nouns + head.verbs >= _FEWEST_SIGNS
    form = 1.0 if certain else _UNCERTAIN
    if table.language == "fr" and any(_share(usage.capitals, usage.within) >= _CAPITAL_SHARE for usage in usages):
        form *= _PROPER
    if table.tags[term] >= _FEWEST_TEXTS:
        # People call it so: what its words do elsewhere proves nothing.
        form *= _TAG_LENGTH_FACTOR if len(stems) > 1 else 1.0
    elif len(stems) > 1:
        # Words that hardly ever come without each other are one term; others only met.
        form *= _LENGTH_FACTORS[len(stems)] * min(
            1.0, totals[term] / (min(totals[stem] for stem in stems) + _SEEN) + _LOOSE
        )
    return form


def _is_noun(usage: Usage) -> bool:
    signs = usage.nouns + usage.verbs
    return usage.tags > 0 or signs < _FEWEST_SIGNS or usage.nouns >= _NOUN_SHARE * signs


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _diverse(
    scored: Sequence[tuple[float, str]], table: TermTable, counts: tuple[Counter[str], Counter[str]], texts: int
) -> list[Term]:
    """Return the best terms of which no two share a word; a word is shown within the phrase it mostly comes in.

    Args:
        counts: how many texts of the area hold each term, and how many have it in their title or tags.
    """
    held, shown = counts
    chosen: list[Term] = []
    for score, term in scored:
        if any(not other.stems.isdisjoint(term.split(" ")) for other in chosen):
            continue
        longer = (
            other
            for _, other in scored
            if len(other) > len(term)
            and f" {term} " in f" {other} "
            and held[other] >= _PHRASE_SHARE * held[term]
            and shown[other] >= _PHRASE_SHARE * shown[term]
            and all(kept.stems.isdisjoint(other.split(" ")) for kept in chosen)
        )
        best = next(longer, term)
        spelling = _spelling(table.spellings[best])
        chosen.append(Term(score, spelling, frozenset(best.split(" ")), held[best] / texts, shown[best]))
        if len(chosen) == KEPT_TERMS:
            break
    return chosen


def _spelling(spellings: Counter[str]) -> str:
    """Return the most frequent spelling, in lower case unless it is nearly always written otherwise."""
    total = sum(spellings.values())
    lower = Counter({spelling: count for spelling, count in spellings.items() if spelling == spelling.lower()})
    among = lower if sum(lower.values()) >= 0.2 * total else spellings
    return max(among.items(), key=lambda item: (item[1], item[0]))[0]


def _label(terms: Sequence[Term], taken: set[str], least: int) -> str:
    """Return a label that no other area has: the best term, with the next where it alone covers too little.

    Args:
        least: titles or tags that must show each term; a language without such a term gives no label.
    """
    parts = [term for term in terms if term.shown >= least]
    if not parts:
        return ""
    share = _SECOND_SHARE if len(parts[0].stems) > 1 else _SECOND_SHARE_OF_WORD
    second = next((term for term in parts[1:] if term.score >= share * parts[0].score), None)
    tried = [parts[:1]] if second is None or parts[0].texts >= _COVERS else [[parts[0], second]]
    rest = [term for term in terms if term not in parts]
    tried += [[*parts, *rest][:count] for count in range(2, len(terms) + 1)]
    label = ""
    for some in tried:
        label = ", ".join(term.spelling for term in some)
        if label.lower() not in taken:
            break
    taken.add(label.lower())
    return label[:1].upper() + label[1:]
