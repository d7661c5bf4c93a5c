"""Features: what is known of each candidate for one question, without a scale of its own, for the ranker.

Shares, rates and ratios mean the same in a team of ten and in a forum of ten thousand, so that what was learned in some
communities serves another.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from models.records import DocumentKind, Role
from recommender.expert_finding import ROLE_WEIGHTS, WEIGHTS, Intent
from recommender.indexes.columns import UNDATED
from recommender.retrieval import FoundDocument
from recommender.traces import ROLES, TraceView

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

_DAY: Final = 86_400_000_000
# An accepted answer counts somewhat more than another, as in the votes.
_ROLE_WEIGHTS: Final = np.array([ROLE_WEIGHTS.get(role, WEIGHTS[Intent.EXPERTISE].accepted) for role in ROLES])
_ASKED, _ACCEPTED = ROLES.index(Role.ASKED), ROLES.index(Role.ACCEPTED)
# Candidates taken for their activity alone, beside those the documents found speak for.
BUSIEST: Final = 40
# An undated trace counts as this old.
_UNDATED_DAYS: Final = 730.0
# What the share of a person without any trace is taken to be, so that logarithms are finite.
_FLOOR: Final = 1e-4
# The part of all evidence that a person's usual share weighs against what was found.
_DOUBT: Final = 0.15
# Longest memory of the activity measured in helps, and in days, in half-lives.
_HALF_LIVES_KEPT: Final = 8
_NEVER_DAYS: Final = 10_000.0
# Sums in another order differ further down, and what a viewer may not read must not even change the order of a sum.
_DECIMALS: Final = 9


class Facet(StrEnum):
    """What kind of reason a feature gives; see recommender.reasons."""

    EVIDENCE = "evidence"
    ACTIVITY = "activity"
    STANDING = "standing"
    ASKER = "asker"
    NAMED = "named"
    CONTEXT = "context"


class Feature(NamedTuple):
    """One column."""

    name: str
    facet: Facet
    monotone: int
    """1 where more can only help, -1 where it can only harm, 0 where the data decide."""


_E, _A, _S, _K = Facet.EVIDENCE, Facet.ACTIVITY, Facet.STANDING, Facet.ASKER
FEATURES: Final = (
    # Relevance of what speaks for a person, beside the best candidate: sums over threads, or the three best threads.
    Feature("words_top3", _E, 1),
    Feature("words_sharp", _E, 1),
    Feature("meaning_top3", _E, 1),
    Feature("meaning_sharp", _E, 1),
    Feature("fused_top3", _E, 1),
    Feature("fused_best", _E, 1),
    Feature("fused_sharp", _E, 1),
    Feature("fused_fading", _E, 1),
    Feature("words_alone", _E, 1),
    Feature("fused_sharp_60d", _E, 1),
    Feature("fused_sharp_365d", _E, 1),
    # All of it in one: what ranks people who know best by itself, on collections of papers, blogs and commits.
    Feature("subject", _E, 1),
    # The same on a scale that holds from one question to the next.
    Feature("cosine_best", _E, 1),
    Feature("cosine_top3", _E, 1),
    Feature("words_share_best", _E, 1),
    Feature("words_share_top3", _E, 1),
    # How often the person helped in similar threads, and by how much that exceeds their usual share (a logarithm).
    Feature("rate", _E, 1),
    Feature("rate_sharp", _E, 1),
    Feature("lift", _E, 1),
    Feature("lift_sharp", _E, 1),
    Feature("lift_meaning", _E, 1),
    Feature("accepted", _E, 1),
    Feature("focus", _E, 1),
    # Share of all helps, fading by half over so many helps of the organisation, or days.
    Feature("share_20h", _A, 1),
    Feature("share_100h", _A, 1),
    Feature("share_500h", _A, 1),
    Feature("share_10d", _A, 1),
    Feature("share_45d", _A, 1),
    Feature("share_180d", _A, 1),
    Feature("busiest_10d", _A, 1),
    Feature("busiest_180d", _A, 1),
    Feature("helps_since", _A, -1),
    Feature("days_since_help", _A, -1),
    Feature("days_since_trace", _A, -1),
    # Usual share and excess in similar threads together: the logarithm of what to expect.
    Feature("expected_20h", _E, 1),
    Feature("expected_100h", _E, 1),
    Feature("expected_45d", _E, 1),
    Feature("expected_180d", _E, 1),
    # Who the person is to the organisation.
    Feature("helps", _S, 0),
    Feature("tenure_days", _S, 0),
    Feature("gives", _S, 0),
    # Who helps whom.
    Feature("helped_asker", _K, 1),
    Feature("helped_asker_60d", _K, 1),
    Feature("beside_asker", _K, 0),
    Feature("helped_by_asker", _K, 0),
    Feature("named", Facet.NAMED, 1),
    # The same for every candidate of a question: they tell which of the others to trust.
    Feature("crowd", Facet.CONTEXT, 0),
    Feature("concentration", Facet.CONTEXT, 0),
    Feature("best_cosine", Facet.CONTEXT, 0),
)
NAMES: Final = tuple(feature.name for feature in FEATURES)


@dataclass(frozen=True, slots=True)
class Moment:
    """Which traces exist when a question is asked: those from `first` up to `last`, and the time of the newest."""

    first: int
    last: int
    time: int
    """Microseconds since 1970; ages are counted from here, so that an organisation that fell silent keeps its order."""

    @classmethod
    def of(cls, view: TraceView, span: tuple[int, int]) -> Moment:
        """Return the moment of a span of a view's rows."""
        first, last = span
        time = int(view.columns.times[last - 1]) if last > first else 0
        return cls(first, last, max(time, 0))


