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

from models.records import Role
from recommender.activity import Activity, count_activity
from recommender.groups import Numbers, Places, beside_best, count, fading_sum, largest_of, top_mean
from recommender.moment import Moment
from recommender.retrieval import FoundDocument
from recommender.traces import ROLES, TraceView
from recommender.votes import Votes, gather_votes

_ASKED: Final = ROLES.index(Role.ASKED)
# Candidates taken for their activity alone, beside those the documents found speak for.
BUSIEST: Final = 40
# What the share of a person without any trace is taken to be, so that logarithms are finite.
_FLOOR: Final = 1e-4
# The part of all evidence that a person's usual share weighs against what was found.
_DOUBT: Final = 0.15
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


@dataclass(frozen=True, slots=True)
class Pool:
    """Who comes into question beside those for whom a document found speaks."""

    asker: int | None = None
    """Code of who asks, if known; never a candidate."""
    named: Collection[int] = ()
    """Codes of people whom the question names."""
    everyone: bool = False
    """Take in everyone with a trace."""
    busiest: int = BUSIEST
    """How many to take for their activity alone, by each way of counting it."""

    def codes(self, view: TraceView, moment: Moment, voted: Places, activity: Activity) -> Places:
        """Return the codes of all candidates, ascending."""
        if self.everyone:
            codes = np.unique(view.columns.persons[moment.first : moment.last]).astype(np.int64)
        else:
            named = np.array(sorted(self.named), np.int64)
            codes = np.unique(np.concatenate([voted, *activity.busiest(view, self.busiest), named]))
        return codes if self.asker is None else codes[codes != self.asker]


def describe_candidates(
    view: TraceView, moment: Moment, found: Sequence[FoundDocument], pool: Pool | None = None
) -> Candidates:
    """Return who comes into question, and what is known of each.

    Candidates are those for whom a document found speaks, the most active, and those the question names; not the asker.

    Args:
        found: documents that match the question.
    """
    pool = pool or Pool()
    votes = gather_votes(view, moment, found)
    activity = count_activity(view, moment)
    persons = pool.codes(view, moment, votes.persons, activity)
    at = np.full(len(view.person_ids), -1, np.int64)
    at[persons] = np.arange(len(persons))
    votes = votes.among(at)
    columns: dict[str, Numbers] = {}
    _add_activity(columns, activity, persons)
    _add_evidence(columns, votes, len(persons))
    _add_excess(columns, votes, activity.helps[persons])
    _add_asker(columns, view, moment, pool.asker, persons)
    columns["named"] = np.isin(persons, list(pool.named)).astype(np.float64)
    columns["best_cosine"] = np.full(len(persons), max((document.meaning for document in found), default=0.0))
    matrix = np.stack([columns[name] for name in NAMES], axis=1) if len(persons) else np.empty((0, len(NAMES)))
    sharp = count(votes.persons, len(persons), votes.relevance**3)
    share = sharp / max(float(sharp.sum()), _FLOOR)
    return Candidates(persons, np.round(matrix, _DECIMALS), np.round(share, _DECIMALS), votes.rows, votes.row_relevance)


def _add_activity(columns: dict[str, Numbers], activity: Activity, persons: Places) -> None:
    """Add how active each candidate is, lately and in all."""
    for name, shares in activity.shares.items():
        columns[f"share_{name}"] = shares[persons]
    for half_life in (10, 180):
        columns[f"busiest_{half_life}d"] = beside_best(columns[f"share_{half_life}d"])
    for name in ("helps_since", "days_since_help", "tenure_days", "days_since_trace", "helps"):
        columns[name] = np.log1p(getattr(activity, name)[persons])
    total = activity.helps[persons]
    columns["gives"] = total / np.maximum(total + activity.asked[persons], 1.0)
    columns["crowd"] = np.full(len(persons), np.log1p(activity.givers))
    share = np.sort(columns["share_100h"])
    columns["concentration"] = np.full(len(persons), share[-3:].sum())


