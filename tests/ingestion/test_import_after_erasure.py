"""Imports after an erasure: the sample organisation, in every format, without someone who asked to be erased."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import func, select

from ingestion.formats import open_source
from ingestion.importing import run_import
from ingestion.report import ImportReport
from models.access import Viewer
from models.erased_identities import ERASED_REASON
from models.erasure import erase_person
from models.store import Store
from models.tables import AssociationRow, DocumentRow, IdentityRow, PersonRow
from tests.conftest import NOW

ORGANISATION = Path(__file__).parents[2] / "examples" / "organisation"
IMPORTS = (
    ("people", "personnes.csv", "personnel", "organisation"),
    ("records", "communautes.jsonl", "communautes", "organisation"),
    ("threads", "questions", "questions", "organisation"),
    ("threads", "questions-protegees", "accompagnement", "communautes:accompagnement"),
    ("documents", "documents", "documents", "organisation"),
)


def import_all(store: Store, folder: Path) -> dict[str, ImportReport]:
    return {
        name: run_import(store, open_source(kind, folder / path), name=name, space=space)
        for kind, path, name, space in IMPORTS
    }


def counts(store: Store) -> tuple[int, ...]:
    with store.read() as session:
        tables = (PersonRow, IdentityRow, AssociationRow)
        rows = [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]
        standing = select(func.count()).select_from(DocumentRow).where(DocumentRow.deleted_at.is_(None))
        return (*rows, session.scalar(standing) or 0)


def test_a_whole_import_brings_back_nothing_of_who_was_erased_and_reports_it(store: Store, tmp_path: Path) -> None:
    first = import_all(store, ORGANISATION)
    with store.read() as session:
        linked = select(func.count()).select_from(AssociationRow).where(AssociationRow.person_id == "personnel:1001")
        assert (session.scalar(linked) or 0) > 5
    with store.write() as session:
        erase_person(session, Viewer("personnel:1001"), NOW, "personnel:1001")
    erased = counts(store)
    shutil.copytree(ORGANISATION, tmp_path / "copy")
    second = import_all(store, tmp_path / "copy")
    assert counts(store) == erased
    with store.read() as session:
        names = select(PersonRow.name).where(PersonRow.name_key.contains("arsenault"))
        assert session.scalars(names).all() == []
    assert {name: report.new for name, report in second.items()} == dict.fromkeys(second, 0)
    for name, report in second.items():
        assert report.skipped - first[name].skipped == sum(skip.reason == ERASED_REASON for skip in report.skips)
    assert {skip.reason for skip in second["personnel"].skips} == {ERASED_REASON}
