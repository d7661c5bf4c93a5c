"""Where a document stands, for who may read it; and who runs a community."""

from __future__ import annotations

from models.access import Viewer
from models.participation import animates_any
from models.queries.places import read_place
from models.records import (
    CommunityRecord,
    Contribution,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    MembershipRole,
    PersonRecord,
    Role,
)
from models.store import Store
from models.tables import AreaDocumentRow, AreaRow, AreaStatus
from tests.conftest import NOW, write

TODAY = NOW.date()
ANA, BO = Viewer("t:ana"), Viewer("t:bo")


def fill(store: Store) -> None:
    by_ana = (Contribution(person="ana", role=Role.WROTE),)
    page = {"kind": DocumentKind.PAGE, "title": "Page", "language": "fr", "people": by_ana}
    write(
        store,
        [
            PersonRecord(id="ana", name="Ana Roy"),
            PersonRecord(id="bo", name="Bo Zé"),
            CommunityRecord(id="cercle", name="Cercle", protected=True),
            CommunityRecord(id="atelier", name="Atelier"),
            MembershipRecord(community="cercle", person="ana", role=MembershipRole.ANIMATEUR),
            MembershipRecord(community="atelier", person="bo"),
            DocumentRecord(id="kept", space="cercle", **page),
            DocumentRecord(id="open", space="atelier", **page),
            DocumentRecord(id="all", **page),
        ],
        "t",
    )
    with store.write() as session:
        for id_, status in (("area:1", AreaStatus.FOUND), ("area:2", AreaStatus.HIDDEN), ("area:3", AreaStatus.PINNED)):
            session.add(
                AreaRow(
                    id=id_, label_fr=f"fr {id_}", label_en=f"en {id_}", label_key=id_, status=status, created_at=NOW,
                    updated_at=NOW,
                )
            )  # fmt: skip
        session.flush()
        for id_, strength in (("area:1", 0.4), ("area:2", 1.0), ("area:3", 0.9)):
            for document in ("t:kept", "t:all"):
                session.add(AreaDocumentRow(area_id=id_, document_id=document, strength=strength))


def test_a_place_names_the_community_and_the_areas_that_are_shown_the_most_fitting_first(store: Store) -> None:
    fill(store)
    with store.read() as session:
        everyone, shared = (read_place(session, BO, TODAY, id_) for id_ in ("t:all", "t:open"))
        kept = read_place(session, ANA, TODAY, "t:kept")
    assert [area.label("fr") for area in everyone.areas] == ["fr area:3", "fr area:1"]
    assert [area.label("en") for area in kept.areas] == ["en area:3", "en area:1"]
    assert (everyone.community, everyone.protected, everyone.private) == (None, False, False)
    assert (shared.community, shared.protected) == (("t:atelier", "Atelier"), False)
    assert (kept.community, kept.protected) == (("t:cercle", "Cercle"), True)


def test_what_one_may_not_read_stands_nowhere(store: Store) -> None:
    fill(store)
    with store.read() as session:
        for viewer, document in ((BO, "t:kept"), (Viewer(), "t:kept"), (ANA, "t:nowhere")):
            place = read_place(session, viewer, TODAY, document)
            assert (place.community, place.protected, list(place.areas)) == (None, False, [])


def test_only_an_animateur_runs_a_community(store: Store) -> None:
    fill(store)
    with store.read() as session:
        assert [animates_any(session, viewer, TODAY) for viewer in (ANA, BO, Viewer())] == [True, False, False]
