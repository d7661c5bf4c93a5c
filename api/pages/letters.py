"""Letters: the message someone starts from, and the address that opens it in their mail."""

from __future__ import annotations

from urllib.parse import quote

from api.pages.cards import Card
from api.pages.rendering import document_path
from api.wording import Wording
from models.queries.people import Person
from models.solicitations import Solicitation

EVIDENCE_NAMED = 2
# RFC 5322, section 2.1.1: a line of a letter should not be longer.
SUBJECT_LENGTH = 78


def compose(say: Wording, person: Person, card: Card | None, question: str, site: str) -> str:
    """Return a message to start from: who is greeted, the question, and what led to them.

    Args:
        card: the person's place in the answer to the question; None without one.
        site: the address of this installation, without a slash at its end.
    """
    lines = [say.gettext("Hello %(name)s,") % {"name": person.name}, "", question]
    evidence = card.evidence[:EVIDENCE_NAMED] if card else []
    if evidence:
        lines += ["", say.gettext("What you left on this subject led me to you:")]
    for item in evidence:
        lines += [f"– {item.title or item.document_id}", f"  {site}{document_path(item.document_id)}"]
    return "\n".join([*lines, "", say.gettext("Thank you!")])


def letter_to(email: str, found: Solicitation) -> str:
    """Return the mailto: address that opens a letter with the message.

    Source: RFC 6068, section 5: lines end in CR LF, everything else is percent-encoded.
    """
    subject = " ".join(found.question.split())[:SUBJECT_LENGTH]
    body = found.message.replace("\n", "\r\n")
    return f"mailto:{quote(email, safe='@')}?subject={quote(subject, safe='')}&body={quote(body, safe='')}"
