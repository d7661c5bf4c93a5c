"""The words of the terminal in French and English; the pages will have gettext catalogues of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from models.preferences import Preferences
from models.records import DocumentKind, MembershipRole, Role
from recommender.reasons import Language


@dataclass(frozen=True, slots=True)
class Words:
    """Everything the terminal says in one language."""

    french: bool
    nobody: str
    practices: str
    similar: str
    traces: str
    key_terms: str
    communities: str
    preferences: str
    evidence: str
    kinds: Mapping[DocumentKind, str]
    roles: Mapping[Role, str]
    memberships: Mapping[MembershipRole, str]

    def took(self, milliseconds: float) -> str:
        """Return how long the answer took."""
        return f"{milliseconds:.0f} ms"

    def answered(self, count: int, *, solved: bool) -> str:
        """Return how many answers a question has."""
        noun = ("réponse" if self.french else "answer") + ("s" if count > 1 else "")
        best = (", dont une acceptée" if self.french else ", one accepted") if solved else ""
        return f"{count} {noun}{best}"

    def leaves(self, days: tuple[date, date]) -> str:
        """Return when a person leaves."""
        when = str(days[0]) if days[0] == days[1] else f"{days[0]} – {days[1]}"
        return f"Quitte l’organisation : {when}" if self.french else f"Leaves the organisation: {when}"

    def more(self, count: int) -> str:
        """Return how many lines were left out."""
        return f"… et {count} de plus (--json donne tout)" if self.french else f"… and {count} more (--json gives all)"

    def choices(self, preferences: Preferences) -> str:
        """Return a person's choices in one line."""
        hidden = len(preferences.hidden_documents)
        if self.french:
            parts = ["suggérée ou suggéré" if preferences.visible_as_expert else "retrait : jamais proposé"]
            parts.append(f"limite : {preferences.capacity_per_week or 'aucune'} par semaine")
            parts.append(f"pause jusqu’au {preferences.paused_until}" if preferences.paused_until else "pas de pause")
            return ", ".join([*parts, f"{hidden} document(s) masqué(s)"])
        parts = ["may be suggested" if preferences.visible_as_expert else "opted out: never suggested"]
        parts.append(f"limit: {preferences.capacity_per_week or 'none'} per week")
        parts.append(f"paused until {preferences.paused_until}" if preferences.paused_until else "no pause")
        return ", ".join([*parts, f"{hidden} hidden document(s)"])


FRENCH = Words(
    french=True,
    nobody="Personne n’a laissé de trace à ce sujet dans ce que vous pouvez lire. Essayez d’autres mots.",
    practices="Pratiques et documents qui répondent peut-être déjà",
    similar="Questions proches déjà répondues",
    traces="Traces",
    key_terms="Mots marquants",
    communities="Communautés",
    preferences="Vos choix",
    evidence="D’après quoi",
    kinds={
        DocumentKind.PROFILE: "profil",
        DocumentKind.QUESTION: "question",
        DocumentKind.ANSWER: "réponse",
        DocumentKind.MESSAGE: "message",
        DocumentKind.PRACTICE: "pratique",
        DocumentKind.PAGE: "page",
        DocumentKind.COMMIT: "commit",
        DocumentKind.RECORDING: "enregistrement",
    },
    roles={
        Role.ASKED: "a demandé",
        Role.ANSWERED: "a répondu",
        Role.ACCEPTED: "réponse acceptée",
        Role.WROTE: "a écrit",
        Role.EDITED: "a modifié",
        Role.REVIEWED: "a relu",
        Role.SPOKE: "a parlé",
        Role.ENDORSED: "a appuyé",
    },
    memberships={
        MembershipRole.ANIMATEUR: "animation",
        MembershipRole.PARRAIN: "parrainage",
        MembershipRole.COACH: "accompagnement",
        MembershipRole.DOCUMENTALISTE: "documentation",
        MembershipRole.GUEST_EXPERT: "expertise invitée",
        MembershipRole.MEMBER: "membre",
    },
)
ENGLISH = Words(
    french=False,
    nobody="Nobody left a trace of this in what you may read. Try other words.",
    practices="Practices and documents that may already answer",
    similar="Similar questions already answered",
    traces="Traces",
    key_terms="Key words",
    communities="Communities",
    preferences="Your choices",
    evidence="From what",
    kinds={kind: kind.value for kind in DocumentKind},
    roles={role: role.value for role in Role},
    memberships={
        MembershipRole.ANIMATEUR: "facilitator",
        MembershipRole.PARRAIN: "sponsor",
        MembershipRole.COACH: "coach",
        MembershipRole.DOCUMENTALISTE: "librarian",
        MembershipRole.GUEST_EXPERT: "guest expert",
        MembershipRole.MEMBER: "member",
    },
)


def words_in(language: Language) -> Words:
    """Return the words of a language."""
    return FRENCH if language is Language.FRENCH else ENGLISH