@dataclass(frozen=True, slots=True)
class Candidates:
    """The people considered for a question, with one row of features each."""

    persons: Places
    """Codes of the view, ascending."""
    matrix: Numbers
    """Shape (len(persons), len(FEATURES))."""
    share: Numbers
    """Each one's part of what was found, in [0, 1]; sharpened, so that the best documents weigh most."""
    rows: Places
    """The rows of the view that what was found speaks by."""
    relevance: Numbers
    """Of each of these rows."""

    def column(self, name: str) -> Numbers:
        """Return one feature."""
        values: Numbers = self.matrix[:, NAMES.index(name)]
        return values


def describe_candidates(
    view: TraceView,
    moment: Moment,
    found: Sequence[FoundDocument],
    asker: int | None = None,
    named: Collection[int] = (),
    everyone: bool = False,
    busiest: int = BUSIEST,
) -> Candidates:
    """Return who comes into question, and what is known of each.

    Candidates are those for whom a document found speaks, the most active, and those the question names; not the asker.

    Args:
        found: documents that match the question.
        asker: code of who asks, if known.
        named: codes of people whom the question names.
        everyone: take in everyone with a trace.
        busiest: how many to take for their activity alone, by each way of counting it.
    """
    votes = _gather_votes(view, moment, found)
    helps = _Helps.of(view, moment)
    pool = (
        np.unique(view.columns.persons[moment.first : moment.last]).astype(np.int64)
        if everyone
        else np.unique(np.concatenate([votes.persons, *_busiest(view, helps, busiest), np.array(sorted(named), int)]))
    )
    pool = pool[pool != asker] if asker is not None else pool
    at = np.full(len(view.person_ids), -1, np.int64)
    at[pool] = np.arange(len(pool))
    votes = votes.among(at)
    columns: dict[str, Numbers] = {}
    _add_activity(columns, view, moment, helps, pool)
    _add_evidence(columns, votes, len(pool), helps.total[pool])
    _add_asker(columns, view, moment, asker, pool)
    columns["named"] = np.isin(pool, list(named)).astype(np.float64)
    columns["best_cosine"] = np.full(len(pool), max((document.meaning for document in found), default=0.0))
    matrix = np.stack([columns[name] for name in NAMES], axis=1) if len(pool) else np.empty((0, len(NAMES)))
    sharp = _count(votes.persons, len(pool), votes.relevance**3)
    share = sharp / max(float(sharp.sum()), _FLOOR)
    return Candidates(pool, np.round(matrix, _DECIMALS), np.round(share, _DECIMALS), votes.rows, votes.row_relevance)


@dataclass(frozen=True, slots=True)
class _Votes:
    """What was found, by person and thread: a person has one vote in a thread, its best."""

    persons: Places
    relevance: Numbers
    cosines: Numbers
    words: Numbers
    days: Numbers
    """Age of the person's newest trace in the thread."""
    accepted: Numbers
    together: Numbers
    """How many traces the thread holds: one of many authors says less of each."""
    thread_relevance: Numbers
    """Of each thread found, whoever spoke in it."""
    thread_cosines: Numbers
    rows: Places
    """The rows that the votes are made of, and the relevance of each."""
    row_relevance: Numbers

    def among(self, at: Places) -> _Votes:
        """Return the votes for the candidates, with the place of each among them for the person."""
        kept = at[self.persons] >= 0
        return _Votes(
            at[self.persons[kept]],
            self.relevance[kept],
            self.cosines[kept],
            self.words[kept],
            self.days[kept],
            self.accepted[kept],
            self.together[kept],
            self.thread_relevance,
            self.thread_cosines,
            self.rows,
            self.row_relevance,
        )


