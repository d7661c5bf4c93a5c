"""What is known of each candidate, counted by hand on small worlds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import log, log1p, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.access import Viewer
from models.queries.changes import TracedDocument
from models.queries.documents import list_space_ids
from models.records import AnyRecord, Contribution, DocumentKind, DocumentRecord, Role
from models.store import Store
from recommender import traces as traces_module
from recommender.features import FEATURES, NAMES, Candidates, Pool, describe_candidates
from recommender.moment import Moment
from recommender.retrieval import FoundDocument
from recommender.traces import Traces, TraceView
from tests.conftest import NOW, write

DAY = timedelta(days=1)
FLOOR, DOUBT = 1e-4, 0.15


def document(id_: str, person: str, role: Role, days_ago: float | None, **fields: object) -> DocumentRecord:
    kind = {Role.ASKED: DocumentKind.QUESTION, Role.WROTE: DocumentKind.PAGE}.get(role, DocumentKind.ANSWER)
    at = None if days_ago is None else NOW - days_ago * DAY
    return DocumentRecord(
        id=id_, kind=kind, title=id_, created_at=at, people=(Contribution(person=person, role=role),), **fields
    )


def thread(name: str, days_ago: float, asker: str, *answerers: str, accepted: str = "") -> list[AnyRecord]:
    """Return a question and its answers, each a day after what comes before."""
    answers = [
        document(
            f"{name}-{person}",
            person,
            Role.ACCEPTED if person == accepted else Role.ANSWERED,
            days_ago - n,
            thread=name,
        )
        for n, person in enumerate(answerers, start=1)
    ]
    return [document(name, asker, Role.ASKED, days_ago), *answers]


@dataclass
class World:
    """A store's traces, asked for features by the short names of people."""

    view: TraceView
    before: datetime | None = None
    people: list[str] = field(default_factory=list)

    def code(self, person: str) -> int:
        code = self.view.person_code(f"test:{person}")
        assert code is not None
        return code

    def describe(
        self, *found: FoundDocument, asker: str | None = None, named: Collection[str] = (), **options: Any
    ) -> Candidates:
        moment = Moment.of(self.view, self.view.span(self.before, NOW))
        asked = None if asker is None else self.code(asker)
        pool = Pool(asked, [self.code(name) for name in named], **options)
        result = describe_candidates(self.view, moment, found, pool)
        self.people = [self.view.person_ids[code].removeprefix("test:") for code in result.persons]
        return result

    def column(self, name: str, *found: FoundDocument, **options: Any) -> dict[str, float]:
        values = self.describe(*found, **options).column(name).tolist()
        return dict(zip(self.people, values, strict=True))


def world(store: Store, records: Sequence[AnyRecord], before: datetime | None = None) -> World:
    write(store, list(records))
    traces = Traces()
    with store.read() as session:
        traces.refresh(session)
        return World(traces.view(list_space_ids(session, Viewer(), NOW.date())), before)


def found(id_: str, relevance: float = 1.0, kind: DocumentKind = DocumentKind.ANSWER, **more: float) -> FoundDocument:
    return FoundDocument(f"test:{id_}", kind, relevance, 0, 10, **more)


THREADS = [
    *thread("q1", 10, "simon", "lucien", "carole"),  # helps 9 and 8 days ago
    *thread("q2", 6, "simon", "lucien", accepted="lucien"),  # 5 days ago
    *thread("q3", 4, "carole", "lucien"),  # 3 days ago
    *thread("q4", 2, "noah", "carole"),  # 1 day ago: the newest of all
]


@pytest.fixture
def small(sqlite_store: Store) -> World:
    return world(sqlite_store, THREADS)


def test_every_feature_has_its_own_name_and_a_direction() -> None:
    assert len(set(NAMES)) == len(FEATURES)
    assert {feature.monotone for feature in FEATURES} == {-1, 0, 1}


def test_helps_are_counted_once_a_thread(small: World) -> None:
    assert small.column("helps", everyone=True) == {
        "simon": 0,
        "lucien": pytest.approx(log1p(3), abs=1e-9),
        "carole": pytest.approx(log1p(2), abs=1e-9),
        "noah": 0,
    }


