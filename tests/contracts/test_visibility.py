"""What nobody may see: random spaces, memberships and viewers, every way in, against an oracle and a twin store."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from api.cli.main import app as command_line
from api.settings import Settings
from api.wiring import Service, create_service
from models.access import Viewer, forget_remembered
from models.errors import UserError
from models.paging import Page, PageRequest
from models.queries.communities import list_communities, list_members
from models.queries.documents import (
    DocumentFilters,
    list_documents,
    read_answers,
    read_document,
    read_people_behind,
)
from models.queries.people import PeopleFilters, list_people, read_filter_choices, read_person
from models.records import (
    AnyRecord,
    CommunityRecord,
    Contribution,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    PersonRecord,
    Role,
)
from models.store import SQLITE_NAME
from models.writing import Writer
from tests.api.calling import client_of

WORDS = ("pompe", "vanne", "gel", "paie", "lot", "nuit", "archive", "pont")
COMMUNITIES = ("c0", "c1", "c2")
EMPLOYEES = ("e0", "e1", "e2", "e3")
OUTSIDERS = ("x0", "x1")  # authors whom no directory describes
START = datetime(2024, 1, 1, tzinfo=UTC)
KINDS = {DocumentKind.PRACTICE: Role.WROTE, DocumentKind.QUESTION: Role.ASKED, DocumentKind.ANSWER: Role.ANSWERED}

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)


@dataclass(frozen=True)
class World:
    """An organisation: who is in which protected community, and what was written where by whom."""

    protected: frozenset[str]
    members: frozenset[tuple[str, str]]
    documents: tuple[DocumentRecord, ...]

    def records(self) -> list[AnyRecord]:
        people = [PersonRecord(id=person, name=f"Employee {person}", skills=("pont",)) for person in EMPLOYEES]
        communities = [
            CommunityRecord(id=community, name=f"Community {community}", protected=community in self.protected)
            for community in COMMUNITIES
        ]
        members = [MembershipRecord(community=community, person=person) for community, person in sorted(self.members)]
        return [*people, *communities, *members, *self.documents]

    def readable(self, document: DocumentRecord, viewer: str | None) -> bool:
        if document.space == "private":
            return document.people[0].person == viewer
        return document.space not in self.protected or (document.space, viewer) in self.members

    def known_to(self, viewer: str | None) -> World:
        """Return the world without the places that the viewer may not know of."""
        own = {community for community, person in self.members if person == viewer}
        known = {place for place in self.members if place[0] not in self.protected or place[0] in own}
        return replace(self, members=frozenset(known))

    def seen_by(self, viewer: str | None) -> World:
        return replace(self, documents=tuple(d for d in self.documents if self.readable(d, viewer)))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    documents = []
    for number in range(draw(st.integers(3, 9))):
        kind = draw(st.sampled_from(list(KINDS)))
        author = Contribution(person=draw(st.sampled_from(EMPLOYEES + OUTSIDERS)), role=KINDS[kind])
        documents.append(
            DocumentRecord(
                id=f"d{number}",
                kind=kind,
                title=draw(texts),
                text=draw(texts),
                language="fr",
                space=draw(st.sampled_from(["organisation", "private", *COMMUNITIES])),
                thread=draw(st.sampled_from([None, "d0", "d1"])) if kind is DocumentKind.ANSWER else None,
                created_at=START + timedelta(days=number),
                people=(author,),
            )
        )
    memberships = st.tuples(st.sampled_from(COMMUNITIES), st.sampled_from(EMPLOYEES))
    return World(
        draw(st.frozensets(st.sampled_from(COMMUNITIES))),
        draw(st.frozensets(memberships, max_size=5)),
        tuple(documents),
    )


@contextmanager
def loaded(world: World, template: Path, *, index: bool = True) -> Iterator[Service]:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(template, Path(folder) / SQLITE_NAME)
        with create_service(Settings(home=Path(folder))) as service:
            with service.store.write() as session:
                assert Writer(session, "w").write(world.records()).refused == []
            if index:
                service.update_index()
                service.update_areas()
            yield service


def ask_command(service: Service, *arguments: str) -> Any:
    result = CliRunner().invoke(command_line, list(arguments), env={"RELEVE_HOME": str(service.settings.home)})
    return json.loads(result.stdout) if result.exit_code == 0 else f"exit {result.exit_code}: {result.exception}"


def every_answer(service: Service, viewer: str | None, question: str) -> dict[str, Any]:
    """Everything the product says to this viewer, from every command and endpoint that reads."""
    as_viewer = ["--as", f"w:{viewer}"] if viewer else []
    said: dict[str, Any] = {"status": ask_command(service, "status", "--json", *as_viewer)}
    for intent in ("expertise", "routing"):
        said[f"ask {intent}"] = ask_command(service, "ask", question, "--json", "--intent", intent, *as_viewer)
    for person in EMPLOYEES + OUTSIDERS:
        said[f"person {person}"] = ask_command(service, "person", f"w:{person}", "--json", *as_viewer)
    with client_of(service) as client:
        body = {"query": question, "viewer": f"w:{viewer}" if viewer else None}
        said["rest"] = client.post("/v1/experts/search", json=body).json()
    said |= every_reading(service, viewer, question)
    for answer in said.values():
        if isinstance(answer, dict):
            for changing in ("took_ms", "home", "database", "last_import", "request_id"):
                answer.pop(changing, None)
    return said


def every_reading(service: Service, viewer: str | None, question: str) -> dict[str, Any]:
    """Everything that the API reads for this viewer; who read what, and when, is not of this world."""
    people = [
        f"/v1/people/w:{person}{part}" for person in EMPLOYEES + OUTSIDERS for part in ("", "/evidence", "/areas")
    ]
    documents = [f"/v1/documents/w:d{n}{part}" for n in range(9) for part in ("", "/people", "/answers")]
    communities = [f"/v1/communities/w:{id_}{part}" for id_ in COMMUNITIES for part in ("", "/members", "/requests")]
    lists = [
        "/v1/people?limit=2",
        "/v1/people?community=w:c0",
        "/v1/people/filters",
        "/v1/documents?limit=3",
        "/v1/documents?open=true",
        "/v1/documents?community=w:c0",
        "/v1/documents?person=w:e0",
        "/v1/communities",
        "/v1/areas",
        "/v1/areas/area:1",
        "/v1/areas/area:1/documents",
        "/v1/people?area=area:1",
        "/v1/me",
        "/v1/me/preferences",
        "/v1/me/departure",
        "/v1/solicitations",
        "/v1/endorsements",
    ]
    settings = service.settings
    service.settings = settings.model_copy(update={"user": f"w:{viewer}" if viewer else None})
    try:
        with client_of(service) as client:
            said = {path: client.get(path).json() for path in (*lists, *people, *documents, *communities)}
            for path in ("/v1/practices/search", "/v1/questions/search"):
                said[path] = client.post(path, json={"query": question}).json()
            said["/v1/suggest"] = client.post("/v1/suggest", json={"draft": question}).json()
    finally:
        service.settings = settings
    return said


def document_ids(said: Any) -> set[str]:
    if isinstance(said, dict):
        own = {said["document_id"]} if "document_id" in said else set()
        return own.union(*(document_ids(value) for value in said.values()))
    if isinstance(said, list):
        return set().union(*(document_ids(value) for value in said))
    return set()


def check_every_answer(template: Path, world: World, viewer: str | None, question: str) -> None:
    """Fail where an answer holds, or betrays, what its viewer may not read."""
    allowed = {f"w:{d.id}" for d in world.documents if world.readable(d, viewer)}
    allowed |= {f"w:profile/{person}" for person in EMPLOYEES}
    with loaded(world, template) as service:
        said = every_answer(service, viewer, question)
    assert document_ids(said) <= allowed
    # The same organisation without what the viewer may not read gives the same answers, to the last count and score.
    with loaded(world.seen_by(viewer), template) as twin:
        assert every_answer(twin, viewer, question) == said


worlds_read = given(world=worlds(), viewer=st.sampled_from([None, *EMPLOYEES]), question=texts)
quietly = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@pytest.mark.slow
@settings(max_examples=3, **quietly)
@worlds_read
def test_no_answer_holds_or_betrays_what_its_viewer_may_not_read(
    sqlite_template: Path, world: World, viewer: str | None, question: str
) -> None:
    check_every_answer(sqlite_template, world, viewer, question)


@pytest.mark.thorough
@settings(max_examples=15, **quietly)
@worlds_read
def test_no_answer_betrays_anything_in_many_worlds(
    sqlite_template: Path, world: World, viewer: str | None, question: str
) -> None:
    check_every_answer(sqlite_template, world, viewer, question)


@pytest.fixture
def rules_restored() -> Iterator[None]:
    """Clauses made while a test changes a rule are forgotten after it."""
    yield
    forget_remembered()


@pytest.mark.usefixtures("rules_restored")
@pytest.mark.parametrize("leak", ["space", "count"])
def test_the_oracle_sees_a_leak(sqlite_template: Path, leak: str, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = tuple(
        DocumentRecord(
            id=id_,
            kind=DocumentKind.PRACTICE,
            title=word,
            language="fr",
            space=space,
            people=(Contribution(person="e0", role=Role.WROTE),),
        )
        for id_, word, space in (("d0", "pompe", "c0"), ("d1", "pompe", None), ("d2", "gel", None))
    )
    world = World(frozenset({"c0"}), frozenset(), documents)
    show_everything(monkeypatch, leak)
    with loaded(world, sqlite_template) as service:
        said = every_answer(service, None, "pompe gel")
    with loaded(world.seen_by(None), sqlite_template) as twin:
        assert every_answer(twin, None, "pompe gel") != said


def every_listing(service: Service, viewer_name: str | None) -> dict[str, Any]:
    """Everything the listings say to this viewer."""
    viewer, today, everything = Viewer(viewer_name and f"w:{viewer_name}"), date(2026, 6, 15), PageRequest(limit=200)
    with service.store.read() as session:

        def found(listing: Callable[..., Any], *arguments: Any) -> Any:
            try:
                page = listing(session, viewer, today, *arguments)
            except UserError as error:
                return str(error)
            return page.items if isinstance(page, Page) else page

        said = {"people": found(list_people, PeopleFilters(), everything), "choices": found(read_filter_choices)}
        said["communities"] = found(list_communities, everything)
        for open_only in (False, True):
            said[f"documents {open_only}"] = found(list_documents, DocumentFilters(open_only=open_only), everything)
        for community in (f"w:{name}" for name in COMMUNITIES):
            said[f"members {community}"] = found(list_members, community, everything)
            said[f"people {community}"] = found(list_people, PeopleFilters(community=community), everything)
            said[f"documents {community}"] = found(list_documents, DocumentFilters(community=community), everything)
        for person in (f"w:{name}" for name in EMPLOYEES + OUTSIDERS):
            said[f"person {person}"] = found(read_person, person)
            said[f"documents {person}"] = found(list_documents, DocumentFilters(person=person), everything)
        for document in (f"w:d{number}" for number in range(9)):
            said[f"document {document}"] = found(read_document, document)
            said[f"answers {document}"] = found(read_answers, document)
            said[f"behind {document}"] = found(read_people_behind, document)
    return said


@pytest.mark.slow
@settings(max_examples=5, **quietly)
@given(world=worlds(), viewer=st.sampled_from([None, *EMPLOYEES]))
def test_no_listing_holds_or_betrays_what_its_viewer_may_not_read(
    sqlite_template: Path, world: World, viewer: str | None
) -> None:
    with loaded(world, sqlite_template, index=False) as service:
        said = every_listing(service, viewer)
    with loaded(world.seen_by(viewer).known_to(viewer), sqlite_template, index=False) as twin:
        assert every_listing(twin, viewer) == said


@pytest.mark.usefixtures("rules_restored")
def test_a_listing_that_leaks_differs_from_its_twins(sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    author = (Contribution(person="x0", role=Role.WROTE),)
    secret = DocumentRecord(id="d0", kind=DocumentKind.PRACTICE, title="gel", space="c0", people=author)
    world = World(frozenset({"c0"}), frozenset({("c0", "e1")}), (secret,))
    show_everything(monkeypatch, "space")
    with loaded(world, sqlite_template, index=False) as service:
        said = every_listing(service, "e0")
    with loaded(world.seen_by("e0").known_to("e0"), sqlite_template, index=False) as twin:
        differing = {name for name, answer in every_listing(twin, "e0").items() if answer != said[name]}
    assert {"people", "documents False", "members w:c0", "communities", "behind w:d0"} <= differing


def show_everything(monkeypatch: pytest.MonkeyPatch, leak: str) -> None:
    """Open one of the two filters: that of the documents read, or that of the words counted."""
    from sqlalchemy import select

    import models.access
    import recommender.service
    from models.queries.documents import list_space_ids
    from models.tables import SpaceRow

    def all_spaces(*_: Any) -> Any:
        return select(SpaceRow.id)

    def all_space_ids(session: Any, *_: Any) -> list[str]:
        return sorted(session.scalars(select(SpaceRow.id)))

    patches: dict[str, tuple[Any, str, Callable[..., Any]]] = {
        "space": (models.access, "readable_spaces", all_spaces),
        "count": (recommender.service, "list_space_ids", all_space_ids),
    }
    assert list_space_ids is recommender.service.list_space_ids
    monkeypatch.setattr(*patches[leak])
    models.access.forget_remembered()
