from datetime import UTC, date, datetime
from math import log
from typing import Any

import pytest

from models.access import Viewer
from models.errors import AmbiguousError, NotFoundError
from models.preferences import Preferences, change_preferences, hide_document
from models.records import (
    Circle,
    CommunityRecord,
    Contribution,
    DeclaredBy,
    DepartureRecord,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    MembershipRole,
    PersonRecord,
    Role,
)
from models.store import Store
from recommender.indexes.exact import ExactIndex
from recommender.indexing import update_index
from recommender.profiles import KEY_TERMS, Profile, read_profile
from tests.conftest import NOW, write

NOBODY = Viewer()
ANA = Viewer("t:ana")
MEMBER = Viewer("t:mia")


def day(number: int) -> datetime:
    return datetime(2026, 3, number, tzinfo=UTC)


def document(name: str, text: str, *authors: str, role: Role = Role.WROTE, **fields: Any) -> DocumentRecord:
    people = tuple(Contribution(person=author, role=role) for author in authors)
    return DocumentRecord(id=name, kind=DocumentKind.PAGE, text=text, language="fr", people=people, **fields)


# Four readable documents; "réseau" is in all of them. One more is closed.
RECORDS = [
    PersonRecord(id="ana", name="Ana Berger"),
    PersonRecord(id="ben", name="Ben Costa"),
    CommunityRecord(id="eau", name="Eau", protected=True),
    MembershipRecord(community="eau", person="mia"),
    MembershipRecord(community="eau", person="ana", role=MembershipRole.COACH, circle=Circle.INNER),
    document("a", "Purges réseau vanne", "ana", created_at=day(1)),
    document("b", "purge réseau gel purge 4012 4012", "ana", created_at=day(3)),
    document("c", "pompe réseau gel 4012", "ben", created_at=day(2)),
    document("d", "pompe réseau paie", "ben", created_at=day(4)),
    document("e", "vanne pompe", "ana", created_at=day(5), space="eau"),
]


@pytest.fixture
def town(sqlite_store: Store) -> Store:
    """What Ana and Ben wrote."""
    write(sqlite_store, [*RECORDS], source="t")
    return sqlite_store


def profile(store: Store, reference: str = "t:ana", viewer: Viewer = NOBODY) -> Profile:
    index = ExactIndex()
    update_index(store, index)
    with store.read() as session:
        return read_profile(session, index, viewer, reference, NOW)


def terms(found: Profile) -> list[tuple[str, int, float]]:
    return [(term.word, term.documents, term.score) for term in found.key_terms]


def test_key_terms_are_words_of_several_documents_that_are_rarer_elsewhere(town: Store) -> None:
    # In both of Ana's 2 documents and in 2 of the 4 passages: 2 ln(2/2 * 4/2). "réseau" is everywhere: 2 ln 1 = 0.
    # "vanne" and "gel" are in one document of hers, and numbers are no words.
    assert terms(profile(town)) == [("purge", 2, pytest.approx(2 * log(2), abs=1e-12))]
    assert terms(profile(town, "t:ben")) == [("pompe", 2, pytest.approx(2 * log(2), abs=1e-12))]


def test_key_terms_count_only_what_the_viewer_may_read(town: Store) -> None:
    # Inside the community Ana has 3 documents of 5: purge 2 ln(2/3 * 5/2), vanne 2 ln(2/3 * 5/2), réseau below 0.
    score = pytest.approx(2 * log(5 / 3), abs=1e-12)
    assert terms(profile(town, viewer=MEMBER)) == [("purge", 2, score), ("vanne", 2, score)]
    # Ben's pompe is now in 3 of 5, and réseau in 4 of 5.
    assert terms(profile(town, "t:ben", MEMBER)) == [("pompe", 2, score), ("réseau", 2, pytest.approx(2 * log(5 / 4)))]


def test_someone_with_one_document_has_its_words_as_key_terms(town: Store) -> None:
    write(town, [document("z", "La chaudière du réseau, une chaudière", "zoe")], source="t")
    # 5 passages now: chaudière ln(1/1 * 5/1), réseau ln(1 * 5/5) = 0.
    assert terms(profile(town, "t:zoe")) == [("chaudière", 1, pytest.approx(log(5), abs=1e-12))]