def test_the_share_of_helps_fades_by_half_over_so_many_helps(small: World) -> None:
    share = small.column("share_20h", everyone=True)
    # In order of time, with how many came after: lucien 4, carole 3, lucien 2, lucien 1, carole 0.
    weights = [0.5 ** (later / 20) for later in (4, 3, 2, 1, 0)]
    assert share["lucien"] == pytest.approx((weights[0] + weights[2] + weights[3]) / sum(weights), abs=1e-9)
    assert share["carole"] == pytest.approx((weights[1] + weights[4]) / sum(weights), abs=1e-9)
    assert (share["simon"], share["noah"]) == (0, 0)


def test_the_share_of_helps_fades_by_half_over_so_many_days_before_the_newest_trace(small: World) -> None:
    share = small.column("share_10d", everyone=True)
    # The newest trace is a day old, so helps are 8, 7, 4, 2 and 0 days old.
    lucien, carole = [0.5 ** (days / 10) for days in (8, 4, 2)], [0.5 ** (days / 10) for days in (7, 0)]
    assert share["lucien"] == pytest.approx(sum(lucien) / sum(lucien + carole), abs=1e-9)
    assert share["carole"] == pytest.approx(sum(carole) / sum(lucien + carole), abs=1e-9)
    beside = small.column("busiest_10d", everyone=True)
    assert beside["lucien"] == 1
    assert beside["carole"] == pytest.approx(sum(carole) / sum(lucien), abs=1e-8)


@pytest.mark.parametrize("name", ["share_20h", "share_100h", "share_500h", "share_10d", "share_45d", "share_180d"])
def test_the_shares_of_everyone_add_up_to_1(small: World, name: str) -> None:
    assert sum(small.column(name, everyone=True).values()) == pytest.approx(1, abs=1e-8)


def test_the_share_of_what_was_found_adds_up_to_1_and_is_sharpened(small: World) -> None:
    candidates = small.describe(found("q1-carole", 1.0), found("q2-lucien", 0.5), busiest=0)
    # An accepted answer counts 1.2: 1 against 0.6, to the third power.
    assert dict(zip(small.people, candidates.share.tolist(), strict=True)) == {
        "lucien": pytest.approx(0.216 / 1.216, abs=1e-9),
        "carole": pytest.approx(1 / 1.216, abs=1e-9),
    }


def test_how_long_ago_someone_helped_is_told_in_days_and_in_helps(small: World) -> None:
    days = small.column("days_since_help", everyone=True)
    assert (days["carole"], days["lucien"]) == (0, pytest.approx(log1p(2), abs=1e-9))
    # Someone who never did is far beyond.
    assert days["simon"] == days["noah"] == pytest.approx(log1p(10_000), abs=1e-9)
    assert small.column("helps_since", everyone=True) == {
        "simon": pytest.approx(log1p(5), abs=1e-9),
        "lucien": pytest.approx(log1p(1), abs=1e-9),
        "carole": 0,
        "noah": pytest.approx(log1p(5), abs=1e-9),
    }
    assert small.column("tenure_days", everyone=True) == {
        "simon": 0,
        "lucien": pytest.approx(log1p(8), abs=1e-9),
        "carole": pytest.approx(log1p(7), abs=1e-9),
        "noah": 0,
    }
    # Simon last asked six days ago, five before the newest trace; Noah's question is a day older than its answer.
    trace = small.column("days_since_trace", everyone=True)
    assert (trace["simon"], trace["noah"]) == (pytest.approx(log1p(5), abs=1e-9), pytest.approx(log1p(1), abs=1e-9))


def test_standing_says_how_much_one_gives_beside_what_one_asks(small: World) -> None:
    assert small.column("gives", everyone=True) == {
        "simon": 0,
        "lucien": 1,
        "carole": pytest.approx(2 / 3, abs=1e-9),
        "noah": 0,
    }


def test_context_is_the_same_for_every_candidate(small: World) -> None:
    candidates = small.describe(found("q1-carole", meaning=0.25), found("q2-lucien", meaning=0.75), everyone=True)
    assert candidates.column("crowd").tolist() == pytest.approx([log1p(2)] * 4, abs=1e-9)
    assert candidates.column("best_cosine").tolist() == [0.75] * 4
    assert candidates.column("concentration").tolist() == pytest.approx([1] * 4, abs=1e-8)


def test_who_helped_the_asker_is_counted_over_the_askers_questions(small: World) -> None:
    helped = small.column("helped_asker", asker="simon", everyone=True)
    # Of Simon's two questions, Lucien answered both and Carole one.
    assert helped == {"lucien": 1, "carole": 0.5, "noah": 0}
    lately = small.column("helped_asker_60d", asker="simon", everyone=True)
    assert lately["lucien"] == pytest.approx(log1p(0.5 ** (8 / 60) + 0.5 ** (4 / 60)), abs=1e-9)
    assert set(small.column("helped_asker", everyone=True).values()) == {0}