def _add_evidence(columns: dict[str, Numbers], votes: Votes, size: int) -> None:
    """Add what the documents found say of each candidate."""
    people = votes.persons
    top3 = {name: top_mean(getattr(votes, name), people, size) for name in ("relevance", "cosines", "words")}
    sharp = votes.relevance**3
    columns["words_top3"] = beside_best(top3["words"])
    words_sharp = (votes.words / max(float(votes.words.max(initial=0.0)), _FLOOR)) ** 3
    columns["words_sharp"] = beside_best(count(people, size, words_sharp))
    columns["words_alone"] = beside_best(count(people, size, words_sharp / np.sqrt(votes.together)))
    meaning_sharp = (votes.cosines / max(float(votes.cosines.max(initial=0.0)), _FLOOR)) ** 6
    columns["meaning_sharp"] = beside_best(count(people, size, meaning_sharp))
    columns["meaning_top3"] = beside_best(top3["cosines"])
    columns["fused_top3"] = beside_best(top3["relevance"])
    columns["fused_fading"] = beside_best(fading_sum(sharp, people, size))
    columns["fused_best"] = largest_of(votes.relevance, people, size)
    columns["fused_sharp"] = beside_best(count(people, size, sharp))
    for half_life in (60, 365):
        fading = count(people, size, sharp * 0.5 ** (votes.days / half_life))
        columns[f"fused_sharp_{half_life}d"] = beside_best(fading)
    columns["cosine_best"] = largest_of(votes.cosines, people, size)
    columns["cosine_top3"] = top3["cosines"]
    columns["words_share_best"] = largest_of(votes.words, people, size)
    columns["words_share_top3"] = top3["words"]
    columns["accepted"] = beside_best(count(people, size, votes.accepted * votes.relevance))


def _add_excess(columns: dict[str, Numbers], votes: Votes, helps: Numbers) -> None:
    """Add how far what was found exceeds what each candidate usually gives; after activity and evidence."""
    people, size = votes.persons, len(helps)
    usual = helps / max(float(helps.sum()), 1.0)
    own = count(people, size, votes.relevance)
    columns["rate"], columns["lift"] = _rate(own, votes.thread_relevance.sum(), usual)
    sharp = count(people, size, votes.relevance**3)
    columns["rate_sharp"], columns["lift_sharp"] = _rate(sharp, (votes.thread_relevance**3).sum(), usual)
    meaning = count(people, size, votes.cosines**2)
    columns["lift_meaning"] = _rate(meaning, (votes.thread_cosines**2).sum(), usual)[1]
    columns["subject"] = (
        columns["words_alone"]
        + 0.3 * columns["words_top3"]
        + 0.3 * columns["fused_fading"]
        + 0.2 * columns["meaning_sharp"]
        + 0.1 * columns["lift_sharp"]
    )
    columns["focus"] = beside_best(own / np.sqrt(1 + helps))
    for name in ("20h", "100h", "45d", "180d"):
        columns[f"expected_{name}"] = np.log(columns[f"share_{name}"] + _FLOOR) + 0.7 * columns["lift_sharp"]


def _add_asker(
    columns: dict[str, Numbers], view: TraceView, moment: Moment, asker: int | None, persons: Places
) -> None:
    """Add who helped the asker before, and whom the asker helped."""
    for name in ("helped_asker", "helped_asker_60d", "beside_asker", "helped_by_asker"):
        columns[name] = np.zeros(len(persons))
    if asker is None or asker >= len(view.person_ids):
        return
    traces, size = view.columns, len(view.person_ids)
    rows = moment.existing(view.by_person.of_codes(np.array([asker]))[0])
    asked = np.unique(traces.threads[rows[traces.roles[rows] == _ASKED]]).astype(np.int64)
    given = np.unique(traces.threads[rows[traces.roles[rows] != _ASKED]]).astype(np.int64)
    answers = moment.existing(view.by_thread.of_codes(asked)[0])
    answers = answers[view.first_in_thread[answers]]
    fading = 0.5 ** (moment.days_since(traces.times[answers]) / 60)
    columns["helped_asker"] = count(traces.persons[answers], size)[persons] / max(len(asked), 1)
    columns["helped_asker_60d"] = np.log1p(count(traces.persons[answers], size, fading)[persons])
    around = moment.existing(view.by_thread.of_codes(given)[0])
    beside = around[view.first_in_thread[around]]
    columns["beside_asker"] = count(traces.persons[beside], size)[persons] / max(len(given), 1)
    helped = around[traces.roles[around] == _ASKED]
    columns["helped_by_asker"] = np.log1p(count(traces.persons[helped], size)[persons])


def _rate(own: Numbers, total: float, usual: Numbers) -> tuple[Numbers, Numbers]:
    """Return each one's part of what was found, and the logarithm of how far it exceeds their usual share.

    The usual share counts as a little evidence, so that one thread does not make an expert.
    """
    doubt = _DOUBT * max(total, _FLOOR)
    expected = (own + doubt * (usual + _FLOOR)) / (max(total, _FLOOR) + doubt)
    return own / max(total, _FLOOR), np.log(expected / (usual + _FLOOR))
