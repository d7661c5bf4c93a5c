"""Wording: what Relève says, in the words of a language; the words themselves are in the catalogues of api/locale."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations
from pathlib import Path

from api.languages import Language
from models.records import DocumentKind, MembershipRole, Role

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "releve"
LEAST_SEPARATED = 1_000


class Wording:
    """Everything Relève says in one language; source strings are English."""

    def __init__(self, language: Language, translations: GNUTranslations) -> None:
        self.language = language
        self.gettext = translations.gettext
        self.ngettext = translations.ngettext
        self.pgettext = translations.pgettext
        self.npgettext = translations.npgettext

    # Babel takes a tenth of a second to load, so that only who shows a date or a number pays for it.

    def day(self, moment: date | datetime) -> str:
        """Return a day as people write it: 19 février 2025, February 19, 2025."""
        from babel.dates import format_date

        text = format_date(moment, "long", locale=self.language.value)
        # The locale data lack the one ordinal that French dates have.
        return f"1er {text[2:]}" if self.language is Language.FRENCH and text.startswith("1 ") else text

    def days(self, days: tuple[date, date]) -> str:
        """Return a band of days, or the one day it is."""
        if days[0] == days[1]:
            return self.day(days[0])
        return self.gettext("%(first)s to %(last)s") % {"first": self.day(days[0]), "last": self.day(days[1])}

    def number(self, number: float) -> str:
        """Return a number with its separators."""
        if isinstance(number, int) and abs(number) < LEAST_SEPARATED:
            return str(number)
        from babel.numbers import format_decimal

        return format_decimal(number, locale=self.language.value)

    def percent(self, share: float) -> str:
        """Return a share in [0, 1] as a percentage."""
        from babel.numbers import format_percent

        return format_percent(share, locale=self.language.value)

    def answers(self, count: int, *, solved: bool) -> str:
        """Return how many answers a question has."""
        told = self.ngettext("%(count)s answer", "%(count)s answers", count)
        if solved:
            told = self.ngettext("%(count)s answer, accepted", "%(count)s answers, one accepted", count)
        return told % {"count": self.number(count)}

    def leaves(self, days: tuple[date, date]) -> str:
        """Return when a person leaves."""
        if days[0] == days[1]:
            return self.gettext("Leaves the organisation on %(day)s") % {"day": self.day(days[0])}
        between = {"first": self.day(days[0]), "last": self.day(days[1])}
        return self.gettext("Leaves the organisation between %(first)s and %(last)s") % between

    def kind(self, kind: DocumentKind) -> str:
        """Return what a document is."""
        return kinds(self)[kind]

    def role(self, role: Role) -> str:
        """Return what someone did with a document."""
        return roles(self)[role]

    def membership(self, role: MembershipRole) -> str:
        """Return what someone is in a community."""
        return memberships(self)[role]


@cache
def wording_in(language: Language) -> Wording:
    """Return the words of a language."""
    with (LOCALE / language.value / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        return Wording(language, GNUTranslations(file))


@cache
def kinds(say: Wording) -> Mapping[DocumentKind, str]:
    """Return what each kind of document is called."""
    return {
        DocumentKind.PROFILE: say.pgettext("kind", "profile"),
        DocumentKind.QUESTION: say.pgettext("kind", "question"),
        DocumentKind.ANSWER: say.pgettext("kind", "answer"),
        DocumentKind.MESSAGE: say.pgettext("kind", "message"),
        DocumentKind.PRACTICE: say.pgettext("kind", "practice"),
        DocumentKind.PAGE: say.pgettext("kind", "page"),
        DocumentKind.COMMIT: say.pgettext("kind", "commit"),
        DocumentKind.RECORDING: say.pgettext("kind", "recording"),
    }


@cache
def roles(say: Wording) -> Mapping[Role, str]:
    """Return what each role in a document is called."""
    return {
        Role.ASKED: say.pgettext("role", "asked"),
        Role.ANSWERED: say.pgettext("role", "answered"),
        Role.ACCEPTED: say.pgettext("role", "accepted answer"),
        Role.WROTE: say.pgettext("role", "wrote"),
        Role.EDITED: say.pgettext("role", "edited"),
        Role.REVIEWED: say.pgettext("role", "reviewed"),
        Role.SPOKE: say.pgettext("role", "spoke"),
        Role.ENDORSED: say.pgettext("role", "endorsed"),
    }


@cache
def memberships(say: Wording) -> Mapping[MembershipRole, str]:
    """Return what each role in a community is called."""
    return {
        MembershipRole.ANIMATEUR: say.pgettext("membership", "facilitator"),
        MembershipRole.PARRAIN: say.pgettext("membership", "sponsor"),
        MembershipRole.COACH: say.pgettext("membership", "coach"),
        MembershipRole.DOCUMENTALISTE: say.pgettext("membership", "librarian"),
        MembershipRole.GUEST_EXPERT: say.pgettext("membership", "guest expert"),
        MembershipRole.MEMBER: say.pgettext("membership", "member"),
    }