def test_who_helps_beside_the_asker_and_whom_the_asker_helped_are_counted(small: World) -> None:
    # Carole gave in two threads: Lucien did in one of them; Simon and Noah asked one each.
    assert small.column("beside_asker", asker="carole", everyone=True) == {"simon": 0, "lucien": 0.5, "noah": 0}
    assert small.column("helped_by_asker", asker="carole", everyone=True) == {
        "simon": pytest.approx(log(2), abs=1e-9),
        "lucien": 0,
        "noah": pytest.approx(log(2), abs=1e-9),
    }


def test_the_asker_is_no_candidate_whatever_speaks_for_them(small: World) -> None:
    small.describe(found("q1-carole"), asker="carole", named=["carole"], everyone=True)
    assert small.people == ["simon", "lucien", "noah"]
    small.describe(found("q1-carole"), asker="carole", named=["carole"])
    assert small.people == ["lucien"]


def test_activity_makes_candidates_only_where_it_is_asked_for(small: World) -> None:
    small.describe(found("q4-carole"), busiest=0)
    assert small.people == ["carole"]
    small.describe(found("q4-carole"), busiest=1)
    assert small.people == ["lucien", "carole"]
    small.describe(busiest=40)
    # Noah and Simon gave nothing.
    assert small.people == ["lucien", "carole"]


def test_equally_busy_people_are_taken_by_id(sqlite_store: Store) -> None:
    alike = [document(name, name, Role.WROTE, 3) for name in ("zoe", "ana", "max")]
    made = world(sqlite_store, [document("later", "zoe", Role.ASKED, 1), *alike])
    made.describe(busiest=1)
    # In all they tie; of what fades, the last in order counts most.
    assert made.people == ["zoe", "ana"]


def test_whom_the_question_names_is_a_candidate_and_marked(small: World) -> None:
    assert small.column("named", found("q4-carole"), named=["noah"], busiest=0) == {"carole": 0, "noah": 1}


def test_nothing_found_and_nobody_active_suggests_nobody(small: World) -> None:
    candidates = small.describe(busiest=0)
    assert (candidates.persons.tolist(), candidates.matrix.shape) == ([], (0, len(NAMES)))
    assert candidates.share.tolist() == []


def test_an_empty_store_suggests_nobody(sqlite_store: Store) -> None:
    assert world(sqlite_store, []).describe(found("x"), everyone=True).matrix.shape == (0, len(NAMES))


def test_a_document_found_that_is_unknown_here_speaks_for_nobody(small: World) -> None:
    small.describe(found("unknown"), busiest=0)
    assert small.people == []


def test_a_question_found_speaks_for_who_answered_and_little_for_who_asked(small: World) -> None:
    best = small.column("fused_best", found("q1", 0.8, DocumentKind.QUESTION), busiest=0)
    assert best == {"simon": pytest.approx(0.08), "lucien": pytest.approx(0.8), "carole": pytest.approx(0.8)}


def test_a_person_has_one_vote_in_a_thread_the_best(small: World) -> None:
    documents = found("q1", 0.9, DocumentKind.QUESTION), found("q1-lucien", 0.4)
    candidates = small.describe(*documents, busiest=0)
    lucien = small.people.index("lucien")
    assert candidates.column("fused_best")[lucien] == pytest.approx(0.9)
    # One vote, not two: with Carole's, equal and the best.
    assert candidates.column("fused_sharp")[lucien] == 1


def test_votes_beside_the_best_are_sums_of_cubes(small: World) -> None:
    documents = found("q1-lucien", 0.5), found("q3-lucien", 0.4), found("q4-carole", 0.8)
    lucien, carole = 0.5**3 + 0.4**3, 0.8**3
    assert small.column("fused_sharp", *documents, busiest=0) == {
        "lucien": pytest.approx(lucien / carole, abs=1e-9),
        "carole": 1,
    }
    fading = small.column("fused_fading", *documents, busiest=0)
    assert fading["lucien"] == pytest.approx((0.5**3 + 0.9 * 0.4**3) / carole, abs=1e-9)
    # Means of three, where a missing one counts 0.
    top = small.column("fused_top3", *documents, busiest=0)
    assert (top["lucien"], top["carole"]) == (1, pytest.approx(0.8 / 0.9, abs=1e-9))
    # q1 holds three traces, q3 and q4 two each.
    worded = [document._replace(words_share=document.relevance) for document in documents]
    alone = small.column("words_alone", *worded, busiest=0)
    assert alone["lucien"] == pytest.approx((0.5**3 / sqrt(3) + 0.4**3 / sqrt(2)) / (carole / sqrt(2)), abs=1e-9)
    # Eight and two days before the newest trace.
    recent = small.column("fused_sharp_60d", *documents, busiest=0)
    assert recent["lucien"] == pytest.approx((0.5**3 * 0.5 ** (8 / 60) + 0.4**3 * 0.5 ** (2 / 60)) / carole, abs=1e-9)