def _gather_votes(view: TraceView, moment: Moment, found: Sequence[FoundDocument]) -> _Votes:
    """Let each document found vote for those behind it, and each question found for those who answered it."""
    known = [(code, f) for f in found if (code := view.document_code(f.document_id)) is not None]
    codes = np.array([code for code, _ in known], np.int64)
    values = np.array([(f.relevance, max(f.meaning, 0.0), f.words_share) for _, f in known]).reshape(-1, 3)
    is_question = np.array([f.kind == DocumentKind.QUESTION for _, f in known], np.bool_)
    own, place = view.by_document.of_codes(codes)
    below, question = view.by_thread.of_codes(codes[is_question])
    rows = np.concatenate([own, below])
    values = np.concatenate([values[place], values[is_question][question]])
    exists = (rows >= moment.first) & (rows < moment.last)
    rows, values = rows[exists], values[exists]
    columns = view.columns
    standing = _ROLE_WEIGHTS[columns.roles[rows]] * columns.weights[rows] * _quality(columns.scores[rows])
    keys, vote = np.unique(columns.persons[rows].astype(np.int64) << 32 | columns.threads[rows], return_inverse=True)
    best = _best(values * standing[:, None], vote, len(keys))
    times = np.full(len(keys), UNDATED)
    np.maximum.at(times, vote, columns.times[rows])
    accepted = np.zeros(len(keys))
    np.maximum.at(accepted, vote, (columns.roles[rows] == _ACCEPTED).astype(np.float64))
    threads, thread = np.unique(columns.threads[rows], return_inverse=True)
    of_threads = _best(values, thread, len(threads))
    return _Votes(
        keys >> 32,
        best[:, 0],
        best[:, 1],
        best[:, 2],
        _days(moment, times),
        accepted,
        np.diff(view.by_thread.starts)[keys & 0xFFFFFFFF].astype(np.float64),
        of_threads[:, 0],
        of_threads[:, 1],
        rows,
        values[:, 0],
    )


@dataclass(frozen=True, slots=True)
class _Helps:
    """Every help so far, oldest first: a person's first giving in a thread."""

    persons: Places
    times: Places
    total: Numbers
    """How many each person gave."""

    @classmethod
    def of(cls, view: TraceView, moment: Moment) -> _Helps:
        rows = view.help_rows
        rows = rows[np.searchsorted(rows, moment.first) : np.searchsorted(rows, moment.last)]
        persons = view.columns.persons[rows].astype(np.int64)
        return cls(persons, view.columns.times[rows], _count(persons, len(view.person_ids)))

    def fading_by_count(self, half_life: int) -> Numbers:
        """Return each person's share of all helps, each counting half of one so many helps later."""
        recent = self.persons[-half_life * _HALF_LIVES_KEPT :]
        weights = 0.5 ** (np.arange(len(recent))[::-1] / half_life)
        return _count(recent, len(self.total), weights) / max(float(weights.sum()), 1.0)

    def fading_by_day(self, half_life: int, now: int) -> Numbers:
        """Return each person's share of all helps, each counting half of one so many days later."""
        start = int(np.searchsorted(self.times, now - half_life * _HALF_LIVES_KEPT * _DAY))
        weights = 0.5 ** ((now - self.times[start:]) / (_DAY * half_life))
        return _count(self.persons[start:], len(self.total), weights) / max(float(weights.sum()), _FLOOR)


def _busiest(view: TraceView, helps: _Helps, size: int) -> list[Places]:
    """Return the codes of the most active people, lately and in all."""
    counts = (helps.total, helps.fading_by_count(20), helps.fading_by_count(100), helps.fading_by_count(500))
    return [_largest(count, view.person_ranks, size) for count in counts] if size else []


