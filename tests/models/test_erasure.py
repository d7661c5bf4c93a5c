"""Export and erasure: everything about a person is handed to them, and is gone when they ask, for good."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.access import Viewer
from models.departures import declare_departure
from models.endorsements import request_endorsement
from models.erasure import erase_person
from models.errors import NotAllowedError, NotFoundError
from models.feedback import NewFeedback, give_feedback
from models.participation import join_community, register_interest
from models.personal_export import SECTIONS, export_person
from models.preferences import change_preferences, hide_document
from models.queries.changes import current_revision, stream_traces
from models.queries.documents import read_documents, read_people_behind
from models.queries.people import find_person
from models.records import (
    AnyRecord,
    AssociationRecord,
    CommunityRecord,
    CommunityStatus,
    Contribution,
    DepartureRecord,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    PersonRecord,
    Role,
)
from models.rows import table_of
from models.solicitations import NewSolicitation, record_solicitation
from models.store import Store
from models.tables import (
    AreaRow,
    AreaStatementRow,
    AuditEventRow,
    DeliveryRow,
    DocumentRow,
    ErasureRow,
    IdempotencyRow,
    ImportRow,
    OrganisationRole,
    PairDecisionRow,
    PairStance,
    PersonRow,
    RiskScoreRow,
    RoleGrantRow,
    Row,
    Stance,
    StepKind,
    StepReminderRow,
    TransferPlanRow,
    TransferStepRow,
    UnitRow,
    Verdict,
    WebhookRow,
)
from models.writing import Writer, WriteResult
from tests.conftest import NOW, write

TODAY = NOW.date()
ANA, BEN = Viewer("hr:1"), Viewer("hr:10")

DIRECTORY: list[AnyRecord] = [
    PersonRecord(id="1", name="Ána Berger", email="ana@ville.fr", job_title="Fontainière", bio="Vannes"),
    PersonRecord(id="10", name="Ben Costa", email="ben@ville.fr", bio="Pompes"),
    CommunityRecord(id="gel", name="Gel", protected=True),
    CommunityRecord(id="pont", name="Ponts"),
    CommunityRecord(id="nuit", name="Nuit", status=CommunityStatus.IN_PREPARATION),
    MembershipRecord(community="gel", person="1"),
    DepartureRecord(person="1", declared_by="hr", earliest=date(2027, 1, 1)),
]


def part(person: str, role: Role = Role.WROTE) -> Contribution:
    return Contribution(person=person, role=role, at=NOW)


# Each way to call the same person: an account of the forum, an address, a full name, an id of another source.
FORUM: list[AnyRecord] = [
    DocumentRecord(id="q", kind=DocumentKind.QUESTION, title="Purge ?", people=(part("u17", Role.ASKED),)),
    DocumentRecord(id="a", kind=DocumentKind.ANSWER, thread="q", people=(part("ana@ville.fr", Role.ANSWERED),)),
]
WIKI: list[AnyRecord] = [
    DocumentRecord(id="guide", kind=DocumentKind.PRACTICE, text="Signé A. B.", people=(part("ana berger"), part("z"))),
    DocumentRecord(id="page", kind=DocumentKind.PAGE, people=(part("hr:1", Role.EDITED),)),
    DocumentRecord(id="notes", kind=DocumentKind.PAGE, title="Notes", space="private", people=(part("Ana Berger"),)),
    AssociationRecord(document="page", person="Ana Berger", role=Role.REVIEWED),
]


def add_succession(session: Session) -> None:
    """Ana as leaver and as successor, as who decided and who was decided about; Ben in the other part."""
    session.add(UnitRow(id="u", name="Eaux"))
    session.flush()
    made = {"created_at": NOW, "updated_at": NOW}
    for person, other in (("hr:1", "hr:10"), ("hr:10", "hr:1")):
        scores = dict.fromkeys(("role_criticality", "knowledge_concentration", "tacit_depth"), 3)
        rest = dict.fromkeys(("system_risk", "replacement_difficulty"), 1)
        session.add(RiskScoreRow(area_id="a", unit_id="u", scored_at=NOW, scored_by=person, **scores, **rest))
        stance = {"stance": PairStance.PINNED, "decided_at": NOW, "decided_by": person}
        session.add(PairDecisionRow(leaver_id=person, area_id="a", successor_id=other, **stance))
        plan = TransferPlanRow(person_id=person, created_by=other, due_on=TODAY, **made)
        session.add(plan)
        session.flush()
        days = {"starts_on": TODAY, "due_on": TODAY}
        step = TransferStepRow(
            plan_id=plan.id, kind=StepKind.MENTORING, title="Vannes", successor_id=other, **days, **made
        )
        session.add(step)
        session.flush()
        session.add(StepReminderRow(step_id=step.id, person_id=other, at=NOW))


@pytest.fixture
def town(store: Store) -> Store:
    """Ana in every table that can hold her, and Ben, whose id begins as hers."""
    write(store, DIRECTORY, source="hr")
    write(store, [PersonRecord(id="u17", name="Ána Berger", email="ana@ville.fr", bio="Vannes")], source="forum")
    write(store, FORUM, source="forum")
    write(store, WIKI, source="wiki")
    with store.write() as session:
        change_preferences(session, ANA, "hr:1", {"capacity_per_week": 3})
        hide_document(session, ANA, TODAY, "hr:1", "wiki:page")
        declare_departure(session, ANA, NOW, date(2027, 1, 1), date(2027, 2, 1), announced=True)
        join_community(session, ANA, NOW, "hr:pont")
        register_interest(session, ANA, NOW, "hr:nuit")
        for viewer, other in ((ANA, "hr:10"), (BEN, "hr:1")):
            record_solicitation(session, viewer, NOW, NewSolicitation(other, "Qui purge ?"))
            give_feedback(session, viewer, NOW, NewFeedback(other, "Qui purge ?", Verdict.USEFUL))
        request_endorsement(session, ANA, NOW, "wiki:guide", "hr:10")
        request_endorsement(session, BEN, NOW, "hr:profile/10", "hr:1")
        session.add(RoleGrantRow(person_id="hr:1", role=OrganisationRole.EVALUATOR, granted_at=NOW))
        for actor, target in (("person:hr:1", "hr:10"), ("person:hr:10", "hr:1"), ("person:hr:10", "hr:10")):
            event = {"details": {"who": target, "about": f"person:{target}", "note": "Ána Berger"}}
            session.add(AuditEventRow(at=NOW, actor=actor, action="read", target=target, **event))
        labels = {"label_fr": "Vannes", "label_en": "Valves", "label_key": "vannes"}
        session.add(AreaRow(id="a", created_at=NOW, updated_at=NOW, **labels))
        session.flush()
        session.add(AreaStatementRow(person_id="hr:1", area_id="a", stance=Stance.KNOWS, stated_at=NOW))
        add_succession(session)
        for person in ("hr:1", "hr:10"):
            idempotency = {"request_hash": "x", "body": json.dumps({"expert": person}), "created_at": NOW}
            session.add(IdempotencyRow(caller="key:k", key=person, **idempotency))
            session.add(IdempotencyRow(caller=f"person:{person}", key="k", request_hash="x", body="", created_at=NOW))
        session.add(WebhookRow(id="w", url="https://v.example", secret="s", events=[], created_at=NOW))
        session.flush()
        for number, text in enumerate(({"expert": "hr:1"}, {"name": "Ána Berger"}, {"expert": "hr:10"})):
            payload = {"payload": json.dumps(text), "event": "solicitation", "created_at": NOW}
            session.add(DeliveryRow(id=str(number), webhook_id="w", **payload))
        counts = {"skips": [["f", 1, "no community for ana@ville.fr"]]}
        session.add(ImportRow(source="x", format="f", fingerprint="f", counts=counts, started_at=NOW))
    return store


def references() -> set[tuple[str, str]]:
    """Return every column of the store that refers to a person."""
    people = table_of(PersonRow)
    return {
        (table.name, column.name)
        for table in Row.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table is people for key in column.foreign_keys)
    }


def everything(store: Store) -> dict[str, list[dict[str, Any]]]:
    with store.engine.connect() as connection:
        return {
            table.name: [row._asdict() for row in connection.execute(table.select().order_by(*table.primary_key))]
            for table in Row.metadata.sorted_tables
        }


def erase(store: Store, viewer: Viewer = ANA, person: str = "hr:1", **options: bool) -> None:
    with store.write() as session:
        erase_person(session, viewer, NOW, person, **options)


def again(store: Store, records: list[AnyRecord], source: str) -> WriteResult:
    with store.write() as session:
        return Writer(session, source).write(records)


def test_every_column_that_refers_to_a_person_is_exported_and_erased(town: Store) -> None:
    assert {(table_of(section.row).name, section.person) for section in SECTIONS} == references()
    before = everything(town)
    for table, column in references():
        assert "hr:1" in {row[column] for row in before[table]}, f"the town lacks a row in {table}.{column}"
    erase(town)
    after = everything(town)
    for table, column in references():
        assert "hr:1" not in {row[column] for row in after[table]}, f"{table}.{column} still names them"


def test_a_person_receives_everything_about_them_and_nobody_else_does(town: Store) -> None:
    with town.read() as session:
        mine = export_person(session, ANA, TODAY, "hr:1")
        for viewer in (Viewer(), BEN):
            with pytest.raises(NotAllowedError, match="Only 'hr:1' may export"):
                export_person(session, viewer, TODAY, "hr:1")
        with pytest.raises(NotAllowedError):
            export_person(session, Viewer("hr:nobody"), TODAY, "hr:nobody")
    read: dict[str, Any] = json.loads(json.dumps(mine))
    assert read == mine
    assert read["person"]["name"] == "Ána Berger"
    assert [row["external_id"] for row in read["identities"]] == ["ana@ville.fr", "u17", "1"]
    assert read["preferences"][0]["capacity_per_week"] == 3
    assert {row["earliest"] for row in read["departures"]} == {"2027-01-01"}
    assert [row["expert_id"] for row in read["solicitations_sent"]] == ["hr:10"]
    assert [row["asker_id"] for row in read["solicitations_received"]] == ["hr:10"]
    assert [row["person_id"] for row in read["feedback_given"]] == ["hr:10"]
    assert [row["verdict"] for row in read["feedback_received"]] == ["useful"]
    assert "giver_id" not in read["feedback_received"][0]
    assert read["feedback_received"][0]["given_at"] == "2026-06-15T12:00:00+00:00"
    assert {row["id"]: row["text"] for row in read["documents"]}["wiki:guide"] == "Signé A. B."
    assert {row["id"] for row in read["documents"]} >= {"wiki:notes", "forum:q", "hr:profile/1"}
    own, about = read["audit_events"]
    assert (own["actor"], own["details"]["who"]) == ("person:hr:1", "hr:10")
    assert (about["action"], about["target"]) == ("read", "hr:1")
    assert about.keys() == {"id", "at", "action", "target"}


def test_the_export_gives_no_text_the_person_may_no_longer_read(town: Store) -> None:
    closed = DocumentRecord(id="c", kind=DocumentKind.PAGE, text="secret", space="hr:gel", people=(part("hr:1"),))
    ended = MembershipRecord(community="gel", person="1", until=TODAY - timedelta(days=1))
    write(town, [closed], source="wiki")
    write(town, [ended], source="hr")
    with town.read() as session:
        mine: Any = export_person(session, ANA, TODAY, "hr:1")
    assert "wiki:c" in {row["document_id"] for row in mine["associations"]}
    assert "wiki:c" not in {row["id"] for row in mine["documents"]}


def test_only_the_person_or_an_administrator_erases_and_only_someone_who_exists(town: Store) -> None:
    before = everything(town)
    for viewer in (Viewer(), BEN):
        with pytest.raises(NotAllowedError, match="Only 'hr:1' or an administrator"):
            erase(town, viewer)
    with pytest.raises(NotFoundError, match="Nobody has the id 'hr:2'"):
        erase(town, Viewer(), "hr:2", administrator=True)
    assert everything(town) == before
    erase(town, Viewer(), "hr:1", administrator=True)
    with town.read() as session:
        assert session.get(PersonRow, "hr:1") is None


def test_who_is_erased_is_named_nowhere_but_in_documents_and_does_not_come_back(town: Store) -> None:
    def assert_gone() -> None:
        for table, rows in everything(town).items():
            for row in rows:
                texts = {
                    n: v for n, v in row.items() if (table, n) not in {("documents", "text"), ("documents", "title")}
                }
                said = json.dumps(texts, default=str, ensure_ascii=False)
                for trace in ('"hr:1"', 'person:hr:1"', "private:hr:1", "ana@ville.fr", "Ána Berger", "ana berger"):
                    assert trace not in said, (table, row)

    erase(town)
    assert_gone()
    refused = again(town, DIRECTORY, "hr").refused
    assert [position for position, _ in refused] == [0, 5, 6]
    assert {reason for _, reason in refused} == {
        "this person was erased from Relève and is not brought back; remove them from the source"
    }
    again(town, [PersonRecord(id="u17", name="ana17")], "forum")
    again(town, [PersonRecord(id="x9", name="A. Berger", email="ANA@ville.fr")], "payroll")
    again(town, FORUM, "forum")
    wiki = again(town, WIKI, "wiki")
    assert [position for position, _ in wiki.refused] == [2, 3]
    assert_gone()
    with town.read() as session:
        for reference in ("hr:1", "ana@ville.fr", "Ana Berger", "u17"):
            with pytest.raises(NotFoundError):
                find_person(session, BEN, TODAY, reference)
        documents = read_documents(session, BEN, TODAY, ["wiki:guide", "wiki:page", "wiki:notes", "forum:q"])
        assert sorted(documents) == ["forum:q", "wiki:guide", "wiki:page"]
        assert documents["wiki:guide"].text == "Signé A. B."
        assert [item.person.id for item in read_people_behind(session, BEN, TODAY, "wiki:guide")] == ["wiki:z"]


def test_someone_else_keeps_all_that_is_theirs(town: Store) -> None:
    erase(town)
    after = everything(town)
    assert [row["caller"] for row in after["idempotency"]] == ["key:k", "person:hr:10"]
    assert [row["id"] for row in after["deliveries"]] == ["2"]
    assert [(row["actor"], row["target"]) for row in after["audit_events"]] == [
        ("person:erased", "hr:10"),
        ("person:hr:10", "erased"),
        ("person:hr:10", "hr:10"),
    ]
    assert after["audit_events"][1]["details"] == {"who": "erased", "about": "person:erased", "note": "erased"}
    assert after["audit_events"][2]["details"] == {"who": "hr:10", "about": "person:hr:10", "note": "erased"}
    assert after["imports"][0]["counts"] == {"skips": [["f", 1, "no community for erased"]]}
    with town.read() as session:
        assert find_person(session, Viewer(), TODAY, "ben@ville.fr").id == "hr:10"


def test_the_index_and_the_traces_follow_an_erasure(town: Store) -> None:
    with town.read() as session:
        before = current_revision(session)
    erase(town)
    with town.read() as session:
        changed = {d.id: d for batch in stream_traces(session, before, 100) for d in batch}
    linked = {"forum:q", "forum:a", "wiki:guide", "wiki:page"}
    own = {"hr:profile/1", "forum:profile/u17", "wiki:notes"}
    assert changed.keys() == linked | own
    assert {id_ for id_, document in changed.items() if document.deleted} == own
    assert {person for document in changed.values() for person, *_ in document.people} == {"wiki:z"}


def test_an_erasure_broken_off_leaves_everything_as_it_was(town: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(town)

    def break_off(*_: object) -> None:
        raise KeyboardInterrupt

    for step in ("_empty_own_documents", "_unlink_documents", "_forget_in_audit", "_forget_in_transit"):
        with monkeypatch.context() as patch:
            patch.setattr(f"models.erasure.{step}", break_off)
            with pytest.raises(KeyboardInterrupt):
                erase(town)
        assert everything(town) == before


def test_a_namesake_in_another_source_is_not_touched_and_inherits_nothing(town: Store) -> None:
    erase(town)
    write(town, [PersonRecord(id="77", name="Ána Berger")], source="hr")
    write(town, [DocumentRecord(id="new", kind=DocumentKind.PAGE, people=(part("Ana Berger"),))], source="blog")
    again(town, WIKI, "wiki")
    with town.read() as session:
        assert find_person(session, Viewer(), TODAY, "ana berger").id == "hr:77"
        assert [item.person.id for item in read_people_behind(session, BEN, TODAY, "blog:new")] == ["hr:77"]
        assert [item.person.id for item in read_people_behind(session, BEN, TODAY, "wiki:guide")] == ["wiki:z"]


def test_what_is_kept_of_an_erasure_are_hashes_that_differ_from_store_to_store(sqlite_store: Store, tmp_path) -> None:
    write(sqlite_store, DIRECTORY, source="hr")
    erase(sqlite_store)
    (tmp_path / "other").mkdir()
    other = Store.create(tmp_path / "other")
    write(other, DIRECTORY, source="hr")
    erase(other)
    kept = []
    for store in (sqlite_store, other):
        with store.read() as session:
            kept.append(set(session.scalars(select(ErasureRow.identity_hash))))
            assert session.scalar(select(func.count()).select_from(DocumentRow)) == 2
    other.close()
    assert len(kept[0]) == len(kept[1]) == 3  # the id, the account in the directory, the address
    assert kept[0].isdisjoint(kept[1])