def test_words_and_meaning_are_told_on_their_own_scale_too(small: World) -> None:
    documents = found("q1-lucien", words_share=0.6, meaning=0.3), found("q4-carole", words_share=0.2, meaning=-0.1)
    assert small.column("words_share_best", *documents, busiest=0) == {"lucien": 0.6, "carole": 0.2}
    assert small.column("words_share_top3", *documents, busiest=0) == {
        "lucien": pytest.approx(0.2),
        "carole": pytest.approx(0.2 / 3, abs=1e-9),
    }
    # A negative cosine is as none.
    assert small.column("cosine_best", *documents, busiest=0) == {"lucien": 0.3, "carole": 0}


def test_an_accepted_answer_is_told_beside_the_best(small: World) -> None:
    documents = found("q2-lucien", 0.5), found("q4-carole", 0.5)
    assert small.column("accepted", *documents, busiest=0) == {"lucien": 1, "carole": 0}


def test_the_lift_says_how_far_someone_exceeds_their_usual_share(small: World) -> None:
    documents = found("q1-lucien", 0.6), found("q4-carole", 0.9)
    # Lucien gave three helps in five and Carole two; of what was found, 0.4 is his and 0.6 hers.
    lift = small.column("lift", *documents, busiest=0)

    def expected(own: float, usual: float) -> float:
        return log((own + DOUBT * 1.5 * (usual + FLOOR)) / (1.5 * (1 + DOUBT)) / (usual + FLOOR))

    assert lift == {
        "lucien": pytest.approx(expected(0.6, 0.6), abs=1e-9),
        "carole": pytest.approx(expected(0.9, 0.4), abs=1e-9),
    }
    assert lift["lucien"] < 0 < lift["carole"]
    assert small.column("rate", *documents, busiest=0) == {"lucien": pytest.approx(0.4), "carole": pytest.approx(0.6)}


def test_someone_of_whom_nothing_was_found_has_the_lowest_lift_and_no_rate(small: World) -> None:
    lift = small.column("lift_sharp", found("q4-carole"), everyone=True)
    assert lift["lucien"] == pytest.approx(log(DOUBT / (1 + DOUBT)), abs=1e-9)
    assert min(lift.values()) == lift["lucien"] == lift["noah"]
    assert small.column("rate", found("q4-carole"), everyone=True)["lucien"] == 0


def test_readers_votes_and_weights_count_as_in_the_voting(sqlite_store: Store) -> None:
    records = [document("a", "ana", Role.REVIEWED, 1, score=9), document("b", "ben", Role.WROTE, 1, score=-1)]
    best = world(sqlite_store, records).column("fused_best", found("a", 0.5), found("b", 0.5), busiest=0)
    assert best == {
        "ana": pytest.approx(0.5 * 0.8 * (1 + 0.05 * log(10)), abs=1e-7),
        "ben": pytest.approx(0.5 / 1.1, abs=1e-7),
    }


def test_before_a_moment_only_what_existed_counts(sqlite_store: Store) -> None:
    made = world(sqlite_store, THREADS, before=NOW - 4 * DAY)
    # q3 is asked at that very moment: it, its answer and q4 are not yet there.
    assert made.column("helps", everyone=True) == {
        "simon": 0,
        "lucien": pytest.approx(log1p(2), abs=1e-9),
        "carole": pytest.approx(log1p(1), abs=1e-9),
    }
    made.describe(found("q4-carole"), found("q3", kind=DocumentKind.QUESTION), busiest=0)
    assert made.people == []
    assert made.column("gives", everyone=True)["carole"] == 1


