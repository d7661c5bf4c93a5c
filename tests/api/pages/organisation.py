"""A small organisation for the pages, with hostile names and titles in it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from models.records import (
    AnyRecord,
    CommunityRecord,
    Contribution,
    DeclaredBy,
    DepartureRecord,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    PersonRecord,
    Role,
)
from tests.conftest import NOW

HOSTILE_NAME = "Éva <img src=x onerror=alert(1)>"
# Soon, whenever the tests run.
LEAVES = date(datetime.now(UTC).year, 12, 31)
HOSTILE_TITLE = "Pompe \"><script>alert('titre')</script> {{ 7*7 }}"
HOSTILE_TEXT = "Ouvrir la vanne </mark><script>alert('texte')</script> de la pompe & purger."


def document(
    id_: str, kind: DocumentKind, title: str, author: str, role: Role = Role.WROTE, **fields: object
) -> DocumentRecord:
    given = {"language": "fr", "created_at": NOW, **fields}
    return DocumentRecord(id=id_, kind=kind, title=title, people=(Contribution(person=author, role=role),), **given)


RECORDS: list[AnyRecord] = [
    PersonRecord(id="lucien", name="Lucien Bois", unit="Eau", site="Usine", email="lucien@valserein.example"),
    PersonRecord(id="eva", name=HOSTILE_NAME, unit="Eau <b>vive</b>"),
    PersonRecord(id="simon", name="Simon Kouyaté"),
    DepartureRecord(person="lucien", earliest=LEAVES, declared_by=DeclaredBy.HR, announced=True),
    CommunityRecord(id="cercle", name="Cercle", protected=True),
    MembershipRecord(community="cercle", person="simon"),
    document("q1", DocumentKind.QUESTION, "Redémarrer la pompe après une panne", "simon", Role.ASKED),
    document(
        "a1", DocumentKind.ANSWER, "Redémarrer la pompe après une panne", "lucien", Role.ACCEPTED,
        thread="q1", text="Purger la ligne d’aspiration de la pompe.", accepted=True,
    ),
    document("p1", DocumentKind.PRACTICE, HOSTILE_TITLE, "eva", text=HOSTILE_TEXT, url="javascript:alert(1)"),
    document("p2", DocumentKind.PRACTICE, "Guide de la pompe", "lucien", url="https://wiki.example/pompe?a=1&b=2"),
    document("s1", DocumentKind.PRACTICE, "Secret de la pompe", "lucien", space="cercle"),
]  # fmt: skip