def _add_activity(columns: dict[str, Numbers], view: TraceView, moment: Moment, helps: _Helps, pool: Places) -> None:
    """Add how active each candidate is, lately and in all."""
    size = len(view.person_ids)
    for half_life in (20, 100, 500):
        columns[f"share_{half_life}h"] = helps.fading_by_count(half_life)[pool]
    for half_life in (10, 45, 180):
        columns[f"share_{half_life}d"] = helps.fading_by_day(half_life, moment.time)[pool]
    for half_life in (10, 180):
        columns[f"busiest_{half_life}d"] = _beside_best(columns[f"share_{half_life}d"])
    numbers = np.arange(len(helps.persons))
    last, first = np.full(size, -1, np.int64), np.full(size, -1, np.int64)
    last[helps.persons] = numbers
    first[helps.persons[::-1]] = numbers[::-1]
    helped = last[pool] >= 0
    times = np.append(helps.times, 0)  # so that -1 finds something
    since, tenure = _days(moment, times[last[pool]]), _days(moment, times[first[pool]])
    columns["helps_since"] = np.log1p(len(numbers) - 1 - np.where(helped, last[pool], -1))
    columns["days_since_help"] = np.log1p(np.where(helped, since, _NEVER_DAYS))
    columns["tenure_days"] = np.log1p(np.where(helped, tenure, 0.0))
    seen = view.columns.persons[moment.first : moment.last]
    newest = np.full(size, UNDATED)
    newest[seen] = view.columns.times[moment.first : moment.last]  # the last one wins, and it is the newest
    columns["days_since_trace"] = np.log1p(_days(moment, newest[pool]))
    roles = view.columns.roles[moment.first : moment.last]
    total = helps.total[pool]
    columns["helps"] = np.log1p(total)
    columns["gives"] = total / np.maximum(total + _count(seen[roles == _ASKED], size)[pool], 1.0)
    columns["crowd"] = np.full(len(pool), np.log1p(np.count_nonzero(helps.total)))
    share = np.sort(columns["share_100h"])
    columns["concentration"] = np.full(len(pool), share[-3:].sum())


def _add_evidence(columns: dict[str, Numbers], votes: _Votes, size: int, helps: Numbers) -> None:
    """Add what the documents found say of each candidate; after the activity, which it is weighed against."""
    top3 = {name: _top_mean(getattr(votes, name), votes.persons, size) for name in ("relevance", "cosines", "words")}
    sharp = votes.relevance**3
    columns["words_top3"] = _beside_best(top3["words"])
    words_sharp = (votes.words / max(float(votes.words.max(initial=0.0)), _FLOOR)) ** 3
    columns["words_sharp"] = _beside_best(_count(votes.persons, size, words_sharp))
    columns["words_alone"] = _beside_best(_count(votes.persons, size, words_sharp / np.sqrt(votes.together)))
    meaning_sharp = (votes.cosines / max(float(votes.cosines.max(initial=0.0)), _FLOOR)) ** 6
    columns["meaning_sharp"] = _beside_best(_count(votes.persons, size, meaning_sharp))
    columns["meaning_top3"] = _beside_best(top3["cosines"])
    columns["fused_top3"] = _beside_best(top3["relevance"])
    columns["fused_fading"] = _beside_best(_fading_sum(sharp, votes.persons, size))
    columns["fused_best"] = _largest_of(votes.relevance, votes.persons, size)
    columns["fused_sharp"] = _beside_best(_count(votes.persons, size, sharp))
    for half_life in (60, 365):
        fading = _count(votes.persons, size, sharp * 0.5 ** (votes.days / half_life))
        columns[f"fused_sharp_{half_life}d"] = _beside_best(fading)
    columns["cosine_best"] = _largest_of(votes.cosines, votes.persons, size)
    columns["cosine_top3"] = top3["cosines"]
    columns["words_share_best"] = _largest_of(votes.words, votes.persons, size)
    columns["words_share_top3"] = top3["words"]
    columns["accepted"] = _beside_best(_count(votes.persons, size, votes.accepted * votes.relevance))
    usual = helps / max(float(helps.sum()), 1.0)
    own = _count(votes.persons, size, votes.relevance)
    columns["rate"], columns["lift"] = _rate(own, votes.thread_relevance.sum(), usual)
    columns["rate_sharp"], columns["lift_sharp"] = _rate(
        _count(votes.persons, size, sharp), (votes.thread_relevance**3).sum(), usual
    )
    columns["lift_meaning"] = _rate(
        _count(votes.persons, size, votes.cosines**2), (votes.thread_cosines**2).sum(), usual
    )[1]
    columns["subject"] = (
        columns["words_alone"]
        + 0.3 * columns["words_top3"]
        + 0.3 * columns["fused_fading"]
        + 0.2 * columns["meaning_sharp"]
        + 0.1 * columns["lift_sharp"]
    )
    columns["focus"] = _beside_best(own / np.sqrt(1 + helps))
    for name in ("20h", "100h", "45d", "180d"):
        columns[f"expected_{name}"] = np.log(columns[f"share_{name}"] + _FLOOR) + 0.7 * columns["lift_sharp"]


