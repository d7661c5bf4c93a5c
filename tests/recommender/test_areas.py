"""Areas found in a store: what they are made of, that they last, and that they betray nothing protected."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

import recommender.areas
from models.access import Viewer
from models.areas import merge_areas, pin_area, rename_area
from models.paging import PageRequest
from models.queries.areas import list_areas, read_area_documents, read_areas_of, read_every_area, read_holders
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
from models.store import Store
from models.tables import AreaDocumentRow
from models.writing import Writer
from recommender.areas import AreasReport, AreaUpkeep
from recommender.encoders.choose import load_encoder
from recommender.encoders.encoder import Encoder
from recommender.indexes.embedded import EmbeddedIndex
from recommender.indexing import update_index
from tests.conftest import NOW, write

TODAY = NOW.date()
SUBJECTS = {
    "pompe": (
        "la pompe",
        "le moteur de la pompe",
        "une fuite à la pompe",
        "la vanne de la pompe",
        "le joint de la pompe",
    ),
    "paie": ("la paie", "le bulletin de paie", "une retenue sur la paie", "les heures de paie", "la prime et la paie"),
    "neige": (
        "la neige",
        "le camion de la neige",
        "le sel contre la neige",
        "une route et la neige",
        "la gratte de neige",
    ),
}


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    loaded = load_encoder("bundled")
    assert loaded is not None
    return loaded


def practice(id_: str, subject: str, number: int, space: str | None = None) -> DocumentRecord:
    phrases = SUBJECTS[subject]
    return DocumentRecord(
        id=id_,
        kind=DocumentKind.PRACTICE,
        title=f"Entretien : {phrases[number % len(phrases)]}",
        text=f"Il faut vérifier {phrases[(number + 1) % len(phrases)]} et {phrases[(number * 2) % len(phrases)]}.",
        language="fr",
        space=space,
        created_at=NOW,
        people=(Contribution(person=f"p-{subject}-{number % 3}", role=Role.WROTE),),
    )


def practices(count: int, first: int = 0) -> list[AnyRecord]:
    return [practice(f"{subject}{n}", subject, n) for subject in SUBJECTS for n in range(first, first + count)]


class World:
    """A store with its index and its areas, brought up to date as the product does."""

    def __init__(self, store: Store, folder: Path, encoder: Encoder) -> None:
        self.store, self.folder, self.encoder = store, folder, encoder
        self.index = EmbeddedIndex.create(folder / "index", encoder.id, encoder.dim)

    def update(self, *, find: bool = False) -> AreasReport:
        update_index(self.store, self.index, self.encoder)
        return AreaUpkeep(self.store, self.index, self.encoder, self.folder / "areas.npz").update(NOW, find=find)

    def area_of(self, id_: str) -> str:
        statement = select(AreaDocumentRow.area_id).where(AreaDocumentRow.document_id == f"test:{id_}")
        with self.store.read() as session:
            return str(session.scalars(statement.order_by(AreaDocumentRow.strength.desc())).first())

    def documents_of(self, area_id: str) -> set[str]:
        statement = select(AreaDocumentRow.document_id).where(AreaDocumentRow.area_id == area_id)
        with self.store.read() as session:
            return set(session.scalars(statement))


@pytest.fixture
def world(store: Store, tmp_path: Path, encoder: Encoder) -> World:
    write(store, practices(10))
    made = World(store, tmp_path / "files", encoder)
    made.update()
    return made


def test_each_subject_is_an_area_of_its_own_with_a_name_that_says_so(world: World) -> None:
    with world.store.read() as session:
        areas = read_every_area(session, Viewer(), TODAY)
        for subject in SUBJECTS:
            area = next(a for a in areas if a.id == world.area_of(f"{subject}0"))
            assert subject in area.label("fr").lower()
            holders = read_holders(session, Viewer(), TODAY, area.id, 10)
            assert {h.person.name for h in holders} >= {f"p-{subject}-0", f"p-{subject}-1", f"p-{subject}-2"}
    assert len({world.area_of(f"{subject}{n}") for subject in SUBJECTS for n in range(10)}) >= 3


def test_a_new_document_joins_its_area_without_another_finding(world: World) -> None:
    write(world.store, [practice("new", "pompe", 3)])
    report = world.update()
    assert not report.found
    assert world.area_of("new") == world.area_of("pompe3")


def test_an_area_keeps_its_id_and_its_name_when_the_text_grows(world: World) -> None:
    before = {id_: world.area_of(id_) for id_ in ("pompe0", "paie0", "neige0")}
    with world.store.write() as session:
        rename_area(session, NOW, before["pompe0"], "Pompage", "Pumping", administrator=True)
    write(world.store, practices(6, first=10))
    assert world.update().found
    assert {id_: world.area_of(id_) for id_ in before} == before
    with world.store.read() as session:
        assert "Pompage" in [a.label_fr for a in read_every_area(session, Viewer(), TODAY)]


def test_areas_that_people_merged_stay_together(world: World) -> None:
    pump, pay = world.area_of("pompe0"), world.area_of("paie0")
    with world.store.write() as session:
        merge_areas(session, NOW, [pay], pump, administrator=True)
    together = world.documents_of(pump)
    assert {"test:pompe0", "test:paie0"} <= together
    write(world.store, practices(6, first=10))
    world.update(find=True)
    assert len(together & world.documents_of(pump)) >= 0.8 * len(together)
    assert not world.documents_of(pay)


def test_a_pinned_area_outlives_its_documents(world: World) -> None:
    pay = world.area_of("paie0")
    with world.store.write() as session:
        pin_area(session, NOW, pay, administrator=True)
        result = Writer(session, "test").write([practice(f"paie{n}", "neige", n) for n in range(10)])
        assert result.refused == []
    world.update(find=True)
    with world.store.read() as session:
        assert pay in [area.id for area in read_every_area(session, Viewer(), TODAY)]


def test_a_deleted_document_leaves_its_area(world: World) -> None:
    from models.document_writing import delete_documents

    with world.store.write() as session:
        delete_documents(session, ["test:pompe0"])
    world.update()
    assert world.area_of("pompe0") == "None"


def test_the_same_store_gives_the_same_areas_and_the_kept_file_may_be_lost(world: World) -> None:
    def rows() -> list[tuple[Any, ...]]:
        with world.store.read() as session:
            statement = select(AreaDocumentRow.area_id, AreaDocumentRow.document_id, AreaDocumentRow.strength)
            return [tuple(row) for row in session.execute(statement.order_by("area_id", "document_id"))]

    world.update(find=True)
    first = rows()
    (world.folder / "areas.npz").unlink()
    assert world.update().found
    assert rows() == first


def test_a_finding_that_is_killed_leaves_the_areas_as_they_were(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {id_: world.area_of(id_) for id_ in ("pompe0", "paie0", "neige0")}
    write(world.store, practices(6, first=10))

    def die(*_: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(recommender.areas, "write_area_documents", die)
        with pytest.raises(KeyboardInterrupt):
            world.update(find=True)
    assert {id_: world.area_of(id_) for id_ in before} == before
    assert world.area_of("pompe11") == "None"
    world.update()
    assert world.area_of("pompe11") == world.area_of("pompe1")


def test_an_index_of_words_alone_has_areas_too(store: Store, tmp_path: Path) -> None:
    write(store, practices(10))
    index = EmbeddedIndex.create(tmp_path / "words", None, 0)
    update_index(store, index)
    assert AreaUpkeep(store, index, None, tmp_path / "areas.npz").update(NOW).areas >= 3


SPACES: Sequence[str | None] = (None, "c0", "c1")


@pytest.mark.slow
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    placed=st.lists(st.tuples(st.sampled_from(sorted(SUBJECTS)), st.sampled_from(SPACES)), min_size=10, max_size=30),
    members=st.frozensets(st.sampled_from(["c0", "c1"])),
    inside=st.booleans(),
)
def test_what_a_viewer_may_not_read_changes_nothing_of_any_area(
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    encoder: Encoder,
    placed: list[tuple[str, str | None]],
    members: frozenset[str],
    inside: bool,
) -> None:
    viewer = Viewer("test:p-pompe-0") if inside else Viewer()
    documents = [practice(f"d{n:02}", subject, n, space) for n, (subject, space) in enumerate(placed)]
    readable = [d for d in documents if d.space is None or (inside and d.space in members)]

    def said(kept: Sequence[DocumentRecord]) -> list[Any]:
        import shutil

        from models.store import SQLITE_NAME

        folder = tmp_path_factory.mktemp("world")
        shutil.copy(sqlite_template, folder / SQLITE_NAME)
        store = Store.open(folder)
        people = [PersonRecord(id=f"p-{s}-{n}", name=f"p-{s}-{n}") for s in SUBJECTS for n in range(3)]
        communities = [CommunityRecord(id=c, name=c, protected=True) for c in ("c0", "c1")]
        joined = [MembershipRecord(community=c, person="p-pompe-0") for c in sorted(members)]
        write(store, [*people, *communities, *joined, *kept])
        world = World(store, folder, encoder)
        world.update()
        with store.read() as session:
            areas = list_areas(session, viewer, TODAY, PageRequest()).items
            answers: list[Any] = [areas]
            for area in areas:
                answers.append(read_holders(session, viewer, TODAY, area.id, 50))
                answers.append(read_area_documents(session, viewer, TODAY, area.id, PageRequest()))
            answers += [read_areas_of(session, viewer, TODAY, f"test:p-{s}-0") for s in SUBJECTS]
        store.close()
        return answers

    assert said(documents) == said(readable)
