"""From the documents found to people in order, and who a question names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from models.access import Viewer
from models.queries.documents import list_space_ids
from models.records import AnyRecord, Contribution, DocumentKind, DocumentRecord, PersonRecord, Role
from models.store import Store
from recommender.expert_finding import Intent
from recommender.features import Facet
from recommender.ranker import Calibration, Ranker, Rankers
from recommender.ranking import Asking, Ranking, RankOptions, find_names, rank_people
from recommender.retrieval import FoundDocument
from recommender.traces import Traces, TraceView
from recommender.trees import Trees
from tests.conftest import NOW, write

DAY = timedelta(days=1)
ALIKE = Rankers.untrained().by_intent[Intent.EXPERTISE]
# Scores by how much words speak for someone: 0.5, and more from 0.4 on.
BY_WORDS = Ranker(
    Trees.parse(
        "feature_names=words_share_best\n\nTree=0\nsplit_feature=0\nthreshold=0.4\ndecision_type=2\n"
        "left_child=-1\nright_child=-2\nleaf_value=0 2\ninternal_value=1\n\nend of trees\n"
    ),
    Calibration(1.0, 0.0),
)


def wrote(person: str, days_ago: float = 1, thread: str | None = None) -> DocumentRecord:
    return DocumentRecord(
        id=f"{person}-{days_ago}",
        kind=DocumentKind.PAGE,
        created_at=NOW - days_ago * DAY,
        thread=thread,
        people=(Contribution(person=person, role=Role.WROTE),),
    )


def found(person: str, relevance: float = 1.0, words_share: float = 0.0, days_ago: float = 1) -> FoundDocument:
    return FoundDocument(f"test:{person}-{days_ago}", "page", relevance, 0, 1, words_share)


def view_of(store: Store, records: Sequence[AnyRecord]) -> TraceView:
    write(store, list(records))
    traces = Traces()
    with store.read() as session:
        traces.refresh(session)
        return traces.view(list_space_ids(session, Viewer(), NOW.date()))


def rank(
    view: TraceView,
    *documents: FoundDocument,
    ranker: Ranker = ALIKE,
    question: str = "vanne",
    asker: str | None = None,
    options: RankOptions | None = None,
) -> Ranking:
    return rank_people(view, ranker, Asking(question, asker, NOW), documents, options or RankOptions())


def names(ranking: Ranking) -> list[str]:
    return [person.person_id.removeprefix("test:") for person in ranking.people]


def test_people_come_by_score_then_by_what_was_found_then_by_id(sqlite_store: Store) -> None:
    view = view_of(sqlite_store, [wrote(name) for name in ("zoe", "ana", "max", "eva")])
    documents = found("zoe"), found("max", 0.5), found("ana", 0.5), found("eva", 0.2, words_share=0.9)
    assert names(rank(view, *documents, ranker=BY_WORDS)) == ["eva", "zoe", "ana", "max"]
    people = rank(view, *documents, ranker=BY_WORDS).people
    assert [person.score for person in people] == [pytest.approx(0.880797), 0.5, 0.5, 0.5]
    # Cubes: 1, 0.125 twice, and 0.008.
    assert [person.share for person in people] == pytest.approx(
        [0.008 / 1.258, 1 / 1.258, 0.125 / 1.258, 0.125 / 1.258]
    )


def test_facets_and_counts_are_those_of_the_person_in_the_row(sqlite_store: Store) -> None:
    view = view_of(sqlite_store, [wrote("ana"), wrote("zoe"), wrote("zoe", 2), wrote("zoe", 40)])
    ranking = rank(view, found("ana"), found("zoe", 0.2, words_share=0.9), ranker=BY_WORDS)
    assert names(ranking) == ["zoe", "ana"]
    assert [moved[Facet.EVIDENCE] for moved in ranking.facets(ranking.people)] == [1, -1]
    assert [ranking.helps_lately(person, 30) for person in ranking.people] == [2, 1]
    assert ranking.helps_lately(ranking.people[0], 39) == 3
    assert ranking.facets([]) == []


def test_helps_lately_are_those_before_the_question(sqlite_store: Store) -> None:
    view = view_of(sqlite_store, [wrote("zoe", days) for days in (1, 5, 9)])
    ranking = rank(view, found("zoe", days_ago=9), options=RankOptions(before=NOW - 4 * DAY))
    assert ranking.helps_lately(ranking.people[0], 30) == 2


def test_only_routing_takes_people_for_their_activity(sqlite_store: Store) -> None:
    view = view_of(sqlite_store, [wrote("ana"), wrote("zoe")])
    assert names(rank(view, found("ana"))) == ["ana"]
    assert names(rank(view, found("ana"), options=RankOptions(Intent.ROUTING))) == ["ana", "zoe"]
    assert names(rank(view, options=RankOptions(everyone=True))) == ["ana", "zoe"]
    assert names(rank(view)) == []


def test_who_asks_is_left_out_and_who_helped_them_is_known(sqlite_store: Store) -> None:
    asked = (Contribution(person="ana", role=Role.ASKED),)
    question = DocumentRecord(id="q", kind=DocumentKind.QUESTION, created_at=NOW - 9 * DAY, people=asked)
    view = view_of(sqlite_store, [question, wrote("zoe", thread="q"), wrote("max", 2), wrote("ana", 3)])
    documents = found("zoe"), found("max", days_ago=2), found("ana", days_ago=3)
    ranking = rank(view, *documents, asker="test:ana")
    assert {person.person_id: ranking.helped_asker(person) for person in ranking.people} == {
        "test:max": False,
        "test:zoe": True,
    }
    assert names(rank(view, *documents, asker="test:stranger")) == ["ana", "max", "zoe"]


NAMED = [
    PersonRecord(id="1", name="Carole Émond-Côté"),
    PersonRecord(id="2", name="Jean de la Tour"),
    PersonRecord(id="3", name="Lucien"),
    PersonRecord(id="4", name="jdupont2"),
    PersonRecord(id="5", name="Anne d’Amours"),
    *(wrote(str(number)) for number in range(1, 6)),
]


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Que dirait Carole Émond-Côté ?", ["1"]),
        ("que dirait CAROLE EMOND-CÔTÉ, au juste", ["1"]),
        ("Que dirait Carole E\N{COMBINING ACUTE ACCENT}mond-Co\N{COMBINING CIRCUMFLEX ACCENT}té ?", ["1"]),
        ("(Jean de la Tour, peut-être)", ["2"]),
        ("Jean de Tour", []),
        ("Carole sait-elle ? Et la Tour ?", []),
        ("Lucien le sait", []),
        ("demande à @JDupont2.", ["4"]),
        ("jdupont", []),
        ("Anne d’Amours et Jean de la Tour", ["2", "5"]),
        ("", []),
    ],
)
def test_a_question_names_people_by_full_name_or_by_a_handle_with_a_digit(
    sqlite_store: Store, question: str, named: list[str]
) -> None:
    view = view_of(sqlite_store, NAMED)
    assert [view.person_ids[code] for code in find_names(view, question)] == [f"test:{name}" for name in named]


def test_whom_a_question_names_comes_into_question(sqlite_store: Store) -> None:
    view = view_of(sqlite_store, NAMED)
    ranking = rank(view, question="Jean de la Tour le sait")
    assert names(ranking) == ["2"]
    assert ranking.candidates.column("named").tolist() == [1]


def test_whom_a_question_names_must_have_been_there_before_it(sqlite_store: Store) -> None:
    view = view_of(sqlite_store, [*NAMED, PersonRecord(id="9", name="Ana Roy"), wrote("9", 8)])
    ranking = rank(view, question="Jean de la Tour ou Ana Roy ?", options=RankOptions(before=NOW - 4 * DAY))
    assert names(ranking) == ["9"]