def test_undated_traces_count_as_two_years_old(sqlite_store: Store) -> None:
    made = world(sqlite_store, [document("a", "ana", Role.WROTE, None), document("b", "ben", Role.WROTE, 0)])
    assert made.column("days_since_help", everyone=True) == {"ana": pytest.approx(log1p(730), abs=1e-9), "ben": 0}
    recent = made.column("fused_sharp_365d", found("a"), found("b"), everyone=True)
    assert recent == {"ana": pytest.approx(0.25), "ben": 1}
    assert made.column("share_180d", everyone=True) == {"ana": 0, "ben": 1}


def test_where_nothing_is_dated_all_is_equally_old(sqlite_store: Store) -> None:
    made = world(sqlite_store, [document("a", "ana", Role.WROTE, None), document("b", "ben", Role.WROTE, None)])
    assert made.column("fused_sharp_60d", found("a"), found("b"), everyone=True) == {"ana": 1, "ben": 1}
    assert set(made.column("share_10d", everyone=True).values()) == {0}
    assert sum(made.column("share_100h", everyone=True).values()) == pytest.approx(1)


def test_a_future_date_is_not_yet_there(sqlite_store: Store) -> None:
    made = world(sqlite_store, [document("a", "ana", Role.WROTE, 5), document("b", "ben", Role.WROTE, -3)])
    assert made.column("helps", found("b"), everyone=True) == {"ana": pytest.approx(log(2), abs=1e-9)}


# A world by chance: documents of threads with people, roles, ages, scores and weights, and what was found of them.
PEOPLE = st.sampled_from([f"p{number}" for number in range(5)])
PARTS = st.tuples(PEOPLE, st.sampled_from(Role), st.floats(0.01, 10), st.none() | st.integers(-30_000, 4_000))
DOCUMENTS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from(DocumentKind),
        st.none() | st.floats(-1e300, 1e300),
        st.lists(PARTS, max_size=3, unique_by=lambda part: part[:2]),
    ),
    max_size=12,
)
FOUND = st.lists(
    st.tuples(st.integers(0, 12), st.floats(0, 1), st.floats(0, 1), st.floats(-1, 1)),
    max_size=8,
    unique_by=lambda item: item[0],
)


def chance_view(documents: Sequence[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch) -> TraceView:
    made = [
        TracedDocument(
            f"d{number}",
            number + 1,
            False,
            kind,
            f"d{thread}",
            "open",
            score,
            [(person, role, weight, None if day is None else NOW + day * DAY) for person, role, weight, day in parts],
        )
        for number, (thread, kind, score, parts) in enumerate(documents)
    ]
    with monkeypatch.context() as patch:
        patch.setattr(traces_module, "current_revision", lambda session: len(made))
        patch.setattr(traces_module, "stream_traces", lambda *arguments: iter([made] if made else []))
        patch.setattr(traces_module, "read_names", lambda session: {})
        traces = Traces()
        traces.refresh(None)  # type: ignore[arg-type]
    return traces.view(["open"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    documents=DOCUMENTS,
    retrieved=FOUND,
    asker=st.none() | PEOPLE,
    before=st.none() | st.integers(-31_000, 4_001),
    everyone=st.booleans(),
    busiest=st.sampled_from([0, 2]),
)
def test_every_feature_of_any_world_is_finite_and_shares_stay_shares(
    monkeypatch: pytest.MonkeyPatch,
    documents: list[tuple[Any, ...]],
    retrieved: list[tuple[int, float, float, float]],
    asker: str | None,
    before: int | None,
    everyone: bool,
    busiest: int,
) -> None:
    view = chance_view(documents, monkeypatch)
    moment = Moment.of(view, view.span(None if before is None else NOW + before * DAY, NOW))
    hits = [
        FoundDocument(f"d{number}", documents[number][1] if number < len(documents) else "page", r, 0, 1, words, cosine)
        for number, r, words, cosine in retrieved
    ]
    code = None if asker is None else view.person_code(asker)
    candidates = describe_candidates(view, moment, hits, Pool(code, (), everyone, busiest))
    assert candidates.matrix.shape == (len(candidates.persons), len(NAMES))
    assert np.isfinite(candidates.matrix).all()
    assert code not in candidates.persons
    shares = [candidates.share, *(candidates.column(name) for name in NAMES if name.startswith(("share_", "busiest")))]
    for values in (*shares, candidates.column("gives")):
        assert ((values >= 0) & (values <= 1 + 1e-9)).all()
    assert candidates.share.sum() <= 1 + 1e-6
