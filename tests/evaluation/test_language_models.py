from collections.abc import Iterator
from datetime import UTC, datetime
from math import log

import pytest

from evaluation.experiment import Query
from evaluation.language_models import CandidateModel, DocumentModel
from evaluation.past import Grounds
from evaluation.testbed import Testbed
from models.records import Contribution, DocumentKind, DocumentRecord, Role


def page(name: str, text: str, *people: str) -> DocumentRecord:
    parts = tuple(Contribution(person=person, role=Role.WROTE) for person in people)
    created = datetime(2020, 1, 1, tzinfo=UTC)
    return DocumentRecord(id=name, kind=DocumentKind.PAGE, text=text, language="en", created_at=created, people=parts)


@pytest.fixture
def pages() -> Iterator[Grounds]:
    records = [page("d1", "valve valve pump", "ann"), page("d2", "pump gate", "ann", "bob")]
    with Testbed.of_records(records, None) as testbed:
        yield Grounds(testbed)


def test_model_1_mixes_the_passages_of_a_person_before_it_reads_the_question(pages: Grounds):
    # p(valve) = 2/5. Ann has 5 words in 2 passages, Bob 2 in 1: β = 3.5.
    # Ann: 5/8.5 (2/3 + 0)/2 + 3.5/8.5 2/5 = 0.36078; Bob: 3.5/5.5 2/5 = 0.25455.
    ranking = CandidateModel(pages, smoothing=1, prior=0).rank(Query("q", "valve"), None)
    assert [name for name, _ in ranking] == ["testbed:ann", "testbed:bob"]
    assert ranking[0][1] - ranking[1][1] == pytest.approx(log(0.36078 / 0.25455), abs=1e-4)


def test_model_2_reads_the_question_in_each_passage_of_a_person(pages: Grounds):
    # β = 2.5. First passage: 3/5.5 2/3 + 2.5/5.5 2/5 = 0.54545; second: 2.5/4.5 2/5 = 0.22222.
    # Ann has both: 0.38384; Bob the second.
    ranking = DocumentModel(pages, smoothing=1, prior=0).rank(Query("q", "valve"), None)
    assert [name for name, _ in ranking] == ["testbed:ann", "testbed:bob"]
    assert ranking[0][1] - ranking[1][1] == pytest.approx(log(0.38384 / 0.22222), abs=1e-4)


def test_the_words_of_a_question_multiply(pages: Grounds):
    # Model 2, "valve gate": p(gate) = 1/5. First passage 0.54545 x 2.5/5.5 1/5 = 0.04959;
    # second 0.22222 x (2/4.5 1/2 + 2.5/4.5 1/5) = 0.07407. Ann 0.06183, Bob 0.07407.
    ranking = DocumentModel(pages, smoothing=1, prior=0).rank(Query("q", "valve gate"), None)
    assert [name for name, _ in ranking] == ["testbed:bob", "testbed:ann"]
    assert ranking[0][1] - ranking[1][1] == pytest.approx(log(0.07407 / 0.06183), abs=1e-3)


@pytest.mark.parametrize("model", [CandidateModel, DocumentModel])
def test_the_prior_is_how_much_a_person_gave(pages: Grounds, model: type[CandidateModel | DocumentModel]):
    # No word is known, so that only the prior tells: two passages against one.
    ranking = model(pages, prior=1).rank(Query("q", "zeppelin"), None)
    assert [name for name, _ in ranking] == ["testbed:ann", "testbed:bob"]
    assert ranking[0][1] - ranking[1][1] == pytest.approx(log(2), abs=1e-5)


@pytest.mark.parametrize("model", [CandidateModel, DocumentModel])
def test_a_question_speaks_for_who_answered_it_and_nothing_later_counts(
    grounds: Grounds, model: type[CandidateModel | DocumentModel]
):
    ranked = model(grounds, prior=0).rank(Query("q", "noisy", at=datetime(2020, 1, 5, tzinfo=UTC)), None)
    assert [name for name, _ in ranked] == ["testbed:bob"]
    later = model(grounds, prior=0).rank(Query("q", "noisy", at=datetime(2020, 1, 20, tzinfo=UTC)), None)
    assert later[-1][0] == "testbed:dora"
    assert len(later) == 3