def test_a_key_term_is_spelt_as_the_person_spells_it_most(town: Store) -> None:
    write(town, [document("f", "L’Écluse, les écluses, l’écluse, écluses, écluses", "zoe")], source="t")
    assert [term.word for term in profile(town, "t:zoe").key_terms] == ["écluses"]


def test_a_key_term_loses_the_apostrophe_of_a_possessive(town: Store) -> None:
    record = document("f", "The lock's gate", "zoe").model_copy(update={"language": "en"})
    write(town, [record], source="t")
    assert [term.word for term in profile(town, "t:zoe").key_terms] == ["gate", "lock"]


def test_asking_is_no_knowing(town: Store) -> None:
    write(town, [document(f"q{n}", "chaudière", "ana", role=Role.ASKED) for n in range(3)], source="t")
    # Had asking counted, chaudière would be first: 3 of 5 documents, 3 of 7 passages.
    assert [term.word for term in profile(town).key_terms] == ["purge", "réseau"]


def test_at_most_fifteen_key_terms_are_kept_best_first(town: Store) -> None:
    words = [f"k{number:02}" for number in range(20)]
    write(town, [document("f", " ".join(words), "zoe"), document("g", words[0], "ben")], source="t")
    found = profile(town, "t:zoe").key_terms
    assert len(found) == KEY_TERMS == 15
    # Ben wrote the first word too: it scores ln(6 / 2) where the others score ln(6 / 1).
    assert [term.word for term in found] == words[1:16]


def test_someone_who_wrote_nothing_has_an_empty_profile(town: Store) -> None:
    write(town, [PersonRecord(id="new", name="Nina Neuve")], source="t")
    found = profile(town, "Nina Neuve")
    assert (found.person.name, found.roles, found.latest) == ("Nina Neuve", {}, None)
    assert (list(found.key_terms), list(found.evidence), list(found.communities)) == ([], [], [])


def test_roles_latest_trace_and_evidence_are_those_the_viewer_may_read(town: Store) -> None:
    write(town, [document("q", "gel", "ana", role=Role.ASKED, created_at=day(2))], source="t")
    outside, inside = profile(town), profile(town, viewer=MEMBER)
    assert outside.roles == {Role.WROTE: 2, Role.ASKED: 1}
    assert inside.roles == {Role.WROTE: 3, Role.ASKED: 1}
    assert (outside.latest, inside.latest) == (day(3), day(5))
    assert [item.document_id for item in outside.evidence] == ["t:b", "t:q", "t:a"]
    assert [item.document_id for item in inside.evidence] == ["t:e", "t:b", "t:q", "t:a"]


def test_communities_are_shown_to_those_who_may_read_them(town: Store) -> None:
    assert list(profile(town).communities) == []
    (place,) = profile(town, viewer=MEMBER).communities
    assert (place.community_id, place.name, place.role, place.circle) == (
        "t:eau",
        "Eau",
        MembershipRole.COACH,
        Circle.INNER,
    )


def test_preferences_and_an_unannounced_departure_are_for_the_person_alone(town: Store) -> None:
    leaving = date(2027, 1, 31)
    write(town, [DepartureRecord(person="ana", declared_by=DeclaredBy.SELF, earliest=leaving)], source="t")
    with town.write() as session:
        change_preferences(session, ANA, "t:ana", {"capacity_per_week": 2})
        hide_document(session, ANA, NOW.date(), "t:ana", "t:a")
    own = profile(town, viewer=ANA)
    assert own.preferences == Preferences(capacity_per_week=2, hidden_documents=("t:a",))
    assert own.person.leaves == (leaving, leaving)
    assert [item.document_id for item in own.evidence] == ["t:e", "t:b", "t:a"]
    for viewer in (NOBODY, Viewer("t:ben")):
        seen = profile(town, viewer=viewer)
        assert (seen.preferences, seen.person.leaves) == (None, None)
        assert [item.document_id for item in seen.evidence] == ["t:b"]
        assert seen.roles == {Role.WROTE: 1}


def test_a_profile_of_someone_unknown_hidden_or_ambiguous_says_so(town: Store) -> None:
    write(town, [PersonRecord(id="ana2", name="Ana Bergère"), document("x", "gel", "spy", space="eau")], source="t")
    with pytest.raises(NotFoundError, match="Nobody you may see is called 'spy'"):
        profile(town, "spy")
    assert profile(town, "spy", MEMBER).person.id == "t:spy"
    with pytest.raises(AmbiguousError, match=r"2 people match 'berg'"):
        profile(town, "berg")