def _add_asker(columns: dict[str, Numbers], view: TraceView, moment: Moment, asker: int | None, pool: Places) -> None:
    """Add who helped the asker before, and whom the asker helped."""
    for name in ("helped_asker", "helped_asker_60d", "beside_asker", "helped_by_asker"):
        columns[name] = np.zeros(len(pool))
    if asker is None or asker >= len(view.person_ids):
        return
    traces, size = view.columns, len(view.person_ids)
    rows = _existing(view.by_person.of_codes(np.array([asker]))[0], moment)
    asked = np.unique(traces.threads[rows[traces.roles[rows] == _ASKED]]).astype(np.int64)
    given = np.unique(traces.threads[rows[traces.roles[rows] != _ASKED]]).astype(np.int64)
    answers = _existing(view.by_thread.of_codes(asked)[0], moment)
    answers = answers[view.first_in_thread[answers]]
    fading = 0.5 ** (_days(moment, traces.times[answers]) / 60)
    columns["helped_asker"] = _count(traces.persons[answers], size)[pool] / max(len(asked), 1)
    columns["helped_asker_60d"] = np.log1p(_count(traces.persons[answers], size, fading)[pool])
    around = _existing(view.by_thread.of_codes(given)[0], moment)
    beside = around[view.first_in_thread[around]]
    columns["beside_asker"] = _count(traces.persons[beside], size)[pool] / max(len(given), 1)
    helped = around[traces.roles[around] == _ASKED]
    columns["helped_by_asker"] = np.log1p(_count(traces.persons[helped], size)[pool])


def _rate(own: Numbers, total: float, usual: Numbers) -> tuple[Numbers, Numbers]:
    """Return each one's part of what was found, and the logarithm of how far it exceeds their usual share.

    The usual share counts as a little evidence, so that one thread does not make an expert.
    """
    doubt = _DOUBT * max(total, _FLOOR)
    expected = (own + doubt * (usual + _FLOOR)) / (max(total, _FLOOR) + doubt)
    return own / max(total, _FLOOR), np.log(expected / (usual + _FLOOR))


def _quality(scores: npt.NDArray[np.floating]) -> Numbers:
    """Return how much readers' votes lift a document; see expert_finding.quality."""
    lifted: Numbers = np.where(
        scores >= 0, 1 + 0.05 * np.log1p(np.maximum(scores, 0)), 1 / (1 - 0.1 * np.minimum(scores, 0))
    )
    return lifted


def _top_mean(values: Numbers, groups: Places, size: int, count: int = 3) -> Numbers:
    """Return the mean of the largest values of each group, missing ones counting zero."""
    order = np.lexsort((-values, groups))
    ordered = groups[order]
    rank = np.arange(len(ordered)) - np.searchsorted(ordered, ordered)
    taken = rank < count
    return _count(ordered[taken], size, values[order][taken]) / count


def _fading_sum(values: Numbers, groups: Places, size: int) -> Numbers:
    """Return the sum of each group's values, largest first, each next one counting a tenth less."""
    order = np.lexsort((-values, groups))
    ordered = groups[order]
    rank = np.arange(len(ordered)) - np.searchsorted(ordered, ordered)
    return _count(ordered, size, values[order] * 0.9**rank)


def _best(values: Numbers, groups: Places, size: int) -> Numbers:
    best = np.zeros((size, values.shape[1]))
    np.maximum.at(best, groups, values)
    return best


def _largest_of(values: Numbers, groups: Places, size: int) -> Numbers:
    largest = np.zeros(size)
    np.maximum.at(largest, groups, values)
    return largest


def _largest(counts: Numbers, ranks: Places, size: int) -> Places:
    """Return the places of the largest counts above 0; of those that tie for the last place, the first by rank."""
    places = np.flatnonzero(counts)
    return places[np.lexsort((ranks[places], -np.round(counts[places], _DECIMALS)))[:size]]


def _count(groups: npt.NDArray[np.integer], size: int, weights: Numbers | None = None) -> Numbers:
    counts: Numbers = np.bincount(groups, weights, size).astype(np.float64, copy=False)
    return counts


def _beside_best(values: Numbers) -> Numbers:
    best = values.max(initial=0.0)
    relative: Numbers = values / best if best > 0 else np.zeros(len(values))
    return relative


def _existing(rows: Places, moment: Moment) -> Places:
    return rows[(rows >= moment.first) & (rows < moment.last)]


def _days(moment: Moment, times: Places) -> Numbers:
    """Return ages in days, at least 0."""
    days = np.maximum(moment.time - np.maximum(times, 0), 0) / _DAY
    return np.where(times == UNDATED, _UNDATED_DAYS, days)
